"""Unequal class sizes: logits that treat classes of one cell alike, reduced to few numbers.

The classes of a cell have the same size n and fall into q blocks of k. The logits are invariant under all
permutations that keep cells, blocks and the code of a block, so they are a sum of three kinds of parts:

- the code M of rank r in every block, at the scale β: the singular value βk√n/r, qr times;
- what tells the blocks of a cell apart, α(I_q − J/q)⊗J: the singular value αk√n, q − 1 times;
- numbers t_dc, the logit of every class of cell d in the columns of cell c: the G×G matrix
  C_dc = t_dc √(m_d m_c n_c), m classes a cell, with singular values of its own.

These are the singular values of Z·diag(√n_k), which are those of the K×N logits. Invariant points are enough
to look at: the gradient of an invariant function at an invariant point is invariant, so a point that is
critical among them is critical. At a critical point the columns of Z sum to zero; that is built in.

Derived for this project; one cell for each class size is the setting of 2410.23169, Theorem A3.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from theory.cross_entropy.code_vectors import gram
from theory.cross_entropy.tight_codes import Code

Floats = NDArray[np.float64]

SERVED = 1e-9
"""A class is served by a gap above this fraction of the largest."""


@dataclass(frozen=True)
class Cell:
    """q blocks of k classes of n samples each.

    Parameters
    ----------
    size: n. blocks: q. width: k.
    code: of every block, k vectors; None where the classes of a block are not told apart.
    spread: whether the blocks are told apart by a part α(I − J/q)⊗J.
    """

    size: float
    blocks: int
    width: int = 1
    code: Code | None = None
    spread: bool = False

    @property
    def classes(self) -> int:
        """m = qk."""
        return self.blocks * self.width

    @property
    def gap_rows(self) -> list[tuple[float, float, float]]:
        """(coefficient of β, of α, number of classes) for the wrong classes of the same cell."""
        rows: list[tuple[float, float, float]] = []
        if self.code is not None:
            rows += [
                (float(gap), 0.0, count) for gap, count in zip(self.code.gaps, self.code.counts, strict=True)
            ]
        elif self.width > 1:
            rows.append((0.0, 0.0, self.width - 1))
        if self.blocks > 1:
            rows.append((1.0 if self.code else 0.0, 1.0, (self.blocks - 1) * self.width))
        return rows


@dataclass(frozen=True)
class Point:
    """Singular values of the codes and of the spreads, cell by cell (0: none), and the matrix C.

    C is kept as U diag(σ) Vᵀ; U has G − 1 rows, in a basis of the vectors orthogonal to (√m_c).
    """

    values: Floats
    left: Floats
    middle: Floats
    right: Floats

    @property
    def matrix(self) -> Floats:
        """U diag(σ) Vᵀ."""
        return (self.left * self.middle) @ self.right.T


@dataclass(frozen=True)
class Columns:
    """Cross-entropy of a column of every cell, over λ: value, and the probabilities of wrong classes.

    `wrong` is per row of the table of gaps, all classes of the row together; `weighted` is `wrong` times the
    cell's share over λ.
    """

    value: float
    wrong: Floats
    weighted: Floats


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Cells of all K classes with F factors and a decay λ; all losses are in units of λ."""

    cells: tuple[Cell, ...]
    factors: int
    log_decay: float

    @property
    def classes(self) -> int:
        """K."""
        return sum(cell.classes for cell in self.cells)

    @cached_property
    def sizes(self) -> Floats:
        """n_c."""
        return np.array([float(cell.size) for cell in self.cells])

    @cached_property
    def members(self) -> Floats:
        """m_c."""
        return np.array([float(cell.classes) for cell in self.cells])

    @cached_property
    def log_shares(self) -> Floats:
        """log of m_c n_c/N over λ."""
        total = float(self.members @ self.sizes)
        return np.log(self.members * self.sizes / total) - self.log_decay

    @cached_property
    def basis(self) -> Floats:
        """G × (G − 1): an orthonormal basis of the vectors orthogonal to (√m_c)."""
        roots = np.sqrt(self.members)
        full, _ = np.linalg.qr(np.column_stack([roots, np.eye(roots.size)[:, 1:]]))
        return full[:, 1:]

    @cached_property
    def multiplicity(self) -> Floats:
        """Of the singular values of codes (first G entries) and spreads (last G); 0 where there is none."""
        codes = [cell.blocks * cell.code.rank if cell.code else 0 for cell in self.cells]
        spreads = [cell.blocks - 1 if cell.spread else 0 for cell in self.cells]
        return np.array([*codes, *spreads], dtype=np.float64)

    @cached_property
    def per_value(self) -> Floats:
        """β or α for a singular value of one."""
        roots = np.sqrt(self.sizes)
        widths = np.array([float(cell.width) for cell in self.cells])
        ranks = np.array([float(cell.code.rank) if cell.code else 0.0 for cell in self.cells])
        return np.concatenate([ranks, np.ones_like(ranks)]) / np.tile(widths * roots, 2)

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        """Gaps as linear functions of (code value, spread value, column of C), and numbers of classes.

        Cells × rows × (2 + G − 1), and cells × rows with the logarithm of how many classes a row stands for.
        """
        count = len(self.cells)
        rows = [[(*row, -1) for row in cell.gap_rows] for cell in self.cells]
        for column, cell in enumerate(self.cells):
            own = 1.0 if cell.code else 0.0
            apart = 1 - 1 / cell.blocks
            rows[column] += [
                (own, apart, other.classes, place)
                for place, other in enumerate(self.cells)
                if place != column
            ]
        longest = max(map(len, rows))
        table, logs = np.zeros((count, longest, count + 1)), np.full((count, longest), -np.inf)
        for column, listed in enumerate(rows):
            size = self.sizes[column]
            for row, (code, spread, classes, place) in enumerate(listed):
                table[column, row, 0] = code * self.per_value[column]
                table[column, row, 1] = spread * self.per_value[count + column]
                logs[column, row] = np.log(classes)
                if place >= 0:
                    own_t = self.basis[column] / np.sqrt(self.members[column])
                    other_t = self.basis[place] / np.sqrt(self.members[place])
                    table[column, row, 2:] = (own_t - other_t) / np.sqrt(self.members[column] * size)
        return table, logs

    @property
    def table(self) -> Floats:
        """Cells × rows × (2 + G − 1): a gap from (code value, spread value, column of C)."""
        return self._table[0]

    def gaps(self, point: Point) -> Floats:
        """Cells × rows."""
        codes, spreads = np.split(point.values, 2)
        unknown = np.concatenate([codes[:, None], spreads[:, None], point.matrix.T], axis=1)
        return np.einsum("crv,cv->cr", self._table[0], unknown)

    def columns(self, gaps: Floats) -> Columns:
        """The fit and the probabilities at these gaps."""
        exponent = self._table[1] - gaps
        total = np.logaddexp(0.0, np.logaddexp.reduce(exponent, axis=1))
        log_wrong = exponent - total[:, None]
        value = float(np.exp(self.log_shares) @ total)
        return Columns(value, np.exp(log_wrong), np.exp(log_wrong + self.log_shares[:, None]))

    def fits(self, gaps: Floats) -> Floats:
        """The fit over λ for an array of gaps, cells × rows last."""
        others = np.logaddexp.reduce(self._table[1] - gaps, axis=-1)
        return np.logaddexp(0.0, others) @ np.exp(self.log_shares)

    def penalty(self, point: Point) -> float:
        """(F/2)Σσ^{2/F}, the decay over λ."""
        power = 2 / self.factors
        held = point.values > 0
        own = float(self.multiplicity[held] @ point.values[held] ** power)
        return self.factors / 2 * (own + float(np.sum(point.middle**power)))

    def value(self, point: Point) -> float:
        """The loss over λ."""
        return self.columns(self.gaps(point)).value + self.penalty(point)

    def singular_values(self, point: Point) -> list[tuple[float, int]]:
        """Of the K×N logits, with multiplicities, as they come."""
        held = point.values > 0
        own = zip(point.values[held].tolist(), self.multiplicity[held].tolist(), strict=True)
        return [
            *((value, int(count)) for value, count in own),
            *((value, 1) for value in point.middle.tolist()),
        ]

    def logits(self, point: Point) -> Floats:
        """Z for one sample a class: K×K, cell by cell and block by block."""
        codes, spreads = np.split(point.values * self.per_value, 2)
        roots = np.sqrt(self.members)
        constant = self.basis @ point.matrix / np.outer(roots, roots * np.sqrt(self.sizes))
        place = np.repeat(np.arange(len(self.cells)), self.members.astype(np.int64))
        logits = constant[place[:, None], place]
        start = 0
        for cell, code, spread in zip(self.cells, codes, spreads, strict=True):
            inside = slice(start, start + cell.classes)
            apart = np.eye(cell.blocks) - 1 / cell.blocks
            logits[inside, inside] += spread * np.kron(apart, np.ones((cell.width, cell.width)))
            if cell.code is not None:
                logits[inside, inside] += code * np.kron(np.eye(cell.blocks), gram(cell.code.name))
            start += cell.classes
        return logits

    def unserved(self, point: Point) -> int:
        """How many classes have no logit above all others in their own columns."""
        gaps = np.where(np.isfinite(self._table[1]), self.gaps(point), np.inf)
        return int(self.members[gaps.min(axis=1) <= SERVED * np.abs(gaps[np.isfinite(gaps)]).max()].sum())

    def dual_bound(self, point: Point) -> float:
        """F = 2, single classes in every cell: a lower bound of the least loss over λ, in exact arithmetic.

        The gradient of the fit scaled into the ball ‖G‖₂ ≤ λ is a dual point, and minus the fit's conjugate
        there is Σ share · entropy of (1 − c)e_k + c p_k.
        """
        columns = self.columns(self.gaps(point))
        slope = np.einsum("crv,cr->cv", self.table, columns.weighted)
        spreads = self.multiplicity[len(self.cells) :]
        steep = [float(np.linalg.norm(slope[:, 2:], 2))] if len(self.cells) > 1 else []
        steep += (slope[spreads > 0, 1] / spreads[spreads > 0]).tolist()
        scale = min(1.0, 1 / max(steep))
        wrong = scale * columns.wrong
        right = 1 - wrong.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(wrong > 0, wrong * (np.log(wrong) - self._table[1]), 0.0)
        entropy = -each.sum(axis=1) - right * np.log1p(-np.minimum(wrong.sum(axis=1), 1 - 1e-300))
        return float(np.exp(self.log_shares) @ entropy)
