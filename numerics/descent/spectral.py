"""Exact spectral reduction of descent on symmetric classes.

Classes indexed by a finite abelian group, logits Z_{ij} = z(i − j) with z even: the softmax keeps the
symmetry, so from balanced factors in the basis of characters singular vectors never move, and matrix
descent on the cross-entropy is descent on K numbers. With w_a the singular value of every factor,

    w_a ← w_a + (step/K) w_a^{F−1} r_a,   r_a = 1 − Σ_g p(g)χ_a(g),   p = softmax(z),   z = (1/K)Σ_b w_b^Fχ_b.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, IntegerArray, finite_matrix
from numerics.compilation import kernel
from numerics.descent.fit import cross_entropy
from theory.errors import InvalidProblemError
from theory.tolerances import LINEAR_ALGEBRA


@dataclass(frozen=True)
class SpectralTrajectory:
    """Recorded steps, the singular values of every factor (records × K) and the cross-entropy there."""

    steps: IntegerArray
    factor_singular_values: FloatArray
    losses: FloatArray
    factors: int

    @property
    def logit_singular_values(self) -> FloatArray:
        """The singular values s_a = w_a^F of Z, records × K."""
        return self.factor_singular_values**self.factors


def hadamard_characters(order: int) -> FloatArray:
    """Return the K × K table χ_a(g) = (−1)^{a·g} of ℤ₂^order, K = 2^order, in binary numbering.

    Examples
    --------
    >>> hadamard_characters(1)
    array([[ 1.,  1.],
           [ 1., -1.]])
    """
    if not 0 <= order <= 12:
        raise InvalidProblemError(f"order {order} of the group of 2^order elements must be between 0 and 12")
    table = np.ones((1, 1))
    for _ in range(order):
        table = np.block([[table, table], [table, -table]])
    return table


def cyclic_characters(classes: int) -> FloatArray:
    """Return the K × K table cos(2πag/K): the characters of ℤ_K for spectra with w_a = w_{−a}.

    Examples
    --------
    >>> cyclic_characters(3).round(3)
    array([[ 1. ,  1. ,  1. ],
           [ 1. , -0.5, -0.5],
           [ 1. , -0.5, -0.5]])
    """
    if classes < 1:
        raise InvalidProblemError(f"classes {classes} must be at least 1")
    index = np.arange(classes)
    # Reduced before the cosine, so that a and −a give the very same floats.
    turns = np.outer(index, index) % classes
    return np.cos(2.0 * np.pi * np.minimum(turns, classes - turns) / classes)


def spectral_descent(
    factor_singular_values: ArrayLike,
    characters: ArrayLike,
    *,
    factors: int,
    step: float,
    steps: int,
    record_every: int = 1,
) -> SpectralTrajectory:
    """Run the reduced descent: step for step that of `descend_cross_entropy` with N = K and λ = 0.

    Parameters
    ----------
    factor_singular_values
        K starting values w_a ≥ 0 shared by the balanced factors; w_a = w_{−a}.
    characters
        K × K table with rows χ_a and columns g, column 0 the neutral element.
    factors
        F ≥ 2.
    step, steps, record_every
        Step size on the mean loss; records at 0, record_every, … up to `steps`.

    Raises
    ------
    InvalidProblemError
        If the values do not have the group's symmetry, or a setting is out of range.

    Examples
    --------
    >>> start = np.array([0.0, 0.5, 0.5, 0.5])
    >>> path = spectral_descent(start, hadamard_characters(2), factors=2, step=0.1, steps=100)
    >>> path.losses[0] > path.losses[-1], path.logit_singular_values.shape
    (np.True_, (101, 4))
    """
    table = finite_matrix(characters, "characters")
    start = np.array(factor_singular_values, dtype=np.float64)
    _check_start(start, table)
    if factors < 2 or steps < 0 or record_every < 1 or not (np.isfinite(step) and step > 0):
        raise InvalidProblemError(
            f"factors {factors}, step {step}, steps {steps}, record_every {record_every}: "
            "need factors ≥ 2, a finite step > 0, steps ≥ 0 and record_every ≥ 1"
        )
    records = np.zeros((steps // record_every + 1, start.size))
    losses = np.zeros(records.shape[0])
    advance_spectrum(start, table, factors, float(step), record_every, records, losses)
    if not np.isfinite(losses).all():
        raise InvalidProblemError(f"step {step} makes the spectrum diverge: halve it")
    return SpectralTrajectory(record_every * np.arange(losses.size), records, losses, factors)


@kernel
def advance_spectrum(
    values: FloatArray,
    characters: FloatArray,
    factors: int,
    step: float,
    record_every: int,
    records: FloatArray,
    losses: FloatArray,
) -> None:
    """Iterate the reduced step in place, recording values and losses."""
    classes = values.size
    logits = np.zeros(classes)
    neutral = np.zeros((classes, 1))
    neutral[0, 0] = 1.0
    residual = np.zeros((classes, 1))
    pull = np.zeros(classes)
    for count in range((losses.size - 1) * record_every + 1):
        np.dot(values**factors, characters, out=logits)
        logits /= classes
        loss = cross_entropy(logits.reshape((classes, 1)), neutral, residual)
        if count % record_every == 0:
            records[count // record_every] = values
            losses[count // record_every] = loss
        # residual = p − e_0 to full relative accuracy, and χ_a(0) = 1: this is −r_a.
        np.dot(characters, residual.ravel(), out=pull)
        for a in range(classes):
            values[a] -= step / classes * values[a] ** (factors - 1) * pull[a]


def _check_start(start: FloatArray, table: FloatArray) -> None:
    if start.ndim != 1 or table.shape != (start.size, start.size):
        raise InvalidProblemError(
            f"{start.shape} singular values for characters of shape {table.shape}: pass K and K × K"
        )
    if not (np.isfinite(start).all() and (start >= 0).all()):
        raise InvalidProblemError(f"singular values {start.tolist()} must be finite and at least 0")
    # The table's Gram matrix over K is the projection onto spectra with the group's symmetry.
    symmetric = table @ (table.T @ start) / start.size
    if np.abs(symmetric - start).max() > LINEAR_ALGEBRA * max(1.0, start.max()):
        raise InvalidProblemError(
            f"singular values {start.tolist()} do not have w_a = w_(−a) for these characters: symmetrise them"
        )
