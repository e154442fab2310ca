"""Lightning callbacks: attention, memorization."""
