"""Representation costs of two-layer ReLU networks as convex programs over activation patterns."""
