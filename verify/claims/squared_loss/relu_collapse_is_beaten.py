"""With ReLU and squared loss collapse is not optimal: from K = 3 on with four layers, from K = 7 with three.

Statement   For K ≥ 3 and L ≥ 4, or K ≥ 7 and L ≥ 3, n samples a class, all weight decays: at every scale
            x > 0 some network of lower loss has the same logits xI_K ⊗ 1_nᵀ as collapse. So a collapse point
            with x > 0 is never a global minimum of the ReLU unconstrained features model (width K suffices).
Source      2405.14468 for large K; the small networks (three and seven classes) and the exact table derived
            for this project.
Computed    loss of the explicit block networks through a real ReLU forward pass, against collapse at the
            same x; the small networks in exact rational arithmetic; descent from random starts.
Tight       not known: nothing below collapse was found for L = 3, K ≤ 6 (descent), nor for K = 2.
Argument    The proofs compare brackets; these rest on the following.
            1. No collapse point costs less than (F/2)K(nΛx²)^{1/F}, whatever its pre-activations: let M_l be
            the class means after the ReLU, orthogonal of equal lengths m_l. ‖W_{l+1}‖² ≥ ‖W_{l+1}M_l‖²/m_l²
            ≥ Km_{l+1}²/m_l², as the ReLU shortens; ‖W_L‖² ≥ Kx²/m²; and ‖W_1‖‖H‖/√n is at least the
            nuclear norm of W_1H̄, so at least ⟨W_1H̄, M⟩/m = ‖M‖²/m = Km for its ReLU M, even if the class
            means H̄ of the free features are of any form. The product of all F is K^F nx²; then AM–GM.
            2. Forward pass and Π‖A_j‖² of the small networks are computed in exact rationals in every run;
            scales that balance the factors cost (F/2)(Π‖A_j‖²·nΛx²)^{1/F}; blocks on one diagonal add up.
            3. The cone's features have entries of both signs, as free features may; with features M ≥ 0 and
            W_1 = I its bracket is below 7⁴, too, so a ReLU on the features changes nothing.
"""

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.sources import RANKCOLLAPSE
from theory.squared_loss.relu_chains import CHAIN_COST, FIT, ROOT, STRENGTH, beats_collapse
from theory.squared_loss.small_chains import (
    CONE_BRACKET,
    WEDGE_CONSTANT,
    WEDGE_ROOT,
    cone_factors,
    wedge_factors,
)
from theory.symbols import CLASSES, FACTORS, SCALE
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim
from verify.claims.squared_loss.experiments.relu_losses import loss_of_blocks
from verify.claims.squared_loss.experiments.small_networks import certificates, descent
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Combination, Evident, Fact, Increasing, Proof, RationalSign, Rising, Step, Variable

Matrix = NDArray[np.float64]


def blocks_of(classes: int, depth: int) -> list[list[Matrix]]:
    """Three classes in a wedge (L ≥ 4), or seven in a cone (L = 3); every other class collapsed."""
    small = wedge_factors(depth) if depth >= 4 else cone_factors()
    block = [np.array(factor, dtype=np.float64) for factor in small]
    rest = classes - block[0].shape[1]
    return [block, *([[np.eye(rest)] * (depth + 1)] if rest else [])]


def margin(instance: Instance) -> Margin:
    """Collapse's loss minus that of the block network, both at the same logits."""
    blocks = blocks_of(int(instance["classes"]), len(instance["decays"]) - 1)
    loss, collapse = loss_of_blocks(blocks, instance)
    return Margin.at_least(collapse, loss, error=LINEAR_ALGEBRA * (collapse + loss))


def meets_hypotheses(instance: Instance) -> bool:
    """K and L in the table, positive decays and scale."""
    positive_values = instance["scale"] > 0 and min(instance["decays"]) > 0 and instance["samples"] >= 1
    return bool(positive_values and beats_collapse(instance["classes"], len(instance["decays"]) - 1))


def sampler(generator: np.random.Generator) -> Instance:
    """K up to 14, L up to 8, decays over four orders of magnitude each."""
    depth = int(generator.integers(3, 9))
    return {
        "classes": int(generator.integers(3 if depth >= 4 else 7, 15)),
        "decays": (10.0 ** generator.uniform(-5, -1, size=depth + 1)).tolist(),
        "samples": int(generator.integers(1, 6)),
        "scale": float(generator.uniform(0.05, 1.5)),
    }


def instances() -> Any:
    """Few classes, small rational decays."""
    from hypothesis import strategies as st

    from verify.strategies import positive_rationals

    decays = st.lists(positive_rationals(largest=2), min_size=5, max_size=7)
    fields = {"decays": decays, "samples": st.integers(1, 3), "scale": positive_rationals(largest=2)}
    return st.fixed_dictionaries({"classes": st.integers(3, 9)} | fields)


def _padded(root: sp.Expr, size: int, factors: sp.Expr = FACTORS) -> tuple[Step, ...]:
    """From root < size to the two losses: the other K − size classes cost the same in both."""
    own = {FACTORS: factors}
    weight = CHAIN_COST.at(own | {ROOT: sp.Integer(1)})
    small, collapse = (
        FIT.expression + CHAIN_COST.at(own | {ROOT: part}) for part in (root + CLASSES - size, CLASSES)
    )
    return (
        Step("weight", Fact(weight, ">"), Evident(), "(F/2)(nΛx²)^{1/F}"),
        Step(
            "chain wins",
            Fact(collapse, ">", small),
            Combination((("weight", "roots"),)),
            "blocks add: K − size collapsed classes beside the small network",
        ),
    )


def _variables(size: int, fewest_factors: int) -> tuple[Variable, ...]:
    return (
        Variable(CLASSES, "K", sp.Integer(size)),
        Variable(FACTORS, "F = L + 1", sp.Integer(fewest_factors)),
        Variable(STRENGTH, "nΛ", sp.Integer(0), open_low=True),
        Variable(SCALE, "x", sp.Integer(0), open_low=True),
    )


def _wedge() -> Proof:
    """F log(3/2) − log(c/8) rises in F from a positive start at F = 5."""
    share = WEDGE_CONSTANT / 8
    base = sp.Rational(3, 2)
    gap = FACTORS * sp.log(base) - sp.log(share)
    logs = (sp.log(base), sp.log(share) / FACTORS)
    root = WEDGE_ROOT.expression
    return Proof(
        title="K ≥ 3 and L ≥ 4: a wedge of three classes",
        variables=_variables(3, 5),
        steps=(
            Step("start", Fact(5 * sp.log(base) - sp.log(share), ">"), Evident(), "4c < 3⁵, in balls"),
            Step("slope", Fact(sp.log(base), ">"), Evident(), "log(3/2)"),
            Step("gap", Fact(gap, ">"), Rising(FACTORS, "slope", "start"), "2^{L−2}c < 3^{L+1}"),
            Step("inverse", Fact(1 / FACTORS, ">"), RationalSign(), "1/F"),
            Step(
                "logarithms",
                Fact(logs[0], ">", logs[1]),
                Combination((("inverse", "gap"),)),
                "divide by F",
            ),
            Step(
                "halves",
                Fact(sp.exp(logs[0]), ">", sp.exp(logs[1])),
                Increasing("exp", *logs, "logarithms"),
                "3/2 exceeds half the root",
            ),
            Step(
                "roots",
                Fact(sp.Integer(3), ">", root),
                Combination(((sp.Integer(2), "halves"),)),
                "B^{1/F} < 3",
            ),
            *_padded(root, 3),
        ),
        goals=("chain wins",),
    )


def _cone() -> Proof:
    """A comparison of two numbers at L = 3."""
    root = CONE_BRACKET ** sp.Rational(1, 4)
    variables = tuple(variable for variable in _variables(7, 4) if variable.symbol != FACTORS)
    return Proof(
        title="K ≥ 7 and L = 3: the cone of seven classes",
        variables=variables,
        steps=(
            Step("roots", Fact(sp.Integer(7), ">", root), Evident(), "B < 7⁴"),
            *_padded(root, 7, sp.Integer(4)),
        ),
        goals=("chain wins",),
    )


CLAIM = Claim(
    id="squared-loss/relu-collapse-is-beaten",
    title="With ReLU and squared loss collapse is not optimal for K ≥ 3, L ≥ 4 and K ≥ 7, L ≥ 3",
    statement=(
        r"(K\ge3,\ L\ge4)\ \text{or}\ (K\ge7,\ L\ge3)\ \Longrightarrow\ \forall x>0\ \exists\theta:\ "
        r"Z_\theta=xI_K\otimes1_n^\top,\ \ \mathcal L(\theta)<"
        r"\tfrac12(1-x)^2+\tfrac F2K(n\Lambda x^2)^{1/F}"
    ),
    source=RANKCOLLAPSE.at("extends 2405.14468"),
    computed="loss of explicit block networks through a ReLU forward pass, against collapse",
    tight="open for L = 3, K ≤ 6 and for K = 2",
    instances=instances,
    sampler=sampler,
    hypotheses=meets_hypotheses,
    margin=margin,
    proofs=(_wedge(), _cone()),
    experiments=(certificates, descent),
    quick_samples=200,
)
