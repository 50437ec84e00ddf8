"""The measurements as a table."""

from numerics.descent.benchmark.measuring import (
    AGREEMENT,
    LIMIT,
    OURS,
    RIVALS,
    Measurement,
    Ratio,
    installed,
)

HEADERS = (
    "case",
    "problem",
    "a step",
    "of its limit",
    *(f"{rival} takes" for rival in RIVALS),
    "losses agree to",
)


def row(measurement: Measurement) -> tuple[str, ...]:
    """Return one case in words; rivals as multiples of our time.

    Examples
    --------
    >>> seconds = {OURS: 1e-6, LIMIT: 8e-7, "JAX": 8e-6}
    >>> ratios = {LIMIT: Ratio(0.8, 0.75, 1.0), "JAX": Ratio(8.0, 7.8, 8.1)}
    >>> row(Measurement("A", "d=8", seconds, ratios, 1e-15))
    ('A', 'd=8', '1.00 µs', '1.25 (1.00–1.33)', '8.0× (7.8–8.1)', '—', '—', '1e-15')
    """
    over = measurement.over_ours
    limit = spread(over[LIMIT].inverse(), 2) if LIMIT in over else "—"
    rivals = [spread(over[rival], 1, "×") if rival in over else "—" for rival in RIVALS]
    agreement = f"{measurement.disagreement:.0e}" if rivals != ["—"] * len(RIVALS) else "—"
    where = (measurement.case, measurement.problem, duration(measurement.seconds[OURS]))
    return *where, limit, *rivals, agreement


def spread(ratio: Ratio, digits: int, unit: str = "") -> str:
    """Return a ratio with its quartiles."""
    return f"{ratio.median:.{digits}f}{unit} ({ratio.low:.{digits}f}–{ratio.high:.{digits}f})"


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
        "K classes of n samples, width d, L weights over free features; ReLU: a network on 1797 digits.",
        "Cross-entropy and weight decay, full batch, float64; medians (quartiles) of interleaved runs.",
        "limit: the same multiplications alone by BLAS, in the cheapest order, by one thread.",
        "JAX: jit, fori_loop and grad, vmap for seeds; our order: of multiplication. torch: eager.",
        "A chain of ours runs in one thread; digits, seeds, JAX and torch use every processor.",
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
