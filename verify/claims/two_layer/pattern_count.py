"""How many activation patterns a ReLU layer has on given samples.

Statement   N samples of rank r, any r of them independent, have 2 Σ_{i<r} C(N−1, i) activation patterns.
Source      Cover 1965, Theorem 1; it is the size of the convex programs of 2002.10553.
Computed    all patterns, each with an exact weight that shows it, against the formula; that none is missing
            is told by Zaslavsky's count, from exact ranks of all subsets.
Tight       an equality; with dependent samples there are fewer.
"""

from itertools import combinations
from typing import Any

import numpy as np
from flint import fmpq_mat

from theory.sources import COVER_1965
from theory.two_layer.arrangement import cells_in_general_position
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.strategies import integer_matrices

MOST_SAMPLES = 9


def exact_margin(instance: Instance) -> Margin:
    """Minus the distance of the number of patterns found from the formula, exact."""
    from numerics.two_layer.patterns import activation_patterns

    samples = _rows(instance)
    found = activation_patterns(np.array(samples, dtype=np.float64)).count
    formula = cells_in_general_position(len(samples[0]), min(len(samples), len(samples[0])))
    return Margin.equal(found, formula, error=0.0)


def in_general_position(instance: Instance) -> bool:
    """Whether any r samples are independent, r the smaller of their number and dimension."""
    samples = _rows(instance)
    if not samples or not 1 <= len(samples[0]) <= MOST_SAMPLES or len({len(row) for row in samples}) != 1:
        return False
    rank = min(len(samples), len(samples[0]))
    return all(
        fmpq_mat([[row[i] for i in chosen] for row in samples]).rank() == rank
        for chosen in combinations(range(len(samples[0])), rank)
    )


def instances() -> Any:
    """Up to four samples in two dimensions, small integers."""
    from hypothesis import strategies as st

    return st.integers(1, 4).flatmap(
        lambda count: st.fixed_dictionaries({"samples": integer_matrices(2, count, largest=4)})
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to eight samples in up to four dimensions."""
    shape = int(generator.integers(1, 5)), int(generator.integers(1, 9))
    return {"samples": generator.integers(-20, 21, size=shape).tolist()}


def _rows(instance: Instance) -> list[list[int]]:
    return [[int(entry) for entry in row] for row in instance["samples"]]


CLAIM = Claim(
    id="two-layer/pattern-count",
    title="A ReLU layer has 2 Σ_{i<r} C(N−1, i) activation patterns on N samples in general position",
    statement=r"\#\{\operatorname{sign}(X^\top u)\in\{\pm1\}^N\}=2\sum_{i=0}^{r-1}\binom{N-1}{i}",
    source=COVER_1965.theorem(1),
    computed="all patterns with exact witnesses, complete by Zaslavsky's count, against the formula",
    tight="an equality",
    instances=instances,
    sampler=sampler,
    hypotheses=in_general_position,
    exact_margin=exact_margin,
    quick_samples=20,
    full_samples=1_000,
)
