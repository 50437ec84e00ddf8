"""Cross-entropy: collapse and what beats it."""
