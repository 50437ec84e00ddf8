"""Deep neural regression collapse: spectra, probes and alignment of every layer in closed form."""
