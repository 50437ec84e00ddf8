"""Hessians of the deep linear unconstrained features model, dense in floats and exact over the rationals."""
