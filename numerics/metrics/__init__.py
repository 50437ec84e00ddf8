"""Collapse metrics, each with the convention it follows and the source of that convention."""
