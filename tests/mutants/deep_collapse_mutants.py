"""Mutants of deep linear regression's closed form, on targets that can be read."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mutant import Domain, Kind, MarginOf, Mutant, flipped
from numpy.typing import NDArray

from numerics.descent.linear_chain import loss_and_gradients_squared_loss
from numerics.metrics.regression_collapse import nrc2
from theory.regression.deep_collapse import RegressionOptimum, regression_optimum
from theory.squared_loss.modes import optimal_mode
from theory.tolerances import LINEAR_ALGEBRA
from verify.claims.regression.experiments.deep_descents import optimal_factors
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices

COLLAPSE = "regression/deep-collapse"
Array = NDArray[np.float64]
OptimumOf = Callable[[Array, float, int], RegressionOptimum]


def problems() -> Any:
    """Up to three targets on two to five samples, small integers."""

    def of(shape: tuple[int, int]) -> Any:
        decay = st.builds(Fraction, st.integers(1, 24), st.integers(24, 96))
        return st.fixed_dictionaries(
            {
                "depth": st.integers(1, 4),
                "weight_decay": decay,
                "targets": integer_matrices(*shape, largest=4),
            }
        )

    return st.tuples(st.integers(1, 3), st.integers(2, 5)).flatmap(of)


def draw_problem(generator: np.random.Generator) -> Instance:
    targets = generator.standard_normal((int(generator.integers(1, 5)), int(generator.integers(2, 9))))
    return {
        "depth": int(generator.integers(1, 6)),
        "weight_decay": float(10.0 ** generator.uniform(-4, 0)),
        "targets": 10.0 ** generator.uniform(-1, 1) * targets,
    }


def truly(targets: Array, decay: float, depth: int) -> RegressionOptimum:
    return regression_optimum(targets, decay, depth=depth)


def _read(instance: Instance) -> tuple[Array, float, int]:
    targets = np.asarray(instance["targets"], dtype=float)
    return targets, float(instance["weight_decay"]), instance["depth"]


def keeps_something(instance: Instance) -> bool:
    """λ > 0, one layer or more, and an optimum that is not zero."""
    targets, decay, depth = _read(instance)
    return decay > 0 and depth >= 1 and truly(targets, decay, depth).rank > 0


PROBLEMS = Domain(problems, draw_problem, keeps_something)


def critical(optimum_of: OptimumOf) -> MarginOf:
    """At the predicted factors the loss is the predicted one and the full gradient vanishes.

    Where nothing is predicted to be kept, the loss of the optimum is that of zero.
    """

    def margin(instance: Instance) -> Margin:
        targets, decay, depth = _read(instance)
        optimum = replace(optimum_of(targets, decay, depth), factors=depth + 1)
        if optimum.rank == 0:
            return Margin.equal(truly(targets, decay, depth).loss, optimum.loss)
        chain = optimal_factors(targets, optimum)
        loss, gradients = loss_and_gradients_squared_loss(chain, targets, decay, free_bias=True)
        size = 1 + float(np.sum(targets**2)) + sum(float(np.sum(factor**2)) for factor in chain)
        norm = max(float(np.linalg.norm(gradient)) for gradient in gradients)
        return Margin.equal(abs(loss - optimum.loss) + norm, 0.0, error=LINEAR_ALGEBRA * size)

    return margin


def uncentred(targets: Array, decay: float, depth: int) -> RegressionOptimum:
    """The formula without taking out the mean."""
    samples = targets.shape[1]
    values = np.asarray(np.linalg.svd(targets, compute_uv=False), dtype=np.float64)
    modes = [optimal_mode(float(value), samples * decay, depth + 1) for value in values]
    kept = np.array([found.singular_value for found in modes]) ** (1 / (depth + 1))
    return RegressionOptimum(values, kept, samples, depth + 1, sum(found.loss for found in modes) / samples)


def without_samples_in_the_loss(targets: Array, decay: float, depth: int) -> RegressionOptimum:
    optimum = truly(targets, decay, depth)
    return replace(optimum, loss=optimum.loss * optimum.samples)


def layerwise(measure: Callable[[RegressionOptimum, Array, int], Margin]) -> MarginOf:
    """A statement about the features of the middle layer of the predicted factors."""

    def margin(instance: Instance) -> Margin:
        targets, decay, depth = _read(instance)
        optimum = truly(targets, decay, depth)
        layer = (depth + 1) // 2
        features = optimal_factors(targets, optimum)[0]
        for factor in optimal_factors(targets, optimum)[1:layer]:
            features = factor @ features
        return measure(optimum, features, layer)

    return margin


def spectrum(layer_of: Callable[[int], int]) -> MarginOf:
    """Features at layer l have singular values s_i^l."""

    def measure(optimum: RegressionOptimum, features: Array, layer: int) -> Margin:
        found = np.linalg.svd(features, compute_uv=False)[: optimum.rank]
        expected = np.sort(optimum.feature_values(layer_of(layer)))[::-1]
        error = LINEAR_ALGEBRA * (float(found[0]) + 1)
        return Margin.equal(float(np.max(np.abs(found - expected))), 0.0, error=error)

    return layerwise(measure)


def alignment(instance: Instance, *, power: int | None = 1) -> Margin:
    """Linear CKA of features and targets is its closed form, or with power=None one."""
    targets = _read(instance)[0]

    def measure(optimum: RegressionOptimum, features: Array, layer: int) -> Margin:
        expected = 1.0 if power is None else optimum.alignment(power * layer)
        return Margin.equal(nrc2(features, targets, rank=optimum.rank), expected, error=1e-9)

    return layerwise(measure)(instance)


def probe_no_worse(instance: Instance) -> Margin:
    """The error of the best linear probe is no larger than the network's own."""
    optimum = truly(*_read(instance))
    return Margin.at_least(optimum.training_error, optimum.probe_error, error=LINEAR_ALGEBRA * 100)


def collapses(
    name: str,
    kind: Kind,
    margin: MarginOf,
    targets: list[list[int]],
    decay: Fraction,
    depth: int = 1,
    *,
    truth: MarginOf | None = None,
) -> Mutant:
    return Mutant(
        name=name,
        kind=kind,
        of=COLLAPSE,
        margin=margin,
        witness={"depth": depth, "weight_decay": decay, "targets": targets},
        domain=PROBLEMS,
        truth=truth or critical(truly),
    )


# Y = (2, −2), λ = 1/8, L = 1: y² = 8, ν = Nλ = ¼; σ = 2√2 − ¼.
ONE = [[2, -2]]
# Two orthogonal rows with y² = 16 and 4.
TWO = [[2, 2, -2, -2], [1, -1, 1, -1]]
EIGHTH = Fraction(1, 8)
FALSE = (
    # σ = 2√2 − 0.2525
    collapses(
        "decay-one-percent-more", "constant", critical(lambda y, v, n: truly(y, 1.01 * v, n)), ONE, EIGHTH
    ),
    # ν = λ = ⅛
    collapses(
        "decay-without-samples", "samples", critical(lambda y, v, n: truly(y, v / y.shape[1], n)), ONE, EIGHTH
    ),
    # λ = 8: nothing is kept, at a loss of 8/4 for (1/32 + ¼σ)/2 = 0.34
    collapses("decay-inverted", "decay", critical(lambda y, v, n: truly(y, 1 / v, n)), ONE, EIGHTH),
    # L = 2 as if F = 2: s = √σ and not a root of s(y − s³) = ν
    collapses(
        "layers-for-factors", "depth", critical(lambda y, v, n: truly(y, v, max(n - 1, 1))), ONE, EIGHTH, 2
    ),
    # Y = (4, 0) has the same centred part, and y = 4 for 2√2
    collapses("uncentred-targets", "hypothesis", critical(uncentred), [[4, 0]], EIGHTH),
    # twice the loss
    collapses("loss-not-divided", "samples", critical(without_samples_in_the_loss), ONE, EIGHTH),
    # L = 1: the features have singular value s = √σ = 1.606, not σ
    collapses(
        "features-one-layer-on", "depth", spectrum(lambda n: n + 1), ONE, EIGHTH, truth=spectrum(lambda n: n)
    ),
    # L = 1, ν = ½: y = (4, 2), s² = (3.5, 1.5), CKA = (16·3.5 + 4·1.5)/√(14.5 · 272) = 0.987
    collapses(
        "features-fully-aligned", "term", lambda i: alignment(i, power=None), TWO, EIGHTH, truth=alignment
    ),
    # s⁴ for s²: (16·12.25 + 4·2.25)/√(155.125 · 272) = 0.998
    collapses(
        "alignment-of-squared-features",
        "exponent",
        lambda i: alignment(i, power=2),
        TWO,
        EIGHTH,
        truth=alignment,
    ),
    # one direction, kept: the probe makes no error
    collapses("probe-no-better", "relation", flipped(probe_no_worse), ONE, EIGHTH, truth=probe_no_worse),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    # twice the decay costs more than the optimum does
    Mutant(
        name="cheaper-than-with-twice-the-decay",
        kind="decay",
        of=COLLAPSE,
        domain=PROBLEMS,
        margin=lambda i: Margin.at_least(
            truly(_read(i)[0], 2 * _read(i)[1], _read(i)[2]).loss, truly(*_read(i)).loss
        ),
    ),
)
