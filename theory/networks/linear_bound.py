"""The rank bound that is linear in the variation (B3), and what the layers before make of a variation.

Where the signal δ at a = W z (+ b) is D_a-Lipschitz in a within a class, it is D = D_a‖W‖₂-Lipschitz in z;
then TCV(δ) ≤ D²·TCV(z) for clusters within classes, and B1 becomes B3 = (D/λ)·TCV(z): the form in which the
abstract of 2402.03991 puts it. Across a ReLU kink D is infinite, and so is the bound: use B0, B1, B2 there.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from theory.errors import InvalidProblemError
from theory.networks.rank_bound import RankBound
from theory.networks.smoothness import Sensitivity, Smoothness
from theory.networks.variation import Labels, Matrix, check_refinement


def linear_bound(
    bound: RankBound, weight: Matrix, signal: Sensitivity, *, clusters: Labels, classes: Labels
) -> float:
    """B3 = (D/λ)·TCV(z) with D = D_a‖W‖₂, without the residual; infinite where D is.

    `bound` is that of the clusters, `signal` the sensitivity of δ at the exit of the weight
    (`theory.networks.smoothness.signal_sensitivity` of all that follows).

    Raises InvalidProblemError where a cluster mixes classes.

    >>> from theory.networks.rank_bound import rank_bound
    >>> labels, inputs = np.array([0, 0]), np.array([[1.0, 3.0]])
    >>> bound = rank_bound(-inputs @ inputs.T / 2, inputs, inputs, np.zeros((1, 1)), 1.0, labels)
    >>> linear_bound(bound, np.array([[2.0]]), Sensitivity(1.0, 3.0), clusters=labels, classes=labels)
    6.0
    """
    check_refinement(clusters, classes)
    if bound.input_variation == 0:
        return 0.0 if math.isfinite(signal.lipschitz) else math.inf
    lipschitz = signal.lipschitz * float(np.linalg.norm(weight, 2)) if weight.any() else 0.0
    return lipschitz * bound.input_variation / bound.weight_decay


def with_linear_bound(
    bound: RankBound, weight: Matrix, signal: Sensitivity, *, clusters: Labels, classes: Labels
) -> RankBound:
    """The bound with B3 among its Frobenius and nuclear ones, where it is finite.

    Raises InvalidProblemError where a cluster mixes classes.
    """
    value = linear_bound(bound, weight, signal, clusters=clusters, classes=classes)
    if not math.isfinite(value):
        return bound
    return replace(bound, frobenius={**bound.frobenius, "B3": value}, nuclear={**bound.nuclear, "B3": value})


def variation_behind(variation: float, maps: Sequence[Smoothness]) -> float:
    """TCV after some maps is at most TCV before them times Π ℓ²: any activation, any partition.

    >>> from theory.networks.smoothness import ACTIVATIONS, linear_map
    >>> variation_behind(0.5, [linear_map(2.0), ACTIVATIONS["relu"], linear_map(3.0)])
    18.0
    """
    if not variation >= 0:
        raise InvalidProblemError(f"variation {variation} is not a number ≥ 0")
    return variation * math.prod(mapping.lipschitz**2 for mapping in maps)
