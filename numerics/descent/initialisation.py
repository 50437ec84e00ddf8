"""Starting points of a chain: Gaussian, orthogonal, balanced with a given product, and spectral."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, finite_matrix
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA


def chain_shapes(*, classes: int, samples: int, depth: int, width: int) -> list[tuple[int, int]]:
    """Return the shapes of the F = depth + 1 factors from the input side.

    Examples
    --------
    >>> chain_shapes(classes=4, samples=8, depth=2, width=5)
    [(5, 8), (5, 5), (4, 5)]
    """
    if min(classes, samples, depth, width) < 1:
        raise InvalidProblemError(
            f"classes {classes}, samples {samples}, depth {depth}, width {width}: all must be at least 1"
        )
    return [(width, samples), *[(width, width)] * (depth - 1), (classes, width)]


def gaussian_factors(
    shapes: Sequence[tuple[int, int]], *, scale: float, rng: np.random.Generator
) -> list[FloatArray]:
    """Return factors with independent normal entries of standard deviation `scale`.

    Examples
    --------
    >>> features, weight = gaussian_factors([(3, 6), (2, 3)], scale=0.1, rng=np.random.default_rng(0))
    >>> features.shape, weight.shape
    ((3, 6), (2, 3))
    """
    _check_scale(scale)
    return [scale * rng.standard_normal(shape) for shape in shapes]


def orthogonal_factors(
    shapes: Sequence[tuple[int, int]], *, scale: float, rng: np.random.Generator
) -> list[FloatArray]:
    """Return factors whose singular values are all `scale`: uniform (semi-)orthogonal matrices times it.

    Examples
    --------
    >>> (weight,) = orthogonal_factors([(2, 3)], scale=0.5, rng=np.random.default_rng(0))
    >>> np.linalg.svd(weight, compute_uv=False).round(12).tolist()
    [0.5, 0.5]
    """
    _check_scale(scale)
    frames = [_uniform_frame(max(shape), min(shape), rng) for shape in shapes]
    return [
        np.ascontiguousarray(scale * (frame if rows >= columns else frame.T))
        for frame, (rows, columns) in zip(frames, shapes, strict=True)
    ]


def spectral_factors(
    targets: ArrayLike, *, factors: int, width: int, scale: float, rng: np.random.Generator | None = None
) -> list[FloatArray]:
    """Return balanced factors along the targets' singular vectors, every non-zero singular value `scale`.

    From there, with λ the same for every factor, descent on the squared loss moves singular values alone.

    Examples
    --------
    >>> features, weight = spectral_factors([[3.0, 0.0], [0.0, 1.0]], factors=2, width=2, scale=0.1)
    >>> np.round(np.abs(weight @ features), 12).tolist()
    [[0.01, 0.0], [0.0, 0.01]]
    """
    _check_scale(scale)
    left, values, right = _decomposition(finite_matrix(targets, "targets"))
    product = (left, np.full(values.size, scale**factors), right)
    return balanced_factors(product, factors=factors, width=width, rng=rng)


def balanced_factors(
    product: ArrayLike | tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    factors: int,
    width: int,
    rng: np.random.Generator | None = None,
) -> list[FloatArray]:
    """Return the cheapest factors of a product: A_j = U_jΣ^{1/F}U_{j−1}ᵀ, balanced and aligned.

    Parameters
    ----------
    product
        The K × N matrix, or its singular value decomposition (U, s, V) with U K × r and V N × r, for
        a choice of singular vectors where singular values coincide.
    factors
        F ≥ 2; the result is listed from the input side, d × N first.
    width
        The inner width d, at least the rank.
    rng
        Without it the inner frames are the first r coordinate vectors, with it they are random.

    Raises
    ------
    InvalidProblemError
        If the width is below the rank, or a shape or singular value is out of range.

    Source: Shang et al. 2020, the minimisers of Σ‖A_j‖² over the factorisations of a product.

    Examples
    --------
    >>> first, second = balanced_factors([[4.0, 0.0], [0.0, 1.0]], factors=2, width=2)
    >>> (second @ first).tolist(), first.tolist()
    ([[4.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [0.0, 1.0]])
    """
    left, values, right = _decomposition(product)
    if factors < 2:
        raise InvalidProblemError(f"{factors} factors: a product needs at least 2")
    if width < values.size:
        raise InvalidProblemError(f"width {width} is below the rank {values.size}: raise the width")
    roots = values ** (1.0 / factors)
    frames = [right, *(_frame(width, values.size, rng) for _ in range(factors - 1)), left]
    return [np.ascontiguousarray((after * roots) @ before.T) for before, after in itertools.pairwise(frames)]


def _decomposition(
    product: ArrayLike | tuple[ArrayLike, ArrayLike, ArrayLike],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    if isinstance(product, tuple):
        left, right = finite_matrix(product[0], "U"), finite_matrix(product[2], "V")
        values = np.array(product[1], dtype=np.float64)
        if values.ndim != 1 or not left.shape[1] == right.shape[1] == values.size:
            raise InvalidProblemError(
                f"U {left.shape}, s {values.shape}, V {right.shape}: all must have the same number of columns"
            )
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise InvalidProblemError(f"singular values {values.tolist()} must be finite and at least 0")
        return left, values, right
    left, values, right = np.linalg.svd(finite_matrix(product, "product"), full_matrices=False)
    # A singular value that is all rounding would become large noise under the F-th root.
    rank = int(np.count_nonzero(values > LINEAR_ALGEBRA * values[0]))
    return left[:, :rank], values[:rank], right[:rank].T


def _frame(width: int, rank: int, rng: np.random.Generator | None) -> FloatArray:
    if rng is None:
        return np.eye(width, rank)
    return np.linalg.qr(rng.standard_normal((width, rank)))[0]


def _uniform_frame(rows: int, columns: int, rng: np.random.Generator) -> FloatArray:
    frame, triangle = np.linalg.qr(rng.standard_normal((rows, columns)))
    return frame * np.sign(np.diag(triangle))  # without the signs the distribution is not uniform


def _check_scale(scale: float) -> None:
    if not (math.isfinite(scale) and scale >= 0):
        raise InvalidProblemError(f"scale {scale} must be finite and at least 0")
