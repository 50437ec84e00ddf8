"""With two factors nothing has margins more cheaply than the simplex.

Statement   min{‖Z‖_* : Z_cc − Z_jc ≥ m for all j ≠ c} = (K − 1)m for every K ≥ 2 and m > 0, at Z = mS,
            S = I − J/K.
Source      Derived for this project; the value is that of cross-entropy's collapse (2301.00437).
Computed    ‖Z‖_* minus K − 1 times the smallest margin, on random and small integer matrices.
Tight       yes: S attains it.

S is its own dual certificate: K⟨S, Z⟩ is the sum of all margins, and S is a projection, so ‖S‖₂ = 1.
"""

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.sources import RANKCOLLAPSE
from theory.symbols import CLASSES
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable
from verify.strategies import integer_matrices

ONE, ZERO = sp.Integer(1), sp.Integer(0)
LARGEST = 12


def is_square(instance: Instance) -> bool:
    """K×K, 2 ≤ K ≤ `LARGEST`, finite."""
    logits = np.asarray(instance["logits"], dtype=np.float64)
    square = logits.ndim == 2 and logits.shape[0] == logits.shape[1]
    return square and 2 <= logits.shape[0] <= LARGEST and bool(np.isfinite(logits).all())


def smallest_margin(logits: NDArray[np.floating[Any]]) -> float:
    """min Z_cc − Z_jc over j ≠ c."""
    margins = np.diag(logits) - logits
    return float(margins[~np.eye(len(logits), dtype=bool)].min())


def margin(instance: Instance) -> Margin:
    """‖Z‖_* − (K − 1) min(Z_cc − Z_jc)."""
    logits = np.asarray(instance["logits"], dtype=np.float64)
    classes = len(logits)
    nuclear = float(np.linalg.svd(logits, compute_uv=False).sum())
    error = LINEAR_ALGEBRA * classes * (1 + nuclear)
    return Margin.at_least(nuclear, (classes - 1) * smallest_margin(logits), error=error)


def instances() -> Any:
    """Small integer matrices."""
    from hypothesis import strategies as st

    return st.integers(2, 4).flatmap(
        lambda classes: integer_matrices(classes, classes).map(lambda matrix: {"logits": matrix})
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Simplices of up to eight classes, moved by noise over five decades."""
    classes = int(generator.integers(2, 9))
    noise = 10.0 ** generator.uniform(-4, 1) * generator.standard_normal((classes, classes))
    scale = 10.0 ** generator.uniform(-2, 2)
    return {"logits": scale * (np.eye(classes) - 1 / classes + noise)}


def _proof() -> Proof:
    nuclear, alignment, demands = sp.symbols("nuclear alignment demands", nonnegative=True)
    least = sp.Symbol("least", positive=True)
    cheapest = (CLASSES - 1) * least
    return Proof(
        title="margins m cost (K − 1)m at least in nuclear norm, and the simplex has them for that",
        variables=(
            Variable(CLASSES, "K", sp.Integer(2)),
            Variable(least, "m", ZERO, open_low=True),
            Variable(nuclear, "‖Z‖_*", ZERO, stands_for=True),
            Variable(alignment, "⟨S, Z⟩ = tr Z − 1ᵀZ1/K", ZERO, stands_for=True),
            Variable(demands, "Σ_{j≠c} (Z_cc − Z_jc)", ZERO, stands_for=True),
        ),
        steps=(
            Step("1/K", Fact(1 / CLASSES, ">"), RationalSign(), "there are classes"),
            Step(
                "sum of margins",
                Fact(alignment, "=", demands / CLASSES),
                Known("Bilinearity: Horn and Johnson 2013, 5.1"),
                "Σ_{j≠c} (Z_cc − Z_jc) = K tr Z − 1ᵀZ1",
            ),
            Step(
                "margins",
                Fact(demands, ">=", CLASSES * cheapest),
                Known("Hardy, Littlewood, Pólya 1952, 2.2: a mean lies between the least and the largest"),
                "K(K − 1) margins, each at least m",
            ),
            Step(
                "projection",
                Fact(-2 / CLASSES + CLASSES / CLASSES**2, "=", -1 / CLASSES),
                Identity(),
                "J² = KJ, so S² = S: the eigenvalues of the symmetric S are 0 and 1, and ‖S‖₂ = 1",
            ),
            Step(
                "duality",
                Fact(nuclear, ">=", alignment),
                Known("von Neumann 1937: ⟨S, Z⟩ ≤ ‖S‖₂‖Z‖_*"),
                "‖S‖₂ = 1",
            ),
            Step(
                "bound",
                Fact(nuclear, ">=", cheapest),
                Combination(((ONE, "duality"), (ONE, "sum of margins"), ("1/K", "margins"))),
                "‖Z‖_* ≥ (K − 1)m",
            ),
            Step(
                "margins of the simplex",
                Fact(least * (1 - 1 / CLASSES) - least * (-1 / CLASSES), "=", least),
                Identity(),
                "mS has the entry m(1 − 1/K) where a class meets itself, −m/K elsewhere",
            ),
            Step(
                "cost of the simplex",
                Fact(CLASSES * (least * (1 - 1 / CLASSES)), "=", cheapest),
                Identity(),
                "a multiple of a projection is positive semidefinite: its nuclear norm is its trace",
            ),
        ),
        goals=("projection", "bound", "margins of the simplex", "cost of the simplex"),
        rests_on=("chain/cost-of-a-product",),
    )


CLAIM = Claim(
    id="representation-cost/simplex-is-optimal-for-margins",
    title="With two factors nothing has margins more cheaply than the simplex",
    statement=(
        r"\min\{\|Z\|_* : Z_{cc}-Z_{jc}\ge m\ \ \forall j\ne c\}=(K-1)m\qquad"
        r"(K\ge2,\ m>0),\quad\text{at } Z=m\bigl(I-\tfrac1KJ\bigr)"
    ),
    source=RANKCOLLAPSE.at("theory 5.4"),
    computed="‖Z‖_* minus K − 1 times the smallest margin, on random and small integer matrices",
    tight="yes: the simplex attains it",
    instances=instances,
    sampler=sampler,
    hypotheses=is_square,
    margin=margin,
    proofs=(_proof(),),
)
