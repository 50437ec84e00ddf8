"""Squared loss."""
