"""Dense Hessians at balanced factors, and their eigenvalues against those of a block form."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.tolerances import LINEAR_ALGEBRA
from verify.margin import Margin


def simplex(classes: int) -> NDArray[np.floating]:
    """The matrix S = I − 11ᵀ/K."""
    return np.eye(classes) - 1 / classes


def pairs(count: int) -> NDArray[np.floating]:
    """The paired matrix P of 2·count classes."""
    return np.kron(np.eye(count), [[1.0, -1.0], [-1.0, 1.0]])


def dense_hessian(
    code: NDArray[np.floating],
    scale: float,
    log_decay: float,
    place: Mapping[str, Any],
    generator: np.random.Generator | None = None,
) -> NDArray[np.float64]:
    """Hessian at balanced factors of scale·code⊗1ᵀ in units of λ; the decay is given as log μ."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.landscape.hessian import cross_entropy_hessian

    samples, factors = place["samples_per_class"], place["factors"]
    decay = float(np.exp(log_decay)) / samples ** (1 / factors)
    logits = np.kron(scale * code, np.ones((1, samples)))
    chain = balanced_factors(logits, factors=factors, width=place["width"], rng=generator)
    return cross_entropy_hessian(chain, np.repeat(np.arange(len(code)), samples), decay) / decay


def dense_eigenvalues(
    code: NDArray[np.floating], scale: float, log_decay: float, place: Mapping[str, Any]
) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues of the Hessian in units of λ, ascending, and their error bound in the same units."""
    generator = np.random.default_rng(place["width"])
    hessian = dense_hessian(code, scale, log_decay, place, generator)
    return np.linalg.eigvalsh(hessian), LINEAR_ALGEBRA * (1 + scale) * float(np.linalg.norm(hessian))


def agreement(found: NDArray[np.floating], error: float, predicted: Sequence[tuple[float, int]]) -> Margin:
    """Minus the largest difference between eigenvalues and those of the block form, (value, multiplicity)."""
    listed = np.repeat([value for value, _ in predicted], [count for _, count in predicted])
    if listed.size != found.size:
        return Margin.equal(listed.size, found.size, error=0.0)
    return Margin.equal(float(np.max(np.abs(listed - found))), 0.0, error=error)
