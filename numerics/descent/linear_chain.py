"""Full-batch gradient descent on the deep linear unconstrained features model.

    minimise  g(A_F⋯A_1) + Σ_j (λ_j/2)‖A_j‖²

Factors are listed from the input side: the d × N features H first, then W_1, …, W_L (K × d last).
The fit g is the mean over the N columns of the cross-entropy, or (1/2N)‖Z − Y‖².
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, decay_of_each
from numerics.descent.chain_workspace import (
    ChainDescent,
    chain_descent,
    checked_chain,
    checked_targets,
    one_hot_targets,
)
from numerics.descent.fit import CROSS_ENTROPY, SQUARED, SQUARED_FREE_BIAS
from numerics.descent.heavy_ball import STANDSTILL
from numerics.descent.outcome import Outcome, Schedule
from numerics.descent.recording import Recorder
from numerics.descent.running import run
from numerics.descent.threads import one_blas_thread
from theory.tolerances import STATIONARY


@dataclass(frozen=True)
class Descent(Outcome):
    """The factors a descent ended at, and how it ended."""

    factors: tuple[FloatArray, ...]

    @property
    def product(self) -> FloatArray:
        """The logits Z = A_F⋯A_1, K × N."""
        return chain_product(self.factors)


def chain_product(factors: Sequence[FloatArray]) -> FloatArray:
    """Return A_F⋯A_1 for factors listed from the input side.

    Examples
    --------
    >>> import numpy as np
    >>> chain_product([np.array([[1.0, 2.0]]), np.array([[3.0]])])
    array([[3., 6.]])
    """
    return reduce(lambda product, factor: factor @ product, factors)


def descend_cross_entropy(
    factors: Sequence[ArrayLike],
    labels: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    step: float,
    max_steps: int,
    tolerance: float = STATIONARY,
    momentum: float = 0.0,
    record_every: int = 100,
    recorder: Recorder | None = None,
) -> Descent:
    """Descend the mean cross-entropy plus weight decay from the given factors.

    Parameters
    ----------
    factors
        F ≥ 2 matrices from the input side: d × N features, then W_1, …, W_L, the last one K × d.
    labels
        N integers below K.
    weight_decays
        λ for every factor, or one each, in the order of `factors`; zero is allowed.
    step, max_steps, momentum
        A_j ← A_j − step · gradient, or heavy ball with that momentum.
    tolerance
        Stop when the gradient norm is below this multiple of (Σλ_j²‖A_j‖²)^{1/2}; of 1 if all λ_j = 0.
    record_every
        Steps between two entries of the loss history.
    recorder
        What else to record, and when.

    Raises
    ------
    InvalidProblemError
        If shapes do not chain, labels or decays are out of range, or a setting is.

    Examples
    --------
    >>> import numpy as np
    >>> descent = descend_cross_entropy([np.eye(2), np.eye(2)], [0, 1], 0.1, step=1.0, max_steps=5000)
    >>> descent.status, round(float(descent.product[0, 0] - descent.product[1, 0]), 6)  # log 9
    ('stationary', 2.197225)
    """
    matrices = checked_chain(factors)
    targets = one_hot_targets(labels, matrices, every=True)
    schedule = Schedule(step, max_steps, tolerance, momentum, record_every)
    return _descend(matrices, CROSS_ENTROPY, targets, weight_decays, schedule, recorder)


def descend_squared_loss(
    factors: Sequence[ArrayLike],
    targets: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    free_bias: bool = False,
    step: float,
    max_steps: int,
    tolerance: float = STATIONARY,
    momentum: float = 0.0,
    record_every: int = 100,
    recorder: Recorder | None = None,
) -> Descent:
    """Descend (1/2N)‖Z − Y‖² plus weight decay; as `descend_cross_entropy` but for the K × N targets.

    With `free_bias` an unpenalised bias is at its best value for every Z: it centres the rows of Z − Y.

    Raises
    ------
    InvalidProblemError
        If shapes do not chain or do not fit the targets, or a decay or a setting is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> start = [np.eye(2), np.eye(2)]
    >>> descent = descend_squared_loss(start, np.eye(2), 0.1, step=0.5, max_steps=5000)
    >>> np.round(descent.product, 6) + 0.0
    array([[0.8, 0. ],
           [0. , 0.8]])
    """
    matrices = checked_chain(factors)
    schedule = Schedule(step, max_steps, tolerance, momentum, record_every)
    kind = SQUARED_FREE_BIAS if free_bias else SQUARED
    return _descend(matrices, kind, checked_targets(targets, matrices), weight_decays, schedule, recorder)


def loss_and_gradients_cross_entropy(
    factors: Sequence[ArrayLike], labels: ArrayLike, weight_decays: float | Sequence[float]
) -> tuple[float, tuple[FloatArray, ...]]:
    """Return the objective of `descend_cross_entropy` and its gradient in every factor.

    Examples
    --------
    >>> import numpy as np
    >>> loss, gradients = loss_and_gradients_cross_entropy([np.zeros((2, 2)), np.eye(2)], [0, 1], 0.0)
    >>> round(loss, 6), gradients[0].tolist()
    (0.693147, [[-0.25, 0.25], [0.25, -0.25]])
    """
    matrices = checked_chain(factors)
    targets = one_hot_targets(labels, matrices)
    return _loss_and_gradients(matrices, CROSS_ENTROPY, targets, weight_decays)


def loss_and_gradients_squared_loss(
    factors: Sequence[ArrayLike],
    targets: ArrayLike,
    weight_decays: float | Sequence[float],
    *,
    free_bias: bool = False,
) -> tuple[float, tuple[FloatArray, ...]]:
    """Return the objective of `descend_squared_loss` and its gradient in every factor.

    Examples
    --------
    >>> import numpy as np
    >>> loss_and_gradients_squared_loss([np.zeros((1, 1)), np.ones((1, 1))], [[2.0]], 0.0)[0]
    2.0
    """
    matrices = checked_chain(factors)
    kind = SQUARED_FREE_BIAS if free_bias else SQUARED
    return _loss_and_gradients(matrices, kind, checked_targets(targets, matrices), weight_decays)


def _descend(
    matrices: list[FloatArray],
    kind: int,
    targets: FloatArray,
    weight_decays: float | Sequence[float],
    schedule: Schedule,
    recorder: Recorder | None,
) -> Descent:
    decays = decay_of_each(weight_decays, len(matrices))

    def make() -> ChainDescent:
        return chain_descent(matrices, decays, kind, targets, momentum=schedule.momentum > 0)

    model, outcome = run(make, schedule, recorder)
    matrices.clear()  # the start is no longer needed: make room for the result
    return Descent(factors=model.factors(), **vars(outcome))


def _loss_and_gradients(
    matrices: list[FloatArray], kind: int, targets: FloatArray, weight_decays: float | Sequence[float]
) -> tuple[float, tuple[FloatArray, ...]]:
    with one_blas_thread():
        model = chain_descent(matrices, decay_of_each(weight_decays, len(matrices)), kind, targets)
        loss = model.advance(STANDSTILL, 0, 0).loss
        return loss, model.factors(model.gradient_at(model.parameters))
