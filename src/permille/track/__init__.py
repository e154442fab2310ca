"""Where figures go while a run goes on: a file always, W&B if asked."""
