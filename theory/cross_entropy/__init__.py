"""Cross-entropy: collapse, the structures and codes that beat it, thresholds in decay and in depth."""
