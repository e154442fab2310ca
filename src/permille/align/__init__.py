"""Text alignment: which spans of two texts correspond, and which kind of copying it is."""
