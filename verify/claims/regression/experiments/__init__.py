"""Solvers, descents and constructions behind the claims of this room."""
