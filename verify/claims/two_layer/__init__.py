"""Two-layer ReLU networks: activation patterns and representation costs."""
