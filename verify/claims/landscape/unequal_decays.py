"""Unequal weight decays: the signs of the Hessian's eigenvalues survive, their values do not.

Statement   With λ̄ = (Πλ_j)^{1/F}, the factors √(λ̄/λ_j)A_j have under decays λ_j the loss of the A_j under
            equal decays λ̄; so their Hessian is congruent to that at equal decays: same inertia.
Source      derived for this project; used by 2410.23169, Theorem 4, in its sharp form.
Computed    loss and inertia of dense Hessians at rescaled collapse points; the eigenvalues as well.
Tight       equality; the spectrum itself changes, as the congruence is not orthogonal.
"""

from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from theory.landscape.collapse_hessian import collapse_spectrum
from theory.sources import RANKCOLLAPSE
from theory.symbols import FACTORS
from theory.tolerances import LINEAR_ALGEBRA
from verify.claim import Claim, Run
from verify.claims.landscape.collapse_spectrum import dense_spectrum, is_wide_enough
from verify.claims.landscape.lemmas.steps import same
from verify.evidence import Evidence, Table, overall, worst_of
from verify.instance import Instance
from verify.margin import Margin
from verify.proof import Evident, Fact, Proof, Step, Variable
from verify.strategies import positive_rationals


def rescaled_spectrum(instance: Instance) -> tuple[NDArray[np.floating], float]:
    """Eigenvalues at the rescaled collapse point under unequal decays, in units of λ̄, and their error."""
    from numerics.descent.initialisation import balanced_factors
    from numerics.landscape.hessian import cross_entropy_hessian
    from theory.cross_entropy.collapse import COLLAPSE

    ratios = np.array([float(ratio) for ratio in instance["decays"]])
    factors, classes, scale = ratios.size, instance["classes"], float(instance["scale"])
    mean = float(np.exp(COLLAPSE.log_decay(scale=scale, classes=classes, factors=factors)))
    decays = mean * ratios / np.exp(np.mean(np.log(ratios)))
    logits = scale * (np.eye(classes) - 1 / classes)
    balanced = balanced_factors(logits, factors=factors, width=classes)
    chain = [np.sqrt(mean / decay) * factor for decay, factor in zip(decays, balanced, strict=True)]
    hessian = cross_entropy_hessian(chain, np.arange(classes), list(decays)) / mean
    return np.linalg.eigvalsh(hessian), LINEAR_ALGEBRA * (1 + scale) * float(np.linalg.norm(hessian))


def _inertia(values: NDArray[np.floating], error: float) -> tuple[int, int]:
    """How many are negative, how many vanish, to the error."""
    return int(np.sum(values < -error)), int(np.sum(np.abs(values) <= error))


def margin(instance: Instance) -> Margin:
    """Minus the difference of the inertias, counted beyond the error of either spectrum."""
    factors = len(instance["decays"])
    place = {"classes": instance["classes"], "factors": factors, "width": instance["classes"]}
    predicted = collapse_spectrum(scale=float(instance["scale"]), **place)
    equal = np.repeat([value for value, _ in predicted], [count for _, count in predicted])
    unequal, error = rescaled_spectrum(instance)
    spread = float(max(instance["decays"])) / float(min(instance["decays"]))
    nearest = float(np.min(np.abs(equal[np.abs(equal) > LINEAR_ALGEBRA])))
    if nearest <= 4 * spread * error:  # an eigenvalue of the block form is too near zero to be counted
        return Margin(0.0, 1.0)
    first, second = _inertia(equal, LINEAR_ALGEBRA), _inertia(unequal, error)
    return Margin.equal(abs(first[0] - second[0]) + abs(first[1] - second[1]), 0.0, error=0.5)


def has_positive_decays(instance: Instance) -> bool:
    """At least two factors, positive decays within three decades of each other, and a visible scale."""
    decays = [float(decay) for decay in instance["decays"]]
    if len(decays) < 2 or min(decays) <= 0 or max(decays) > 1e3 * min(decays):
        return False
    place = {"factors": len(decays), "samples_per_class": 1, "width": instance["classes"]}
    return is_wide_enough({**instance, **place})


def instances() -> Any:
    """Up to five classes and four decays, small fractions."""
    from hypothesis import strategies as st

    return st.fixed_dictionaries(
        {
            "classes": st.integers(2, 5),
            "decays": st.lists(positive_rationals(), min_size=2, max_size=4),
            "scale": positive_rationals(largest=20),
        }
    )


def sampler(generator: np.random.Generator) -> Instance:
    """Up to five classes, two to five factors, decays within two decades."""
    decays = 10.0 ** generator.uniform(-1, 1, size=int(generator.integers(2, 6)))
    return {
        "classes": int(generator.integers(2, 6)),
        "decays": [float(decay) for decay in decays],
        "scale": float(0.1 * 200 ** generator.uniform()),
    }


def _proof() -> Proof:
    """The rescaling keeps the product and each penalty, factor by factor and over the whole chain."""
    mean, own = sp.symbols("mean own", positive=True)
    norm, logs = sp.Symbol("norm", nonnegative=True), sp.Symbol("logs", nonnegative=True)
    return Proof(
        title="rescaled factors have the loss of equal decays, so the Hessians are congruent",
        variables=(
            Variable(mean, "λ̄", sp.Integer(0), open_low=True),
            Variable(own, "λ_j", sp.Integer(0), open_low=True),
            Variable(norm, "‖A_j‖²", sp.Integer(0)),
            Variable(FACTORS, "F", sp.Integer(2)),
            Variable(logs, "Σ_j log λ_j = F log λ̄, in units in which it is not negative", sp.Integer(0)),
        ),
        steps=(
            same(
                "penalty", own * (sp.sqrt(mean / own) ** 2 * norm), mean * norm, "λ_j‖√(λ̄/λ_j)A_j‖² = λ̄‖A_j‖²"
            ),
            same(
                "product",
                (FACTORS * (logs / FACTORS) - logs) / 2,
                sp.Integer(0),
                "log of Π√(λ̄/λ_j): the product of the factors, hence the fit, does not change",
            ),
            Step(
                "invertible",
                Fact(sp.sqrt(mean / own), ">"),
                Evident(),
                "so B_j ↦ √(λ̄/λ_j)B_j carries directions with their second derivative, one to one: subspaces "
                "on which the Hessian is negative, or zero, have the same dimensions (law of inertia)",
            ),
        ),
        goals=("penalty", "product", "invertible"),
    )


def values_change(run: Run) -> Evidence:
    """K = 4, F = 3 at one scale: as the decays spread, the critical eigenvalue moves and keeps its sign."""
    rows: list[tuple[str | int | float | bool, ...]] = []
    margins: list[Margin] = []
    for scale in (1.0, 3.0):
        for spread in (1, 2, 4, 8):
            instance = {"classes": 4, "decays": [1, spread, 1], "scale": scale}
            values, error = rescaled_spectrum(instance)
            margins.append(margin(instance))
            nonzero = values[np.abs(values) > error]
            rows.append((scale, spread, float(nonzero[0]), float(nonzero[-1])))
    equal, _ = dense_spectrum({"classes": 4, "factors": 3, "width": 4, "samples_per_class": 1, "scale": 3.0})
    moved = abs(float(rows[-1][3]) - float(equal[-1]))
    margins.append(Margin.at_least(moved, 0.1))
    return Evidence(
        kind="solver",
        outcome=overall(margins),
        summary=f"inertia kept, largest eigenvalue moved by {moved:.2g} λ̄ at decays 1, 8, 1",
        instances=len(rows),
        worst=worst_of(margins),
        tables=(
            Table(
                "Collapse with decays λ, tλ, λ (K = 4, F = 3), eigenvalues in units of λ̄",
                ("α", "t", "least non-zero eigenvalue", "largest eigenvalue"),
                tuple(rows),
            ),
        ),
    )


CLAIM = Claim(
    id="landscape/unequal-decays",
    title="With unequal weight decays the Hessian keeps its inertia, not its eigenvalues",
    statement=(
        r"\bar\lambda=\Bigl(\prod_j\lambda_j\Bigr)^{1/F}:\quad "
        r"\nabla^2\mathcal L_{\lambda_1,\dots,\lambda_F}\bigl(\sqrt{\bar\lambda/\lambda_j}\,A_j\bigr)="
        r"D\,\nabla^2\mathcal L_{\bar\lambda}(A_j)\,D,\quad D=\operatorname{diag}\sqrt{\lambda_j/\bar\lambda}"
    ),
    source=RANKCOLLAPSE.at("theory 3.5"),
    computed="inertia of dense Hessians at rescaled collapse points against the block form",
    tight="equality of signs; values differ",
    instances=instances,
    sampler=sampler,
    hypotheses=has_positive_decays,
    margin=margin,
    proofs=(_proof(),),
    experiments=(values_change,),
    quick_samples=150,
    full_samples=3_000,
)
