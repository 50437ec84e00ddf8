"""Rational certificates of lower bounds: found from a solver's floats, checked without any solver."""
