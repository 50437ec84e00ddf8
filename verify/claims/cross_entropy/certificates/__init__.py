"""Data of proofs that is too long to stand in a claim's file."""
