"""Features near the targets' row space, from NRC1 and CKA: the amended bound.

Statement   ‖H − HP‖_F/‖H‖_F ≤ √(ε₁ + √(t(1 − CKA²))), with P the projection on the row space of the t×N
            targets, ε₁ = NRC1 and CKA that of the features' top t directions.
Source      derived for this project; amends Proposition 1 of 2603.23805.
Computed    right side minus left side on random features and targets, many of them nearly aligned.
Tight       the exponent ¼ of 1 − CKA is sharp.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.regression.subspace_bound import AMENDED_BOUND
from theory.sources import RANKCOLLAPSE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices


def measured(instance: Instance) -> tuple[float, float, float, int]:
    """‖H − HP‖/‖H‖, ε₁, CKA and t; every sample comes with its negative, so that all means are zero."""
    targets = np.asarray(instance["targets"], dtype=np.float64)
    features = np.asarray(instance["features"], dtype=np.float64)
    outputs = targets.shape[0]
    directions, values, right = np.linalg.svd(features, full_matrices=False)
    top = directions[:, :outputs].T @ features
    alignment = np.sum((targets @ top.T) ** 2)
    alignment /= np.linalg.norm(top @ top.T) * np.linalg.norm(targets @ targets.T)
    basis = np.linalg.svd(targets, full_matrices=False)[2]
    outside = values[:, None] * (right - (right @ basis.T) @ basis)
    left = float(np.linalg.norm(outside) / np.linalg.norm(features))
    return left, float(np.sum(values[outputs:] ** 2) / np.sum(values**2)), min(float(alignment), 1.0), outputs


def has_full_rank(instance: Instance) -> bool:
    """Targets of full row rank, features not zero."""
    targets = np.asarray(instance["targets"], dtype=np.float64)
    values = np.linalg.svd(targets, compute_uv=False)
    enough = targets.shape[0] <= targets.shape[1]
    return bool(
        enough and values[-1] > 1e-6 * values[0] and np.any(np.asarray(instance["features"], dtype=float))
    )


def margin(instance: Instance) -> Margin:
    """The amended bound minus the measured distance.

    A CKA rounded by e moves the inner root by √(2te) and the bound by its root again.
    """
    left, outside, alignment, outputs = measured(instance)
    right = float(AMENDED_BOUND(outside=outside, alignment=alignment, targets=outputs))
    return Margin.at_least(
        right, left, error=(outputs * LINEAR_ALGEBRA) ** 0.25 if right < 1e-2 else LINEAR_ALGEBRA * 1e3
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Features that are a map of the targets plus a deviation of random size, with random spectra."""
    outputs, width, samples = (int(generator.integers(low, high)) for low, high in ((1, 4), (1, 6), (4, 12)))
    targets = _spread(generator, outputs) @ generator.standard_normal((outputs, samples))
    mapped = generator.standard_normal((width, outputs)) @ targets
    deviation = (
        10.0 ** generator.uniform(-4, 1)
        * _spread(generator, width)
        @ generator.standard_normal((width, samples))
    )
    return {"targets": targets, "features": mapped + deviation}


def _spread(generator: np.random.Generator, size: int) -> NDArray[np.float64]:
    """A diagonal of scales over two decades."""
    return np.diag(10.0 ** generator.uniform(-2, 0, size=size))


def instances() -> Any:
    """Two targets and two features on three samples, small integers."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {"targets": integer_matrices(2, 3, largest=4), "features": integer_matrices(2, 3, largest=4)}
    )


CLAIM = Claim(
    id="regression/subspace-bound",
    title="NRC1 and CKA bound the features' distance to the targets' row space with exponent ¼",
    statement=r"\frac{\|H-HP_Y\|_F}{\|H\|_F}\le\sqrt{\varepsilon_1+\sqrt{t\,(1-\mathrm{CKA}^2)}}",
    source=RANKCOLLAPSE.at("theory 7.4"),
    computed="right side minus left side on random features and targets",
    tight="the exponent ¼ of 1 − CKA is sharp",
    instances=instances,
    sampler=sampler,
    hypotheses=has_full_rank,
    margin=margin,
    quick_samples=2_000,
    full_samples=150_000,
)
