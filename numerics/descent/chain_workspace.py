"""A chain of matrices checked at the border and laid out for the kernels."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from numerics.arrays import FloatArray, class_labels, every_class, finite_matrix, one_hot
from numerics.descent.aligned_rows import laid_out, row_stride, rows_at, starts_of, zeros_on_lines
from numerics.descent.chain_gradient import write_gradient
from numerics.descent.chain_kernels import advance_chain
from numerics.descent.chain_layout import Chain
from numerics.descent.fit import CROSS_ENTROPY, LANES
from numerics.descent.heavy_ball import STANDSTILL, Control, State
from numerics.descent.outcome import Progress
from numerics.descent.products import LARGEST_BLOCK
from numerics.descent.recording import Snapshot
from theory.errors import InvalidProblemError

MULTIPLICATIONS_PER_CALL: Final = 2_000_000_000
"""Of one uninterruptible call: a fraction of a second."""

OVERHEAD_OF_A_STEP: Final = 10_000
"""Multiplications that take as long as what a step does besides."""


@dataclass(frozen=True)
class ChainDescent:
    """A chain in the layout of the kernels, evaluated: what `numerics.descent.outcome.run` drives."""

    state: State
    chain: Chain

    @property
    def parameters(self) -> FloatArray:
        """All factors in one vector, the features transposed, zeros between rows."""
        return self.state.parameters

    @property
    def penalised(self) -> bool:
        """Whether any factor has weight decay."""
        return bool(self.state.decays.any())

    @property
    def steps_per_call(self) -> int:
        """Steps after which Python gets a turn."""
        work = 3 * self.chain.targets.shape[0] * self.parameters.size + OVERHEAD_OF_A_STEP
        return max(MULTIPLICATIONS_PER_CALL // work, 1)

    def advance(self, control: Control, first: int, last: int) -> Progress:
        """Run steps first..last in place."""
        return Progress(*advance_chain(self.state, self.chain, control, first, last))

    def gradient_at(self, parameters: FloatArray) -> FloatArray:
        """Return the gradient of the objective elsewhere; the descent is left there."""
        self.parameters[:] = parameters
        self.chain.residual[:] = 0.0  # an infinity times the step of zero would not be zero
        self.chain.backs[:] = 0.0
        self.chain.partials[:] = 0.0
        self.advance(STANDSTILL, -1, 0)
        gradient = zeros_on_lines(parameters.size)
        write_gradient(self.state, self.chain, gradient)
        return gradient

    def direction(self, rng: np.random.Generator) -> FloatArray:
        """Return a random direction in the layout of the parameters."""
        return laid_out([rng.standard_normal(shape) for shape in self.chain.shapes])[0]

    def snapshot(self) -> Snapshot:
        """Return copies of the weights, of what enters the last one, and of the outputs."""
        features, *weights = self.factors()
        for weight in weights[:-1]:
            features = weight @ features
        labels = self.chain.targets.argmax(axis=0) if self.chain.kind == CROSS_ENTROPY else None
        return Snapshot(tuple(weights), features, self.chain.outputs.copy(), labels)

    def factors(self, flat: FloatArray | None = None) -> tuple[FloatArray, ...]:
        """Return copies of the factors (or of their gradients in a flat vector), features as d × N."""
        source = self.parameters if flat is None else flat
        parts = [
            rows_at(source, start, shape)
            for start, shape in zip(self.state.starts[:-1], self.chain.shapes, strict=True)
        ]
        return np.array(parts[0].T, order="C"), *(part.copy() for part in parts[1:])


def chain_descent(
    matrices: Sequence[FloatArray],
    decays: FloatArray,
    kind: int,
    targets: FloatArray,
    *,
    momentum: bool = False,
) -> ChainDescent:
    """Lay out checked factors, evaluated; with room for velocities if there is momentum."""
    stored = [matrices[0].T, *matrices[1:]]
    shapes = [(matrix.shape[0], matrix.shape[1]) for matrix in stored]
    strides = [row_stride(columns) for _, columns in shapes]
    parameters, starts = laid_out(stored)
    classes, samples = targets.shape
    partial_starts = starts_of([(classes, columns) for _, columns in shapes[1:]])
    block = max(min(rows, LARGEST_BLOCK) * row_stride(columns) for rows, columns in shapes[:-1])
    chain = Chain(
        shapes=np.array(shapes, dtype=np.int64),
        strides=np.array(strides, dtype=np.int64),
        kind=kind,
        targets=targets,
        partial_starts=partial_starts,
        partials=zeros_on_lines(2 * int(partial_starts[-1])),
        parity=np.zeros(1, dtype=np.int64),
        backs=zeros_on_lines(int(partial_starts[-1])),
        outputs=np.zeros((classes, samples)),
        residual=np.zeros((classes, samples)),
        lanes=np.zeros((LANES, samples)),
        scratch=zeros_on_lines(block),
        fit=np.zeros(1),
    )
    velocity = zeros_on_lines(parameters.size if momentum else 0)
    state = State(parameters=parameters, velocity=velocity, starts=starts, decays=decays)
    advance_chain(state, chain, STANDSTILL, -1, 0)
    return ChainDescent(state, chain)


def checked_chain(factors: Sequence[ArrayLike]) -> list[FloatArray]:
    """Return the factors as matrices that can be multiplied, or say which cannot."""
    matrices = [finite_matrix(factor, f"factor {index}") for index, factor in enumerate(factors)]
    if len(matrices) < 2:
        raise InvalidProblemError(f"{len(matrices)} factors: pass the features and at least one weight")
    for index, (right, left) in enumerate(itertools.pairwise(matrices)):
        if left.shape[1] != right.shape[0]:
            raise InvalidProblemError(
                f"factor {index + 1} of shape {left.shape} cannot follow factor {index} of shape "
                f"{right.shape}: list the factors from the input side, features first"
            )
    return matrices


def one_hot_targets(labels: ArrayLike, matrices: list[FloatArray], *, every: bool = False) -> FloatArray:
    """Return labels as the K × N matrix of their unit vectors, checked against the chain's sizes.

    With `every` each class must have a sample.
    """
    classes, samples = matrices[-1].shape[0], matrices[0].shape[1]
    checked = class_labels(labels, samples, classes)
    return one_hot(every_class(checked, classes) if every else checked, classes)


def checked_targets(targets: ArrayLike, matrices: list[FloatArray]) -> FloatArray:
    """Return the targets as a matrix of the shape of the chain's product."""
    checked = finite_matrix(targets, "targets")
    shape = (matrices[-1].shape[0], matrices[0].shape[1])
    if checked.shape != shape:
        raise InvalidProblemError(f"targets have shape {checked.shape}: the chain's product has {shape}")
    return checked
