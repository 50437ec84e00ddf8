"""Mutants of the landscape: spectrum and stability at collapse, dimension of the critical factors."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from mutant import Kind, Mutant, at, flipped, rewired

from theory.cross_entropy.stability import stability_scale
from theory.formula import Formula
from theory.landscape.collapse_hessian import collapse_spectrum
from theory.landscape.dimension import ORBIT_DIMENSION, PRINTED_DIMENSION, RANK
from theory.symbols import FACTORS
from verify.claims.landscape import collapse_spectrum as spectrum
from verify.claims.landscape import dimension, stability
from verify.instance import Instance
from verify.margin import Margin

SPECTRUM, STABILITY, DIMENSION = "landscape/collapse-spectrum", "landscape/stability", "landscape/dimension"
Threshold = Callable[[int, int], float]


def place(scale: Fraction | int) -> Instance:
    """K = 4, F = 3, n = 1, d = 3: stable from α = 4/3 on, the critical eigenvalue is ¾α − 1."""
    return {"classes": 4, "samples_per_class": 1, "factors": 3, "width": 3, "scale": scale}


def stable(name: str, kind: Kind, threshold: Threshold, scale: Fraction | int, **fields: Any) -> Mutant:
    margin = rewired(stability.margin, stability_scale=threshold)
    return Mutant(name=name, kind=kind, of=STABILITY, margin=margin, witness=place(scale), **fields)


def dimensions(name: str, kind: Kind, formula: Formula) -> Mutant:
    """Two equal singular values, d = 3, L = 1: 2 · 3 − 3 = 3."""
    margin = rewired(dimension.exact_margin, ORBIT_DIMENSION=formula)
    witness = {"roots": [1, 1], "width": 3, "depth": 1}
    return Mutant(name=name, kind=kind, of=DIMENSION, margin=margin, exact_margin=margin, witness=witness)


def spectrum_at(**changes: Callable[[Any], Any]) -> Callable[[Instance], Margin]:
    """The claim's margin with the block form at other arguments."""

    def predicted(**where: Any) -> list[tuple[float, int]]:
        return collapse_spectrum(**{name: changes.get(name, lambda x: x)(x) for name, x in where.items()})

    return rewired(spectrum.margin, collapse_spectrum=predicted)


FALSE = (
    # ¾ · 53/40 − 1 = −1/160
    stable(
        "stable-one-percent-earlier", "constant", lambda k, f: 0.99 * stability_scale(k, f), Fraction(53, 40)
    ),
    # from 3(F − 2)/F = 1 on: ¾ · 5/4 − 1 = −1/16
    stable("stable-of-one-class-less", "classes", lambda k, f: (k - 1) * (f - 2) / f, Fraction(5, 4)),
    # from K(F − 3)/(F − 1) = 0 on: ¾ − 1
    stable("stable-of-one-layer-less", "depth", lambda k, f: k * (f - 3) / (f - 1), 1),
    Mutant(
        # ¾ − 1 < 0
        name="stable-below-the-threshold",
        kind="relation",
        of=STABILITY,
        margin=flipped(stability.margin),
        witness=place(1),
    ),
    Mutant(
        # the critical eigenvalue would be ¾ · 2.02 − 1 = 0.515 for ½
        name="spectrum-one-percent-further-out",
        kind="constant",
        of=SPECTRUM,
        margin=spectrum_at(scale=lambda scale: 1.01 * scale),
        witness=place(2),
    ),
    # 2 · 1 = 2
    dimensions("dimension-of-a-grassmannian", "term", PRINTED_DIMENSION),
    # twice as much
    dimensions("dimension-of-one-layer-more", "depth", at(ORBIT_DIMENSION, {FACTORS: FACTORS + 1})),
    # 1 · 3 − 1 = 2
    dimensions("dimension-of-one-rank-less", "classes", at(ORBIT_DIMENSION, {RANK: RANK - 1})),
)

CONTROLS = (
    Mutant(
        name="stable-from-four-classes-on",
        kind="hypothesis",
        of=STABILITY,
        margin=stability.margin,
        hypotheses=lambda i: i["classes"] >= 4 and spectrum.is_wide_enough(i),
    ),
    Mutant(
        name="spectrum-within-a-hundredth",
        kind="constant",
        of=SPECTRUM,
        margin=lambda i: Margin(spectrum.margin(i).value + 0.01, spectrum.margin(i).error),
    ),
    Mutant(
        name="dimension-for-square-factors",
        kind="hypothesis",
        of=DIMENSION,
        margin=dimension.exact_margin,
        exact_margin=dimension.exact_margin,
        hypotheses=lambda i: dimension.is_wide_enough(i) and len(i["roots"]) == i["width"],
    ),
)
