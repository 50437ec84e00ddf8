"""Full-batch gradient descent: deep linear chains, networks, and the spectral reduction.

Every descent returns its outcome as a value: `status` says how it ended and `remedy` what to change.
"""
