"""Proofs of the claims about general networks, as data."""
