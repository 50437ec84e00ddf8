"""Without weight decay, training inside a group family is a system of scalar equations, step by step.

Statement   Classes indexed by a finite abelian group, Z_{ij} = z(i − j) with z even, balanced factors in the
            basis of characters: a step of gradient descent on cross-entropy keeps the family, and moves
            w_a (s_a = w_a^F) by (η/K) w_a^{F−1} r_a, r_a = 1 − Σ_g softmax(z)(g) χ_a(g).
Source      2605.23087 and 2512.04006; derived for this project.
Computed    the scalar recursion against full matrix descent: the same discrete steps on both sides.
Tight       equality, to rounding.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.sources import GARROD_KEATING_THRAMPOULIDIS_2026
from theory.tolerances import SPECTRAL_REDUCTION
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin


def group(name: str, order: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Characters χ_a(g) and the table of differences i − j: ℤ₂^order or the cyclic group of that order."""
    from numerics.descent.spectral import cyclic_characters, hadamard_characters

    if name == "binary":
        index = np.arange(2**order)
        return hadamard_characters(order), index[:, None] ^ index[None, :]
    index = np.arange(order)
    return cyclic_characters(order), (index[:, None] - index[None, :]) % order


def disagreement(
    factor_values: NDArray[np.float64], name: str, order: int, factors: int, *, step: float, steps: int
) -> float:
    """Largest difference of factor singular values between the recursion and full matrix descent."""
    from numerics.descent.linear_chain import descend_cross_entropy
    from numerics.descent.spectral import spectral_descent

    characters, differences = group(name, order)
    classes = characters.shape[0]
    reduced = spectral_descent(
        factor_values, characters, factors=factors, step=step, steps=steps, record_every=steps
    )
    factor = (factor_values @ characters / classes)[differences]
    matrices = descend_cross_entropy(
        [factor] * factors, np.arange(classes), 0.0, step=step, max_steps=steps, tolerance=0.0
    )
    spectra = [characters @ matrix[:, 0] for matrix in matrices.factors]  # transform of g ↦ z(g − 0)
    return max(float(np.max(np.abs(spectrum - reduced.factor_singular_values[-1]))) for spectrum in spectra)


def even(values: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Values with w_a = w_{−a}; in ℤ₂^m every element is its own inverse."""
    return values if name == "binary" else (values + np.roll(values[::-1], 1)) / 2


def margin(instance: Instance) -> Margin:
    """Minus the largest difference after a few steps.

    The statement is about one step; over many steps of an unstable size both sides are right and yet
    drift apart, as rounding grows exponentially.
    """
    generator = np.random.default_rng(instance["seed"])
    name = ("binary", "cyclic")[instance["group"]]
    order = min(instance["order"], 3) if name == "binary" else instance["order"]
    classes = 2**order if name == "binary" else order
    start = even(generator.uniform(0.05, 1.2, size=classes), name)
    found = disagreement(
        start, name, order, instance["factors"], step=float(instance["step"]), steps=instance["steps"]
    )
    return Margin.equal(found, 0.0, error=SPECTRAL_REDUCTION)


def instances() -> Any:
    """Groups of up to seven elements."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "group": st.integers(0, 1),
            "order": st.integers(2, 7),
            "factors": st.integers(2, 5),
            "steps": st.integers(1, 3),
            "step": st.floats(0.01, 0.5),
            "seed": st.integers(0, 10**6),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Groups of up to nine elements, a few steps."""
    return {
        "group": int(generator.integers(0, 2)),
        "order": int(generator.integers(2, 10)),
        "factors": int(generator.integers(2, 6)),
        "steps": int(generator.integers(1, 4)),
        "step": float(generator.uniform(0.01, 0.5)),
        "seed": int(generator.integers(0, 2**31)),
    }


def eight_classes(run: Run) -> Evidence:
    """K = 8 = 2³ (Hadamard), F = 2, 3, 4: the recursion against matrix descent over a long run."""
    from numerics.descent.spectral import spectral_descent

    generator = run.generator("depth/spectral-reduction", "descent")
    steps = 5_000 if run.level == "quick" else 50_000
    margins: list[Margin] = []
    rows: list[tuple[str | int | float | bool, ...]] = []
    curves: list[Series] = []
    for factors in (2, 3, 4):
        start = generator.uniform(0.3, 0.6, size=8)
        found = disagreement(start, "binary", 3, factors, step=0.1, steps=steps)
        margins.append(Margin.equal(found, 0.0, error=SPECTRAL_REDUCTION))
        rows.append((factors, steps, found))
        if factors == 4:
            characters, _ = group("binary", 3)
            path = spectral_descent(
                start, characters, factors=factors, step=0.1, steps=steps, record_every=max(steps // 100, 1)
            )
            times = tuple(0.1 * float(moment) for moment in path.steps)
            curves = [
                Series(f"mode {mode}", times, tuple(map(float, path.logit_singular_values[:, mode])))
                for mode in range(1, 7)
            ]
    return Evidence(
        kind="descent",
        outcome=overall(margins),
        summary=f"K = 8, F = 2, 3, 4: within {max(float(row[2]) for row in rows):.1g} after {steps} steps",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Full matrix descent against the recursion", ("F", "steps", "largest difference"), tuple(rows)
            ),
        ),
        plots=(Plot("Logit singular values, K = 8, F = 4 (six of seven modes)", "time", "s", tuple(curves)),),
    )


CLAIM = Claim(
    id="depth/spectral-reduction",
    title="Inside a group family, gradient descent is exactly a recursion of singular values",
    statement=(
        r"w_a\leftarrow w_a+\frac{\eta}{K}\,w_a^{F-1}r_a,\qquad r_a=1-\sum_g p(g)\chi_a(g),\quad "
        r"p=\mathrm{softmax}(z),\quad z=\frac1K\sum_b w_b^F\chi_b"
    ),
    source=GARROD_KEATING_THRAMPOULIDIS_2026.at("spectral initialisation"),
    computed="the recursion against full matrix descent, the same discrete steps",
    tight="equality, to rounding",
    instances=instances,
    sampler=sampler,
    margin=margin,
    experiments=(eight_classes,),
    quick_samples=500,
    full_samples=60_000,
)
