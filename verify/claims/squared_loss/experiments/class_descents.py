"""One-hot targets: balanced factors of the predicted optimum, and descent on both sides of each threshold."""

import numpy as np
from numpy.typing import NDArray

from theory.squared_loss.classes import ClassOptimum, class_optimum, vanishing_decay
from theory.tolerances import DESCENT_AGREEMENT, NUMERICAL_RANK
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.margin import Margin


def one_hot_targets(sizes: tuple[int, ...]) -> NDArray[np.float64]:
    """The K×N one-hot matrix, columns in class order."""
    return np.repeat(np.eye(len(sizes)), sizes, axis=1)


def optimal_factors(optimum: ClassOptimum, width: int) -> list[NDArray[np.float64]]:
    """Balanced factors of the predicted logits."""
    from numerics.descent.initialisation import balanced_factors

    kept = list(optimum.kept)
    classes = len(optimum.sizes)
    right = one_hot_targets(optimum.sizes).T / np.sqrt(np.array(optimum.sizes, dtype=np.float64))
    values = np.array([optimum.modes[index].singular_value for index in kept])
    product = (np.eye(classes)[:, kept], values, right[:, kept])
    return balanced_factors(product, factors=optimum.factors, width=width)


def descent(run: Run) -> Evidence:
    """Descent from perturbed and from random factors: loss, kept classes, lengths and angles of the means."""
    generator = run.generator("squared-loss/minority-collapse", "descent")
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for sizes, depth in (((4, 4, 4), 2), ((9, 4, 2, 1), 2), ((6, 3, 3), 3), ((8, 2), 1)):
        thresholds = sorted({vanishing_decay(size, sum(sizes), depth=depth) for size in sizes})
        for decay in (0.5 * thresholds[0], *(1.05 * threshold for threshold in thresholds[:-1])):
            found, row = _compare(sizes, depth, decay, generator)
            margins += found
            rows.append(row)
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"loss, kept classes and class means agree in {len(rows)} runs",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Predicted and measured optimum for one-hot targets",
                ("class sizes", "L", "λ", "kept", "rank measured", "loss", "loss measured", "lengths",
                 "measured", "lowest loss from random starts"),
                tuple(rows),
            ),
        ),
        plots=(_vanishing((9, 4, 2, 1), 2),),
    )  # fmt: skip


def _compare(
    sizes: tuple[int, ...], depth: int, decay: float, generator: np.random.Generator
) -> tuple[list[Margin], tuple[str | int | float | bool, ...]]:
    from numerics.descent.initialisation import chain_shapes, gaussian_factors
    from numerics.descent.linear_chain import descend_squared_loss
    from numerics.metrics.spectrum import numerical_rank

    optimum, targets = class_optimum(sizes, decay, depth=depth), one_hot_targets(sizes)
    width, classes = len(sizes) + 1, len(sizes)
    start = [
        factor + 0.02 * generator.standard_normal(factor.shape) for factor in optimal_factors(optimum, width)
    ]
    end = descend_squared_loss(start, targets, decay, step=0.3, max_steps=200_000, momentum=0.9)
    means = end.factors[0] @ targets.T / np.array(sizes)
    lengths = np.linalg.norm(means, axis=0)
    angles = float(np.max(np.abs(means.T @ means - np.diag(lengths**2))))
    error = 10 * DESCENT_AGREEMENT**0.5
    rank = numerical_rank(end.factors[-1], relative_threshold=NUMERICAL_RANK)
    margins = [
        Margin.equal(end.loss, optimum.loss, error=DESCENT_AGREEMENT),
        Margin.equal(rank, len(optimum.kept), error=0.0),
        Margin.equal(angles, 0.0, error=error),
        *[Margin.equal(a, b, error=error) for a, b in zip(lengths, optimum.mean_lengths, strict=True)],
    ]
    shapes = chain_shapes(classes=classes, samples=sum(sizes), depth=depth, width=width)
    lowest = np.inf
    for scale in (0.3, 0.6, 0.9):
        other = gaussian_factors(shapes, scale=scale, rng=generator)
        lowest = min(
            lowest, descend_squared_loss(other, targets, decay, step=0.1, max_steps=4_000, momentum=0.9).loss
        )
    margins.append(Margin.at_least(lowest, optimum.loss, error=DESCENT_AGREEMENT))
    row = (str(sizes), depth, decay, str([sizes[k] for k in optimum.kept]), rank, optimum.loss, end.loss,
           _list(optimum.mean_lengths), _list(lengths), float(lowest))  # fmt: skip
    return margins, row


def _list(values: NDArray[np.float64]) -> str:
    return ", ".join(f"{value:.5f}" for value in values)


def _vanishing(sizes: tuple[int, ...], depth: int) -> Plot:
    largest = vanishing_decay(max(sizes), sum(sizes), depth=depth)
    decays = np.linspace(1e-3 * largest, 1.1 * largest, 160)
    optima = [class_optimum(sizes, float(decay), depth=depth) for decay in decays]
    curves = tuple(
        Series(
            f"class of {size}",
            tuple(map(float, decays)),
            tuple(float(optimum.kept_fractions[index]) for optimum in optima),
        )
        for index, size in enumerate(sizes)
    )
    return Plot(f"Classes vanish one by one (L = {depth})", "λ", "kept fraction t_k", curves)
