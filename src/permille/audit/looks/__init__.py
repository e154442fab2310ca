"""More ways to look at what a model knows of its training data than by what it writes alone."""
