"""Many predictions at once are the predictions one by one."""

import math
from typing import Literal

import numpy as np
import pytest

from theory.errors import InvalidProblemError
from theory.prediction import predict
from theory.problem import Problem
from theory.sweep import predict_many


@pytest.mark.parametrize("loss", ["cross-entropy", "squared"])
def test_a_sweep_agrees_with_one_by_one(loss: Literal["cross-entropy", "squared"]) -> None:
    generator = np.random.default_rng(5)
    classes = generator.choice([2, 3, 4, 5, 7, 8, 9, 10, 12, 16, 27, 60, 101, 1000], size=120)
    depth = generator.integers(1, 12, size=120)
    decay = 10.0 ** generator.uniform(-9, 0.3, size=120)
    samples = generator.integers(1, 50, size=120)
    sweep = predict_many(
        loss=loss, classes=classes, depth=depth, weight_decay=decay, samples_per_class=samples
    )
    for index in range(120):
        prediction = predict(
            Problem(
                loss=loss,
                classes=int(classes[index]),
                depth=int(depth[index]),
                weight_decay=float(decay[index]),
                samples_per_class=int(samples[index]),
            )
        )
        assert sweep.structure[index] == prediction.best.structure
        assert sweep.loss[index] == pytest.approx(prediction.best.loss, rel=1e-11)
        assert sweep.rank[index] == prediction.best.rank
        if prediction.collapse is None:
            assert math.isinf(sweep.collapse_loss[index])
        else:
            assert sweep.collapse_loss[index] == pytest.approx(prediction.collapse.loss, rel=1e-11)


def test_shapes_broadcast() -> None:
    sweep = predict_many(
        loss="cross-entropy", classes=[[4], [6]], depth=[1, 2, 3], weight_decay=0.01, samples_per_class=2
    )
    assert (
        sweep.structure.shape == sweep.loss.shape == sweep.rank.shape == sweep.collapse_loss.shape == (2, 3)
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"classes": [4, 1]}, "classes 1"),
        ({"classes": [4.5]}, "whole numbers"),
        ({"classes": [10**9]}, "classes 1000000000"),
        ({"depth": 0}, "depth 0"),
        ({"weight_decay": [0.1, -1.0]}, "weight decay -1.0"),
        ({"weight_decay": math.nan}, "weight decay nan"),
        ({"samples_per_class": [[0]]}, "samples per class 0"),
        ({"depth": [1, 2], "weight_decay": [0.1, 0.2, 0.3]}, "broadcast"),
        ({"loss": "hinge"}, "'hinge'"),
    ],
)
def test_bad_arrays_are_named(change: dict[str, object], complaint: str) -> None:
    good: dict[str, object] = {"loss": "cross-entropy", "classes": [4], "depth": 2, "weight_decay": 0.1}
    with pytest.raises(InvalidProblemError, match=complaint):
        predict_many(**(good | change))  # pyright: ignore[reportArgumentType]
