"""det(x − H) over the rationals is the product of the blocks' polynomials, at collapse and at pairs."""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy as sp

from theory.landscape.blocks import BlockForm
from theory.landscape.collapse_hessian import COLLAPSE_BLOCKS
from theory.landscape.dimension import WIDTH
from theory.landscape.paired_hessian import PAIRED_BLOCKS, SHALLOW_PAIRED_BLOCKS
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, SCALE
from verify.claim import Run
from verify.evidence import Evidence, Table, overall
from verify.margin import Margin

if TYPE_CHECKING:
    from numerics.landscape.exact import RationalPoint

Row = tuple[str | int | float | bool, ...]


def collapse_polynomials(run: Run) -> Evidence:
    """K = 3…6 (8 at full level), F = 2…4 (6)."""
    quick = run.level == "quick"
    depths = (2, 3, 4) if quick else (2, 3, 4, 5, 6)
    return _evidence([_at_collapse(k, f) for k in range(3, 7 if quick else 9) for f in depths])


def paired_polynomials(run: Run) -> Evidence:
    """K = 4, 6 (8 at full level), F = 2…4 (5)."""
    quick = run.level == "quick"
    depths = (2, 3, 4) if quick else (2, 3, 4, 5)
    return _evidence([_at_pairs(k, f) for k in ((4, 6) if quick else (4, 6, 8)) for f in depths])


def _at_collapse(classes: int, factors: int) -> Row:
    from numerics.landscape.exact import collapse_point

    width, root, p = classes + factors % 2, Fraction(factors + 2, 3), Fraction(1, classes + factors)
    point = collapse_point(classes=classes, factors=factors, width=width, root=root, off_class=p)
    odds = (1 - (classes - 1) * p) / p
    return _row(classes, factors, width, point, COLLAPSE_BLOCKS, scale=root**factors, odds=odds)


def _at_pairs(classes: int, factors: int) -> Row:
    from numerics.landscape.exact import paired_point

    width, root, odds = classes + factors % 2, Fraction(factors + 2, 3), Fraction(classes + 1, 2)
    point = paired_point(classes=classes, factors=factors, width=width, root=root, odds=odds)
    form = SHALLOW_PAIRED_BLOCKS if factors == 2 else PAIRED_BLOCKS
    return _row(classes, factors, width, point, form, scale=root**factors / 2, odds=odds)


def _row(
    classes: int,
    factors: int,
    width: int,
    point: "RationalPoint",
    form: BlockForm,
    *,
    scale: Fraction,
    odds: Fraction,
) -> Row:
    """Sizes, and whether the point is critical and its Hessian has the polynomial of the blocks."""
    from numerics.landscape.characteristic import block_polynomial
    from numerics.landscape.exact import rational_gradient, rational_hessian

    values: dict[sp.Symbol, Fraction | int] = {
        SCALE: scale, CLASSES: classes, FACTORS: factors, WIDTH: width, SAMPLES_PER_CLASS: 1
    }  # fmt: skip
    blocks = block_polynomial(form, values, exponential=1 / odds, unit=point.decay)
    critical = all(gradient == 0 * gradient for gradient in rational_gradient(point))
    agrees = critical and rational_hessian(point).charpoly() == blocks
    return (classes, factors, width, point.parameters, agrees)


def _evidence(rows: Sequence[Row]) -> Evidence:
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if all(row[-1] for row in rows) else -1)]),
        summary=f"{len(rows)} characteristic polynomials agree over the rationals",
        instances=len(rows),
        tables=(
            Table(
                "Characteristic polynomial of the exact Hessian against the blocks",
                ("K", "F", "d", "parameters", "equal"),
                tuple(rows),
            ),
        ),
    )
