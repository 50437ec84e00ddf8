import time

import numpy as np
import pytest

from numerics.arrays import FloatArray
from numerics.descent.benchmark import cases, limits, measuring
from numerics.descent.benchmark.cases import ChainCase, NetworkCase
from numerics.descent.benchmark.measuring import AGREEMENT, LIMIT, OURS, Effort, Measurement, measure_case
from numerics.descent.benchmark.table import HEADERS, notes, row
from numerics.descent.linear_chain import loss_and_gradients_squared_loss

SMALL = ChainCase("small", classes=3, samples_per_class=2, width=5, depth=3)
EFFORT = Effort(seconds=0.002, rounds=3)


def sleeper(milliseconds: float, loss: float = 1.0) -> cases.Run:
    def run(steps: int) -> float:
        time.sleep(steps * milliseconds / 1e3)
        return loss

    return run


def test_ratios_are_theirs_over_ours_and_losses_are_compared() -> None:
    found = measure_case("nap", "sleep", {OURS: sleeper(0.4), "JAX": sleeper(1.6, 1.0 + 1e-3)}, EFFORT)
    ratio = found.over_ours["JAX"]
    assert 2.0 < ratio.low <= ratio.median <= ratio.high < 8.0
    assert 0.3e-3 < found.seconds[OURS] < 3e-3
    assert found.disagreement == pytest.approx(1e-3)
    assert any("nap: losses differ" in line for line in notes([found]))


def test_a_case_runs_against_its_limit_and_fills_a_row() -> None:
    runs = {OURS: SMALL.ours(), LIMIT: limits.chain_limit(SMALL)}
    found = measure_case("small", SMALL.problem, runs, EFFORT)
    assert found.over_ours[LIMIT].low > 0
    assert found.disagreement == 0
    cells = row(found)
    assert len(cells) == len(HEADERS)
    assert cells[:2] == ("small", "K=3 n=2 d=5 L=3")


def test_the_limit_does_all_products_of_a_step() -> None:
    """Its gradients are those of the squared loss with the same residual."""
    features, *weights, last = SMALL.start(0)
    residual = np.random.default_rng(1).standard_normal((3, 6))
    stacked = np.array(weights)
    partials, backs, outputs = np.zeros((2, 3, 5)), np.zeros((3, 3, 5)), np.zeros((3, 6))
    gradients: tuple[FloatArray, FloatArray] = (np.zeros_like(features), np.zeros_like(stacked))
    limits.chain_products(features, stacked, last, residual, partials, backs, outputs, gradients, 1)
    targets = outputs - 6 * residual
    _, expected = loss_and_gradients_squared_loss([features, *weights, last], targets, 0.0)
    found = [gradients[0], *gradients[1], backs[-1]]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-13)


def test_a_batch_returns_the_loss_of_its_first_instance() -> None:
    batch = ChainCase("batch", 3, 2, 5, 3, instances=3)
    assert batch.ours()(50) == SMALL.ours()(50)


@pytest.mark.parametrize("package", ["jax", "torch"])
def test_rivals_compute_the_same(package: str) -> None:
    pytest.importorskip(package)
    network = NetworkCase("digits", (64, 16, 10))
    for case in (SMALL, network):
        found = measure_case(case.name, case.problem, measuring.contestants(case), Effort(1e-3, 2))
        assert found.disagreement <= AGREEMENT


def test_what_is_missing_is_said() -> None:
    found = Measurement("A", "d=8", {OURS: 1.5e-3}, {}, 0.0)
    assert row(found) == ("A", "d=8", "1.50 ms", "—", "—", "—", "—", "—")
    missing = [name for name in ("jax", "torch") if not measuring.installed(name)]
    assert all(any(name in line for line in notes([found])) for name in missing)
