"""Hidden layers trained on real data lose rank as the weight decay grows, and as samples of a class agree.

Statement   Over three decades of λ the effective rank of every hidden layer of plain and convolutional
            networks falls, and so does its relative tail (Σ_{j≥K}σ_j²)^{1/2}/‖W‖: Kendall's τ with λ is
            negative. At one λ the tail falls as TCV(z)^p with p ≥ 1 as samples move to their class means.
            All with 95 % intervals over seeds.
Source      2402.03991, abstract of version 1: as weight decay grows, the rank of each layer decreases
            proportionally to the within-class variability of the embeddings of the previous layers.
Computed    networks from several seeds (split of the data, start), trained until the residual is small;
            tails that it could explain are left out. Changes per decade of λ; powers of the tail in TCV(z)
            and in √(TCV(δ)TCV(z))/λ.
Tight       along λ not in proportion: TCV(z) hardly moves where the tail falls tenfold. At one λ p = 1 is
            the ceiling B3 has; hidden layers fall faster. A residual network on digits has rank below K − 1
            at every λ: no tail to follow, and an effective rank that falls less clearly. It is in the tables,
            outside the statement.
"""

from collections.abc import Callable

import numpy as np

from theory.sources import ZANGRANDO_2024
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.networks.real_data.cases import (
    Case,
    digits_convolutional,
    digits_plain,
    digits_residual,
    wine_plain,
)
from verify.claims.networks.real_data.measured import MeasuredNetwork, measure
from verify.claims.networks.real_data.slopes import Interval
from verify.claims.networks.real_data.trends import Trend, trends_of
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.judge import versions
from verify.margin import Margin

STREAM = "networks/rank-falls-with-weight-decay"
QUICK_DECAYS = (1e-4, 1e-3, 1e-2, 1e-1)
FULL_DECAYS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
QUICK_SEEDS, FULL_SEEDS = 4, 6
SHARES = (1.0, 0.5, 0.25, 0.125)
"""What is left of the distance of each sample to its class mean."""
FIXED_DECAY = 1e-2

Make = Callable[[np.random.Generator], Case]


def along_decay(run: Run) -> Evidence:
    """Ranks and tails over λ, layer by layer."""
    quick = run.level == "quick"
    stated: tuple[Make, ...] = (wine_plain,) if quick else (wine_plain, digits_plain, digits_convolutional)
    beside: tuple[Make, ...] = () if quick else (digits_residual,)
    decays = QUICK_DECAYS if quick else FULL_DECAYS

    def over_decays(make: Make, seed: int) -> list[MeasuredNetwork]:
        return [_trained(run, _case(run, make, seed), make, decay, seed) for decay in decays]

    found = [trend for make in stated for trend in _trends(run, make, over_decays)]
    others = [trend for make in beside for trend in _trends(run, make, over_decays)]
    changes = [change for trend in found for change in (trend.rank_order, trend.tail_order)]
    margins = [_negative(change) for change in changes if change.known]
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"effective rank and tail fall with λ on {len(found)} hidden layers",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(_changes([*found, *others], len(decays)), _proportion([*found, *others])),
        plots=tuple(plot for trend in [*found, *others] for plot in _plots(trend)),
        versions=versions("scipy", "scikit-learn"),
    )


def towards_means(run: Run) -> Evidence:
    """The tail at one λ as every sample moves towards the mean of its class: its power in TCV(z)."""

    def over_shares(make: Make, seed: int) -> list[MeasuredNetwork]:
        case = _case(run, make, seed)
        return [_trained(run, case.towards_means(share), make, FIXED_DECAY, seed) for share in SHARES]

    makers: tuple[Make, ...] = (wine_plain,) if run.level == "quick" else (wine_plain, digits_plain)
    found = [trend for make in makers for trend in _trends(run, make, over_shares)]
    powers = [trend.power(Trend.input_variation) for trend in found]
    margins = [_negative(Interval(1 - p.mean, p.half_width, p.seeds)) for p in powers if p.known]
    rows = tuple(
        (
            trend.case,
            trend.name,
            len(trend.layers),
            trend.factor(trend.tail),
            trend.factor(Trend.input_variation),
            trend.factor(Trend.delta_variation),
            str(power),
        )
        for trend, power in zip(found, powers, strict=True)
    )
    columns = ("network", "layer", "seeds", "tail falls by", "TCV(z) by", "TCV(δ) by", "power of TCV(z)")
    plots = tuple(_scatter(trend, Trend.input_variation, "TCV(z)", "as samples agree") for trend in found)
    title = f"Samples moved to {SHARES[-1]:g} of their distance from the class mean, λ = {FIXED_DECAY:g}"
    text = " · ".join(f"{trend.name} {power}" for trend, power in zip(found[:2], powers, strict=False))
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"at one λ the tail falls as TCV(z)^p, p = {text} on wine",
        instances=len(margins),
        worst=worst_of(margins),
        tables=(Table(title, columns, rows),),
        plots=plots,
        versions=versions("scipy", "scikit-learn"),
    )


def _negative(change: Interval) -> Margin:
    """The whole interval lies below 0."""
    return Margin.at_least(0.0, change.high, error=LINEAR_ALGEBRA * (abs(change.mean) + change.half_width))


def _trends(run: Run, make: Make, networks: Callable[[Make, int], list[MeasuredNetwork]]) -> list[Trend]:
    seeds = QUICK_SEEDS if run.level == "quick" else FULL_SEEDS
    return trends_of([networks(make, seed) for seed in range(seeds)])


def _case(run: Run, make: Make, seed: int) -> Case:
    return make(run.generator(STREAM, make.__name__, "data", str(seed)))


def _trained(run: Run, case: Case, make: Make, decay: float, seed: int) -> MeasuredNetwork:
    steps, polish = (500, 800) if run.level == "quick" else (800, 1_500)
    start = run.generator(STREAM, make.__name__, "start", str(seed))
    return measure(case, decay, start, steps=steps, polish=polish)


def _changes(found: list[Trend], decays: int) -> Table:
    rows = tuple(
        (
            trend.case,
            trend.name,
            len(trend.layers),
            sum(map(len, trend.resolved)),
            str(trend.rank_order),
            str(trend.rank_slope),
            str(trend.tail_order),
            str(trend.tail_slope),
        )
        for trend in found
    )
    columns = (
        "network",
        "layer",
        "seeds",
        "tails measured",
        "τ of effective rank",
        "per decade",
        "τ of tail/‖W‖",
        "log₁₀ per decade",
    )
    return Table(f"With λ, {decays} values a seed, 95 % intervals", columns, rows)


def _proportion(found: list[Trend]) -> Table:
    rows = tuple(
        (
            trend.case,
            trend.name,
            trend.factor(trend.tail),
            trend.factor(Trend.input_variation),
            trend.factor(Trend.ceiling),
            str(trend.power(Trend.input_variation)),
            str(trend.power(Trend.ceiling)),
        )
        for trend in found
    )
    columns = (
        "network",
        "layer",
        "tail falls by",
        "TCV(z) by",
        "B1 by",
        "power of TCV(z)",
        "power of B1",
    )
    title = "In proportion along λ? From the smallest λ to the largest; B1 = √(TCV(δ)TCV(z))/λ; power 1: yes"
    return Table(title, columns, rows)


def _plots(trend: Trend) -> list[Plot]:
    title = f"{trend.case}, {trend.name}"
    ranks = tuple(
        Series(
            f"seed {seed}",
            tuple(layer.bound.weight_decay for layer in run),
            tuple(layer.effective_rank for layer in run),
        )
        for seed, run in enumerate(trend.alive)
    )
    plots = [Plot(f"{title}: effective rank", "λ", "effective rank", ranks, x_log=True)]
    if any(trend.resolved):
        plots.append(_scatter(trend, Trend.ceiling, "√(TCV(δ)TCV(z))/λ", "along λ"))
    return plots


def _scatter(trend: Trend, of: Callable[..., float], label: str, what: str) -> Plot:
    tails = tuple(
        Series(
            f"seed {seed}",
            tuple(of(layer) for layer in run),
            tuple(trend.tail(layer) for layer in run),
            style="points",
        )
        for seed, run in enumerate(trend.resolved)
    )
    title = f"{trend.case}, {trend.name}: tail {what}"
    return Plot(title, label, f"tail beyond rank {trend.classes - 1}", tails, x_log=True, y_log=True)


CLAIM = Claim(
    id="networks/rank-falls-with-weight-decay",
    title="Hidden layers trained on real data lose rank as the weight decay grows and as classes tighten",
    statement=(
        r"\tau\left(\lambda,\mathrm{erank}(W)\right)<0,\quad"
        r"\tau\left(\lambda,\frac{(\sum_{j\ge K}\sigma_j^2)^{1/2}}{\|W\|_F}\right)<0,\quad"
        r"\left(\sum_{j\ge K}\sigma_j^2\right)^{1/2}\propto\mathrm{TCV}(z)^p,\ p\ge1"
        r"\quad\text{(intervals over seeds)}"
    ),
    source=ZANGRANDO_2024.at("version 1, abstract"),
    computed="rank correlations and slopes over λ; powers of the tail in TCV(z) and in √(TCV(δ)TCV(z))/λ",
    tight="the tables tell how far from proportional the fall is along λ, and at one λ",
    experiments=(along_decay, towards_means),
)
