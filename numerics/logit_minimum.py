"""The lowest loss of the deep linear model with cross-entropy, by a quasi-Newton method from random starts.

A second opinion beside gradient descent: L-BFGS on the factors of a K×K logit matrix (one sample a class;
n of them only rescale the decay), of full or reduced inner width, which bounds the rank.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray
from numerics.descent.linear_chain import chain_product, loss_and_gradients_cross_entropy


@dataclass(frozen=True)
class LogitMinimum:
    """The lowest loss, its logits and their singular values."""

    loss: float
    logits: FloatArray
    singular_values: FloatArray


def lowest_logit_loss(
    classes: int,
    factors: int,
    scaled_decay: float,
    *,
    starts: int,
    rng: np.random.Generator,
    widths: Sequence[int] = (),
) -> LogitMinimum:
    """Minimise from `starts` Gaussian starts, their inner widths taken from `widths` in turn.

    Parameters
    ----------
    classes, factors, scaled_decay
        K, F and μ = λn^{1/F}.
    widths
        Inner widths d ≤ K; by default 2, 3, 4, K/2 and K, so that low ranks are not left to chance.

    Examples
    --------
    >>> import numpy as np
    >>> minimum = lowest_logit_loss(4, 4, 0.01, starts=5, rng=np.random.default_rng(0))
    >>> round(minimum.loss, 6)  # two pairs
    0.139899
    """
    tried = tuple(widths) or tuple(
        sorted({min(width, classes) for width in (2, 3, 4, -(-classes // 2), classes)})
    )
    best: LogitMinimum | None = None
    for start in range(starts):
        found = _minimise(classes, factors, scaled_decay, tried[start % len(tried)], rng)
        best = found if best is None or found.loss < best.loss else best
    assert best is not None
    return best


def _minimise(classes: int, factors: int, decay: float, width: int, rng: np.random.Generator) -> LogitMinimum:
    shapes = [(width, classes), *[(width, width)] * (factors - 2), (classes, width)]
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    labels = np.arange(classes)

    def unpack(flat: FloatArray) -> list[FloatArray]:
        parts = np.split(flat, ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        loss, gradients = loss_and_gradients_cross_entropy(unpack(flat), labels, decay)
        return loss, np.concatenate([gradient.ravel() for gradient in gradients])

    size = (3.0 * classes) ** (1 / factors)  # about as large as good structures: smaller starts fall to zero
    start = np.concatenate([rng.normal(size=r * c) * size / np.sqrt(max(r, c)) for r, c in shapes])
    options = {"maxiter": 5000, "maxfun": 10_000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 30}
    result = cast(Any, optimize.minimize)(objective, start, jac=True, method="L-BFGS-B", options=options)
    logits = chain_product(unpack(result.x))
    values = np.linalg.svd(logits, compute_uv=False).astype(np.float64)
    return LogitMinimum(float(result.fun), logits, values)
