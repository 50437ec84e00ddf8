"""Forty classes, 1560 margins: within a gigabyte, and both solvers agree (for their times see benchmarks)."""

import subprocess
import sys

import numpy as np
import pytest

from numerics.representation_cost import margins, representation_cost
from theory.tolerances import SOLVER_GAP

CLASSES = 40
SECONDS, MEGABYTES = 300.0, 1024.0

MEASURED = f"""
import resource
import numpy as np
from numerics.representation_cost import margins, representation_cost
problem = margins(np.random.default_rng(0).uniform(0.5, 1.5, ({CLASSES}, {CLASSES})))
cost = representation_cost(problem, seconds={SECONDS})
print(cost.status, cost.value, cost.lower_bound)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def random_margins() -> np.ndarray:
    return np.random.default_rng(0).uniform(0.5, 1.5, (CLASSES, CLASSES))


def test_our_own_solver_closes_the_gap_of_forty_classes() -> None:
    cost = representation_cost(margins(random_margins()), solver="own", seconds=SECONDS)
    assert cost.status == "optimal"
    assert cost.gap <= SOLVER_GAP * cost.value


@pytest.mark.full
def test_clarabel_does_forty_classes_within_a_gigabyte() -> None:
    """A process of its own, so that its memory is the program's and nothing else's."""
    words = subprocess.run(
        [sys.executable, "-c", MEASURED], capture_output=True, text=True, check=True
    ).stdout.split()
    status, (value, bound, megabytes) = words[0], map(float, words[1:])
    own = representation_cost(margins(random_margins()), solver="own", seconds=SECONDS)
    assert status == "optimal"
    assert bound <= own.value * (1 + SOLVER_GAP)
    assert own.lower_bound <= value * (1 + SOLVER_GAP)
    assert megabytes <= MEGABYTES
