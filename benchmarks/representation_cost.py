"""Cheapest margins by our own solver, by SCS and by Clarabel: medians, ratios, and the gaps they reached.

    .venv/bin/python -m benchmarks.representation_cost [--classes 20] [--repeats 5] [--largest 40]

Every round draws its margins anew (uniform on [½, 3/2], or ones with random class weights) and asks all
solvers in turn, so that other load meets them alike. Programs are compiled before; times are whole calls,
the enclosure included. `gap` is the certified one, relative to the cost, whatever the solver says of itself.
"""

import argparse
import os
import platform
import resource
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from threadpoolctl import threadpool_limits

from numerics import conic_solvers
from numerics.representation_cost import CostProblem, Solver, margins, representation_cost

ACCURACY = 1e-8
SOLVERS: tuple[Solver, ...] = ("own", "scs", "clarabel")
Instances = Callable[[np.random.Generator, int], CostProblem]


def uniform_margins(generator: np.random.Generator, classes: int) -> CostProblem:
    """Margins uniform on [½, 3/2]."""
    return margins(generator.uniform(0.5, 1.5, (classes, classes)))


def random_weights(generator: np.random.Generator, classes: int) -> CostProblem:
    """Margins of one, class weights log-uniform on [1, 10]."""
    weights = np.exp(generator.uniform(0.0, np.log(10.0), classes))
    return margins(np.ones((classes, classes)), inputs=np.diag(1.0 / weights))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--largest", type=int, default=40, help="one round at this size; 0 for none")
    chosen = parser.parse_args()
    # asked for as little as brings the certified gap within ACCURACY
    conic_solvers.CLARABEL_ACCURACY, conic_solvers.SCS_ACCURACY = ACCURACY, 2e-9
    print(f"{platform.machine()}, {os.cpu_count()} processors, one BLAS thread")
    for name, draw in (("uniform margins", uniform_margins), ("random weights", random_weights)):
        _measure(name, draw, chosen.classes, chosen.repeats)
    if chosen.largest:
        before = _megabytes()
        _measure("uniform margins", uniform_margins, chosen.largest, 1)
        print(f"memory: {before:.0f} MB before, at most {_megabytes():.0f} MB with K = {chosen.largest}")


def _measure(name: str, draw: Instances, classes: int, repeats: int) -> None:
    generator = np.random.default_rng(0)
    seconds: dict[str, list[float]] = {solver: [] for solver in SOLVERS}
    gaps: dict[str, list[float]] = {solver: [] for solver in SOLVERS}
    _call(draw(generator, 3), "own")
    for solver in SOLVERS[1:]:  # compile the programs, and no more
        representation_cost(draw(generator, classes), solver=solver, seconds=1e-6)
    statuses: set[str] = set()
    for _ in range(repeats):
        problem = draw(generator, classes)
        for solver in SOLVERS:
            taken, gap, status = _call(problem, solver)
            seconds[solver].append(taken)
            gaps[solver].append(gap)
            statuses.add(status)
    print(
        f"\n{name}, K = {classes}, {classes * (classes - 1)} margins, {repeats} rounds: {', '.join(statuses)}"
    )
    print(f"{'solver':<10}{'median':>10}{'ratio':>9}{'largest gap':>13}")
    for solver in SOLVERS:
        ratio = median(slow / own for slow, own in zip(seconds[solver], seconds["own"], strict=True))
        taken = median(seconds[solver])
        print(f"{solver:<10}{1e3 * taken:>7.1f} ms{ratio:>8.1f}×{max(gaps[solver]):>13.1e}", flush=True)


def _call(problem: CostProblem, solver: Solver) -> tuple[float, float, str]:
    started = time.perf_counter()
    cost = representation_cost(problem, solver=solver, accuracy=ACCURACY, seconds=300.0)
    return time.perf_counter() - started, cost.gap / cost.value, cost.status


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
