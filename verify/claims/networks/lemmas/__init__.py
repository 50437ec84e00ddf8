"""Lemmas that the proofs of this room are made of, each a proof of its own."""
