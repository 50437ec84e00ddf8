"""The least Σσ_i(Z)^{2/F} at margins ≥ 1 for F ≥ 3 factors: bounds from either side.

`reweighting` gives upper bounds and their KKT residual, `tangent_steps` takes them to KKT points of one rank,
`bisection` proves lower bounds.
"""
