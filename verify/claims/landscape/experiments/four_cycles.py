"""Explicit eigenvectors of the critical eigenvalue, one for each four-cycle of classes."""

from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from theory.landscape.collapse_hessian import (
    CRITICAL_EIGENVALUE,
    SCALE_EIGENVALUE,
    STANDARD_COUPLING,
    STANDARD_FACTORS,
    STANDARD_FEATURES,
)
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall
from verify.margin import Margin


def explicit_eigenvectors(run: Run) -> Evidence:
    """B_j = Y for all j, Y = (e_a − e_b)(e_c − e_d)ᵀ + transpose: HB = λ(Fα/K − (F−2))B, exactly."""
    from numerics.landscape.exact import collapse_point, exact_rank, rational_hessian

    deepest = 6 if run.level == "quick" else 9
    rows: list[tuple[str | int | float | bool, ...]] = []
    holds = True
    for classes in range(4, 9):
        for factors in range(2, deepest + 1):
            root = Fraction(5, 4)
            point = collapse_point(
                classes=classes, factors=factors, width=classes, root=root, off_class=Fraction(1, 2 * classes)
            )
            vectors = _four_cycles(classes, factors)
            value = factors * root**factors / classes - (factors - 2)
            image = rational_hessian(point) * vectors
            exact = image == vectors * (point.decay * fmpq(value.numerator, value.denominator))
            rank = exact_rank(vectors)
            holds &= exact and rank == classes * (classes - 3) // 2
            rows.append((classes, factors, rank, exact))
    return Evidence(
        kind="construction",
        outcome=overall([Margin.exact(1 if holds else -1)]),
        summary=f"explicit eigenvectors exact for K = 4…8, {len(rows)} depths",
        instances=len(rows),
        tables=(
            Table(
                "Explicit eigenvectors", ("K", "F", "independent ones", "HB = λ(Fα/K − (F−2))B"), tuple(rows)
            ),
        ),
        plots=(_first_to_turn(),),
    )


def _four_cycles(classes: int, factors: int) -> fmpq_mat:
    """Columns: the directions B_1 = … = B_F = Y, one for each 4-cycle a, c, b, d of classes."""
    columns: list[list[int]] = []
    for a in range(classes):
        for b in range(a):
            for c in range(b):
                for d in range(c):
                    for first, second in (((a, b), (c, d)), ((a, c), (b, d))):
                        y = [[0] * classes for _ in range(classes)]
                        for i, sign_i in zip(first, (1, -1), strict=True):
                            for j, sign_j in zip(second, (1, -1), strict=True):
                                y[i][j] = y[j][i] = sign_i * sign_j
                        columns.append([entry for row in y for entry in row] * factors)
    return fmpq_mat([[fmpq(entry) for entry in row] for row in columns]).transpose()


def _first_to_turn() -> Plot:
    scales = np.linspace(0.05, 5, 120)
    values = {"classes": 5, "factors": 4}
    block = [
        np.array([[STANDARD_FACTORS(scale=s, **values), STANDARD_COUPLING(scale=s, **values)],
                  [STANDARD_COUPLING(scale=s, **values), STANDARD_FEATURES(scale=s, **values)]])
        for s in scales
    ]  # fmt: skip
    curves = {
        "critical": CRITICAL_EIGENVALUE(scale=scales, **values),
        "standard, smaller": [np.linalg.eigvalsh(matrix)[0] for matrix in block],
        "scale": SCALE_EIGENVALUE(scale=scales, **values),
    }
    return Plot(
        "Smallest eigenvalues at collapse in units of λ (K = 5, F = 4)",
        "α",
        "eigenvalue",
        tuple(Series(name, tuple(map(float, scales)), tuple(map(float, y))) for name, y in curves.items()),
        vertical_lines=((2.5, "K(F−2)/F"),),
    )
