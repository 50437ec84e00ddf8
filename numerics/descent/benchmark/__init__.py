"""How fast the descents are: against their multiplications alone, and against JAX and PyTorch."""
