"""What a ratio is compared to; each family of controls in its own module."""
