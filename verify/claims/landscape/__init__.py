"""The landscape: Hessians at critical points, dimensions, norm ratios."""
