"""A prediction for a reader."""

import math
from typing import TYPE_CHECKING

import click

from theory.prediction import Prediction, Runs, Thresholds
from theory.problem import Problem
from theory.tolerances import DESCENT_AGREEMENT
from verify.command_line.output import print_columns

if TYPE_CHECKING:
    from verify.prediction_check import DescentCheck

SHOWN = 6
"""Distinct singular values printed before an ellipsis."""


def print_prediction(prediction: Prediction, checks: "list[DescentCheck] | None") -> None:
    """Print the best candidate, the others, the collapse point and its thresholds, and the check."""
    best = prediction.best
    click.echo(_problem_line(prediction.problem))
    click.echo(f"best known: {best.structure}, loss {best.loss:.6g}, rank {best.rank}")
    if best.rank:
        click.echo(f"  singular values of the logits   {runs_text(best.logit_singular_values)}")
        click.echo(f"  singular values of each factor  {runs_text(prediction.factor_singular_values)}")
    click.echo("")
    _print_candidates(prediction)
    if prediction.duality_gap is not None:
        click.echo("")
        click.echo(f"no loss is lower by more than {prediction.duality_gap:.1g} (duality gap)")
    _print_collapse(prediction)
    if checks is not None:
        _print_checks(prediction, checks)


def _print_candidates(prediction: Prediction) -> None:
    """All candidates; their own thresholds in λ where they have any."""
    rows = [
        (each.structure, _number(each.scale), f"{each.loss:.8g}", str(each.rank))
        for each in prediction.candidates
    ]
    header = ("candidate", "scale", "loss", "rank")
    if any(each.existence is not None for each in prediction.candidates):
        header += ("exists to λ =", "beats zero to λ =")
        decays = [(_number(each.existence), _number(each.global_)) for each in prediction.candidates]
        rows = [(*row, *pair) for row, pair in zip(rows, decays, strict=True)]
    print_columns(header, rows)


def runs_text(runs: Runs) -> str:
    """Values with multiplicities in a line.

    >>> runs_text(((2.5, 3), (1.0, 1)))
    '3 × 2.5, 1'
    """
    shown = [f"{count} × {value:.6g}" if count > 1 else f"{value:.6g}" for value, count in runs[:SHOWN]]
    return ", ".join([*shown, "…"] if len(runs) > SHOWN else shown)


def _problem_line(problem: Problem) -> str:
    parts = [f"{problem.loss} loss", f"K = {problem.classes}", f"L = {problem.depth}"]
    parts += [f"λ = {problem.weight_decay:g}", f"N = {problem.samples}"]
    if problem.class_sizes is not None:
        parts.append("class sizes " + ", ".join(map(str, problem.class_sizes)))
    if problem.target_spectrum is not None:
        parts.append("target spectrum " + ", ".join(f"{value:g}" for value in problem.target_spectrum))
    return " · ".join(parts)


def _stability(thresholds: Thresholds) -> str:
    """The largest decay with a stable collapse point, as a power of ten where floats cannot hold it."""
    if thresholds.stability == 0 and thresholds.log_stability is not None:
        return f"10^{thresholds.log_stability / math.log(10):.1f}"
    return _number(thresholds.stability)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _print_collapse(prediction: Prediction) -> None:
    point, thresholds = prediction.collapse, prediction.thresholds
    if thresholds.existence is None:
        return
    click.echo("")
    if point is None:
        click.echo("no non-zero collapse point at this weight decay")
    else:
        word = "stable" if point.stable else "not stable"
        click.echo(f"collapse point: scale {point.scale:.6g}, loss {point.loss:.8g}, {word}")
    click.echo(f"  exists for                       λ ≤ {_number(thresholds.existence)}")
    click.echo(f"  is no worse than zero for        λ ≤ {_number(thresholds.global_)}")
    click.echo(f"  has no descent direction for     λ ≤ {_stability(thresholds)}")


def _print_checks(prediction: Prediction, checks: "list[DescentCheck]") -> None:
    rows = [
        (
            str(check.seed),
            check.status,
            f"{check.loss:.8g}",
            f"{check.excess_loss:+.1e}",
            str(check.rank),
            f"{check.nearest} ({check.distance:.1e})",
            runs_text(tuple((value, 1) for value in check.singular_values[: check.rank])),
        )
        for check in checks
    ]
    best = prediction.best
    predicted = runs_text(best.logit_singular_values)
    rows.append(("", "predicted", f"{best.loss:.8g}", "", str(best.rank), best.structure, predicted))
    header = ("seed", "descent", "loss", "above", "rank", "nearest (distance)", "singular values")
    click.echo("")
    print_columns(header, rows)
    if any(check.excess_loss < -DESCENT_AGREEMENT * best.loss for check in checks):
        click.echo("descent found a lower loss than every candidate: the best structure is none of them")
