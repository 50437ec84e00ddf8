"""Deep neural regression collapse."""
