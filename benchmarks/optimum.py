"""Print how long the optimum in logit space takes beside L-BFGS on the factors, to the same loss.

``python benchmarks/optimum.py [--rounds R]``, from the top folder or with the project installed. K = 10
classes of n = 100 samples, width d = 512, L = 1, cross-entropy, λ = 10⁻³. The optimum is known in closed form
(2410.23169, eq. 19), so that everybody is stopped at the same gap to it; ours also proves its own gap.
"""

import argparse
import math
import time
from statistics import median
from typing import Any, Final

import numpy as np
from scipy import optimize

from numerics.arrays import FloatArray
from numerics.descent.initialisation import gaussian_factors
from numerics.descent.threads import one_blas_thread
from numerics.optimum.class_means import class_means
from numerics.optimum.convex import two_factor_optimum

CLASSES: Final = 10
SAMPLES: Final = 100
WIDTH: Final = 512
DECAY: Final = 1e-3
GAP: Final = 1e-8


def known_optimum() -> float:
    """The loss of the collapsed optimum: α = log(1/μ − K + 1), μ = λ√n."""
    scale = math.log(1.0 / (DECAY * math.sqrt(SAMPLES)) - CLASSES + 1)
    fit = math.log1p((CLASSES - 1) * math.exp(-scale))
    return fit + DECAY * (CLASSES - 1) * scale * math.sqrt(SAMPLES)


def in_logit_space() -> tuple[float, int]:
    """Loss and iterations of the proximal method on class means."""
    found = two_factor_optimum(class_means([SAMPLES] * CLASSES), DECAY, gap=GAP)
    return found.loss, found.iterations


def on_the_factors(seed: int, target: float) -> tuple[float, int]:
    """Loss and iterations of L-BFGS on W and H from a random start, stopped at the target."""
    samples = CLASSES * SAMPLES
    labels = np.repeat(np.arange(CLASSES), SAMPLES)
    shapes = [(WIDTH, samples), (CLASSES, WIDTH)]
    start = gaussian_factors(shapes, scale=WIDTH**-0.5, rng=np.random.default_rng(seed))
    cut, columns = WIDTH * samples, np.arange(samples)

    def objective(flat: FloatArray) -> tuple[float, FloatArray]:
        features, weight = flat[:cut].reshape(shapes[0]), flat[cut:].reshape(shapes[1])
        logits = weight @ features
        logits -= logits.max(axis=0)
        residual = np.exp(logits)
        totals = residual.sum(axis=0)
        fit = float(np.mean(np.log(totals) - logits[labels, columns]))
        residual /= totals
        residual[labels, columns] -= 1.0
        residual /= samples
        gradient = DECAY * flat
        gradient[:cut] += (weight.T @ residual).ravel()
        gradient[cut:] += (residual @ features.T).ravel()
        return fit + 0.5 * DECAY * float(flat @ flat), gradient

    def stop(intermediate_result: Any) -> None:
        if intermediate_result.fun <= target:
            raise StopIteration

    first = np.concatenate([matrix.ravel() for matrix in start])
    options = {"maxiter": 20_000, "maxfun": 40_000, "ftol": 0.0, "gtol": 0.0}
    found: Any = optimize.minimize(
        objective, first, jac=True, method="L-BFGS-B", options=options, callback=stop
    )
    return float(found.fun), int(found.nit)


def timed(run: Any, *arguments: Any) -> tuple[float, float, int]:
    """Seconds, loss and iterations."""
    begin = time.perf_counter()
    loss, iterations = run(*arguments)
    return time.perf_counter() - begin, loss, iterations


def main() -> None:
    """Interleaved rounds, one BLAS thread; medians, and the median of the rounds' ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    best = known_optimum()
    in_logit_space()
    ours: list[tuple[float, float, int]] = []
    theirs: list[tuple[float, float, int]] = []
    with one_blas_thread():
        for seed in range(rounds):
            several = [timed(in_logit_space) for _ in range(5)]
            ours.append((median(run[0] for run in several), *several[0][1:]))
            theirs.append(timed(on_the_factors, seed, best + GAP))
    print(f"{'method':<24}{'time':>12}{'iterations':>12}{'loss − optimum':>16}")
    for name, runs in (("logit space", ours), ("L-BFGS on the factors", theirs)):
        seconds, count = median(run[0] for run in runs), int(median(run[2] for run in runs))
        gap = max(run[1] for run in runs) - best
        print(f"{name:<24}{1e3 * seconds:>9.2f} ms{count:>12}{gap:>16.1e}")
    ratio = median(their[0] / our[0] for our, their in zip(ours, theirs, strict=True))
    print(f"L-BFGS takes {ratio:.0f}× as long (median of {rounds} rounds)")


if __name__ == "__main__":
    main()
