"""Published reference code takes the largest stationary root for the optimum. It is not always.

Statement   The largest root x of c = p x^{p−1}/(x^p + 1)² minimises φ(x) = 1/(x^p + 1) + c x over x ≥ 0.
Source      reference code of 2301.00437 (scalar problem of Theorems 3.1 and 4.1), which does not compare
            the root with zero.
Computed    φ(0) − φ(largest root), by search and then in balls.
Tight       fails exactly for c between the two thresholds; for p = 2 that is (1/2, 0.6495…), where 3/5 has
            the smallest denominator.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.sources import DANG_2023
from theory.squared_loss.reference_code import (
    EXISTENCE_CLASS_DECAY,
    GLOBAL_CLASS_DECAY,
    LARGEST_STATIONARY_SCALAR,
    OBJECTIVE,
)
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, Table
from verify.instance import Instance
from verify.margin import Margin, Outcome
from verify.strategies import positive_rationals


def has_a_root(instance: Instance) -> bool:
    """p ≥ 2 and c below the existence threshold, so that the code finds a root to return."""
    layers, decay = instance["layers"], float(instance["class_decay"])
    return layers >= 2 and 0 < decay < float(EXISTENCE_CLASS_DECAY(layers=layers)) * (1 - 1e-9)


def margin(instance: Instance) -> Margin:
    """φ(0) − φ(x) in floats."""
    where = {"layers": instance["layers"], "class_decay": float(instance["class_decay"])}
    root = LARGEST_STATIONARY_SCALAR.solve(**where)
    assert root is not None
    return Margin.at_least(1.0, float(OBJECTIVE(class_scalar=root, **where)))


def exact_margin(instance: Instance) -> Margin:
    """φ(0) − φ(x) in balls, the root enclosed by a sign change."""
    where = {"layers": instance["layers"], "class_decay": instance["class_decay"]}
    root = LARGEST_STATIONARY_SCALAR.ball(**where)
    return Margin.of_ball(1 - OBJECTIVE.ball(class_scalar=root, **where))


def instances() -> Any:
    """Few layers, class decays with small denominators."""
    from hypothesis import strategies as st

    decay = positive_rationals(largest=2)
    return st.fixed_dictionaries({"layers": st.integers(2, 6), "class_decay": decay})


def sampler(generator: np.random.Generator) -> Instance:
    """Class decays everywhere below the existence threshold."""
    layers = int(generator.integers(2, 9))
    share = generator.uniform(1e-3, 1)
    return {"layers": layers, "class_decay": share * float(EXISTENCE_CLASS_DECAY(layers=layers))}


def windows(run: Run) -> Evidence:
    """Where the statement fails, for each p: the interval of c and the simplest fraction in it."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    for layers in range(2, 9):
        low, high = (formula(layers=layers) for formula in (GLOBAL_CLASS_DECAY, EXISTENCE_CLASS_DECAY))
        rows.append((layers, float(low), float(high), str(_simplest(float(low), float(high)))))
    return Evidence(
        kind="construction",
        outcome=Outcome.HOLDS,
        summary="fails exactly between the two thresholds",
        instances=len(rows),
        tables=(
            Table(
                "Class decays c at which the largest root is not global",
                ("p", "from", "to (no root above)", "simplest c inside"),
                tuple(rows),
            ),
        ),
        plots=(_objectives(),),
    )


def _simplest(low: float, high: float) -> Fraction:
    """The fraction of smallest denominator strictly inside an interval."""
    denominator = 1
    while True:
        numerator = int(low * denominator) + 1
        if numerator < high * denominator:
            return Fraction(numerator, denominator)
        denominator += 1


def _objectives() -> Plot:
    x = np.linspace(0, 2.2, 150)
    curves = tuple(
        Series(f"c = {decay}", tuple(map(float, x)), tuple(map(float, OBJECTIVE(
            class_scalar=x, class_decay=float(decay), layers=2))))
        for decay in (Fraction(2, 5), Fraction(1, 2), Fraction(3, 5))
    )  # fmt: skip
    return Plot("φ for two layers: at c = 3/5 the largest root is above φ(0) = 1", "x", "φ(x)", curves)


CLAIM = Claim(
    id="squared-loss/largest-root-is-global",
    title="The largest stationary root is the global minimum of a class's scalar problem",
    statement=(
        r"x\ \text{the largest root of}\ c=\frac{p\,x^{p-1}}{(x^p+1)^2}\ \Longrightarrow\ "
        r"\varphi(x)\le\varphi(0),\qquad \varphi(x)=\frac1{x^p+1}+c\,x"
    ),
    source=DANG_2023.at("reference code"),
    computed="φ(0) − φ(largest root)",
    tight="fails exactly between the two thresholds of c",
    instances=instances,
    sampler=sampler,
    hypotheses=has_a_root,
    margin=margin,
    exact_margin=exact_margin,
    experiments=(windows,),
    instead="squared-loss/first-order-transition",
)
