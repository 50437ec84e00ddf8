"""The measurements as a table."""

from numerics.descent.benchmark.measuring import (
    AGREEMENT,
    LIMIT,
    OURS,
    RIVALS,
    Measurement,
    installed,
)

HEADERS = ("case", "a step", "of its limit", *(f"{rival} takes" for rival in RIVALS), "losses agree to")


def row(measurement: Measurement) -> tuple[str, ...]:
    """Return one case in words; rivals as multiples of our time.

    Examples
    --------
    >>> seconds, ratios = {OURS: 1e-6, LIMIT: 8e-7, "JAX": 8e-6}, {LIMIT: 0.8, "JAX": 8.0}
    >>> row(Measurement("A", seconds, ratios, ratios, 1e-15))
    ('A', '1.00 µs', '1.25× (1.25×)', '8.0× (8.0×)', '—', '—', '1e-15')
    """
    over = measurement.over_ours
    best, limit = measurement.best_over_ours, "—"
    if LIMIT in over:
        limit = f"{1.0 / over[LIMIT]:.2f}× ({1.0 / best[LIMIT]:.2f}×)"
    rivals = [f"{over[rival]:.1f}× ({best[rival]:.1f}×)" if rival in over else "—" for rival in RIVALS]
    agreement = f"{measurement.disagreement:.0e}" if rivals != ["—"] * 3 else "—"
    return measurement.case, duration(measurement.seconds[OURS]), limit, *rivals, agreement


def duration(seconds: float) -> str:
    """Return a time in a unit that suits it.

    Examples
    --------
    >>> duration(0.00125)
    '1.25 ms'
    """
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.2f} µs"


def notes(measurements: list[Measurement]) -> list[str]:
    """Return what a reader of the table has to know."""
    lines = [
        "float64, one BLAS thread inside a descent; medians of interleaved runs, set-up included.",
        "limit: the same multiplications alone, in the cheapest order, one thread.",
        "in brackets: the ratio of the best runs, which an otherwise busy machine disturbs least.",
    ]
    missing = [name for name in ("jax", "torch") if not installed(name)]
    if missing:
        lines.append(f"not installed here: {', '.join(missing)}")
    lines += [
        f"{each.case}: losses differ by {each.disagreement:.0e}, more than {AGREEMENT:g}"
        for each in measurements
        if not each.disagreement <= AGREEMENT
    ]
    return lines
