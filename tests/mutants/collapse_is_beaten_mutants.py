"""Mutants of "deep enough, collapse is not optimal": pairs of classes cost less at every scale."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from mutant import ONE_PERCENT_MORE, Kind, Mutant, at, flipped, rewired

from theory.cross_entropy.collapse import COLLAPSE
from theory.cross_entropy.paired import PRINTED_PAIRED_LOSS
from theory.cross_entropy.ray import Ray
from theory.formula import Formula
from theory.symbols import CLASSES, FACTORS, SCALED_DECAY
from verify.claims.cross_entropy import collapse_is_beaten
from verify.instance import Instance

BEATEN = "cross-entropy/collapse-is-beaten"


def beaten(collapse: Ray = COLLAPSE, paired: Formula = PRINTED_PAIRED_LOSS) -> dict[str, Any]:
    """The claim's two margins, floats and balls, with other losses."""
    names = {"COLLAPSE": collapse, "PRINTED_PAIRED_LOSS": paired}
    module = collapse_is_beaten
    return {
        "margin": rewired(module.margin, **names),
        "exact_margin": rewired(module.exact_margin, **names),
    }


def beats(
    name: str,
    kind: Kind,
    margins: dict[str, Any],
    where: tuple[int, int, Fraction | int, Fraction | int],
    hypotheses: Callable[[Instance], bool] | None = None,
) -> Mutant:
    classes, depth, scale, decay = where
    witness = {"classes": classes, "depth": depth, "scale": scale, "scaled_decay": decay}
    return Mutant(name=name, kind=kind, of=BEATEN, witness=witness, hypotheses=hypotheses, **margins)


def from_sizes(*least: tuple[int, int]) -> Callable[[Instance], bool]:
    """K and L at least one of these pairs."""

    def hypotheses(instance: Instance) -> bool:
        positive = instance["scale"] > 0 and instance["scaled_decay"] > 0
        return positive and any(instance["classes"] >= k and instance["depth"] >= depth for k, depth in least)

    return hypotheses


# At scale 8 the fits are all below 0.004, and at μ = 1 the costs, times F·8^{2/F}/2 ≥ 4, decide.
FALSE = (
    # K = 4, L = 2: 2 · 2^{2/3} = 3.17 against 3
    beats("from-two-layers", "hypothesis", beaten(), (4, 2, 8, 1), from_sizes((4, 2))),
    # K = 3, L = 3: √2 + 1 against 2
    beats("from-three-classes", "hypothesis", beaten(), (3, 3, 8, 1), from_sizes((3, 3), (6, 2))),
    # K = 5, L = 2: 2 · 2^{2/3} + 1 = 4.17 against 4
    beats("from-five-classes-at-two-layers", "classes", beaten(), (5, 2, 8, 1), from_sizes((4, 3), (5, 2))),
    # K = 4, L = 3: 2√2 against 3
    beats(
        "collapse-beats-pairs",
        "relation",
        {"margin": flipped(collapse_is_beaten.margin)},
        (4, 3, 8, 1),
    ),
    # K = 4, L = 3: 2√2 against 2
    beats("collapse-of-rank-one-less", "classes", beaten(replace(COLLAPSE, rank=CLASSES - 2)), (4, 3, 8, 1)),
    # K = 4, L = 3: 2 · 2^{2/3} against 3
    beats(
        "pairs-with-factors-for-layers",
        "depth",
        beaten(paired=at(PRINTED_PAIRED_LOSS, {FACTORS: FACTORS - 1})),
        (4, 3, 8, 1),
    ),
    # μ = ½ read as 2: the pairs pay four times as much
    beats(
        "decay-inverted-for-pairs",
        "decay",
        beaten(paired=at(PRINTED_PAIRED_LOSS, {SCALED_DECAY: 1 / SCALED_DECAY})),
        (4, 3, 8, Fraction(1, 2)),
    ),
    # fits log(1 + 2/e) = 0.551 and log(1 + 2/e + 1/e²) = 0.626; at μ = 1/100 the costs differ by 0.004
    beats(
        "collapse-with-one-other-class-less",
        "term",
        beaten(replace(COLLAPSE, fit=at(COLLAPSE.fit, {CLASSES: CLASSES - 1}))),
        (4, 3, 1, Fraction(1, 100)),
    ),
)


# --- controls -----------------------------------------------------------------------------------------

CONTROLS = (
    Mutant(name="from-four-layers", kind="hypothesis", of=BEATEN, hypotheses=from_sizes((5, 4)), **beaten()),
    # a dearer collapse
    Mutant(
        name="collapse-of-full-rank",
        kind="classes",
        of=BEATEN,
        **beaten(replace(COLLAPSE, rank=CLASSES)),
    ),
    # the pairs' cost is at most 0.961 of collapse's: 5.762 of 6 at K = 7, L = 2, and for F = 4 3.828 of 4 at
    # K = 5; larger K and F have less, and one per cent more stays below
    Mutant(
        name="pairs-one-percent-dearer",
        kind="constant",
        of=BEATEN,
        **beaten(paired=at(PRINTED_PAIRED_LOSS, {SCALED_DECAY: ONE_PERCENT_MORE * SCALED_DECAY})),
    ),
)
