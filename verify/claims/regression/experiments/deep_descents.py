"""Balanced factors of the predicted optimum, and descent from beside them on real and synthetic targets."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.regression.deep_collapse import RegressionOptimum, regression_optimum
from theory.squared_loss.modes import GLOBAL_DECAY
from theory.tolerances import DESCENT_AGREEMENT, NUMERICAL_RANK
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

DEPTH = 2
WIDTH = 8
Row = tuple[str | int | float | bool, ...]


def optimal_factors(targets: NDArray[np.float64], optimum: RegressionOptimum) -> list[NDArray[np.float64]]:
    """Balanced factors of the predicted product."""
    from numerics.descent.initialisation import balanced_factors

    centred = targets - targets.mean(axis=1, keepdims=True)
    left, _, right = np.linalg.svd(centred, full_matrices=False)
    kept = optimum.factor_values > 0
    product = (left[:, kept], optimum.factor_values[kept] ** optimum.factors, right[kept].T)
    return balanced_factors(product, factors=optimum.factors, width=max(WIDTH, targets.shape[0]))


def decays_by_rank(targets: NDArray[np.float64]) -> list[float]:
    """One weight decay for each rank r: the geometric middle of ν* of the r-th and (r+1)-th direction."""
    values = np.linalg.svd(targets - targets.mean(axis=1, keepdims=True), compute_uv=False)
    values = values[values > NUMERICAL_RANK * values[0]]
    thresholds = GLOBAL_DECAY(target=values, factors=float(DEPTH + 1)) / targets.shape[1]
    lower = np.append(thresholds[1:], thresholds[-1] / 10)
    return [float(decay) for decay in np.sqrt(thresholds * lower)]


def descent(run: Run) -> Evidence:
    """Descent at L = 2 on linnerud and on synthetic targets of rank 2, one decay for each rank."""
    from numerics.data import linnerud_targets, low_rank_targets

    generator = run.generator("regression/deep-collapse", "descent")
    data = {
        "linnerud, 3 targets": linnerud_targets(),
        "synthetic, 5 targets of rank 2": low_rank_targets(5, 60, 2, generator),
    }
    margins: list[Margin] = []
    spectra: list[Row] = []
    layers: list[Row] = []
    for name, targets in data.items():
        for decay in decays_by_rank(targets):
            found, spectrum, by_layer = _compare(name, targets, decay, generator)
            margins += found
            spectra.append(spectrum)
            layers += by_layer
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"rank, spectra and NRC1–4 agree in {len(spectra)} runs, within {DESCENT_AGREEMENT:g}",
        instances=len(spectra),
        worst=worst_of(margins),
        tables=(
            Table(
                "Predicted and measured optimum, L = 2",
                ("targets", "λ", "rank predicted", "rank measured", "s predicted", "s measured",
                 "loss predicted", "loss measured"),
                tuple(spectra),
            ),
            Table(
                "Collapse metrics by layer (measured; predicted in brackets)",
                ("targets", "λ", "layer", "NRC1 (0)", "NRC2 = CKA", "(CKA)", "NRC3 (1)", "NRC4 = probe error",
                 "(probe error)", "network's error"),
                tuple(layers),
            ),
        ),
        plots=(_switching_off(data["linnerud, 3 targets"]),),
        versions=versions("numba", "scikit-learn"),
    )  # fmt: skip


def _compare(
    name: str, targets: NDArray[np.float64], decay: float, generator: np.random.Generator
) -> tuple[list[Margin], Row, list[Row]]:
    from numerics.descent.linear_chain import descend_squared_loss
    from numerics.metrics.regression_collapse import nrc1, nrc2, nrc3, nrc4
    from numerics.metrics.spectrum import numerical_rank

    optimum = regression_optimum(targets, decay, depth=DEPTH)
    noise = [0.02 * generator.standard_normal(factor.shape) for factor in optimal_factors(targets, optimum)]
    start = [factor + part for factor, part in zip(optimal_factors(targets, optimum), noise, strict=True)]
    end = descend_squared_loss(
        start, targets, decay, free_bias=True, step=0.2, max_steps=400_000, momentum=0.9, record_every=1000
    )
    measured = np.linalg.svd(end.factors[1], compute_uv=False)
    rank, r = numerical_rank(end.factors[1], relative_threshold=NUMERICAL_RANK), optimum.rank
    tolerance = 10 * np.sqrt(DESCENT_AGREEMENT) * float(optimum.factor_values[0])
    margins = [
        Margin.equal(end.loss, optimum.loss, error=DESCENT_AGREEMENT),
        Margin.equal(rank, r, error=0.0),
    ]
    margins += [
        Margin.equal(value, predicted, error=tolerance)
        for value, predicted in zip(measured[:r], optimum.factor_values[:r], strict=True)
    ]
    margins += [_random_start(targets, decay, optimum, generator) for _ in range(3)]
    rows: list[Row] = []
    features = end.factors[0]
    for layer in range(1, DEPTH + 1):
        weight = end.factors[layer]
        values = (
            nrc1(features, rank=r),
            nrc2(features, targets, rank=r),
            nrc3(features, weight, rank=r),
            nrc4(features, targets, rank=r),
        )
        predicted = (0.0, optimum.alignment(layer), 1.0, optimum.probe_error)
        error = 10 * np.sqrt(DESCENT_AGREEMENT)
        margins += [Margin.equal(a, b, error=error) for a, b in zip(values, predicted, strict=True)]
        rows.append(
            (name, decay, layer, values[0], values[1], predicted[1], values[2], values[3], predicted[3],
             optimum.training_error)
        )  # fmt: skip
        features = weight @ features
    spectrum = (
        name,
        decay,
        r,
        rank,
        _list(optimum.factor_values[:r]),
        _list(measured[:r]),
        optimum.loss,
        end.loss,
    )
    return margins, spectrum, rows


def _random_start(
    targets: NDArray[np.float64], decay: float, optimum: RegressionOptimum, generator: np.random.Generator
) -> Margin:
    """Descent from random factors may miss directions, but finds nothing below the predicted optimum."""
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import descend_squared_loss

    shapes = chain_shapes(classes=targets.shape[0], samples=targets.shape[1], depth=DEPTH, width=WIDTH)
    start = gaussian_factors(shapes, scale=0.5, rng=generator)
    end = descend_squared_loss(start, targets, decay, free_bias=True, step=0.05, max_steps=20_000)
    return Margin.at_least(end.loss, optimum.loss, error=DESCENT_AGREEMENT)


def _list(values: NDArray[Any]) -> str:
    return ", ".join(f"{value:.6f}" for value in values)


def _switching_off(targets: NDArray[np.float64]) -> Plot:
    decays = np.geomspace(1e-3, 1.2 * max(decays_by_rank(targets)), 160)
    optima = [regression_optimum(targets, float(decay), depth=DEPTH) for decay in decays]
    curves = tuple(
        Series(
            f"direction {index + 1}",
            tuple(map(float, decays)),
            tuple(float(optimum.factor_values[index]) for optimum in optima),
        )
        for index in range(targets.shape[0])
    )
    return Plot("Directions switch off one by one (linnerud, L = 2)", "λ", "sᵢ", curves, x_log=True)
