"""Predictions against values derived by hand or published, and at the limits."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY, TURNING_SCALE
from theory.cross_entropy.stability import stability_scale
from theory.errors import InvalidProblemError
from theory.prediction import Prediction, predict
from theory.problem import Problem
from theory.roots import bracketed_root
from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY, optimal_mode
from theory.squared_loss.reference_code import EXISTENCE_CLASS_DECAY, GLOBAL_CLASS_DECAY


def cross_entropy(classes: int, depth: int, decay: float, samples: int = 1) -> Prediction:
    return predict(
        Problem(
            loss="cross-entropy", classes=classes, depth=depth, weight_decay=decay, samples_per_class=samples
        )
    )


def test_the_papers_first_figure() -> None:
    prediction = cross_entropy(10, 2, 2.0**-10, samples=5)
    assert prediction.best.structure == "paired"
    assert prediction.best.loss == pytest.approx(0.0800, abs=5e-5)
    assert prediction.collapse is not None
    assert prediction.collapse.loss == pytest.approx(0.0907, abs=5e-5)


def test_the_pentagon_beats_collapse() -> None:
    prediction = cross_entropy(5, 3, 0.003)
    assert prediction.best.structure == "polygon"
    assert prediction.best.loss == pytest.approx(0.0608475, abs=5e-8)
    assert prediction.best.logit_singular_values[0][0] == pytest.approx(21.935, abs=5e-4)


@pytest.mark.parametrize(
    ("classes", "depth", "decay", "samples", "structure", "loss", "rank"),
    [
        (5, 2, 0.003, 1, "pairs and a single", 0.0679993, 3),
        (10, 3, 0.001, 20, "subsets-5-2", 0.082986, 4),
        (10, 3, 0.001, 2, "subsets-5-2", 0.048426, 4),
        (7, 2, 0.03, 1, "polygon-5 + pair", 0.729960, 3),
        (8, 3, 0.01, 1, "antiprism-8", 0.280342, 3),
        (12, 3, 0.01, 1, "icosahedron", 0.393838, 3),
        (16, 2, 0.01, 1, "half-cube-5", 0.617138, 5),
        (3, 3, 0.15, 1, "pair + 1 unserved", 1.046621, 1),
    ],
)
def test_structures_that_descent_ended_in(
    classes: int, depth: int, decay: float, samples: int, structure: str, loss: float, rank: int
) -> None:
    """Losses measured by gradient descent or L-BFGS from random factors."""
    prediction = cross_entropy(classes, depth, decay, samples=samples)
    assert (prediction.best.structure, prediction.best.rank) == (structure, rank)
    assert prediction.best.loss == pytest.approx(loss, abs=1e-6)


@pytest.mark.parametrize(
    ("low", "high", "factors"), [(0.174, 0.194, 3), (0.132, 0.165, 4), (0.094, 0.133, 6)]
)
def test_three_classes_have_a_band_of_rank_one(low: float, high: float, factors: int) -> None:
    for decay, wins in ((low - 0.002, False), (low, True), (high, True), (high + 0.002, False)):
        best = cross_entropy(3, factors - 1, decay).best
        assert (best.rank == 1) is wins


def test_equal_structures_are_listed_once() -> None:
    names = [each.structure for each in cross_entropy(4, 2, 0.01).candidates]  # a square is two pairs
    assert names == ["collapse", "paired", "zero"]


def test_a_large_problem_keeps_its_digits() -> None:
    mpmath = pytest.importorskip("mpmath")
    mpmath.mp.dps = 40
    classes, depth, decay = 10**6, 100, 1e-9
    factors = depth + 1
    prediction = cross_entropy(classes, depth, decay)
    for name, fit, rank, unit in (
        ("collapse", lambda x: (classes - 1) * mpmath.exp(-x), classes - 1, 1),
        ("paired", lambda x: (classes - 2) * mpmath.exp(-x) + mpmath.exp(-2 * x), classes // 2, 2),
    ):
        found = next(each for each in prediction.candidates if each.structure == name)
        push = mpmath.mpf(decay) * rank * mpmath.mpf(unit) ** (mpmath.mpf(2) / factors)

        def slope(x: Any, fit: Any = fit, push: Any = push) -> Any:
            pull = -mpmath.diff(lambda y: mpmath.log1p(fit(y)), x)
            return mpmath.log(pull) - mpmath.log(push) + (1 - mpmath.mpf(2) / factors) * mpmath.log(x)

        scale = mpmath.findroot(slope, found.scale)
        loss = mpmath.log1p(fit(scale)) + push * factors / 2 * scale ** (mpmath.mpf(2) / factors)
        assert found.scale == pytest.approx(float(scale), rel=1e-13)
        assert found.loss == pytest.approx(float(loss), rel=1e-12)


def test_one_layer_has_an_elementary_scale() -> None:
    prediction = cross_entropy(3, 1, 0.1)
    assert prediction.collapse is not None
    assert prediction.collapse.scale == pytest.approx(math.log(1 / 0.1 - 2), rel=1e-13)
    assert prediction.thresholds.existence == pytest.approx(1 / 3, rel=1e-12)


@pytest.mark.parametrize(("factors", "scale"), [(3, 0.78774), (4, 1.10132)])
def test_three_classes_lose_stability_where_derived(factors: int, scale: float) -> None:
    assert stability_scale(3, factors) == pytest.approx(scale, abs=5e-6)


@pytest.mark.parametrize(
    ("layers", "low", "high"), [(2, 0.5, 0.6495), (3, 0.5291, 0.8399), (4, 0.5699, 1.0652)]
)
def test_the_window_of_the_reference_code(layers: int, low: float, high: float) -> None:
    assert float(GLOBAL_CLASS_DECAY(layers=layers)) == pytest.approx(low, abs=5e-5)
    assert float(EXISTENCE_CLASS_DECAY(layers=layers)) == pytest.approx(high, abs=5e-5)


@given(classes=st.integers(2, 200), factors=st.integers(3, 60))
def test_the_turning_scale_maximises_the_decay(classes: int, factors: int) -> None:
    turning = float(TURNING_SCALE(classes=classes, factors=factors))
    assert turning == pytest.approx(COLLAPSE.turning_scale(classes, factors), rel=1e-9)
    highest = float(COLLAPSE_DECAY(scale=turning, classes=classes, factors=factors))
    for factor in (0.9, 1.1):
        assert float(COLLAPSE_DECAY(scale=factor * turning, classes=classes, factors=factors)) < highest


@given(target=st.floats(1e-3, 1e3), share=st.floats(1e-6, 2.0), factors=st.integers(2, 30))
def test_a_mode_is_never_worse_than_any_point_of_a_grid(target: float, share: float, factors: int) -> None:
    decay = share * target ** (2 * (factors - 1) / factors)
    mode = optimal_mode(target, decay, factors)
    grid = target * np.linspace(0, 1.2, 400)
    losses = (target - grid) ** 2 / 2 + factors * decay / 2 * grid ** (2 / factors)
    assert mode.loss <= float(losses.min()) * (1 + 1e-12)


def test_two_factors_threshold_softly() -> None:
    assert optimal_mode(3.0, 1.0, 2).singular_value == 2.0
    assert optimal_mode(1.0, 3.0, 2).singular_value == 0.0


def test_the_thresholds_are_ordered() -> None:
    for factors in range(3, 12):
        assert float(GLOBAL_DECAY(target=1.0, factors=factors)) < float(
            EXISTENCE_DECAY(target=1.0, factors=factors)
        )


def test_the_optimum_vanishes_just_beyond_the_transition() -> None:
    transition = float(GLOBAL_DECAY(target=2.0, factors=4))
    assert optimal_mode(2.0, transition * (1 - 1e-9), 4).singular_value == pytest.approx(
        2.0 * 2 / 3, rel=1e-6
    )
    assert optimal_mode(2.0, transition * (1 + 1e-9), 4).singular_value == 0.0


@pytest.mark.parametrize("decay", [1e-300, 1e-30, 1e-8, 1.0, 1e6])
@pytest.mark.parametrize(("classes", "depth"), [(2, 1), (2, 7), (3, 2), (4, 3), (1000, 60)])
def test_extremes_stay_finite(classes: int, depth: int, decay: float) -> None:
    prediction = cross_entropy(classes, depth, decay, samples=7)
    assert all(math.isfinite(candidate.loss) for candidate in prediction.candidates)
    assert prediction.candidates[-1].loss <= math.log(classes) * (1 + 1e-9) or decay > 1e-9
    squared = predict(Problem(loss="squared", classes=classes, depth=depth, weight_decay=decay))
    assert math.isfinite(squared.best.loss)


@pytest.mark.parametrize("exponent", [-310, -300, -200, -141, -100, -20, -5])
def test_tiny_decays_keep_the_squared_optimum(exponent: int) -> None:
    prediction = predict(Problem(loss="squared", classes=4, depth=2, weight_decay=float(f"1e{exponent}")))
    assert prediction.best.structure == "collapse"
    assert prediction.best.scale == pytest.approx(1.0, abs=1e-4)


def test_a_wide_bracket_loses_no_digits() -> None:
    assert bracketed_root(lambda x: math.log(x) + 500, 1e-300, 1.0) == pytest.approx(
        math.exp(-500), rel=1e-13
    )


def test_a_million_classes_do_not_overflow() -> None:
    prediction = cross_entropy(10**6, 20, 1e-9)
    assert prediction.collapse is not None
    assert math.isfinite(prediction.collapse.loss)


def test_equal_class_sizes_are_the_balanced_problem() -> None:
    sized = predict(
        Problem(loss="cross-entropy", classes=4, depth=2, weight_decay=0.01, class_sizes=(3, 3, 3, 3))
    )
    balanced = cross_entropy(4, 2, 0.01, samples=3)
    assert sized.candidates == balanced.candidates


def test_minority_classes_collapse_first() -> None:
    problem = Problem(loss="squared", classes=3, depth=2, weight_decay=0.03, class_sizes=(50, 20, 1))
    best = predict(problem).best
    assert best.structure == "minority-collapse"
    assert best.rank == 2


def test_one_hot_targets_and_their_spectrum_are_one_problem() -> None:
    one_hot = predict(Problem(loss="squared", classes=3, depth=3, weight_decay=0.01, samples_per_class=4))
    spectrum = predict(
        Problem(
            loss="squared",
            classes=3,
            depth=3,
            weight_decay=0.01,
            samples_per_class=4,
            target_spectrum=(2.0, 2.0, 2.0),
        )
    )
    assert spectrum.best.loss == one_hot.best.loss
    assert spectrum.best.logit_singular_values == one_hot.best.logit_singular_values


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"classes": 1}, "classes 1"),
        ({"classes": 2.5}, "classes 2.5"),
        ({"classes": True}, "classes True"),
        ({"depth": 0}, "depth 0"),
        ({"weight_decay": 0.0}, "weight decay 0.0"),
        ({"weight_decay": -1.0}, "weight decay -1.0"),
        ({"weight_decay": math.nan}, "weight decay nan"),
        ({"weight_decay": math.inf}, "weight decay inf"),
        ({"samples_per_class": 0}, "samples per class 0"),
        ({"width": 3}, "width 3"),
        ({"loss": "hinge"}, "'hinge'"),
        ({"classes": 13, "class_sizes": tuple(range(1, 14))}, "13 distinct class sizes"),
        ({"class_sizes": (1, 2)}, "2 class sizes"),
        ({"target_spectrum": (1.0,)}, "squared loss"),
        ({"loss": "squared", "target_spectrum": (1.0, math.nan)}, "nan"),
        ({"loss": "squared", "target_spectrum": (1.0,) * 5}, "5 target singular values"),
        ({"loss": "squared", "target_spectrum": (1e200,)}, "rescale"),
        ({"class_sizes": (10**400, 1, 1, 1)}, "above"),
        ({"classes": 10**400}, "above"),
    ],
)
def test_bad_problems_are_named(change: dict[str, object], complaint: str) -> None:
    good: dict[str, object] = {"loss": "cross-entropy", "classes": 4, "depth": 2, "weight_decay": 0.1}
    with pytest.raises(InvalidProblemError, match=complaint) as caught:
        Problem(**(good | change))  # pyright: ignore[reportArgumentType]
    assert "\n" not in str(caught.value)
