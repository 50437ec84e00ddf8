"""Factor chains."""
