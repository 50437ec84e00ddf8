"""Implicit bias of depth without weight decay: spectral reduction and the collapse ray."""
