"""General networks: the rank bound from weight decay and within-class variation; representation cost."""
