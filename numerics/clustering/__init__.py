"""Clusters: k-means with a certain lower bound, variation in batches, the rank bound at every C."""
