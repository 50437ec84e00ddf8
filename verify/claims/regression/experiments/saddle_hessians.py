"""Critical points that are no minima, and the full Hessian there."""

import numpy as np
from numpy.typing import NDArray

from theory.regression.two_factors import CURVATURE
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin

Matrix = NDArray[np.float64]


def saddle(instance: Instance) -> tuple[Matrix, list[Matrix], list[Matrix], float, float]:
    """Targets, the critical factors [H, W], the unit direction [δH, δW], unused y, and y_m or ν.

    The pairs used are all but the largest; the inner width is their number, plus one for a free slot.
    """
    generator = np.random.default_rng(instance["seed"])
    outputs, samples = int(instance["targets"]), int(instance["samples"])
    weight, feature = float(instance["weight_decay"]), float(instance["feature_decay"])
    decay = samples * np.sqrt(weight * feature)
    left = np.linalg.qr(generator.standard_normal((outputs, outputs)))[0]
    drawn = generator.standard_normal((samples, outputs))
    right = np.linalg.qr(drawn - drawn.mean(axis=0))[0]
    values = decay * (1 + np.sort(generator.uniform(0.1, 3, size=outputs))[::-1])
    targets = left * values @ right.T
    used, slots = outputs - 1, outputs - 1 + int(instance["free_slot"])
    kept = values[1:] - decay
    inner = np.linalg.qr(generator.standard_normal((slots, slots)))[0]
    ratio = np.sqrt(weight / feature)
    features = (inner[:, :used] * np.sqrt(kept * ratio)) @ right[:, 1:].T
    matrix = (left[:, 1:] * np.sqrt(kept / ratio)) @ inner[:, :used].T
    slot = inner[:, -1]  # the weakest used pair's direction, or the free one
    replaced = decay if instance["free_slot"] else float(values[-1])
    a, b = np.sqrt(np.array([feature, weight]) / (weight + feature))
    direction = [b * np.outer(slot, right[:, 0]), a * np.outer(left[:, 0], slot)]
    return targets, [features, matrix], direction, float(values[0]), replaced


def directions(run: Run) -> Evidence:
    """Predicted curvature against the smallest eigenvalue of the full Hessian, by finite differences."""
    from numerics.descent.linear_chain import loss_and_gradients_squared_loss

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for free_slot in (0, 1):
        for seed in range(3):
            instance = {"targets": 3, "samples": 6, "weight_decay": 0.1, "feature_decay": 0.05,
                        "free_slot": free_slot, "seed": seed}  # fmt: skip
            targets, point, direction, free, replaced = saddle(instance)
            formula = float(
                CURVATURE(free_target=free, kept_target=replaced, samples=6, weight_decay=0.1,
                          feature_decay=0.05)
            )  # fmt: skip

            def gradient(flat: Matrix, like: list[Matrix] = point, answers: Matrix = targets) -> Matrix:
                cut = like[0].size
                chain = [flat[:cut].reshape(like[0].shape), flat[cut:].reshape(like[1].shape)]
                parts = loss_and_gradients_squared_loss(chain, answers, [0.05, 0.1], free_bias=True)[1]
                return np.concatenate([part.ravel() for part in parts])

            base = np.concatenate([part.ravel() for part in point])
            columns = [
                (gradient(base + 1e-5 * unit) - gradient(base - 1e-5 * unit)) / 2e-5
                for unit in np.eye(base.size)
            ]
            smallest = float(np.linalg.eigvalsh(np.array(columns))[0])
            along = np.concatenate([part.ravel() for part in direction])
            measured = float(along @ np.array(columns) @ along)
            margins.append(Margin.equal(measured, formula, error=1e-8))
            margins.append(Margin.at_least(-smallest, -formula, error=1e-8))
            rows.append((bool(free_slot), seed, formula, measured, smallest))
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"negative curvature confirmed by the full Hessian at {len(rows)} saddles",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Curvature at saddles (t = 3, N = 6)",
                ("free slot", "seed", "formula", "along the direction", "smallest Hessian eigenvalue"),
                tuple(rows),
            ),
        ),
    )
