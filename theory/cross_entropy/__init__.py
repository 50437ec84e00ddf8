"""Cross-entropy: collapse, the structures that beat it, and their thresholds (balanced classes)."""
