"""Whether two sentences are paraphrases of each other."""
