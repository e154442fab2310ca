"""From generations and documents to cases, ratios and controls."""
