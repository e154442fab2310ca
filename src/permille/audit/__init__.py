"""The audit: generations and documents in, cases, ratios and their controls out."""
