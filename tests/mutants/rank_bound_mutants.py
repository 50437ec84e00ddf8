"""Mutants of the rank bound from weight decay and variation within clusters."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, MarginOf, Mutant, flipped
from numpy.typing import NDArray

from theory.networks.rank_bound import RankBound, rank_bound
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.networks.rank_bound import margins_of
from verify.evidence import worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices, small_fractions

BOUND = "networks/rank-bound"
Array = NDArray[np.float64]


def gradients() -> Any:
    """δ and z of up to three units on two or four samples, small integers; R zero or small."""

    def of(sizes: tuple[int, int]) -> Any:
        units, samples = sizes
        signals = integer_matrices(units, samples, largest=2)
        still = st.just([[0] * units] * units)
        return st.fixed_dictionaries(
            {
                "weight_decay": st.sampled_from(small_fractions(largest=2, denominator=2)),
                "deltas": signals,
                "inputs": signals,
                "residual": st.one_of(still, integer_matrices(units, units, largest=1)),
            }
        )

    return st.tuples(st.integers(2, 3), st.sampled_from((2, 4))).flatmap(of)


def draw_gradients(generator: np.random.Generator) -> Instance:
    """Means and deviations of independent random sizes; half of the time at a critical point."""
    units, samples = int(generator.integers(2, 4)), int(generator.integers(2, 6))

    def signal() -> Array:
        mean, deviation = (10.0 ** generator.uniform(-1, 1) for _ in range(2))
        part = generator.standard_normal((units, samples))
        return mean * generator.standard_normal((units, 1)) + deviation * part

    return {
        "weight_decay": float(10.0 ** generator.uniform(-2, 1)),
        "deltas": signal(),
        "inputs": signal(),
        "residual": float(generator.integers(2)) * generator.standard_normal((units, units)),
    }


def fits(instance: Instance) -> bool:
    return instance["weight_decay"] > 0 and np.asarray(instance["inputs"], dtype=float).shape[1] >= 2


GRADIENTS = Domain(gradients, draw_gradients, fits)


class Gradients:
    """δ, z, R and λ of an instance as arrays, with the weight that they determine."""

    def __init__(self, instance: Instance) -> None:
        names = ("deltas", "inputs", "residual")
        self.deltas, self.inputs, self.residual = (np.asarray(instance[name], dtype=float) for name in names)
        self.decay, self.samples = float(instance["weight_decay"]), self.inputs.shape[1]
        self.weight = (self.residual - self.deltas @ self.inputs.T / self.samples) / self.decay

    @property
    def bound(self) -> RankBound:
        labels = np.zeros(self.samples, dtype=np.int64)
        return rank_bound(self.weight, self.inputs, self.deltas, self.residual, self.decay, labels)

    @property
    def deviations(self) -> tuple[Array, Array]:
        """Δ and 𝒵."""
        return tuple(part - part.mean(axis=1, keepdims=True) for part in (self.deltas, self.inputs))


def bounded(change: Callable[[RankBound, Gradients], RankBound] = lambda bound, _: bound) -> MarginOf:
    """The claim's margins, the worst of them, of a changed bound."""

    def margin(instance: Instance) -> Margin:
        where = Gradients(instance)
        found = worst_of(margins_of(change(where.bound, where)))
        size = float(np.linalg.norm(where.deltas) * np.linalg.norm(where.inputs)) / where.samples
        return replace(found, error=found.error + LINEAR_ALGEBRA * size / where.decay)

    return margin


def frobenius(**bounds: Callable[[RankBound, Gradients], float]) -> MarginOf:
    """Some of the Frobenius bounds changed."""
    return bounded(
        lambda bound, where: replace(
            bound,
            frobenius={**bound.frobenius, **{name: new(bound, where) for name, new in bounds.items()}},
        )
    )


def scaled(name: str, factor: Callable[[Gradients], float]) -> MarginOf:
    return frobenius(**{name: lambda bound, where: bound.frobenius[name] * factor(where)})


def tail_beyond_none(bound: RankBound, where: Gradients) -> RankBound:
    return replace(bound, distance=bound.weight_norm)


def spectral(matrix: Array) -> float:
    return float(np.linalg.norm(matrix, 2))


def spectral_b0(_: RankBound, where: Gradients) -> float:
    delta, z = where.deviations
    return spectral(delta @ z.T) / (where.decay * where.samples)


def both_spectral(_: RankBound, where: Gradients) -> float:
    delta, z = where.deviations
    return spectral(delta) * spectral(z) / (where.decay * where.samples)


def bounds(name: str, kind: Kind, margin: MarginOf, witness: Instance) -> Mutant:
    return Mutant(
        name=name, kind=kind, of=BOUND, margin=margin, witness=witness, domain=GRADIENTS, truth=bounded()
    )


def on(signal: list[list[Any]], decay: Any = 1, residual: int = 0) -> Instance:
    """δ = z, and R a multiple of the identity."""
    units = range(len(signal))
    rest = [[residual if row == column else 0 for column in units] for row in units]
    return {"weight_decay": decay, "deltas": signal, "inputs": signal, "residual": rest}


# δ = z with the rows (2, 2) and (1, −1): W = −diag(4, 1), Δ𝒵ᵀ = diag(0, 2). The tail beyond rank 1 is 1, and
# so are B0 = 2/2, B1 = √(1 · 1) and B2 = (√2/√2) · 1: all three are tight.
TIGHT = [[2, 2], [1, -1]]
# Three units: W = −diag(4, 1, 1); the tail is √2 in the Frobenius norm and 2 in the nuclear one.
WIDE = [[2, 2, 2, 2], [1, 1, -1, -1], [1, -1, 1, -1]]
FALSE = (
    bounds("b0-one-percent-less", "constant", scaled("B0", lambda _: 0.99), on(TIGHT)),
    bounds("b1-one-percent-less", "constant", scaled("B1", lambda _: 0.99), on(TIGHT)),
    bounds("b2-one-percent-less", "constant", scaled("B2", lambda _: 0.99), on(TIGHT)),
    # ‖W‖_F = √17 for the tail
    bounds("one-cluster-less", "classes", bounded(tail_beyond_none), on(TIGHT)),
    # nothing but R = I: W = I
    bounds(
        "without-the-residual",
        "hypothesis",
        bounded(lambda bound, _: replace(bound, residual=0.0)),
        on([[0, 0], [0, 0]], residual=1),
    ),
    # λ = ½: the tail is 2, the bound ½
    bounds("decay-inverted", "decay", scaled("B0", lambda where: where.decay**2), on(TIGHT, Fraction(1, 2))),
    # λ = 2: the tail is ½, the bound ¼
    bounds("decay-squared", "exponent", scaled("B0", lambda where: 1 / where.decay), on(TIGHT, 2)),
    bounds("samples-squared", "samples", scaled("B0", lambda where: 1 / where.samples), on(TIGHT)),
    # ‖Δ‖₂/N = √2/2
    bounds("without-the-root-of-n", "samples", scaled("B2", lambda where: where.samples**-0.5), on(TIGHT)),
    # ½ and −½ for 1 and −1: the tail and both variations are ¼, their product is 1/16
    bounds(
        "variations-without-their-root",
        "exponent",
        frobenius(B1=lambda bound, where: bound.delta_variation * bound.input_variation / where.decay),
        on([[2, 2], [Fraction(1, 2), Fraction(-1, 2)]]),
    ),
    # ‖Δ𝒵ᵀ‖₂/4 = 1
    bounds("b0-spectral", "norm", frobenius(B0=spectral_b0), on(WIDE)),
    bounds("b2-of-two-spectral-norms", "norm", frobenius(B2=both_spectral), on(WIDE)),
    bounds(
        "nuclear-tail-by-a-frobenius-bound",
        "norm",
        bounded(lambda bound, _: replace(bound, nuclear={"B0": bound.frobenius["B0"]})),
        on(WIDE),
    ),
    # W = −diag(1, 0): the tail is 0, the bounds are 1
    bounds("tail-at-least-the-bound", "relation", flipped(bounded()), on([[1, -1], [0, 0]])),
)


# --- controls -----------------------------------------------------------------------------------------


def weaker(name: str, kind: Kind, margin: MarginOf) -> Mutant:
    return Mutant(name=name, kind=kind, of=BOUND, margin=margin, domain=GRADIENTS)


CONTROLS = (
    weaker("b0-one-percent-more", "constant", scaled("B0", lambda _: 1.01)),
    weaker("b0-by-b1", "term", frobenius(B0=lambda bound, _: bound.frobenius["B1"])),
    # ‖·‖_* ≥ ‖·‖_F, on both sides of the residual's triangle inequality
    weaker(
        "nuclear-residual", "norm", bounded(lambda bound, _: replace(bound, residual=bound.nuclear_residual))
    ),
    # deviations from nothing for deviations from the mean: ‖Δ‖ ≤ ‖δ‖ and ‖𝒵‖ ≤ ‖z‖
    weaker(
        "uncentred",
        "term",
        frobenius(
            B1=lambda _, where: float(
                np.linalg.norm(where.deltas) * np.linalg.norm(where.inputs) / (where.decay * where.samples)
            )
        ),
    ),
)
