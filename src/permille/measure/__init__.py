"""Ratios with intervals, contrasts with tests, attention dispersion, extraction measures."""
