"""Multipliers for margins and class sizes without symmetry, in units of 2⁻²⁶: the data of certificates.

Got from Clarabel's dual by `numerics.certificates.margins`; nothing of it has to be believed.
"""

from dataclasses import dataclass
from fractions import Fraction

from numerics.certificates.margins import BITS, MarginCertificate, Rationals

Integers = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Instance:
    """Margins m_jc (row j, column c), sizes n_c, and multipliers of the pairs in units of 2⁻²⁶."""

    name: str
    sizes: tuple[int, ...]
    margins: Integers
    multipliers: Integers

    @property
    def certificate(self) -> MarginCertificate:
        """The certificate, not yet checked."""
        sizes = tuple(Fraction(size) for size in self.sizes)
        return MarginCertificate(sizes, _over(self.margins, 1), _over(self.multipliers, 2**BITS))


def _over(rows: Integers, unit: int) -> Rationals:
    return tuple(tuple(Fraction(entry, unit) for entry in row) for row in rows)


INSTANCES = (
    Instance(
        "one common class",
        (9, 1, 1),
        ((0, 1, 1), (1, 0, 1), (1, 1, 0)),
        ((0, 8890187, 8890187), (79998373, 0, 29109337), (79998373, 29109337, 0)),
    ),
    Instance(
        "two common classes",
        (4, 4, 1, 1),
        ((0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)),
        (
            (0, 24665572, 10610923, 10610923),
            (24665572, 0, 10610923, 10610923),
            (42443290, 42443290, 0, 22943507),
            (42443290, 42443290, 22943507, 0),
        ),
    ),
    Instance(
        "random margins",
        (1, 1, 1, 1),
        ((0, 4, 4, 5), (3, 0, 5, 2), (1, 2, 0, 5), (5, 1, 3, 0)),
        (
            (0, 37432771, 27513412, 13367477),
            (1, 0, 25248506, 8463802),
            (0, 0, 0, 24369641),
            (32261583, 14225495, 0, 0),
        ),
    ),
    Instance(
        "random margins and sizes",
        (1, 2, 3, 4, 5),
        ((0, 4, 1, 2, 4), (2, 0, 2, 3, 2), (4, 2, 0, 3, 3), (3, 3, 4, 0, 4), (3, 3, 2, 4, 0)),
        (
            (0, 26635151, 0, 21401005, 63061858),
            (0, 0, 21907171, 30907917, 0),
            (28904238, 7394090, 0, 4534579, 29672550),
            (18702486, 14328390, 52506715, 0, 24174374),
            (749284, 31693351, 13202133, 35125625, 0),
        ),
    ),
    Instance(
        "random margins",
        (1, 1, 1, 1, 1, 1),
        (
            (0, 8, 2, 8, 6, 2),
            (1, 0, 1, 2, 5, 9),
            (5, 8, 0, 8, 6, 4),
            (5, 3, 5, 0, 3, 9),
            (1, 1, 2, 9, 0, 8),
            (2, 7, 4, 5, 1, 0),
        ),
        (
            (0, 19159959, 0, 11068389, 18623484, 1992136),
            (0, 0, 0, 0, 17114265, 13612566),
            (30806172, 19372688, 0, 15819282, 19436217, 1864623),
            (11289428, 18693214, 17068770, 0, 0, 23444181),
            (0, 0, 1416421, 22459461, 0, 14226708),
            (11872755, 1, 23908028, 0, 0, 0),
        ),
    ),
)
