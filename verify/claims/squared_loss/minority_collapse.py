"""One-hot targets of any sizes: every class is a mode of its own, and small classes vanish first.

Statement   Width d ≥ K: Z = diag(t)Y, t_k√n_k the optimum of the mode y = √n_k, is a global optimum. Class
            means are orthogonal with lengths σ_k^{1/F}/√n_k, class k is learnt iff Nλ ≤ ν*(√n_k) (at
            equality zero is as good; F = 2: ν*(y) = y, and equality is zero), and this threshold increases
            with n_k. Equal sizes: Z = tY, all classes or none (but for ties). Y = Σ_k √n_k e_kv_kᵀ with v_k
            constant on class k is a singular value decomposition, so this is squared-loss/modes-decouple.
Source      2301.00437, Theorems 3.1 and 4.1, with the comparison with zero that they leave to the reader.
Computed    loss and full gradient at the predicted factors, for random sizes and decays; descent on
            balanced and unbalanced classes, before and after each class vanishes.
Tight       equality.
"""

from typing import Any

import numpy as np
import sympy as sp

from theory.sources import DANG_2023
from theory.squared_loss.classes import CLASS_SIZE, VANISHING_DECAY, class_optimum, vanishing_decay
from theory.symbols import FACTORS, positive
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.squared_loss.experiments.class_descents import descent, one_hot_targets, optimal_factors
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Step, Variable
from verify.strategies import positive_rationals


def margin(instance: Instance) -> Margin:
    """Predicted loss against the loss at the predicted factors, plus the norm of the gradient there."""
    from numerics.descent.linear_chain import loss_and_gradients_squared_loss

    sizes, decay = tuple(instance["sizes"]), float(instance["weight_decay"])
    optimum = class_optimum(sizes, decay, depth=instance["depth"])
    if not optimum.kept:
        return Margin.equal(optimum.loss, 0.5)
    chain = optimal_factors(optimum, len(sizes))
    targets = one_hot_targets(sizes)
    loss, gradients = loss_and_gradients_squared_loss(chain, targets, decay)
    slope = max(float(np.linalg.norm(gradient)) for gradient in gradients)
    lengths = np.linalg.norm(chain[0] @ targets.T / np.array(sizes), axis=0)
    apart = float(np.max(np.abs(lengths - optimum.mean_lengths)))
    size = 1 + sum(float(np.sum(factor**2)) for factor in chain)
    return Margin.equal(abs(loss - optimum.loss) + slope + apart, 0.0, error=LINEAR_ALGEBRA * size)


def meets_hypotheses(instance: Instance) -> bool:
    """At least two classes of at least one sample, L ≥ 1, λ > 0."""
    enough = len(instance["sizes"]) >= 2 and min(instance["sizes"]) >= 1
    return bool(enough and instance["depth"] >= 1 and instance["weight_decay"] > 0)


def sampler(generator: np.random.Generator) -> Instance:
    """Two to seven classes, half of the time balanced; decays on both sides of the thresholds."""
    classes, depth = int(generator.integers(2, 8)), int(generator.integers(1, 7))
    sizes = [int(generator.integers(1, 13)) for _ in range(classes)]
    if generator.random() < 0.5:
        sizes = sizes[:1] * classes
    largest = vanishing_decay(max(sizes), sum(sizes), depth=depth)
    decay = largest * float(10.0 ** generator.uniform(-3, 0.1))
    return {"sizes": sizes, "depth": depth, "weight_decay": decay}


def instances() -> Any:
    """Few small classes and a small rational decay."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "sizes": st.lists(st.integers(1, 4), min_size=2, max_size=4),
            "depth": st.integers(1, 4),
            "weight_decay": positive_rationals(largest=1),
        }
    )


def _order() -> Proof:
    """ν*(√n) = n^{(F−1)/F}·ν*(1) increases with n."""
    more, extra = positive("more"), positive("extra")
    power = (extra + 1) / (extra + 2)
    larger, smaller = CLASS_SIZE + more, CLASS_SIZE
    logs = (power * sp.log(larger), power * sp.log(smaller))
    threshold = VANISHING_DECAY.at({FACTORS: extra + 2})
    unit = threshold.subs(CLASS_SIZE, 1)
    return Proof(
        title="the smaller class vanishes at the smaller decay",
        variables=(
            Variable(CLASS_SIZE, "n of the smaller class", sp.Integer(0), open_low=True),
            Variable(more, "samples that the larger class has more", sp.Integer(0), open_low=True),
            Variable(extra, "F − 2", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("n is positive", Fact(smaller, ">"), RationalSign(), "a class has samples"),
            Step("sizes", Fact(larger, ">", smaller), RationalSign(), "by the definition of more"),
            Step(
                "logarithms",
                Fact(sp.log(larger), ">", sp.log(smaller)),
                Increasing("log", larger, smaller, "sizes", "n is positive"),
                "log increases",
            ),
            Step("power", Fact(power, ">"), RationalSign(), "F > 2"),
            Step(
                "exponents",
                Fact(logs[0], ">", logs[1]),
                Combination((("power", "logarithms"),)),
                "times (F−1)/F",
            ),
            Step(
                "powers",
                Fact(sp.exp(logs[0]), ">", sp.exp(logs[1])),
                Increasing("exp", *logs, "exponents"),
                "n^{(F−1)/F} increases",
            ),
            Step("unit", Fact(unit, ">"), Evident(), "ν* of a class of one sample"),
            Step(
                "thresholds",
                Fact(threshold.subs(CLASS_SIZE, larger), ">", threshold),
                Combination((("unit", "powers"),)),
                "ν*(√n) = n^{(F−1)/F} ν*(1)",
            ),
        ),
        goals=("thresholds",),
        rests_on=("squared-loss/modes-decouple", "squared-loss/mode-optimum"),
    )


def _order_of_two_factors() -> Proof:
    """F = 2: the threshold of the soft threshold is √n itself."""
    more = positive("more")
    larger, smaller = CLASS_SIZE + more, CLASS_SIZE
    halves = (sp.log(larger) / 2, sp.log(smaller) / 2)
    return Proof(
        title="two factors: √n increases with n",
        variables=(
            Variable(CLASS_SIZE, "n of the smaller class", sp.Integer(0), open_low=True),
            Variable(more, "samples that the larger class has more", sp.Integer(0), open_low=True),
        ),
        steps=(
            Step("n is positive", Fact(smaller, ">"), RationalSign(), "a class has samples"),
            Step("sizes", Fact(larger, ">", smaller), RationalSign(), "by the definition of more"),
            Step(
                "logarithms",
                Fact(sp.log(larger), ">", sp.log(smaller)),
                Increasing("log", larger, smaller, "sizes", "n is positive"),
                "log increases",
            ),
            Step(
                "halves",
                Fact(halves[0], ">", halves[1]),
                Combination(((sp.Rational(1, 2), "logarithms"),)),
                "half of it",
            ),
            Step(
                "thresholds",
                Fact(sp.exp(halves[0]), ">", sp.exp(halves[1])),
                Increasing("exp", *halves, "halves"),
                "ν*(√n) = √n",
            ),
        ),
        goals=("thresholds",),
        rests_on=("squared-loss/modes-decouple", "squared-loss/mode-optimum"),
    )


CLAIM = Claim(
    id="squared-loss/minority-collapse",
    title="With one-hot targets every class is a mode of its own, and small classes vanish first",
    statement=(
        r"Z=\mathrm{diag}(t)\,Y,\quad t_k\sqrt{n_k}\ \text{the optimum of the mode}\ y=\sqrt{n_k};\qquad"
        r" n_a>n_b\Rightarrow\nu^*(\sqrt{n_a})>\nu^*(\sqrt{n_b})"
    ),
    source=DANG_2023.theorem("3.1 and 4.1"),
    computed="loss and gradient at the predicted factors; descent on both sides of every threshold",
    tight="equality",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_order(), _order_of_two_factors()),
    experiments=(descent,),
)
