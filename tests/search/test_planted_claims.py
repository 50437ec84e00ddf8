"""False claims planted beside the true ones must come back REFUTED; weakened ones must not.

Each false claim carries a witness that can be checked by hand. It is kept here and never shown to the
search: the claims below have no `witness`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from theory.chain.cost import cost_of_a_product
from theory.cross_entropy.collapse import COLLAPSE, COLLAPSE_DECAY, TURNING_SCALE
from theory.cross_entropy.paired import PRINTED_PAIRED_LOSS
from theory.networks.rank_bound import rank_bound
from theory.networks.representation_cost import feature_costs
from theory.squared_loss.modes import EXISTENCE_DECAY, GLOBAL_DECAY, MODE_LOSS, large_root
from verify.claim import Claim, Run, no_condition
from verify.claims.regression.subspace_bound import has_full_rank, measured
from verify.claims.regression.subspace_bound import instances as subspace_instances
from verify.claims.regression.subspace_bound import sampler as subspace_sampler
from verify.instance import Instance
from verify.judge import judge
from verify.margin import Margin, Outcome
from verify.strategies import integer_matrices, positive_rationals
from verify.verdict import Verdict


@dataclass(frozen=True)
class Planted:
    """A variant of a true claim; `witness` refutes it, or is None for a weakened control."""

    name: str
    instances: Callable[[], Any]
    margin: Callable[[Instance], Margin]
    witness: dict[str, Any] | None
    hypotheses: Callable[[Instance], bool] = no_condition
    sampler: Callable[[np.random.Generator], Instance] | None = None

    @property
    def claim(self) -> Claim:
        return Claim(
            id=f"planted/{self.name}",
            title=self.name,
            statement=self.name,
            source="planted",
            instances=self.instances,
            hypotheses=self.hypotheses,
            margin=self.margin,
            sampler=self.sampler,
        )


# --- the cost of a product of 1×1 matrices -----------------------------------------------------------


def numbers() -> Any:
    return st.lists(st.integers(1, 5), min_size=2, max_size=4).map(lambda chain: {"chain": chain})


def cost_margin(constant: float = 1.0, shift: int = 0) -> Callable[[Instance], Margin]:
    def margin(instance: Instance) -> Margin:
        chain = instance["chain"]
        product = np.array([[float(np.prod(chain))]])
        return Margin.at_least(
            sum(entry**2 for entry in chain), constant * cost_of_a_product(product, len(chain) + shift)
        )

    return margin


# --- the first-order transition ----------------------------------------------------------------------


def shares() -> Any:
    share = positive_rationals(largest=1, denominator=64)
    return st.fixed_dictionaries({"factors": st.integers(3, 5), "share": share})


def transition_margin(stretch: float) -> Callable[[Instance], Margin]:
    """Below `stretch`·ν* the large root is claimed to be no worse than zero (y = 1)."""

    def margin(instance: Instance) -> Margin:
        factors = instance["factors"]
        decay = float(instance["share"] * Fraction(999, 1000)) * float(
            EXISTENCE_DECAY(target=1.0, factors=factors)
        )
        root = large_root(1.0, decay, factors)
        assert root is not None
        if decay > stretch * float(GLOBAL_DECAY(target=1.0, factors=factors)):
            return Margin.at_least(1.0, 0.0)
        kept = MODE_LOSS(singular_value=root, target=1.0, mode_decay=decay, factors=factors)
        return Margin.at_least(0.5, float(kept), error=1e-12)

    return margin


# --- collapse against the paired point ---------------------------------------------------------------


def structures() -> Any:
    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 9),
            "depth": st.integers(1, 6),
            "scale": positive_rationals(),
            "scaled_decay": positive_rationals(largest=2),
        }
    )


def beaten_margin(instance: Instance) -> Margin:
    classes, factors = instance["classes"], instance["depth"] + 1
    shared = {"scale": float(instance["scale"]), "scaled_decay": float(instance["scaled_decay"])}
    collapsed = COLLAPSE.loss(classes=classes, factors=factors, **shared)
    paired = PRINTED_PAIRED_LOSS(pairs=classes // 2, single=classes % 2, factors=factors, **shared)
    return Margin.at_least(collapsed, paired)


def at_least(classes: int, depth: int) -> Callable[[Instance], bool]:
    return lambda instance: instance["classes"] >= classes and instance["depth"] >= depth


def turning_margin(shift: int) -> Callable[[Instance], Margin]:
    """μ at the turning scale of F + shift factors is claimed to be the largest μ."""

    def margin(instance: Instance) -> Margin:
        classes, factors = instance["classes"], instance["depth"] + 2
        turning = TURNING_SCALE(classes=classes, factors=factors + shift)
        highest = COLLAPSE_DECAY(scale=turning, classes=classes, factors=factors)
        here = COLLAPSE_DECAY(scale=float(instance["scale"]), classes=classes, factors=factors)
        return Margin.at_least(float(highest), float(here))

    return margin


# --- the rank bound, built from its own identity -----------------------------------------------------


def gradients() -> Any:
    return st.fixed_dictionaries(
        {"deltas": integer_matrices(2, 4, largest=2), "inputs": integer_matrices(2, 4, largest=2)}
    )


def bound_margin(factor: float, *, fewer: int = 0) -> Callable[[Instance], Margin]:
    """One cluster of four samples, λ = 1, R = 0: the tail beyond 1 − fewer against factor · B0."""

    def margin(instance: Instance) -> Margin:
        deltas = np.asarray(instance["deltas"], dtype=float)
        inputs = np.asarray(instance["inputs"], dtype=float)
        weight = -deltas @ inputs.T / 4
        found = rank_bound(weight, inputs, deltas, np.zeros_like(weight), 1.0, np.zeros(4, dtype=np.int64))
        tail = np.linalg.svd(weight, compute_uv=False)[1 - fewer :]
        return Margin.at_least(factor * found.frobenius["B0"], float(np.linalg.norm(tail)), error=1e-9)

    return margin


# --- collapsing features, and the subspace bound -----------------------------------------------------


def dearest_margin(instance: Instance) -> Margin:
    """Giving a class its dearest feature is claimed not to cost more."""
    costs = feature_costs(np.asarray(instance["features"], dtype=float))
    return Margin.at_least(float(costs.sum()), float(costs.max() * costs.size))


def subspace_margin(exponent: float, constant: float = 1.0) -> Callable[[Instance], Margin]:
    def margin(instance: Instance) -> Margin:
        left, outside, alignment, outputs = measured(instance)
        inner = constant * (outputs * max(1 - alignment**2, 0.0)) ** exponent
        return Margin.at_least(np.sqrt(outside + inner), left, error=1e-6)

    return margin


FALSE = [
    Planted("cost-constant-one-percent-up", numbers, cost_margin(1.01), {"chain": [1, 1]}),
    Planted("cost-with-one-factor-more", numbers, cost_margin(shift=1), {"chain": [1, 1]}),
    Planted(
        "transition-one-percent-later",
        shares,
        transition_margin(1.01),
        # F = 3: ν* is 0.83992 of the existence threshold, and 0.845·0.999 lies between ν* and 1.01 ν*
        {"factors": 3, "share": Fraction(845, 1000)},
        sampler=lambda generator: {
            "factors": int(generator.integers(3, 6)),
            "share": Fraction(int(generator.integers(1, 1000)), 1000),
        },
    ),
    Planted(
        "collapse-is-beaten-from-two-layers",
        structures,
        beaten_margin,
        {"classes": 4, "depth": 2, "scale": Fraction(8), "scaled_decay": Fraction(1)},
        at_least(4, 2),
    ),
    Planted(
        "collapse-is-beaten-from-three-classes",
        structures,
        beaten_margin,
        {"classes": 3, "depth": 3, "scale": Fraction(8), "scaled_decay": Fraction(1)},
        at_least(3, 3),
    ),
    Planted(
        "turning-scale-of-one-layer-more",
        structures,
        turning_margin(1),
        {"classes": 2, "depth": 1, "scale": Fraction(3, 5), "scaled_decay": Fraction(1)},
    ),
    Planted(
        "rank-bound-halved",
        gradients,
        bound_margin(0.5),
        {"deltas": [[1, -1, 0, 0], [0, 0, 1, -1]], "inputs": [[1, -1, 0, 0], [0, 0, 1, -1]]},
    ),
    Planted(
        "rank-bound-for-one-cluster-fewer",
        gradients,
        bound_margin(1.0, fewer=1),
        {"deltas": [[1, 1, 1, 1], [0, 0, 0, 0]], "inputs": [[1, 1, 1, 1], [0, 0, 0, 0]]},
    ),
    Planted(
        "the-dearest-feature-costs-no-more",
        lambda: st.fixed_dictionaries({"features": integer_matrices(1, 2)}),
        dearest_margin,
        {"features": [[0, 1]]},
    ),
    Planted(
        "subspace-bound-with-exponent-one",
        subspace_instances,
        subspace_margin(1.0),
        {"targets": [[4, 0, 0], [0, 1, 0]], "features": [[4, 0, 0], [0, 0, 1]]},
        has_full_rank,
        subspace_sampler,
    ),
]

CONTROLS = [
    Planted("cost-constant-one-percent-down", numbers, cost_margin(0.99), None),
    Planted("transition-one-percent-earlier", shares, transition_margin(0.99), None),
    Planted("collapse-is-beaten-from-four-layers", structures, beaten_margin, None, at_least(5, 4)),
    Planted("turning-scale-itself", structures, turning_margin(0), None),
    Planted("rank-bound-doubled", gradients, bound_margin(2.0), None),
    Planted(
        "subspace-bound-doubled",
        subspace_instances,
        subspace_margin(0.5, 2.0),
        None,
        has_full_rank,
        subspace_sampler,
    ),
]


@pytest.mark.parametrize("planted", FALSE, ids=lambda planted: planted.name)
def test_the_hidden_witness_refutes_by_hand(planted: Planted) -> None:
    assert planted.witness is not None
    assert planted.hypotheses(planted.witness)
    assert planted.margin(planted.witness).outcome is Outcome.FAILS


@pytest.mark.parametrize("planted", FALSE, ids=lambda planted: planted.name)
def test_a_planted_falsehood_is_refuted(planted: Planted) -> None:
    judgement = judge(planted.claim, Run("quick", 0))
    assert judgement.verdict is Verdict.REFUTED
    assert judgement.witness is not None
    assert planted.margin(judgement.witness).outcome is Outcome.FAILS


@pytest.mark.parametrize("planted", CONTROLS, ids=lambda planted: planted.name)
def test_a_weakened_truth_is_not_refuted(planted: Planted) -> None:
    assert judge(planted.claim, Run("quick", 0)).verdict is Verdict.SUPPORTED


def test_a_witness_stays_in_the_range_of_the_strategy() -> None:
    """Only the strategy says that a and b are at least 5: shrinking must not leave it."""
    claim = Claim(
        id="planted/sums",
        title="",
        statement="",
        source="planted",
        instances=lambda: st.fixed_dictionaries({"a": st.integers(5, 50), "b": st.integers(5, 50)}),
        margin=lambda instance: Margin.exact(100 - instance["a"] * instance["b"]),
    )
    judgement = judge(claim, Run("quick", 0))
    assert judgement.witness is not None
    assert min(judgement.witness.values()) >= 5
