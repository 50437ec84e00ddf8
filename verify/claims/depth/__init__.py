"""Implicit bias of depth without weight decay."""
