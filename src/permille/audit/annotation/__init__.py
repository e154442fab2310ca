"""Human validation: pairs for people to label, and what their labels say of the detector."""
