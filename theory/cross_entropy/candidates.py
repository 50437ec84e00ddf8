"""Every known structure for K classes, for an array of depths and decays at once.

Order matters for ties: where two structures have the same loss to rounding (a square is two pairs) the one
that comes first is the one reported.

Sources: 2410.23169, section 4 (collapse and pairs), 2310.05351 (softmax codes), 2605.23087 (two frequencies);
sums, products, pairs with a single class and partial structures are derived for this project.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.cyclic import CyclicCodes, cyclic_codes
from theory.cross_entropy.pairs_and_single import PairsAndSingle, pairs_and_single
from theory.cross_entropy.products import Factorisations, Part, WholeCodes, product_name
from theory.cross_entropy.scales import Floats
from theory.cross_entropy.sums import Sums, best_sums, items, sum_name

Spectrum = tuple[tuple[float, int], ...]
"""Singular values with multiplicities, largest first."""

SAME_LOSS: Final = 1e-12
"""Relative difference of losses below which two structures count as one."""


@dataclass(frozen=True)
class Structures:
    """One family for an array of problems of K classes.

    loss: infinite where the family has no critical point. rank: of the logits. name, scale, spectrum and
    logits: of one problem by its index, for one sample a class (n of them repeat the columns and multiply
    the singular values by √n); `scale` is None where one number does not describe the structure, and
    `logits` is the K×K matrix itself, for a moderate K. part: the code whose copies, all at one scale, make
    up the structure; None for others.
    """

    loss: Floats
    rank: NDArray[np.int64]
    name: Callable[[int], str]
    scale: Callable[[int], float | None]
    spectrum: Callable[[int], Spectrum]
    logits: Callable[[int], Floats]
    part: Callable[[int], Part | None] = lambda problem: None


def structures(classes: int | NDArray[np.int64], factors: Floats, log_decay: Floats) -> list[Structures]:
    """All families for problems of (K, F, log μ), collapse first and zero last; one K may stand for all.

    >>> found = structures(4, np.array([4.0]), np.log(np.array([0.01])))
    >>> min(found, key=lambda each: round(float(each.loss[0]), 12)).name(0)
    'paired'
    """
    size = np.broadcast_to(np.asarray(classes, dtype=np.int64), factors.shape)
    products = Factorisations(size, factors, log_decay)
    found = [_whole(products, codes) for codes in products.whole]
    odd = np.nonzero((size % 2 == 1) & (size >= 5))[0]
    if odd.size:
        single = pairs_and_single(size[odd].astype(np.float64), factors[odd], log_decay[odd])
        found.append(_pairs_and_single(size, odd, single))
    found.append(_sums(size, best_sums(size, factors, log_decay)))
    if np.isfinite(products.loss).any():
        found.append(_products(products))
    cyclic = cyclic_codes(size, factors, log_decay)
    if np.isfinite(cyclic.loss).any():
        found.append(_cyclic(cyclic))
    return [*found, _zero(size)]


def common_name(code: str, classes: int) -> str:
    """What a code of all K classes is called: collapse, paired, polygon, or its own name.

    >>> common_name("pair", 2), common_name("orthoplex-6", 6), common_name("24-cell", 24)
    ('collapse', 'paired', '24-cell')
    """
    if code == f"simplex-{classes}" or code == "pair":
        return "collapse"
    return {f"orthoplex-{classes}": "paired", f"polygon-{classes}": "polygon"}.get(code, code)


def _spectrum(values: list[tuple[float, int]]) -> Spectrum:
    """Sorted, equal values merged."""
    runs: list[tuple[float, int]] = []
    for value, count in sorted(values, reverse=True):
        if runs and runs[-1][0] == value:
            runs[-1] = (value, runs[-1][1] + count)
        else:
            runs.append((value, count))
    return tuple(runs)


def _whole(products: Factorisations, found: WholeCodes) -> Structures:
    """A code of all K classes; the scale of collapse is α of αS, that of the others a diagonal entry."""
    unit = products.classes / np.maximum(found.rank, 1)

    def name(problem: int) -> str:
        return common_name(products.whole_name(problem, found.kind), int(products.classes[problem]))

    def part(problem: int) -> Part:
        return products.whole_part(problem, found.kind)

    return Structures(
        found.loss,
        found.rank,
        name,
        lambda problem: float(found.scale[problem] * (unit[problem] if name(problem) == "collapse" else 1.0)),
        lambda problem: ((float(found.scale[problem] * unit[problem]), int(found.rank[problem])),),
        lambda problem: found.scale[problem] * gram(part(problem).name),
        part,
    )


def _pairs_and_single(
    classes: NDArray[np.int64], rows: NDArray[np.intp], found: PairsAndSingle
) -> Structures:
    half, loss = (classes - 1) // 2, np.full(classes.size, np.inf)
    loss[rows] = found.loss
    place = np.searchsorted(rows, np.arange(classes.size))
    return Structures(
        loss,
        half + 1,
        lambda problem: "pairs and a single",
        lambda problem: None,
        lambda problem: _spectrum(
            [
                (2 * float(found.scale[place[problem]]), int(half[problem])),
                (float(found.gamma[place[problem]]), 1),
            ]
        ),
        lambda problem: found.logits(int(classes[problem]), int(place[problem])),
    )


def _sums(classes: NDArray[np.int64], found: Sums) -> Structures:
    """Direct sums; those that go by another name (one block, pairs alone, nothing) are left to it."""
    pairs = 2 * found.copies[:, 0] == classes
    whole = found.copies @ np.array([code.size for code in items()]) == classes
    elsewhere = pairs | (whole & (found.copies.sum(axis=1) == 1)) | (found.copies.sum(axis=1) == 0)

    def spectrum(problem: int) -> Spectrum:
        return _spectrum(
            [
                (float(scale) * code.size / code.rank, code.rank * int(count))
                for code, count, scale in zip(
                    items(), found.copies[problem], found.scales[problem], strict=True
                )
                if count
            ]
        )

    def part(problem: int) -> Part | None:
        kinds = [code for code, count in zip(items(), found.copies[problem], strict=True) if count]
        return Part(kinds[0].name, kinds[0].size, kinds[0].rank) if len(kinds) == 1 else None

    return Structures(
        np.where(elsewhere, np.inf, found.loss),
        found.rank,
        lambda problem: sum_name(found.copies[problem], int(classes[problem])),
        lambda problem: None,
        spectrum,
        lambda problem: found.logits(int(classes[problem]), problem),
        part,
    )


def _products(products: Factorisations) -> Structures:
    def spectrum(problem: int) -> Spectrum:
        parts = [(part, scale) for part, scale in products.product(problem) if part.rank]
        return _spectrum(
            [(scale * int(products.classes[problem]) / part.rank, part.rank) for part, scale in parts]
        )

    return Structures(
        np.where(products.rank == 0, np.inf, products.loss),
        products.rank,
        lambda problem: product_name(products.product(problem)),
        lambda problem: None,
        spectrum,
        products.logits,
    )


def _cyclic(found: CyclicCodes) -> Structures:
    def spectrum(problem: int) -> Spectrum:
        pairs = zip(found.singular_values[:, problem], found.ranks[:, problem], strict=True)
        return _spectrum([(float(value), int(rank)) for value, rank in pairs])

    return Structures(
        found.loss, found.ranks.sum(axis=0), found.name, lambda problem: None, spectrum, found.logits
    )


def _zero(classes: NDArray[np.int64]) -> Structures:
    return Structures(
        np.log(classes),
        np.zeros(classes.size, dtype=np.int64),
        lambda problem: "zero",
        lambda problem: 0.0,
        lambda problem: (),
        lambda problem: np.zeros((classes[problem], classes[problem])),
    )
