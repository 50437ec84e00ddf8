"""How numbers are got: descent kernels, representation costs, collapse metrics, data.

Knows problem descriptions, no claims. Import the module that is needed (`numerics.descent.linear_chain`,
`numerics.metrics.spectrum`, …): the package itself loads neither Numba nor cvxpy.
"""
