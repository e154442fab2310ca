"""Measures what a fine-tuned language model gives back of its training data."""
