"""General networks: rank bounds from weight decay and variation, representation cost, paths, compression."""
