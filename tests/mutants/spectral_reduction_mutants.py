"""Mutants of the spectral reduction: inside a group family, descent is a recursion of singular values."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, Mutant
from numpy.typing import NDArray

from numerics.descent.linear_chain import descend_cross_entropy
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.depth.spectral_reduction import even, group
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import small_fractions

Array = NDArray[np.float64]
REDUCTION = "depth/spectral-reduction"


@dataclass(frozen=True)
class Recursion:
    """One step of the recursion, with places to change it."""

    constant: float = 1.0
    power_less: int = 1
    classes_less: int = 0
    factors_less: int = 0
    divided: bool = True
    symmetric: bool = True

    def step(self, values: Array, characters: Array, size: float, factors: int) -> Array:
        classes = characters.shape[0]
        logits = values ** (factors - self.factors_less) @ characters / (classes if self.divided else 1)
        softmax = np.exp(logits - logits.max())
        pull = 1 - characters @ softmax / softmax.sum()
        rate = self.constant * size / (classes - self.classes_less)
        return values + rate * values ** (factors - self.power_less) * pull

    def margin(self, instance: Instance) -> Margin:
        """Minus the largest difference from one step of full matrix descent."""
        name, order = GROUPS[instance["group"]]
        characters, differences = group(name, order)
        classes, factors, size = characters.shape[0], instance["factors"], float(instance["step"])
        values = np.asarray(instance["values"], dtype=float)
        values = even(values, name) if self.symmetric else values
        factor = (values @ characters / classes)[differences]
        end = descend_cross_entropy(
            [factor] * factors, np.arange(classes), 0.0, step=size, max_steps=1, tolerance=0.0
        )
        found = characters @ end.factors[0][:, 0]
        difference = float(np.max(np.abs(found - self.step(values, characters, size, factors))))
        return Margin.equal(difference, 0.0, error=LINEAR_ALGEBRA * classes * max(1.0, *values) ** factors)


GROUPS = (("binary", 1), ("cyclic", 3), ("binary", 2), ("cyclic", 5), ("binary", 3))
SIZES = (2, 3, 4, 5, 8)


def spectra() -> Any:
    """ℤ₂, ℤ₃, ℤ₂², ℤ₅ and ℤ₂³, values up to two."""

    def of(index: int) -> Any:
        value = st.sampled_from((Fraction(0), *small_fractions(largest=2, denominator=4)))
        return st.fixed_dictionaries(
            {
                "group": st.just(index),
                "factors": st.integers(2, 5),
                "step": st.sampled_from(small_fractions(largest=1, denominator=8)),
                "values": st.lists(value, min_size=SIZES[index], max_size=SIZES[index]),
            }
        )

    return st.integers(0, len(GROUPS) - 1).flatmap(of)


def is_a_spectrum(instance: Instance) -> bool:
    known = 0 <= instance["group"] < len(GROUPS) and 2 <= instance["factors"] <= 5 and instance["step"] > 0
    values = instance["values"]
    return known and len(values) == SIZES[instance["group"]] and all(0 <= value <= 2 for value in values)


SPECTRA = Domain(spectra, None, is_a_spectrum)


def reduces(
    name: str, kind: Kind, recursion: Recursion, values: list[int] | None = None, *, of_group: int = 0
) -> Mutant:
    """F = 2, η = 1, and two classes unless said otherwise."""
    return Mutant(
        name=name,
        kind=kind,
        of=REDUCTION,
        margin=recursion.margin,
        witness={"group": of_group, "factors": 2, "step": 1, "values": values or [0, 1]},
        domain=SPECTRA,
        truth=Recursion().margin,
    )


# Two classes, w = (0, 1): z = (½, −½), p = (e, 1)/(e + 1), r₁ = 2/(e + 1); w₁ becomes 1 + 1/(e + 1).
FALSE = (
    # 1 + 1.01/(e + 1)
    reduces("step-one-percent-more", "constant", Recursion(constant=1.01)),
    # w₁ = 2, so that the power shows: r₁ is multiplied by 2² for 2, …
    reduces("power-of-all-factors", "exponent", Recursion(power_less=0), [0, 2]),
    # … and by 1 for 2
    reduces("power-of-two-factors-less", "depth", Recursion(power_less=2), [0, 2]),
    # η/(K − 1) = 1 for ½
    reduces("mean-over-one-class-less", "classes", Recursion(classes_less=1)),
    # z = (1, −1): r₁ = 2/(e² + 1)
    reduces("logits-not-divided-by-classes", "samples", Recursion(divided=False)),
    # w₁ = 2: z = (1, −1) for (2, −2)
    reduces("logits-of-one-factor-less", "depth", Recursion(factors_less=1), [0, 2]),
    # 1 − 1/(e + 1)
    reduces("ascent", "relation", Recursion(constant=-1.0)),
    # ℤ₃ with w = (0, 1, 0): the matrices see (0, ½, ½)
    reduces("uneven-values", "hypothesis", Recursion(symmetric=False), [0, 1, 0], of_group=1),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(
        name="binary-groups-alone",
        kind="hypothesis",
        of=REDUCTION,
        margin=Recursion().margin,
        domain=Domain(spectra, None, lambda i: is_a_spectrum(i) and GROUPS[i["group"]][0] == "binary"),
    ),
)
