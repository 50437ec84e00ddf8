"""The least Σσ_i(Z)^{2/F} at margins ≥ 1 for F ≥ 3 factors: bounds from either side.

`reweighting` gives upper bounds and their KKT residual, `bisection` proves lower bounds.
"""
