"""Exact arithmetic over the rationals: Sturm chains, LDLᵀ factorisation."""
