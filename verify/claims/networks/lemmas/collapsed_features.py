"""Collapsed features cost no more: the cheapest member, the cheapest feature, the class mean."""

import sympy as sp

from verify.proof import Combination, Fact, Identity, Known, Proof, RationalSign, Step, Variable

ONE, ZERO = sp.Integer(1), sp.Integer(0)


def cheapest_member() -> Proof:
    """One class after the other; ω shifted so that no sample's is negative, which moves both sides alike."""
    mean, least, other, other_after, before, after = (
        sp.Symbol(name, nonnegative=True)
        for name in ("mean", "least", "other_before", "other_after", "before", "after")
    )
    kappa, share = sp.Symbol("kappa", nonnegative=True), sp.Symbol("share", positive=True)
    members, samples, feature = (sp.Symbol(name, positive=True) for name in ("members", "samples", "feature"))
    return Proof(
        title="collapsing one class more never raises the cost, and n_k copies cost n_k/N",
        variables=(
            Variable(mean, "(1/n_k) Σ ω(h_i) over the class", ZERO, stands_for=True),
            Variable(least, "the least of these ω(h_i)", ZERO),
            Variable(other, "Ω(θ) and the other classes' part before", ZERO),
            Variable(other_after, "the same where some of them are collapsed, the same if none is", ZERO),
            Variable(before, "Ω(θ) + (κ/N) Σ ω", ZERO, stands_for=True),
            Variable(after, "the same with the class at its cheapest member", ZERO, stands_for=True),
            Variable(kappa, "κ", ZERO),
            Variable(share, "n_k/N", ZERO, ONE, open_low=True),
            Variable(members, "n_k", ONE, integer=True),
            Variable(samples, "N", ONE, integer=True),
            Variable(feature, "an entry of the shared feature, up to its sign", ZERO, open_low=True),
        ),
        steps=(
            Step(
                "mean and minimum",
                Fact(mean, ">=", least),
                Known("Hardy, Littlewood, Pólya 1952, 2.2: a mean lies between the least and the largest"),
                "of any number of members",
            ),
            Step("κ is not negative", Fact(kappa * share, ">="), RationalSign(), "nor is the share"),
            Step(
                "cost before",
                Fact(before, "=", other + kappa * share * mean),
                Known("Rudin 1976, 3.55: a sum over samples, rearranged, is one over classes"),
                "(κ/N) Σ ω = κ (n_k/N) · mean in the class",
            ),
            Step(
                "cost after",
                Fact(after, "=", other + kappa * share * least),
                Known("Rudin 1976, 3.55: a sum over samples, rearranged, is one over classes"),
                "its n_k members all cost the least",
            ),
            Step(
                "one class",
                Fact(before, ">=", after),
                Combination(
                    ((ONE, "cost before"), (-ONE, "cost after"), ("κ is not negative", "mean and minimum"))
                ),
                "one class after the other: each step starts from what the one before left",
            ),
            Step(
                "copies",
                Fact(kappa / samples * (members * least), "=", kappa * (members / samples) * least),
                Identity(),
                "n_k copies of a representative cost as much as one of weight n_k/N",
            ),
            Step(
                "no variation",
                Fact(members * feature / members, "=", feature),
                Identity(),
                "the mean of n_k equal features is the feature, at this and every later layer",
            ),
        ),
        goals=("one class", "copies", "no variation"),
    )


def cheapest_feature() -> Proof:
    """Where the cheapest feature of a fibre is unique, a minimiser gives it to the whole class."""
    mean, least = (sp.Symbol(name, nonnegative=True) for name in ("mean", "least"))
    kappa, share = sp.Symbol("kappa", positive=True), sp.Symbol("share", positive=True)
    saved = sp.Symbol("saved", real=True)
    return Proof(
        title="where a member costs more than the cheapest feature, the point is no minimiser",
        variables=(
            Variable(mean, "(1/n_k) Σ ω(h_i) over the class", ZERO, stands_for=True),
            Variable(least, "ω of the cheapest feature with the class's output", ZERO),
            Variable(kappa, "κ", ZERO, open_low=True),
            Variable(share, "n_k/N", ZERO, ONE, open_low=True),
            Variable(saved, "what the cheapest feature for all of the class saves", -ONE, stands_for=True),
        ),
        steps=(
            Step(
                "not all the same",
                Fact(mean, ">", least),
                Known("Hardy, Littlewood, Pólya 1952, 2.2: the least is below a mean unless all are equal"),
                "no member costs less than the cheapest feature, and one costs more",
            ),
            Step("κ counts", Fact(kappa * share, ">"), RationalSign(), "κ > 0, and the class has a member"),
            Step(
                "saving",
                Fact(saved, "=", kappa * share * mean - kappa * share * least),
                Known("Rudin 1976, 3.55: a sum over samples, rearranged, is one over classes"),
                "the rest of the cost stays",
            ),
            Step(
                "not minimal",
                Fact(saved, ">"),
                Combination(((ONE, "saving"), ("κ counts", "not all the same"))),
                "so at a minimiser every member is a cheapest feature: the same one where it is unique",
            ),
        ),
        goals=("not minimal",),
    )


def class_mean() -> Proof:
    """Where means are feasible they save κ/2 times the variation, exactly."""
    names = ("squares", "mixed", "mean_square", "variation", "before", "after")
    squares, mixed, mean_square, variation, before, after = (
        sp.Symbol(name, nonnegative=True) for name in names
    )
    kappa = sp.Symbol("kappa", nonnegative=True)
    huygens = "Steiner 1840, parallel axes: (1/n) Σ‖h_i − h̄‖² = (1/n) Σ‖h_i‖² − 2·(1/n) Σ h_i·h̄ + ‖h̄‖²"
    return Proof(
        title="the class mean saves κ/2 times the variation",
        variables=(
            Variable(squares, "(1/N) Σ‖h_i‖²", ZERO),
            Variable(mixed, "(1/N) Σ h_i·h̄_{class(i)}", ZERO, stands_for=True),
            Variable(mean_square, "(1/N) Σ‖h̄_{class(i)}‖²", ZERO),
            Variable(variation, "TCV", ZERO, stands_for=True),
            Variable(before, "(κ/N) Σ ½‖h_i‖²", ZERO, stands_for=True),
            Variable(after, "(κ/N) Σ ½‖h̄_{class(i)}‖²", ZERO, stands_for=True),
            Variable(kappa, "κ", ZERO),
        ),
        steps=(
            Step(
                "expanded",
                Fact(variation, "=", squares - 2 * mixed + mean_square),
                Known(huygens),
                "squares",
            ),
            Step("mean", Fact(mixed, "=", mean_square), Known(huygens), "Σ h_i = n_k h̄_k in each class"),
            Step("before", Fact(before, "=", kappa * squares / 2), Known(huygens), "by definition"),
            Step("after", Fact(after, "=", kappa * mean_square / 2), Known(huygens), "by definition"),
            Step("half of κ", Fact(kappa / 2, ">="), RationalSign(), "κ ≥ 0"),
            Step("spread", Fact(squares - mean_square - variation, "="), Combination(
                ((-ONE, "expanded"), (sp.Integer(2), "mean"))), "the parallel axis theorem"),
            Step(
                "saving",
                Fact(before - after, "=", kappa * variation / 2),
                Combination(((ONE, "before"), (-ONE, "after"), ("half of κ", "spread"))),
                "exactly, for every partition",
            ),
        ),
        goals=("saving",),
    )  # fmt: skip
