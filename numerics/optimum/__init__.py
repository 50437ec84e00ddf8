"""Optima in logit space: fit + (λF/2) Σσ_i(Z)^{2/F} minimised over Z itself, not over factors."""
