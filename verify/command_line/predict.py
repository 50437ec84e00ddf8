"""`rankcollapse predict`: what training will find, before training."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args

import click

from theory.errors import UsageError
from theory.problem import Loss, Problem
from verify.command_line.output import Counter, print_json

if TYPE_CHECKING:
    from theory.prediction import Prediction
    from verify.prediction_check import DescentCheck

Number = TypeVar("Number", int, float)

LONGEST_LIST = 64
"""More singular values than this are printed as (value, multiplicity) runs."""


class NumberList(click.ParamType, Generic[Number]):
    """Numbers separated by commas."""

    def __init__(self, kind: type[Number], word: str) -> None:
        self.kind, self.word, self.name = kind, word, "list"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Number, ...]:
        """Return the numbers; fails on the first entry that is none."""
        numbers: list[Number] = []
        for entry in str(value).split(","):
            try:
                numbers.append(self.kind(entry))
            except ValueError:
                self.fail(f"{entry!r} is not a {self.word}: separate {self.word}s by commas", param, ctx)
        return tuple(numbers)


@click.command("predict")
@click.option("--loss", required=True, type=click.Choice(get_args(Loss)))
@click.option("--classes", required=True, type=int, metavar="K", help="Classes, or regression targets.")
@click.option("--depth", required=True, type=int, metavar="L", help="Weight matrices on the features.")
@click.option("--weight-decay", required=True, type=float, metavar="λ", help="The same for every factor.")
@click.option("--samples-per-class", type=int, metavar="n", help="1 when left out.")
@click.option("--class-sizes", type=NumberList(int, "whole number"), metavar="n1,n2,…", help="In place of n.")
@click.option(
    "--target-spectrum",
    type=NumberList(float, "number"),
    metavar="y1,y2,…",
    help="Singular values of the centred targets (squared loss, free bias).",
)
@click.option("--width", type=int, metavar="d", help="Inner width; K when left out.")
@click.option("--check", type=click.IntRange(min=1), metavar="COUNT", help="Descend from this many seeds.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="First seed of --check."
)
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write prediction.json here.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def command(
    check: int | None, seed: int, out: Path | None, as_json: bool, samples_per_class: int | None, **given: Any
) -> None:
    """Predict structure, loss, rank and singular values of the optimum from closed forms."""
    if samples_per_class is not None and given["class_sizes"] is not None:
        raise UsageError("--samples-per-class and --class-sizes say the same twice: give one of them")
    problem = Problem(samples_per_class=1 if samples_per_class is None else samples_per_class, **given)
    from verify.running.files import json_text, require_writable, write_atomically

    if out is not None:
        require_writable(out)
    prediction = _predict(problem)
    checks = None if check is None else _descend(prediction, check, seed)
    document = prediction_json(prediction, checks)
    if out is not None:
        write_atomically(out / "prediction.json", json_text(document) + "\n")
    if as_json:
        print_json(document)
        return
    from verify.command_line.prediction_text import print_prediction

    print_prediction(prediction, checks)


def _predict(problem: Problem) -> "Prediction":
    from theory.prediction import predict

    try:
        return predict(problem)
    except ArithmeticError as error:
        raise UsageError(f"these numbers leave the range of floats ({error}): use smaller ones") from error


def _descend(prediction: "Prediction", count: int, seed: int) -> "list[DescentCheck]":
    from verify.prediction_check import check_prediction

    with Counter(count, "seeds") as counter:

        def on_done(check: "DescentCheck") -> None:
            counter.done(f"seed {check.seed} {check.status} after {check.steps} steps")

        return check_prediction(prediction, count, seed, on_done)


def prediction_json(prediction: "Prediction", checks: "list[DescentCheck] | None" = None) -> dict[str, Any]:
    """Return the object that `predict --json` prints.

    The key `check` is there when descent was asked for, `duality_gap` where the least loss is enclosed.
    """
    best, collapse, thresholds = prediction.best, prediction.collapse, prediction.thresholds
    document: dict[str, Any] = {
        "structure": best.structure,
        "loss": best.loss,
        "rank": best.rank,
        "logit_scale": best.scale,
        **_values("logit_singular_values", best.logit_singular_values),
        **_values("factor_singular_values", prediction.factor_singular_values),
        "candidates": [
            {
                "structure": each.structure,
                "scale": each.scale,
                "loss": each.loss,
                "rank": each.rank,
                "existence": each.existence,
                "global": each.global_,
            }
            for each in prediction.candidates
        ],
        "collapse": collapse and {"scale": collapse.scale, "loss": collapse.loss, "stable": collapse.stable},
        "thresholds": {
            "existence": thresholds.existence,
            "global": thresholds.global_,
            "stability": thresholds.stability,
        },
    }
    if prediction.duality_gap is not None:
        document["duality_gap"] = prediction.duality_gap
    if checks is not None:
        document["check"] = [_check_json(check) for check in checks]
    return document


def _check_json(check: "DescentCheck") -> dict[str, Any]:
    return {
        "seed": check.seed,
        "status": check.status,
        "steps": check.steps,
        "loss": check.loss,
        "excess_loss": check.excess_loss,
        "rank": check.rank,
        **_values("logit_singular_values", tuple((value, 1) for value in check.singular_values)),
        "nearest": check.nearest,
        "distance": check.distance,
    }


def _values(key: str, runs: tuple[tuple[float, int], ...]) -> dict[str, Any]:
    """Return the values one by one, or as runs under another key when there are many."""
    if sum(count for _, count in runs) > LONGEST_LIST:
        return {f"{key}_runs": [list(run) for run in runs]}
    return {key: [value for value, count in runs for _ in range(count)]}
