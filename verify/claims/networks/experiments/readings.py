"""What a rank bound says of a layer: its margins, its tightness, whether it informs."""

from theory.networks.rank_bound import RankBound
from theory.tolerances import LINEAR_ALGEBRA
from verify.margin import Margin

Row = tuple[str | int | float | bool, ...]
COLUMNS = (
    "reading",
    "distance to rank C",
    "‖W‖",
    "B0",
    "B1",
    "B2",
    "‖R‖/λ",
    "TCV(z)",
    "bound/actual",
    "bound/‖W‖",
)


def margins_of(bound: RankBound) -> list[Margin]:
    """One margin for every bound, Frobenius and nuclear."""
    found: list[Margin] = []
    for distance, bounds, residual in (
        (bound.distance, bound.frobenius, bound.residual),
        (bound.nuclear_distance, bound.nuclear, bound.nuclear_residual),
    ):
        for value in bounds.values():
            error = LINEAR_ALGEBRA * (bound.weight_norm + value + residual)
            found.append(Margin.at_least(value + residual, distance, error=error))
    return found


def reading(bound: RankBound, rows: int) -> str:
    """What the bound tells: nothing new where the matrix has no more rows than clusters, or beyond ‖W‖."""
    if rows <= bound.clusters:
        return "rank ≤ C anyway"
    return "vacuous" if bound.vacuous else "informs"


def row(bound: RankBound, rows: int) -> Row:
    """The entries of COLUMNS."""
    ratio, relative = bound.ratio, bound.relative
    return (
        reading(bound, rows),
        bound.distance,
        bound.weight_norm,
        *(bound.frobenius[name] for name in ("B0", "B1", "B2")),
        bound.residual,
        bound.input_variation,
        "—" if ratio is None else ratio,
        "—" if relative is None else relative,
    )
