"""What truncating weights to low rank saves, and how far it moves outputs (2402.03991; proof ours).

A map W (spectral norm ‖W‖, a = W z + b) becomes its best rank-r approximation W_r, ‖W − W_r‖ = σ_{r+1}(W).
With z the inputs in the original and z̃ those in the compressed network, W_r z̃ − W z = W_r(z̃ − z) − (W −
W_r)z, so

    change after ≤ Lip·(‖W‖·spread·change before + σ_{r+1}‖z‖),   plus the change of a skipped branch,

where Lip is that of what follows the map, and spread·‖z‖ bounds the norm of all patches of a convolution (1
for a dense map). Truncation lowers no other norm's bound: ‖W_r‖ ≤ ‖W‖. For one truncated map this is
Lip(tail)·‖W − W_r‖·‖z‖. For several, the tail that an error meets is the compressed one, whose Lipschitz
constant may exceed the original's (three maps can cancel until one is truncated): the sum over maps holds
with products of spectral norms, not with the original tails' own constants.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from theory.errors import InvalidProblemError

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class TruncatedMap:
    """One linear map of a network, in the order in which samples meet them.

    `norm` is ‖W‖, `cut` is ‖W − W_r‖ = σ_{r+1} (0 where nothing is cut), `inputs` has ‖z_i‖ for every
    sample in the original network (‖patches‖_F for a convolution); `skip` adds what went into the map before.
    """

    norm: float
    cut: float
    inputs: Matrix
    spread: float = 1.0
    lipschitz: float = 1.0
    skip: bool = False

    def __post_init__(self) -> None:
        numbers = (self.norm, self.cut, self.spread, self.lipschitz)
        if not (min(numbers) >= 0 and np.isfinite(numbers).all() and np.isfinite(self.inputs).all()):
            raise InvalidProblemError(f"norms {numbers} of a truncated map must be finite and at least 0")


def output_change(maps: Sequence[TruncatedMap]) -> Matrix:
    """A bound on ‖compressed outputs − outputs‖ for every sample, all maps truncated together.

    >>> first = TruncatedMap(norm=2.0, cut=0.5, inputs=np.array([1.0, 2.0]))
    >>> output_change([first, TruncatedMap(norm=3.0, cut=0.0, inputs=np.array([1.0, 1.0]))])
    array([1.5, 3. ])
    """
    if not maps:
        raise InvalidProblemError("no maps: pass every linear map of the network, in order")
    change = entered = np.zeros_like(maps[0].inputs)
    for item in maps:
        after = item.lipschitz * (item.norm * item.spread * change + item.cut * item.inputs)
        change, entered = (after + entered if item.skip else after), change
    return change


def truncated(weight: Matrix, rank: int) -> Matrix:
    """Best approximation of a weight of at most that rank, in all unitarily invariant norms (Mirsky 1960).

    Raises InvalidProblemError for a negative rank.

    >>> truncated(np.diag([3.0, 1.0]), 1).tolist()
    [[3.0, 0.0], [0.0, 0.0]]
    """
    if rank < 0:
        raise InvalidProblemError(f"rank {rank} is negative: pass 0 or more")
    left, values, right = np.linalg.svd(weight, full_matrices=False)
    return (left[:, :rank] * values[:rank]) @ right[:rank]


def stored_numbers(rows: int, columns: int, rank: int) -> int:
    """Numbers kept for a weight of that rank: r(m+n) as two factors where this is less than mn, else mn.

    >>> stored_numbers(100, 50, 10), stored_numbers(10, 50, 10)
    (1500, 500)
    """
    return min(rank * (rows + columns), rows * columns)


def saves(rows: int, columns: int, rank: int) -> bool:
    """Whether two factors of that rank take less than the weight: otherwise it stays as it is.

    >>> saves(100, 50, 10), saves(10, 50, 10)
    (True, False)
    """
    return rank * (rows + columns) < rows * columns
