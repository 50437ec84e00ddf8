"""Experiments of the claims about general networks."""
