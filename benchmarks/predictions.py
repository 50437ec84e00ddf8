"""How long predictions take: the command as a process, and sweeps through the Python interface.

    python benchmarks/predictions.py

Wall-clock seconds, median and range of several; run it on an idle machine. Nothing here passes or fails.
"""

import statistics
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


REPEATS = 5


def main() -> None:
    """Print both tables."""
    print(f"{'one prediction, start of Python included':<50}{'median':>8}{'least':>8}{'most':>8}")
    for arguments in COMMANDS:
        show(arguments, lambda given=arguments: command(given))
    print(f"{'10 000 predictions in one call':<50}{'median':>8}{'least':>8}{'most':>8}")
    for name, sweep in sweeps().items():
        show(name, sweep)


def show(name: str, run: Callable[[], object]) -> None:
    """Print how long a call takes, after one to warm up."""
    run()
    seconds: list[float] = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    print(
        f"  {name:<48}{statistics.median(seconds):>8.2f}{min(seconds):>8.2f}{max(seconds):>8.2f}", flush=True
    )


def command(arguments: str) -> None:
    """`rankcollapse predict` for cross-entropy in a new process."""
    line = [sys.executable, "-m", "rankcollapse", "predict", "--loss", "cross-entropy", "--json"]
    subprocess.run([*line, *arguments.split()], check=True, capture_output=True)


def sweeps() -> dict[str, Callable[[], Sweep]]:
    """Ten thousand predictions each: grids, scattered problems, and the squared loss."""
    generator = np.random.default_rng(0)
    grid = np.geomspace(1e-8, 0.1, 50)
    random = {
        "classes": generator.integers(2, 101, 10_000),
        "depth": generator.integers(1, 9, 10_000),
        "weight_decay": 10.0 ** generator.uniform(-8, -1, 10_000),
    }

    def scattered(most: int) -> Callable[[], Sweep]:
        classes = np.exp(generator.uniform(np.log(2), np.log(most), 10_000)).round().astype(int)
        depth, decay = generator.integers(1, 101, 10_000), 10.0 ** generator.uniform(-9, -1, 10_000)
        return lambda: predict_many(loss="cross-entropy", classes=classes, depth=depth, weight_decay=decay)

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
        "scattered K ≤ 1000 (log-uniform), L ≤ 100, λ": scattered(1000),
        "scattered K ≤ 10⁶ (log-uniform), L ≤ 100, λ": scattered(10**6),
        "random K ≤ 100, L ≤ 8, λ, squared loss": lambda: predict_many(loss="squared", **random),
    }


if __name__ == "__main__":
    main()
