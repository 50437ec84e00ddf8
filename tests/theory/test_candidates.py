"""Every structure is what it says: loss and spectrum are those of its matrix, its factors critical."""

import math

import numpy as np
import pytest

from numerics.descent.initialisation import balanced_factors
from numerics.descent.linear_chain import loss_and_gradients_cross_entropy
from theory.cross_entropy.candidates import Structures, structures

PROBLEMS = [
    (classes, factors, decay)
    for classes in (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 27, 60)
    for factors, decay in ((2, 0.01), (3, 0.02), (3, 1e-3), (5, 0.03), (7, 1e-5))
]


def found(classes: int, factors: int, decay: float) -> list[Structures]:
    each = structures(classes, np.array([float(factors)]), np.array([math.log(decay)]))
    return [structure for structure in each if math.isfinite(structure.loss[0])]


@pytest.mark.parametrize(("classes", "factors", "decay"), PROBLEMS)
def test_a_structure_is_critical_and_has_its_loss(classes: int, factors: int, decay: float) -> None:
    for structure in found(classes, factors, decay):
        logits = structure.logits(0)
        values = np.linalg.svd(logits, compute_uv=False)
        expected = np.zeros(classes)
        listed = [value for value, count in structure.spectrum(0) for _ in range(count)]
        expected[: len(listed)] = listed
        assert values == pytest.approx(expected, abs=1e-10 * max(1.0, expected[0]), rel=0), structure.name(0)
        assert len(listed) == structure.rank[0]
        if structure.rank[0] == 0:
            assert structure.loss[0] == pytest.approx(math.log(classes), rel=1e-15)
            continue
        chain = balanced_factors(logits, factors=factors, width=classes)
        loss, gradients = loss_and_gradients_cross_entropy(chain, np.arange(classes), decay)
        assert structure.loss[0] == pytest.approx(loss, rel=1e-11), structure.name(0)
        size = decay * max(float(np.linalg.norm(factor)) for factor in chain)
        assert max(float(np.linalg.norm(each)) for each in gradients) < 1e-8 * size, structure.name(0)
