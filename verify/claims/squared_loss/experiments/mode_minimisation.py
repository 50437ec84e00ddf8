"""The minimum of one mode's loss found without its formula."""

import numpy as np

from theory.squared_loss.modes import GLOBAL_DECAY, MODE_LOSS, optimal_mode
from theory.tolerances import DESCENT_AGREEMENT
from verify.claim import Run
from verify.evidence import Evidence, Table, overall, worst_of
from verify.margin import Margin


def minimisation(run: Run) -> Evidence:
    """The minimum of f found without the formula: a fine grid in σ, refined around its best point."""
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    for factors in (2, 3, 4, 7, 20):
        largest = float(GLOBAL_DECAY(target=1.5, factors=factors)) if factors > 2 else 1.5
        for share in (0.1, 0.9, 0.999, 1.001, 1.3):
            mode = optimal_mode(1.5, share * largest, factors)
            value, loss = _grid_minimum(1.5, share * largest, factors)
            margins.append(Margin.equal(loss, mode.loss, error=DESCENT_AGREEMENT))
            margins.append(Margin.equal(value, mode.singular_value, error=10 * DESCENT_AGREEMENT**0.5))
            rows.append((factors, share, mode.singular_value, value, mode.loss, loss))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"direct minimisation agrees in {len(rows)} modes",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Closed form and direct minimisation, y = 1.5",
                ("F", "ν/ν*", "σ", "σ found", "loss", "loss found"),
                tuple(rows),
            ),
        ),
    )


def _grid_minimum(target: float, decay: float, factors: int) -> tuple[float, float]:
    low, high, value, loss = 0.0, 2 * target, 0.0, np.inf
    for _ in range(12):
        grid = np.linspace(low, high, 2001)
        losses = MODE_LOSS(singular_value=grid, target=target, mode_decay=decay, factors=factors)
        best = int(np.argmin(losses))
        value, loss = float(grid[best]), float(losses[best])
        low, high = float(grid[max(best - 2, 0)]), float(grid[min(best + 2, 2000)])
    return value, loss
