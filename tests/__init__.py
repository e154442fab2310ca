"""The tests, by the package that they test."""
