"""Paths in parameter space along which outputs stay and the norm of the parameters falls."""
