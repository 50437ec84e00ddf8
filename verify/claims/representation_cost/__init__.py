"""What logits with margins cost: optima of two factors, and bounds from either side of more."""
