"""The landscape around critical points: Hessians in block-diagonal form, dimensions, norm ratios."""
