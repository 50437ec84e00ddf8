"""How long predictions take: the command as a process, and sweeps through the Python interface.

    python benchmarks/predictions.py

Seconds of processor time (user), the best of three; nothing here passes or fails.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from theory.sweep import Sweep, predict_many

COMMANDS = (
    "--classes 10 --depth 2 --weight-decay 0.001",
    "--classes 101 --depth 100 --weight-decay 1e-6",
    "--classes 1000000 --depth 1 --weight-decay 1e-9",
    "--classes 1000000 --depth 100 --weight-decay 1e-9",
    "--classes 720720 --depth 20 --weight-decay 1e-6",
)


def main() -> None:
    """Print both tables."""
    print("one prediction, start of Python included          user seconds")
    for arguments in COMMANDS:
        print(f"  {arguments:<48}{best_of_three(lambda given=arguments: command_seconds(given)):>12.2f}")
    print("sweeps                               predictions  user seconds")
    for name, sweep in sweeps().items():
        seconds = best_of_three(lambda run=sweep: process_seconds(run))
        print(f"  {name:<35}{sweep().loss.size:>12}{seconds:>14.2f}")


def best_of_three(measure: Callable[[], float]) -> float:
    """The least of three measurements."""
    return min(measure() for _ in range(3))


def command_seconds(arguments: str) -> float:
    """User time of `rankcollapse predict` for cross-entropy in a new process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    command = [sys.executable, "-m", "rankcollapse", "predict", "--loss", "cross-entropy", "--json"]
    subprocess.run([*command, *arguments.split()], check=True, capture_output=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def process_seconds(run: Callable[[], Sweep]) -> float:
    """Processor time of a call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def sweeps() -> dict[str, Callable[[], Sweep]]:
    """Ten thousand predictions each: a grid, random problems, and the squared loss."""
    generator = np.random.default_rng(0)
    grid = np.geomspace(1e-8, 0.1, 50)
    random = {
        "classes": generator.integers(2, 101, 10_000),
        "depth": generator.integers(1, 9, 10_000),
        "weight_decay": 10.0 ** generator.uniform(-8, -1, 10_000),
    }
    return {
        "25 K × 8 L × 50 λ, K = 2…26": lambda: predict_many(
            loss="cross-entropy",
            classes=np.arange(2, 27)[:, None, None],
            depth=np.arange(1, 9)[:, None],
            weight_decay=grid,
        ),
        "10 K × 8 L × 125 λ, K up to 10⁶": lambda: predict_many(
            loss="cross-entropy",
            classes=np.array([4, 10, 50, 100, 128, 1000, 1024, 10_000, 65_536, 1_000_000])[:, None, None],
            depth=np.arange(1, 9)[:, None],
            weight_decay=np.geomspace(1e-8, 0.1, 125),
        ),
        "random K ≤ 100, L ≤ 8, λ": lambda: predict_many(loss="cross-entropy", **random),
        "the same, squared loss": lambda: predict_many(loss="squared", **random),
    }


if __name__ == "__main__":
    main()
