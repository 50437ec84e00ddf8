"""One expression, three evaluations: floats, balls and symbols of every formula must agree."""

import importlib
import pkgutil
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb

import theory
from theory.errors import CannotEvaluateError, OutOfDomainError
from theory.formula import Formula
from theory.formula.balls import enclose
from theory.sources import SHANG_2020
from theory.squared_loss.modes import LARGE_ROOT
from theory.squared_loss.reference_code import LARGEST_STATIONARY_SCALAR

VALUES = {
    "classes": Fraction(5),
    "factors": Fraction(4),
    "samples_per_class": Fraction(3),
    "weight_decay": Fraction(1, 50),
    "scaled_decay": Fraction(1, 40),
    "scale": Fraction(7, 3),
    "singular_value": Fraction(5, 4),
    "target": Fraction(9, 7),
    "mode_decay": Fraction(1, 8),
    "fraction": Fraction(3, 4),
    "relative_decay": Fraction(1, 6),
    "lost_fraction": Fraction(1, 5),
    "layers": Fraction(3),
    "class_decay": Fraction(3, 5),
    "class_scalar": Fraction(4, 5),
    "pairs": Fraction(2),
    "single": Fraction(1),
    "strength": Fraction(5, 2),
    "initial_strength": Fraction(1, 2),
    "outside": Fraction(1, 9),
    "alignment": Fraction(9, 10),
    "targets": Fraction(2),
    "point": Fraction(7, 4),
    "other": Fraction(-2, 3),
    "excess": Fraction(8, 3),
    "rank": Fraction(4),
    "lower_rank": Fraction(2),
    "samples": Fraction(12),
    "reach": Fraction(3, 2),
    "place": Fraction(3),
    "trailing": Fraction(6),
    "paired_classes": Fraction(6),
    "minority": Fraction(2),
    "imbalance": Fraction(10),
    "width": Fraction(7),
    "class_size": Fraction(7),
    "large_size": Fraction(9),
    "small_size": Fraction(4),
    "large_classes": Fraction(2),
    "mean_decay": Fraction(1, 7),
    "factor_decay": Fraction(2, 9),
    "feature_decay": Fraction(1, 11),
    "variance": Fraction(9, 5),
    "cut": Fraction(2, 7),
    "free_target": Fraction(7, 2),
    "kept_target": Fraction(5, 3),
    "vertices": Fraction(6),
    "root_bracket": Fraction(9, 2),
    "strength_decay": Fraction(1, 300),
    "single_margin": Fraction(11, 4),
    "distance": Fraction(1, 3),
    "kept": Fraction(6, 5),
    "lost": Fraction(2, 3),
    "time": Fraction(3, 7),
    "weight": Fraction(5, 6),
    "rate": Fraction(-1, 4),
}


def every_formula() -> list[Formula]:
    found: dict[int, Formula] = {}
    for info in pkgutil.walk_packages(theory.__path__, "theory."):
        for value in vars(importlib.import_module(info.name)).values():
            if isinstance(value, Formula):
                found[id(value)] = value
    return sorted(found.values(), key=lambda formula: formula.name)


@pytest.mark.parametrize("formula", every_formula(), ids=lambda formula: formula.name)
def test_floats_balls_and_symbols_agree(formula: Formula) -> None:
    exact: dict[str, Any] = {symbol.name: VALUES[symbol.name] for symbol in formula.arguments}
    ball = formula.ball(**exact)
    in_floats = float(formula(**{name: float(value) for name, value in exact.items()}))
    assert float(ball.rad()) < 1e-30 * max(1.0, abs(float(ball)))
    assert abs(in_floats - float(ball)) <= 1e-13 * max(1.0, abs(float(ball)))
    symbolic = formula.at({symbol: sp.Rational(VALUES[symbol.name]) for symbol in formula.arguments})
    elementary = float(sp.N(symbolic.rewrite(sp.exp).rewrite(sp.log), 30))
    assert abs(elementary - float(ball)) <= 1e-13 * max(1.0, abs(float(ball)))


@pytest.mark.parametrize("formula", every_formula(), ids=lambda formula: formula.name)
def test_arrays_are_scalars_side_by_side(formula: Formula) -> None:
    names = [symbol.name for symbol in formula.arguments]
    one = {name: float(VALUES[name]) for name in names}
    swept = names[0] if names[0] != "classes" else names[-1]
    if swept == "classes":
        swept = names[0]
    array = np.array([one[swept], one[swept]])
    if "PolygonSum" in str(formula.expression) and swept == "classes":
        return
    values = formula(**(one | {swept: array}))
    assert values.shape == (2,)
    assert abs(float(values[0]) - float(formula(**one))) == 0.0


def test_integers_do_not_wrap() -> None:
    x = sp.Symbol("x", positive=True)
    power = Formula("power", x**40, (x,), SHANG_2020.at(), "x to the fortieth")
    assert float(power(x=10)) == 1e40


def test_a_ball_refuses_floats() -> None:
    x = sp.Symbol("x", positive=True)
    with pytest.raises(CannotEvaluateError, match="not exact"):
        enclose(x, {x: 0.1})
    with pytest.raises(CannotEvaluateError):
        enclose(sp.Float(0.1) * x, {x: Fraction(1)})


def test_unknown_nodes_are_refused() -> None:
    x = sp.Symbol("x", positive=True)
    with pytest.raises(CannotEvaluateError, match="no rigorous evaluation"):
        enclose(sp.gamma(x), {x: Fraction(1, 3)})


def test_out_of_domain_is_an_error_not_a_nan() -> None:
    x = sp.Symbol("x", real=True)
    logarithm = Formula("logarithm", sp.log(x), (x,), SHANG_2020.at(), "log x")
    with pytest.raises(OutOfDomainError, match="no finite value"):
        logarithm(x=-1.0)


def test_arguments_must_match() -> None:
    x = sp.Symbol("x", positive=True)
    formula = Formula("itself", x, (x,), SHANG_2020.at(), "x")
    with pytest.raises(OutOfDomainError, match="takes"):
        formula(y=1.0)
    with pytest.raises(OutOfDomainError, match="uses"):
        Formula("open", x * sp.Symbol("y"), (x,), SHANG_2020.at(), "not closed")


def test_an_implicit_ball_contains_the_exact_root() -> None:
    # κ = 2/3^{3/2} · 3/4-ish has no closed form; F = 3 with t^{1/3}(1 − t) = κ at t = 27/64: κ = (3/4)(37/64)
    root = LARGE_ROOT.ball(relative_decay=Fraction(3, 4) * Fraction(37, 64), factors=3)
    assert root.contains(arb(37) / 64)


def test_an_implicit_formula_without_a_root_says_so() -> None:
    assert LARGEST_STATIONARY_SCALAR.solve(layers=2, class_decay=0.7) is None
    with pytest.raises(OutOfDomainError, match="no root"):
        LARGEST_STATIONARY_SCALAR.ball(layers=2, class_decay=Fraction(7, 10))
