"""Mutants of the squared loss's modes: ½‖Z − Y‖² + (Fν/2)Σσ^{2/F} ≥ the sum of the modes' minima."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, MarginOf, Mutant, flipped, rewired

from theory.squared_loss.modes import MODE_LOSS, Mode, large_root, optimal_mode
from verify.claims.squared_loss import modes_decouple
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import positive_rationals

MODES = "squared-loss/modes-decouple"
Best = Callable[[float, float, int], Mode]


def modes(best: Best) -> MarginOf:
    """The claim's margin with other minima of the modes."""
    return rewired(modes_decouple.margin, optimal_mode=best)


def largest_root_mode(target: float, decay: float, factors: int) -> Mode:
    """The large root taken for the optimum wherever there is one."""
    root = large_root(target, decay, factors) or 0.0
    loss = MODE_LOSS(singular_value=root, target=target, mode_decay=decay, factors=factors)
    return Mode(target, root, float(loss), 0.0, 0.0)


def spectral_fit(instance: Instance) -> Margin:
    """½‖Z − Y‖₂² for ½‖Z − Y‖_F²."""
    true = modes_decouple.margin(instance)
    off = np.asarray(instance["product"], dtype=float) - np.asarray(instance["targets"], dtype=float)
    values = np.linalg.svd(off, compute_uv=False)
    return Margin(true.value - float(np.sum(values[1:] ** 2)) / 2, 2 * true.error)


def mode(
    name: str,
    kind: Kind,
    margin: MarginOf,
    product: list[Any],
    decay: Any = 1,
    factors: int = 2,
    *,
    y: Any = 2,
) -> Mutant:
    """With one target y where the product has one entry, else with targets y times the identity."""
    size = len(product)
    targets = [[y if row == column else 0 for column in range(size)] for row in range(size)]
    witness = {"factors": factors, "mode_decay": decay, "targets": targets, "product": product}
    return Mutant(name=name, kind=kind, of=MODES, margin=margin, witness=witness)


def labels() -> Any:
    decay, share = positive_rationals(largest=4), positive_rationals(largest=1)
    sizes = {"classes": st.integers(1, 4), "size": st.integers(1, 9), "factors": st.integers(2, 5)}
    return st.fixed_dictionaries(sizes | {"mode_decay": decay, "share": share})


def labels_margin(singular_value: Callable[[int], float]) -> MarginOf:
    """The same for one-hot labels of K classes of equal size, and Z a share of them."""

    def margin(instance: Instance) -> Margin:
        factors, decay, share = instance["factors"], float(instance["mode_decay"]), float(instance["share"])
        targets = {"singular_value": share * instance["size"] ** 0.5, "target": instance["size"] ** 0.5}
        loss = MODE_LOSS(**targets, mode_decay=decay, factors=factors)
        best = optimal_mode(singular_value(instance["size"]), decay, factors).loss
        return Margin.at_least(instance["classes"] * loss, instance["classes"] * best)

    return margin


# The true minimum at y = 2, ν = 1, F = 2 is ½ + 1 = 3/2, at σ = 1.
FALSE = (
    # ν = 1.01: the minimum would be ½·1.01² + 1.01·0.99 = 1.50995
    mode("decay-one-percent-more", "constant", modes(lambda y, v, f: optimal_mode(y, 1.01 * v, f)), [[1]]),
    # ν = ½ read as 2: nothing is kept and the minimum would be 2; σ = 3/2 has ⅛ + ¾
    mode(
        "decay-inverted",
        "decay",
        modes(lambda y, v, f: optimal_mode(y, 1 / v, f)),
        [[Fraction(3, 2)]],
        Fraction(1, 2),
    ),
    # y = 4: ½ + 3 = 7/2
    mode("target-squared", "exponent", modes(lambda y, v, f: optimal_mode(y * y, v, f)), [[1]]),
    # three factors: ½(2 − σ)² + (3/2)σ^{2/3} is 2 at σ = 0 and at its large root σ = 1
    mode("one-layer-more", "depth", modes(lambda y, v, f: optimal_mode(y, v, f + 1)), [[1]]),
    # Y = 2: the loss of Z = 0 is 2, not at most 3/2
    mode("modes-bound-from-above", "relation", flipped(modes_decouple.margin), [[0]]),
    # Y = 2I, Z = I: ½ + 2, not at least 3/2 + 3/2
    mode("spectral-fit", "norm", spectral_fit, [[1, 0], [0, 1]]),
    # F = 3, y = 1: between ν* = 0.397 and 0.472 the large root has a loss above ½, that of Z = 0
    mode("zero-not-compared", "hypothesis", modes(largest_root_mode), [[0]], Fraction(9, 20), 3, y=1),
    Mutant(
        # two classes of four samples, singular values √4: the true minimum is twice ½ + 1, at Z = ½Y; y = n
        # would make it twice ½ + 3
        name="class-size-without-its-root",
        kind="samples",
        of=MODES,
        margin=labels_margin(lambda size: float(size)),
        witness={"classes": 2, "size": 4, "factors": 2, "mode_decay": 1, "share": Fraction(1, 2)},
        domain=Domain(labels),
        truth=labels_margin(lambda size: size**0.5),
    ),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    # a smaller decay has smaller minima
    Mutant(
        name="decay-one-percent-less",
        kind="constant",
        of=MODES,
        margin=modes(lambda y, v, f: optimal_mode(y, 0.99 * v, f)),
    ),
    # the minima without the factor F of the penalty
    Mutant(
        name="penalty-without-factors",
        kind="depth",
        of=MODES,
        margin=modes(lambda y, v, f: optimal_mode(y, v / f, f)),
    ),
)
