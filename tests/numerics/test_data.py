import numpy as np
import pytest

from numerics.data import digits, linnerud_targets, low_rank_targets
from theory.errors import InvalidProblemError


def test_digits_are_scaled_columns() -> None:
    images, labels = digits()
    assert images.shape == (64, 1797)
    assert images.flags.c_contiguous
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert labels.dtype == np.int64
    assert set(labels.tolist()) == set(range(10))


def test_linnerud_targets_are_standardised() -> None:
    targets = linnerud_targets()
    assert targets.shape == (3, 20)
    np.testing.assert_allclose(targets.mean(axis=1), 0.0, rtol=0, atol=1e-14)
    np.testing.assert_allclose(targets.std(axis=1), 1.0, rtol=1e-14)


def test_low_rank_targets_have_their_rank_and_scale() -> None:
    targets = low_rank_targets(6, 30, 2, np.random.default_rng(1))
    values = np.linalg.svd(targets, compute_uv=False)
    assert values[2] < 1e-13 * values[0] < values[1]
    np.testing.assert_allclose(targets.mean(axis=1), 0.0, rtol=0, atol=1e-14)
    assert np.mean(targets**2) == pytest.approx(1.0, rel=1e-13)
    with pytest.raises(InvalidProblemError, match="rank 4"):
        low_rank_targets(3, 30, 4, np.random.default_rng(1))
