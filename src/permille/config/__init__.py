"""Schemas of the settings, their checks, and the one way from a DictConfig to them."""
