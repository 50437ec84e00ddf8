"""General networks: rank bound and representation cost."""
