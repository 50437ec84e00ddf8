"""Paths of deep linear networks: slopes in balls, the flow in steps of its group, identities of words."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import sympy as sp

from numerics.arrays import FloatArray
from theory.chain.cost import cost_of_a_product
from theory.networks.loss_decreasing_path import (
    Factors,
    Geodesic,
    balancing_velocity,
    half_norm,
    imbalances,
    product_of,
)
from theory.networks.rank_bound import total_cluster_variation
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

PRODUCT_STAYS = 1e-12
"""What rounding may move an entry of the outputs along a whole path, relative to the factors' norms."""
STARTS = ((2, 3, (4, 4)), (3, 3, (5, 5)), (3, 2, (6, 5, 4)), (4, 2, (5, 4, 4, 6)))
"""Classes, samples of each, widths from the features on."""
GRID = 2_000


def certified_paths(run: Run) -> Evidence:
    """Paths from interpolating starts with slopes in balls at every joint, and a fine grid in floats."""
    from numerics.paths.certified import certify
    from numerics.paths.path import interpolating_start, loss_decreasing_path

    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    curves: list[Series] = []
    joints = 0
    for classes, members, widths in STARTS:
        rng = run.generator("networks/loss-decreasing-path", "start", str(widths))
        labels = np.repeat(np.arange(classes), members)
        targets = np.eye(classes)[:, labels]
        start = interpolating_start(targets, widths, rng)
        path = loss_decreasing_path(start)
        certified = certify(path)
        joints += len(certified.slopes)
        margins += [Margin.of_ball(-slope) for pair in certified.slopes for slope in pair]
        times = np.linspace(0.0, path.end, GRID)
        sizes = np.array([path.half_norm_at(float(time)) for time in times])
        rounding = LINEAR_ALGEBRA * float(sizes[0])
        margins += [Margin.at_least(a, b, error=rounding) for a, b in pairwise(sizes.tolist())]
        drift = max(
            float(np.max(np.abs(product_of(path.factors_at(float(time))) - targets))) for time in times[::20]
        )
        end, least = path.factors_at(path.end), 0.5 * cost_of_a_product(targets, len(start))
        margins += [
            Margin.at_least(PRODUCT_STAYS * float(sizes[0]), drift),
            Margin.equal(float(sizes[-1]) / least, 1.0, error=1e-6),
        ]
        variation = [total_cluster_variation(part[0], labels) for part in (start, path.segments[0].at(1.0))]
        steepest = max(float(end_slope.mid()) for _, end_slope in certified.slopes)
        rows.append((f"{classes}, {members}, {len(start)}", len(path.segments), float(sizes[0]), least,
                     float(sizes[-1]) / least - 1, steepest, drift, certified.distance, *variation,
                     max(float(np.abs(part).max()) for part in imbalances(end))))  # fmt: skip
        excess = np.maximum(sizes / least - 1, 1e-16)
        shown = tuple(times[::8].tolist()), tuple(excess[::8].tolist())
        curves.append(Series(f"K, n, F = {rows[-1][0]}", *shown))
    columns = ("K, n, F", "segments", "½Σ‖A‖² at first", "least", "end/least − 1", "flattest certified slope",
               "outputs moved", "float path off by", "TCV before", "TCV after the move",
               "largest |N_j| at the end")  # fmt: skip
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"{joints} geodesics certified by balls, outputs moved {max(float(r[6]) for r in rows):.0e}",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(Table("Paths from interpolating starts", columns, tuple(rows)),),
        plots=(Plot("The norm along the path", "time", "½Σ‖A‖² / least − 1", tuple(curves), y_log=True),),
        versions=versions("python-flint", "numpy"),
    )


def flow_in_steps(run: Run) -> Evidence:
    """The balancing flow by exponentials of its group against a Runge–Kutta rule of order 8."""
    from scipy.integrate import solve_ivp

    from numerics.paths.path import interpolating_start

    rng = run.generator("networks/loss-decreasing-path", "flow")
    start = interpolating_start(np.eye(2)[:, [0, 0, 1, 1]], (3, 3), rng)
    outputs, duration = product_of(start), 2.0
    ends = np.cumsum([part.size for part in start])[:-1]

    def factors_of(flat: FloatArray) -> Factors:
        parts = zip(np.split(flat, ends), start, strict=True)
        return tuple(part.reshape(factor.shape) for part, factor in parts)

    def velocity(_: float, flat: FloatArray) -> FloatArray:
        return _flat(balancing_velocity(factors_of(flat)))

    solved = solve_ivp(velocity, (0.0, duration), _flat(start), method="DOP853", rtol=1e-12, atol=1e-13)
    reference = factors_of(solved.y[:, -1])
    rows: list[tuple[str | int | float | bool, ...]] = [
        ("order 8", int(solved.nfev), 0.0, float(np.max(np.abs(product_of(reference) - outputs))), "—")
    ]
    margins: list[Margin] = []
    apart: list[float] = []
    for steps in (250, 500, 1_000):
        current, flattest = start, -np.inf
        for _ in range(steps):
            segment = Geodesic(current, imbalances(current), duration / steps)
            flattest = max(flattest, segment.slope(segment.length))
            current = segment.at(segment.length)
        drift = float(np.max(np.abs(product_of(current) - outputs)))
        apart.append(float(np.linalg.norm(_flat(current) - _flat(reference))))
        imbalance = float(sum(np.sum(part**2) for part in imbalances(current)))
        margins += [
            Margin.at_least(0.0, flattest, error=LINEAR_ALGEBRA),
            Margin.at_least(PRODUCT_STAYS * half_norm(start), drift),
            Margin.at_least(half_norm(start) - half_norm(current), duration * imbalance),
        ]
        rows.append((f"{steps} steps", steps, apart[-1], drift, flattest))
    margins += [Margin.at_least(0.6 * before, after) for before, after in pairwise(apart)]
    columns = ("integration to t = 2", "evaluations", "off the flow", "outputs moved", "flattest slope")
    return Evidence(
        kind="construction",
        outcome=overall(margins),
        summary=f"steps of the group follow the flow to {apart[-1]:.0e}, halved with the step",
        instances=len(apart),
        worst=worst_of(margins),
        tables=(Table("The balancing flow", columns, tuple(rows)),),
    )


def free_algebra(run: Run) -> Evidence:
    """Both identities of the flow as identities of words, so for matrices of every size: F = 2, …, 5 or 7."""
    margins: list[Margin] = []
    counts = range(2, 6 if run.level == "quick" else 8)
    for factors in counts:
        names = range(1, factors + 1)
        plain = [sp.Symbol(f"A_{j}", commutative=False) for j in names]
        turned = [sp.Symbol(f"T_{j}", commutative=False) for j in names]
        pairs = zip(pairwise(plain), pairwise(turned), strict=True)
        nodes = [sp.S.Zero, *[a * t - s * b for (a, b), (t, s) in pairs], sp.S.Zero]
        velocity = [a * nodes[j] - nodes[j + 1] * a for j, a in enumerate(plain)]
        moved = [sp.Mul(*reversed([*plain[:j], part, *plain[j + 1 :]])) for j, part in enumerate(velocity)]
        left = sp.expand(sp.Add(*moved))
        slopes = [t * part for t, part in zip(turned, velocity, strict=True)]
        traced = _trace(sp.Add(*slopes, *[node * node for node in nodes]))
        margins.append(Margin.exact(0 if left == 0 and not traced else -1))
    agreed = all(margin.value == 0 for margin in margins)
    return Evidence(
        kind="construction",
        outcome=overall([Margin.equal(0.0 if agreed else 1.0, 0.0)]),
        summary=f"product and slope as words, for all sizes of matrices, F = {counts[0]}…{counts[-1]}",
        instances=len(margins),
        versions=versions("sympy"),
    )


def _trace(expression: sp.Expr) -> dict[tuple[str, ...], sp.Expr]:
    """Coefficients of the trace of a sum of words, each word up to rotation; zeros left out."""
    found: dict[tuple[str, ...], sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(expression)):
        coefficient, parts = term.args_cnc()
        powers = [part.as_base_exp() for part in parts]
        word = [str(base) for base, times in powers for _ in range(int(times))]
        least = min(tuple(word[k:] + word[:k]) for k in range(len(word))) if word else ()
        found[least] = found.get(least, sp.S.Zero) + sp.Mul(*coefficient)
    return {word: value for word, value in found.items() if value != 0}


def _flat(factors: Sequence[FloatArray]) -> FloatArray:
    return np.concatenate([factor.ravel() for factor in factors])
