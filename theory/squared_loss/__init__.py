"""Squared loss: every singular direction of the targets is a scalar problem of its own."""
