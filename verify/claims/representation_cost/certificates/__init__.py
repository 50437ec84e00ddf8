"""Proofs as data: files that `rankcollapse verify --replay` checks with no solver."""
