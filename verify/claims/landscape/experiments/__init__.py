"""Spectra, norms and characteristic polynomials behind the claims of this room."""
