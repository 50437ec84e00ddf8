"""The data of certificates about what margins cost."""
