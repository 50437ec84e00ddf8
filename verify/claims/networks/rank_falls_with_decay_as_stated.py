"""The abstract's sentence read literally: as the weight decay grows, the rank of each layer decreases.

Statement   The stable rank ‖W‖_F²/‖W‖₂² of a weight at the minimiser does not increase with λ.
Source      2402.03991, abstract of version 1, read literally with the stable rank for the rank.
Computed    stable ranks of the only minimiser for two weight decays, exactly: one linear layer, squared
            loss, one sample a class, orthogonal inputs of given lengths s_i (so TCV = 0): singular values
            s/(s² + Nλ).
Tight       fails: lengths 1 and 2 have stable rank 13/9 at λ = 1/4 and 2 at λ = 1. The rank itself stays 2
            for every λ. What falls is a bound on the distance to rank C, in absolute terms.
"""

from fractions import Fraction
from typing import Any

import numpy as np

from theory.sources import ZANGRANDO_2024
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import small_fractions


def stable_rank(lengths: list[Fraction], decay: Fraction) -> Fraction:
    """Σσ²/max σ² of W = Σ s_i/(s_i² + Nλ) e_i q_iᵀ, the minimiser of (1/2N)‖WZ − I‖² + (λ/2)‖W‖²."""
    squares = [(s / (s * s + len(lengths) * decay)) ** 2 for s in lengths]
    return sum(squares, Fraction(0)) / max(squares)


def exact_margin(instance: Instance) -> Margin:
    """Stable rank at the smaller λ minus that at the larger one."""
    lengths = [Fraction(length) for length in instance["lengths"]]
    small, large = Fraction(instance["weight_decay"]), Fraction(instance["larger_decay"])
    return Margin.exact(stable_rank(lengths, small) - stable_rank(lengths, large))


def margin(instance: Instance) -> Margin:
    """The same from the minimiser in floats."""
    lengths = np.array([float(length) for length in instance["lengths"]])
    ranks: list[float] = []
    for name in ("weight_decay", "larger_decay"):
        inputs = np.diag(lengths)
        shrunk = inputs @ inputs.T + lengths.size * float(instance[name]) * np.eye(lengths.size)
        weight = np.linalg.solve(shrunk, inputs).T
        ranks.append(float((np.linalg.norm(weight) / np.linalg.norm(weight, 2)) ** 2))
    return Margin.at_least(ranks[0], ranks[1], error=1e-9)


def meets_hypotheses(instance: Instance) -> bool:
    """Positive lengths, and two weight decays in order."""
    lengths = instance["lengths"]
    return bool(lengths) and min(lengths) > 0 and 0 < instance["weight_decay"] < instance["larger_decay"]


def instances() -> Any:
    """Two or three whole lengths, small fractions for the decays."""
    from hypothesis import strategies as st

    decays = st.sampled_from(small_fractions(largest=2, denominator=4))
    return st.fixed_dictionaries(
        {
            "lengths": st.lists(st.integers(1, 4), min_size=2, max_size=3),
            "weight_decay": decays,
            "larger_decay": decays,
        }
    ).filter(meets_hypotheses)


def sampler(generator: np.random.Generator) -> Instance:
    """Two or three lengths, decays over two decades."""
    small = Fraction(int(generator.integers(1, 20)), 20)
    return {
        "lengths": [int(length) for length in generator.integers(1, 6, size=generator.integers(2, 4))],
        "weight_decay": small,
        "larger_decay": small + Fraction(int(generator.integers(1, 40)), 20),
    }


CLAIM = Claim(
    id="networks/rank-falls-with-decay-as-stated",
    title="As the weight decay grows the (stable) rank of each layer does not increase",
    statement=r"\lambda<\lambda'\ \Longrightarrow\ \frac{\|W(\lambda')\|_F^2}{\|W(\lambda')\|_2^2}"
    r"\le\frac{\|W(\lambda)\|_F^2}{\|W(\lambda)\|_2^2}",
    source=ZANGRANDO_2024.at("abstract of version 1, read literally"),
    computed="stable ranks of the only minimiser of a linear layer for two decays",
    tight="fails: decay shrinks large singular values of W first where the inputs' are small",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    exact_margin=exact_margin,
    witness={"lengths": [1, 2], "weight_decay": Fraction(1, 4), "larger_decay": Fraction(1)},
    instead="networks/rank-bound",
)
