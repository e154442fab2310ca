"""Texts for every task, made from a seed."""
