import itertools

import numpy as np
import pytest

from numerics.descent.initialisation import balanced_factors, chain_shapes, gaussian_factors
from numerics.descent.linear_chain import chain_product
from theory.errors import InvalidProblemError


@pytest.mark.parametrize("factors", [2, 3, 5])
@pytest.mark.parametrize("random", [False, True])
def test_balanced_factors_multiply_to_the_product(factors: int, random: bool) -> None:
    rng = np.random.default_rng(3)
    product = rng.standard_normal((4, 2)) @ rng.standard_normal((2, 7))
    chain = balanced_factors(product, factors=factors, width=5, rng=rng if random else None)
    assert [matrix.shape for matrix in chain] == [(5, 7), *[(5, 5)] * (factors - 2), (4, 5)]
    assert np.linalg.norm(chain_product(chain) - product) < 1e-13 * np.linalg.norm(product)
    for before, after in itertools.pairwise(chain):
        np.testing.assert_allclose(after.T @ after, before @ before.T, rtol=0, atol=1e-13)
    cost = sum(float(np.sum(matrix**2)) for matrix in chain)
    values = np.linalg.svd(product, compute_uv=False)[:2]
    assert cost == pytest.approx(factors * np.sum(values ** (2 / factors)), rel=1e-12)


def test_balanced_factors_refuse_what_cannot_be() -> None:
    with pytest.raises(InvalidProblemError, match="width 2 is below the rank 3"):
        balanced_factors(np.eye(3), factors=2, width=2)
    with pytest.raises(InvalidProblemError, match="at least 2"):
        balanced_factors(np.eye(3), factors=1, width=3)
    with pytest.raises(InvalidProblemError, match="number of columns"):
        balanced_factors((np.eye(3), [1.0, 2.0], np.eye(3)), factors=2, width=3)
    with pytest.raises(InvalidProblemError, match="scale"):
        gaussian_factors([(2, 2)], scale=-1.0, rng=np.random.default_rng(0))
    with pytest.raises(InvalidProblemError, match="at least 1"):
        chain_shapes(classes=0, samples=1, depth=1, width=1)
