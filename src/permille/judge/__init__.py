"""Judges that say how probable it is that two sentences paraphrase each other."""
