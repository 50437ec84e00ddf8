"""Factor chains: what a product of matrices costs."""
