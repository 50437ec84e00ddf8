"""Critical points: exact Hessian products, Newton–Krylov refinement, spectra, classification."""
