"""Every tolerance of the project, named once, each with its reason.

A tolerance is a number of float64 roundings, a target of an iteration, or a threshold of a metric.
Comparisons themselves go through `verify.margin.Margin`, which carries an error bound.
"""

from typing import Final

EPSILON: Final = 2.0**-52
"""Spacing of float64 at one: the unit in which rounding errors are counted."""

CLOSED_FORM: Final = 64 * EPSILON
"""Relative error granted to a closed form of elementary functions: a few dozen roundings."""

LINEAR_ALGEBRA: Final = 1e3 * EPSILON
"""Relative error granted, per unit of the largest norm involved, to products and singular values of
matrices up to a few hundred rows; LAPACK's backward error stays below it by an order of magnitude."""

SCALAR_ROOT: Final = 4 * EPSILON
"""Relative width at which a bracketed root search stops: below it the residual is all rounding."""

BALL_PRECISION: Final = 192
"""Bits of ball arithmetic: 128 leave enough after cancellation in every formula; 64 to spare."""

STATIONARY: Final = 1e-9
"""Gradient norm, relative to the weight-decay term, at which descent counts as arrived."""

CRITICAL: Final = 1e-10
"""Gradient norm, relative to λ‖θ‖, of a refined critical point: Newton's method reaches rounding, which
lies below 1e-13 at the sizes met here."""

ZERO_CURVATURE: Final = 1e-7
"""An eigenvalue below this fraction of the largest counts as zero curvature: rounding and a gradient of
CRITICAL leave less than 1e-10, true curvatures met here stay above 1e-5."""

DESCENT_AGREEMENT: Final = 1e-7
"""Relative agreement asked between a closed-form optimum and a descent stopped at STATIONARY; the
distance is gradient over curvature, and the curvatures met here stay above 1e-2."""

SPECTRAL_REDUCTION: Final = 1e-9
"""Agreement of matrix descent with its exact spectral reduction: only rounding, amplified by the
expansion of the flow over the trajectory."""

COLLAPSE_RAY: Final = 5e-5
"""Agreement of the linear collapse-ray law with a discrete trajectory: the error is that of the step
(1.2e-4 at 2e-3, 3.1e-5 at 5e-4, and so on down); a perturbation of 1e-6 adds less than a tenth of it."""

SOLVER_GAP: Final = 1e-6
"""Relative agreement asked of an interior-point solution (Clarabel stops near 1e-8)."""

NUMERICAL_RANK: Final = 1e-6
"""A singular value below this fraction of the largest counts as zero in a reported rank."""

LIMIT_EXTRAPOLATION: Final = 1e-7
"""Agreement with a limit of a value extrapolated in 1/scale from the scales 10⁵ and 10⁶: what is left is of
order d²/scale², a few 1e-9 at the widths met here, and rounding of the scales 1e-10."""

STRUCTURE_GRADIENT: Final = 1e-8
"""Gradient norm, relative to the weight-decay term, at a structure whose scales solve its equations to
rounding: factors of small singular values and softmax tails lose some of the digits (1e-10 is the largest
met; at a double root half of the digits go)."""
