import numpy as np
import pytest

from numerics.data import diabetes, digits, linnerud, linnerud_targets, low_rank_targets, split, wine
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


def test_bundled_data_are_columns_in_their_own_units() -> None:
    measurements, labels = wine()
    assert (measurements.shape, labels.shape) == ((13, 178), (178,))
    assert measurements[-1].max() == 1680.0, "proline in mg/l"
    measurements, progression = diabetes()
    assert (measurements.shape, progression.shape) == ((10, 442), (1, 442))
    assert set(measurements[1].tolist()) == {1.0, 2.0}, "sex as it is coded"
    exercises, physiology = linnerud()
    assert (exercises.shape, physiology.shape) == ((3, 20), (3, 20))
    assert all(part.flags.c_contiguous for part in (measurements, progression, exercises, physiology))


def test_a_split_keeps_samples_with_their_answers() -> None:
    inputs, labels = np.arange(40.0).reshape(1, 40), np.arange(40) % 4
    parts = split(inputs, labels, test_share=0.3, rng=np.random.default_rng(0))
    together = np.concatenate([parts.training_inputs[0], parts.test_inputs[0]])
    assert sorted(together.tolist()) == inputs[0].tolist()
    for columns, answers in (
        (parts.training_inputs, parts.training_answers),
        (parts.test_inputs, parts.test_answers),
    ):
        np.testing.assert_array_equal(columns[0] % 4, answers)
    assert np.bincount(parts.test_answers).tolist() == [3, 3, 3, 3]


def test_a_split_standardises_by_its_training_part() -> None:
    inputs, targets = diabetes()
    parts = split(inputs, targets, test_share=0.25, rng=np.random.default_rng(0), standardise=True)
    for part in (parts.training_inputs, parts.training_answers):
        np.testing.assert_allclose(part.mean(axis=1), 0.0, rtol=0, atol=1e-13)
        np.testing.assert_allclose(part.std(axis=1), 1.0, rtol=0, atol=1e-13)
    again = split(inputs, targets, test_share=0.25, rng=np.random.default_rng(0))
    means, deviations = again.training_inputs.mean(axis=1), again.training_inputs.std(axis=1)
    expected = (again.test_inputs - means[:, None]) / deviations[:, None]
    np.testing.assert_allclose(parts.test_inputs, expected, rtol=0, atol=1e-13)
    other = split(inputs, targets, test_share=0.25, rng=np.random.default_rng(1))
    assert not np.array_equal(again.test_inputs, other.test_inputs)


@pytest.mark.parametrize("share", [0.0, 1.0, 0.95, -0.1, float("nan")])
def test_a_split_without_a_part_is_refused(share: float) -> None:
    with pytest.raises(InvalidProblemError, match="test share"):
        split(np.zeros((1, 8)), np.arange(8) % 4, test_share=share, rng=np.random.default_rng(0))


def test_a_split_that_does_not_fit_says_why() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidProblemError, match="3 answers for 4 samples"):
        split(np.zeros((1, 4)), np.zeros(3, dtype=np.int64), test_share=0.5, rng=rng)
    with pytest.raises(InvalidProblemError, match="row 0 is constant"):
        split(np.ones((1, 4)), rng.standard_normal((1, 4)), test_share=0.5, rng=rng, standardise=True)
    with pytest.raises(InvalidProblemError, match="no test sample"):
        split(np.ones((1, 4)), np.arange(4) % 2, test_share=0.1, rng=rng)
