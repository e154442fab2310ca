"""Lightning callbacks: attention, memorization, progress."""
