"""Mutants of paths and compression: false ones with a witness by hand, and weaker ones that must survive."""

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, MarginOf, Mutant
from numpy.typing import NDArray

from theory.networks.compression import TruncatedMap, output_change, truncated
from theory.networks.loss_decreasing_path import balancing_velocity, half_norm, imbalances, straight_move
from theory.tolerances import LINEAR_ALGEBRA
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices

PATH, COMPRESSION = "networks/loss-decreasing-path", "networks/compression"
Array = NDArray[np.float64]
Chain = list[Array]


def chains() -> Any:
    """Chains of two or three small integer matrices."""

    def of(widths: list[int]) -> Any:
        pairs = itertools.pairwise(widths)
        matrices = [integer_matrices(after, before, largest=2) for before, after in pairs]
        return st.tuples(*matrices).map(lambda found: {"chain": list(found)})

    return st.lists(st.integers(1, 2), min_size=3, max_size=4).flatmap(of)


def draw_chain(generator: np.random.Generator) -> Instance:
    widths = generator.integers(1, 4, size=int(generator.integers(3, 5)))
    return {"chain": [generator.standard_normal((b, a)) for a, b in itertools.pairwise(widths)]}


CHAINS = Domain(chains, draw_chain)


def _chain(instance: Instance) -> Chain:
    return [np.asarray(factor, dtype=np.float64) for factor in instance["chain"]]


def slope(factor: float = 1.0, *, largest: bool = False) -> MarginOf:
    """d/dt ½Σ‖A_j‖² = −factor·Σ‖N_j‖², or with the largest ‖N_j‖² for the sum."""

    def margin(instance: Instance) -> Margin:
        factors = _chain(instance)
        moved = zip(factors, balancing_velocity(factors), strict=True)
        measured = float(sum(np.sum(a * b) for a, b in moved))
        squares = [float(np.sum(part**2)) for part in imbalances(factors)]
        expected = -factor * (max(squares) if largest else sum(squares))
        return Margin.equal(measured, expected, error=LINEAR_ALGEBRA * (1 + half_norm(factors)) ** 2)

    return margin


def straight(factor: float = 1.0, *, every_factor: bool = False) -> MarginOf:
    """The straight move leaves at most factor times the features' norm, or the norm of the first weight."""

    def margin(instance: Instance) -> Margin:
        factors = _chain(instance)
        before, after = factors[0], straight_move(factors).cheapest
        least = factors[1] if every_factor else before
        error = LINEAR_ALGEBRA * (1 + half_norm(factors))
        return Margin.at_least(factor * float(np.sum(least**2)), float(np.sum(after**2)), error=error)

    return margin


def pieces() -> Any:
    """Two 2×2 maps and an input of small integers."""
    return st.fixed_dictionaries(
        {"first": integer_matrices(2, 2), "second": integer_matrices(2, 2), "input": integer_matrices(2, 1)}
    )


def draw_pieces(generator: np.random.Generator) -> Instance:
    sizes = {"first": 2, "second": 2, "input": 1}
    return {name: generator.standard_normal((2, columns)) for name, columns in sizes.items()}


PIECES = Domain(pieces, draw_pieces)
Bound = Callable[[Array, Array, Array], float]


def change(bound: Bound) -> MarginOf:
    """A bound ≥ the change of W_2W_1x when both maps are truncated to rank one."""

    def margin(instance: Instance) -> Margin:
        parts = (instance["first"], instance["second"], instance["input"])
        first, second, x = (np.asarray(part, dtype=np.float64) for part in parts)
        moved = truncated(second, 1) @ truncated(first, 1) @ x - second @ first @ x
        size = float(np.prod([1 + np.linalg.norm(part) for part in (first, second, x)]))
        measured = float(np.linalg.norm(moved))
        return Margin.at_least(bound(first, second, x), measured, error=LINEAR_ALGEBRA * size)

    return margin


def guaranteed(first: Array, second: Array, x: Array, *, upper: float = 1.0, lower: float = 1.0) -> float:
    """The bound, with the part of the second or the first map's cut scaled."""
    maps: list[TruncatedMap] = []
    for weight, z, scale in ((first, x, lower), (second, first @ x, upper)):
        values = np.linalg.svd(weight, compute_uv=False)
        maps.append(
            TruncatedMap(float(values[0]), scale * float(values[1]), np.array([float(np.linalg.norm(z))]))
        )
    return float(output_change(maps)[0])


def with_the_cut_norm(first: Array, second: Array, x: Array) -> float:
    """σ_2(W_2) in place of ‖W_2‖ behind the first map."""
    one, two = (np.linalg.svd(weight, compute_uv=False) for weight in (first, second))
    return float(two[1] * one[1] * np.linalg.norm(x) + two[1] * np.linalg.norm(first @ x))


def path(name: str, kind: Kind, margin: MarginOf, witness: list[Any], truth: MarginOf) -> Mutant:
    return Mutant(
        name=name, kind=kind, of=PATH, margin=margin, witness={"chain": witness}, domain=CHAINS, truth=truth
    )


def cut(name: str, kind: Kind, margin: MarginOf, first: list[Any], second: list[Any], x: list[Any]) -> Mutant:
    witness = {"first": first, "second": second, "input": x}
    return Mutant(
        name=name,
        kind=kind,
        of=COMPRESSION,
        margin=margin,
        witness=witness,
        domain=PIECES,
        truth=change(guaranteed),
    )


EYE, ONE = [[1, 0], [0, 1]], [[0], [1]]

FALSE = (
    # 1 and 0: N = 1, the slope is −1
    path("slope-with-a-half", "constant", slope(0.5), [[[1]], [[0]]], slope()),
    path("slope-upwards", "relation", slope(-1.0), [[[1]], [[0]]], slope()),
    # 1, 0, 1: N = (1, −1), the slope is −2
    path("slope-by-the-largest", "term", slope(largest=True), [[[1]], [[0]], [[1]]], slope()),
    # W = 1 keeps h = 1: nothing is saved
    path("straight-saves-one-percent", "constant", straight(0.99), [[[1]], [[1]]], straight()),
    path("straight-below-the-weights", "term", straight(every_factor=True), [[[2]], [[1]]], straight()),
    # the second direction of the identity is cut: (0, 1) moves by 1
    cut(
        "first-cut-left-out", "term", change(lambda *z: guaranteed(*z, lower=0.0)), EYE, [[0, 1], [0, 0]], ONE
    ),
    cut(
        "second-cut-left-out",
        "term",
        change(lambda *z: guaranteed(*z, upper=0.0)),
        [[0, 1], [0, 1]],
        EYE,
        ONE,
    ),
    cut("tail-by-its-second-value", "norm", change(with_the_cut_norm), EYE, [[0, 1], [0, 0]], ONE),
)

CONTROLS = (
    Mutant(
        name="straight-but-for-one-percent", kind="constant", of=PATH, margin=straight(1.01), domain=CHAINS
    ),
    Mutant(
        name="twice-the-guarantee",
        kind="constant",
        of=COMPRESSION,
        margin=change(lambda *z: 2 * guaranteed(*z)),
        domain=PIECES,
    ),
)
