from collections.abc import Callable

import numpy as np
import pytest

from numerics.arrays import FloatArray, centred
from numerics.metrics.class_collapse import nc1_quotient, nc1_trace
from numerics.metrics.regression_collapse import nrc1, nrc2, nrc3, nrc4
from numerics.metrics.spectrum import effective_rank, numerical_rank, stable_rank
from theory.errors import InvalidProblemError

RNG = np.random.default_rng(0)


def orthonormal(rows: int, columns: int) -> FloatArray:
    return np.linalg.qr(RNG.standard_normal((rows, columns)))[0]


def centred_rows(count: int, samples: int) -> FloatArray:
    """Orthonormal rows, each of mean zero."""
    return np.linalg.svd(centred(RNG.standard_normal((count, samples))), full_matrices=False)[2]


def test_ranks_of_a_flat_and_of_a_graded_spectrum() -> None:
    flat = 3.0 * orthonormal(6, 4)
    assert stable_rank(flat) == pytest.approx(4, rel=1e-13)
    assert effective_rank(flat) == pytest.approx(4, rel=1e-13)
    assert numerical_rank(flat) == 4
    graded = np.diag([2.0, 1.0, 1e-8])
    assert stable_rank(graded) == pytest.approx(1.25, rel=1e-13)
    assert numerical_rank(graded) == 2
    assert numerical_rank(graded, relative_threshold=0.0) == 3
    assert numerical_rank(np.zeros((2, 2))) == 0
    halves = np.array([2 / 3, 1 / 3])
    assert effective_rank(np.diag([2.0, 1.0])) == pytest.approx(np.exp(-halves @ np.log(halves)), rel=1e-13)


def test_nc1_of_features_built_with_known_covariances() -> None:
    """Class means μ_k = 2e_k (simplex after centring), noise ±s along an extra axis and along e_1."""
    means = 2.0 * np.eye(5)[:, :3]
    labels = np.repeat(np.arange(3), 2)
    noise = np.tile([1.0, -1.0], 3)
    apart = means[:, labels] + 0.1 * np.outer(np.eye(5)[4], noise)
    assert nc1_trace(apart, labels) == pytest.approx(0.0, abs=1e-25)
    assert nc1_quotient(apart, labels) == pytest.approx(0.01 / (4 * 2 / 3), rel=1e-12)
    along = means[:, labels] + 0.1 * np.outer(np.eye(5)[0], noise)
    # Σ_B has the eigenvalue 4/3 on the simplex plane, where e_1 has squared length 2/3.
    assert nc1_trace(along, labels) == pytest.approx(0.01 * (2 / 3) / (4 / 3) / 3, rel=1e-12)


def test_nc1_takes_the_rank_of_a_low_rank_structure() -> None:
    line = np.outer([1.0, 0.0], [1.0, 1.2, -1.0, -1.2, 0.1, -0.1])
    labels = np.repeat(np.arange(3), 2)
    assert nc1_trace(line, labels, rank=1) > 0
    with pytest.raises(InvalidProblemError, match="structure's own rank"):
        nc1_trace(line, labels)


def test_collapsed_regression_features_have_perfect_scores() -> None:
    targets = 2.0 * orthonormal(3, 3) @ centred_rows(3, 20)
    weight = np.linalg.inv(np.diag([1.0, 2.0, 4.0])) @ orthonormal(8, 3).T
    features = np.linalg.pinv(weight) @ targets
    assert nrc1(features, rank=3) == pytest.approx(0.0, abs=1e-28)
    assert nrc3(features, weight) == pytest.approx(1.0, rel=1e-13)
    assert nrc4(features, targets) == pytest.approx(0.0, abs=1e-26)
    assert nrc2(orthonormal(8, 3) @ targets + 5.0, targets - 7.0) == pytest.approx(1.0, rel=1e-13)


def test_nrc1_is_the_share_outside_the_top_directions() -> None:
    features = orthonormal(6, 4) @ np.diag([4.0, 2.0, 1.0, 0.5]) @ centred_rows(4, 15) + 3.0
    total = 16 + 4 + 1 + 0.25
    assert nrc1(features, rank=2) == pytest.approx(1.25 / total, rel=1e-12)


def test_nrc2_equals_the_cka_of_gram_matrices() -> None:
    features, targets = RNG.standard_normal((6, 12)), RNG.standard_normal((2, 12))
    left = np.linalg.svd(centred(features))[0][:, :2]
    first, second = (m.T @ m for m in (left @ left.T @ centred(features), centred(targets)))
    cka = np.sum(first * second) / (np.linalg.norm(first) * np.linalg.norm(second))
    assert nrc2(features, targets) == pytest.approx(cka, rel=1e-12)


def test_nrc2_of_the_counterexample_to_proposition_one() -> None:
    """Y = diag(1, δ), H = diag(1, η), second directions orthogonal: 1 − CKA ≈ η⁴/2."""
    rows = centred_rows(3, 10)
    targets, features = np.diag([1.0, 0.01]) @ rows[:2], np.diag([1.0, 0.5]) @ rows[[0, 2]]
    assert nrc2(features, targets) == pytest.approx(1 / np.sqrt(1 + 0.5**4), rel=1e-7)


def test_nrc3_averages_the_cosines() -> None:
    angle = 0.3
    features = np.diag([1.0, 2.0, 0.0, 0.0]) @ np.vstack([centred_rows(2, 9), np.zeros((2, 9))])
    weight = np.array([[1.0, 0, 0, 0], [0, np.cos(angle), np.sin(angle), 0]])
    assert nrc3(features, weight) == pytest.approx((1 + np.cos(angle)) / 2, rel=1e-12)


def test_nrc4_is_the_error_of_the_best_probe() -> None:
    features, targets = RNG.standard_normal((3, 12)), RNG.standard_normal((2, 12))
    answers = centred(targets)
    for centre, rows in ((True, centred(features)), (False, features)):
        probe = np.linalg.lstsq(rows.T, answers.T)[0].T
        expected = np.sum((answers - probe @ rows) ** 2) / 12
        assert nrc4(features, targets, centre_features=centre) == pytest.approx(expected, rel=1e-10)
    assert nrc4(features, targets, rank=1) > nrc4(features, targets)


FEATURES, TARGETS = RNG.standard_normal((4, 7)), RNG.standard_normal((2, 7))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: stable_rank(np.zeros((2, 2))), "zero"),
        (lambda: effective_rank([[np.nan]]), "NaN"),
        (lambda: numerical_rank(np.eye(2), relative_threshold=1.0), "relative_threshold"),
        (lambda: numerical_rank([1.0, 2.0]), "2-d"),
        (lambda: nc1_quotient(FEATURES, [0] * 7), "two classes"),
        (lambda: nc1_quotient([[1.0, -1.0, 1.0, -1.0]], [0, 0, 1, 1]), "coincide"),
        (lambda: nc1_trace(FEATURES, [0, 1]), "7 samples"),
        (lambda: nc1_trace([[1.0, -1.0, 1.0, -1.0]], [0, 0, 1, 1]), "rank 1"),
        (lambda: nrc1(np.zeros((4, 7)), rank=1), "same for every sample"),
        (lambda: nrc1(np.full((4, 7), 0.1), rank=1), "same for every sample"),
        (lambda: nrc1(FEATURES, rank=5), "rank 5"),
        (lambda: nrc1(FEATURES, rank=0), "rank 0"),
        (lambda: nrc2(FEATURES, TARGETS[:, :5]), "columns are samples"),
        (lambda: nrc2(FEATURES, np.ones((2, 7))), "targets are the same"),
        (lambda: nrc3(FEATURES, np.eye(3)), "does not act"),
        (lambda: nrc3(FEATURES, np.ones((2, 4))), "rank of the weight"),
        (lambda: nrc4(FEATURES * np.nan, TARGETS), "NaN"),
        (lambda: nrc4(FEATURES, TARGETS, rank=9), "rank 9"),
    ],
)
def test_bad_input_is_named(call: Callable[[], float], words: str) -> None:
    with pytest.raises(InvalidProblemError, match=words):
        call()
