"""Weight decays that depend on depth: when nothing is learnt, when every class is served, and in what rank.

2410.23169, Theorem 3 (and A2 for unequal class sizes), with explicit bounds. X' is any diagonally superior
code of rank q, for example the polygon (q = 2); its reach is A/m, the mean singular value of the K×N logits
over the least margin. All three hold for the global minimum at any class sizes.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import sympy as sp

from theory.cross_entropy.codes import Code, least_margin, singular_values, weighted_code
from theory.formula import Formula
from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES, FACTORS, SAMPLES_PER_CLASS, positive

SAMPLES: Final = positive("samples")
"""N, number of samples."""
LOWER_RANK: Final = positive("lower_rank")
"""q, rank of the diagonally superior code."""
REACH: Final = positive("reach")
"""A/m of that code."""
PLACE: Final = positive("place")
"""j, place of a singular value, largest first."""
TRAILING: Final = positive("trailing")
"""C: what the mean margin of logits with σ_1 = 1 can be, times the reach."""

ZERO_DECAY: Final = Formula(
    "decay that leaves nothing",
    2
    / FACTORS
    * sp.log(CLASSES) ** (1 - 2 / FACTORS)
    * (sp.sqrt(SAMPLES_PER_CLASS) / SAMPLES) ** (2 / FACTORS),
    (CLASSES, SAMPLES_PER_CLASS, SAMPLES, FACTORS),
    RANKCOLLAPSE.at("Theorem 3(i) of 2410.23169, explicit decay"),
    "above λ = (2/F)(log K)^{1−2/F}(√n/N)^{2/F}, n the largest class, zero is the only global minimum",
)

SERVING_DECAY: Final = Formula(
    "decay that serves every class",
    4 / (5 * FACTORS * LOWER_RANK * SAMPLES * (REACH * sp.log(4 * SAMPLES * (CLASSES - 1))) ** (2 / FACTORS)),
    (CLASSES, SAMPLES, FACTORS, LOWER_RANK, REACH),
    RANKCOLLAPSE.at("Theorem 3(ii) of 2410.23169, explicit decay"),
    "up to λ = 4/(5FqN (A log(4N(K−1))/m)^{2/F}) the global minimum classifies every sample",
)

TRAILING_BOUND: Final = Formula(
    "bound on a trailing singular value",
    TRAILING * (LOWER_RANK / PLACE) ** (FACTORS / 2),
    (TRAILING, LOWER_RANK, PLACE, FACTORS),
    RANKCOLLAPSE.at("Theorem 3(ii) of 2410.23169, explicit rate"),
    "σ_j/σ_1 ≤ C (q/j)^{F/2} at the global minimum, for every λ that leaves one",
)

POLYGON_TRAILING: Final = Formula(
    "constant of the polygon",
    CLASSES / (2 * (1 - sp.cos(2 * sp.pi / CLASSES))),
    (CLASSES,),
    RANKCOLLAPSE.at("Theorem 3(ii) of 2410.23169, explicit rate"),
    "C = K/(2(1 − cos 2π/K)) for equal class sizes and the polygon, q = 2",
)


def reach(code: Code, sizes: Sequence[int], rank: int) -> float:
    """A/m: the mean of the `rank` non-zero singular values of the K×N logits over the least margin.

    >>> round(reach([[1, -1], [-1, 1]], [1, 1], 1), 12)
    1.0
    """
    return float(np.mean(singular_values(code, sizes, rank))) / float(least_margin(code))


def trailing_constant(code: Code, sizes: Sequence[int], rank: int) -> float:
    """C = A/m · K‖S diag(√n_k)‖_* / ((K−1)N), S the simplex matrix; A/m/√n for equal sizes.

    >>> from theory.cross_entropy.codes import polygon_code
    >>> constant = trailing_constant(polygon_code(6), [3] * 6, 2)
    >>> round(constant, 12), round(float(POLYGON_TRAILING(classes=6)), 12)
    (6.0, 6.0)
    """
    classes, samples = len(code), sum(sizes)
    simplex = weighted_code((np.eye(classes) - 1 / classes).tolist(), sizes)
    steepness = classes * float(np.linalg.norm(simplex, "nuc")) / ((classes - 1) * samples)
    return reach(code, sizes, rank) * steepness
