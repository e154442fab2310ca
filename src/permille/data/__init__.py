"""Tasks, where their examples come from, how they are split, and batches of them."""
