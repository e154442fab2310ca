"""The values of every settings group; schemas are in Python."""
