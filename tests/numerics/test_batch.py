from functools import partial

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from numerics.descent.batch import in_parallel
from numerics.descent.initialisation import chain_shapes, gaussian_factors
from numerics.descent.linear_chain import Descent, descend_cross_entropy
from numerics.descent.network import random_network
from numerics.descent.threads import available_threads, one_blas_thread
from numerics.descent.training import TrainedNetwork, train_network
from theory.errors import InvalidProblemError

LABELS = np.repeat(np.arange(4), 3)


def descend(seed: int, decay: float, max_steps: int = 300) -> Descent:
    shapes = chain_shapes(classes=4, samples=12, depth=3, width=8)
    start = gaussian_factors(shapes, scale=0.4, rng=np.random.default_rng(seed))
    return descend_cross_entropy(start, LABELS, decay, step=0.2, max_steps=max_steps, momentum=0.5)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_batch_is_its_descents_one_by_one_to_the_digit(threads: int) -> None:
    settings = [(seed, decay) for seed in range(4) for decay in (0.0, 0.01)]
    batch = in_parallel([partial(descend, *setting) for setting in settings], threads=threads)
    for setting, together in zip(settings, batch, strict=True):
        alone = descend(*setting)
        np.testing.assert_array_equal(together.loss_history, alone.loss_history)
        for ours, theirs in zip(together.factors, alone.factors, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_a_wide_network_is_the_same_with_any_number_of_threads() -> None:
    rng = np.random.default_rng(0)
    inputs, labels = rng.standard_normal((64, 700)), rng.integers(0, 10, 700)
    network = random_network([64, 64, 64, 10], "tanh", rng)

    def train(threads: int) -> TrainedNetwork:
        with threadpool_limits(threads):
            return train_network(
                network, inputs, labels, 1e-3, loss="cross-entropy", step=0.1, max_steps=20, momentum=0.5
            )

    alone = train(1)
    for threads in (2, 3):
        shared = train(threads)
        assert shared.loss == alone.loss
        for ours, theirs in zip(shared.weights, alone.weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_blas_gets_its_threads_back_after_the_last_descent() -> None:
    with threadpool_limits(2):
        before = blas_threads()
        with one_blas_thread(), one_blas_thread():
            assert set(blas_threads()) == {1}
            assert available_threads() == 1
        assert blas_threads() == before


def test_an_error_in_one_descent_is_raised() -> None:
    with pytest.raises(InvalidProblemError, match="max_steps"):
        in_parallel([partial(descend, 0, 0.1), partial(descend, 0, 0.1, 0)], threads=2)
    with pytest.raises(InvalidProblemError, match="threads 0"):
        in_parallel([partial(descend, 0, 0.1)], threads=0)
