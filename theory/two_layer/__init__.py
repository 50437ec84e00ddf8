"""Two-layer ReLU networks: how many activation patterns data allow, and when the convex program is exact."""
