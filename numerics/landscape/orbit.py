"""Exact dimension of the set of critical factors of one product, squeezed between two ranks.

From below, the tangent vectors of inner rotations, Ω_jA_j − A_jΩ_{j−1} with antisymmetric Ω: they move
factors without moving the product or its criticality. From above, the kernel of the linearised equations:
the product stays, and so does A_j = −λ^{-1}(A_F⋯A_{j+1})ᵀ Γ (A_{j−1}⋯A_1)ᵀ, with Γ the gradient of the fit
at the product, taken without a part outside its ranges. Both are ranks of rational matrices; where they
agree the dimension at that point is exact. Factors are listed from the input side.
"""

import itertools
from collections.abc import Iterator, Sequence

from flint import fmpq, fmpq_mat

from numerics.landscape.exact import (
    Rational,
    coupling_hessian,
    exact_rank,
    product_jacobian,
    surroundings,
)
from theory.errors import OutOfDomainError


def rational_chain(roots: Sequence[Rational], *, width: int, depth: int) -> list[fmpq_mat]:
    """Balanced factors of an (r+1)×(r+1) product with singular values root_i^F, in rotated rational frames.

    Raises OutOfDomainError unless the roots are positive, width ≥ their number and depth ≥ 1.

    >>> [factor.ncols() for factor in rational_chain([1, 2], width=4, depth=2)]
    [3, 4, 4]
    """
    rank = len(roots)
    if not rank or min(roots) <= 0 or width < rank or depth < 1:
        raise OutOfDomainError(
            f"roots {list(map(str, roots))} at width {width}, depth {depth}: "
            "give positive roots, no more than the width, and a depth of at least 1"
        )
    sizes = [rank + 1, *[width] * depth, rank + 1]
    frames = [_rotation(size, twist) for twist, size in enumerate(sizes)]
    chain: list[fmpq_mat] = []
    for before, after in itertools.pairwise(frames):
        diagonal = fmpq_mat(after.ncols(), before.nrows())
        for index, root in enumerate(roots):
            diagonal[index, index] = _rational(root)
        chain.append(after * diagonal * before.transpose())
    return chain


def orbit_rank(chain: Sequence[fmpq_mat]) -> int:
    """Dimension of the orbit of inner rotations at these factors: a lower bound of the set's.

    >>> orbit_rank(rational_chain([1, 1], width=3, depth=1))
    3
    """
    return exact_rank(fmpq_mat([_entries(vector) for vector in _rotations(chain)]))


def critical_kernel(chain: list[fmpq_mat], roots: Sequence[Rational]) -> int:
    """Dimension of the kernel of the linearised equations at λ = 1: an upper bound of the set's.

    Raises OutOfDomainError unless the factors are critical for the gradient that the roots give.

    >>> critical_kernel(rational_chain([1, 1], width=3, depth=1), [1, 1])
    3
    """
    frames = [_rotation(chain[-1].nrows(), len(chain)), _rotation(chain[0].ncols(), 0)]
    spread = fmpq_mat(chain[-1].nrows(), chain[0].ncols())
    for index, root in enumerate(roots):
        spread[index, index] = -(_rational(root) ** (2 - len(chain)))
    slope = frames[0] * spread * frames[1].transpose()
    if not _is_critical(chain, slope):
        raise OutOfDomainError(
            f"the factors are not critical with roots {list(map(str, roots))}: correct them"
        )
    equations = product_jacobian(chain).tolist() + coupling_hessian(chain, slope, fmpq(1)).tolist()
    return len(equations[0]) - exact_rank(fmpq_mat(equations))


def _is_critical(chain: list[fmpq_mat], slope: fmpq_mat) -> bool:
    """A_j + (A_F⋯A_{j+1})ᵀ slope (A_{j−1}⋯A_1)ᵀ = 0 for every factor."""
    after, before = surroundings(chain)
    return all(
        factor + left.transpose() * slope * right.transpose() == 0 * factor
        for left, right, factor in zip(after, before, chain, strict=True)
    )


def _rational(value: Rational) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def _rotation(size: int, twist: int) -> fmpq_mat:
    """A rational orthogonal matrix (I − X)(I + X)^{-1}, X antisymmetric."""
    shift = fmpq_mat(size, size)
    for i in range(size):
        for j in range(i):
            shift[i, j] = fmpq((i * i + (twist + 2) * j) % 5 - 2, 3)
            shift[j, i] = -shift[i, j]
    identity = _identity(size)
    return (identity - shift) * (identity + shift).inv()


def _identity(size: int) -> fmpq_mat:
    identity = fmpq_mat(size, size)
    for index in range(size):
        identity[index, index] = fmpq(1)
    return identity


def _rotations(chain: Sequence[fmpq_mat]) -> Iterator[list[fmpq_mat]]:
    """The tangent vector of every elementary rotation of every inner space."""
    still = [fmpq_mat(factor.nrows(), factor.ncols()) for factor in chain]
    for j in range(len(chain) - 1):
        width = chain[j].nrows()
        for a in range(width):
            for b in range(a):
                turn = fmpq_mat(width, width)
                turn[a, b], turn[b, a] = fmpq(1), fmpq(-1)
                yield [*still[:j], turn * chain[j], -(chain[j + 1] * turn), *still[j + 2 :]]


def _entries(parts: list[fmpq_mat]) -> list[fmpq]:
    return [entry for part in parts for row in part.tolist() for entry in row]
