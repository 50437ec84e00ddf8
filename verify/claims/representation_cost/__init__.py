"""What margins cost a deep linear network: certified bounds and the best known codes."""
