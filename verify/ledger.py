"""The one list of claims, with the verdict each is expected to have and when a person last read it."""

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from theory.errors import InvalidClaimError
from verify.claim import Claim, Level
from verify.verdict import Verdict

PROVED, CERTIFIED = Verdict.PROVED, Verdict.CERTIFIED
SUPPORTED, REFUTED = Verdict.SUPPORTED, Verdict.REFUTED


@dataclass(frozen=True)
class Entry:
    """A claim's id, the verdicts expected at quick and full level, and the day of its last review."""

    id: str
    quick: Verdict
    full: Verdict
    reviewed: str

    @property
    def module(self) -> str:
        """The module that defines the claim as `CLAIM`."""
        return "verify.claims." + self.id.replace("/", ".").replace("-", "_")

    def expected(self, level: Level) -> Verdict:
        """The expected verdict at a level."""
        return self.quick if level == "quick" else self.full


LEDGER: tuple[Entry, ...] = (
    Entry("chain/cost-of-a-product", PROVED, PROVED, "2026-11-22"),
    Entry("chain/unequal-decays", PROVED, PROVED, "2026-11-22"),
    Entry("chain/critical-points-are-balanced", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/modes-decouple", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/mode-optimum", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/two-roots", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/first-order-transition", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/largest-root-is-global", REFUTED, REFUTED, "2026-11-22"),
    Entry("squared-loss/class-scalar", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/minority-collapse", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/free-bias-spectrum", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/incidence-chain", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/triangle-chain", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/relu-collapse-is-beaten", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/collapse-scale", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/collapse-is-beaten", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/collapse-is-global-at-any-depth", REFUTED, REFUTED, "2026-11-22"),
    Entry("cross-entropy/collapse-is-global-at-depth-one", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/superior-rank", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/fit-between-margins", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/low-rank-wins-when-deep", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/strong-decay-leaves-nothing", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/weak-decay-serves-every-class", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/trailing-singular-values-decay", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/relu-collapse-costs-as-much", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/relu-low-rank-wins", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/relu-construction-ends-there", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/generalised-collapse-is-beaten", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/collapse-spectrum", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/stability", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/unequal-decays", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/dimension-as-printed", REFUTED, REFUTED, "2026-11-22"),
    Entry("landscape/dimension", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/dimension-ratio-as-printed", REFUTED, REFUTED, "2026-11-22"),
    Entry("landscape/dimension-ratio", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/paired-spectrum", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/paired-stability", PROVED, PROVED, "2026-11-22"),
    Entry("landscape/norm-ratio", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/where-collapse-is-beaten", CERTIFIED, CERTIFIED, "2026-11-22"),
    Entry("cross-entropy/phase-boundaries", CERTIFIED, CERTIFIED, "2026-11-22"),
    Entry("cross-entropy/ties-with-zero", CERTIFIED, CERTIFIED, "2026-11-25"),
    Entry("cross-entropy/unequal-sizes-are-critical", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("cross-entropy/pairs-and-single", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/candidates-are-critical", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("networks/gradient-identity", PROVED, PROVED, "2026-11-25"),
    Entry("networks/rank-bound", PROVED, PROVED, "2026-11-25"),
    Entry("networks/variation-through-layers", PROVED, PROVED, "2026-11-25"),
    Entry("networks/rank-bound-linear-in-variation", PROVED, PROVED, "2026-11-25"),
    Entry("networks/linear-bound-across-kinks-as-stated", REFUTED, REFUTED, "2026-11-25"),
    Entry("networks/rank-falls-with-decay-as-stated", REFUTED, REFUTED, "2026-11-25"),
    Entry("networks/no-variation-low-rank", PROVED, PROVED, "2026-11-25"),
    Entry("networks/bounds-before-training", PROVED, PROVED, "2026-11-25"),
    Entry("networks/kmeans-enclosure", PROVED, PROVED, "2026-11-25"),
    Entry("networks/rank-bound-on-real-data", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("networks/rank-falls-with-weight-decay", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("networks/collapse-minimises-cost", PROVED, PROVED, "2026-11-25"),
    Entry("networks/loss-decreasing-path", PROVED, PROVED, "2026-11-25"),
    Entry("networks/relu-path", PROVED, PROVED, "2026-11-25"),
    Entry("networks/compression", PROVED, PROVED, "2026-11-25"),
    Entry("networks/low-rank-saves-parameters", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("two-layer/pattern-count", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("two-layer/convex-program", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("two-layer/vector-relaxations", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("two-layer/collapse-costs-no-more", SUPPORTED, SUPPORTED, "2026-11-25"),
    Entry("representation-cost/simplex-is-optimal-for-margins", PROVED, PROVED, "2026-11-25"),
    Entry("representation-cost/unequal-margins-certified", CERTIFIED, CERTIFIED, "2026-11-25"),
    Entry("representation-cost/deep-margins-from-below", PROVED, PROVED, "2026-11-25"),
    Entry("representation-cost/best-known-codes", CERTIFIED, CERTIFIED, "2026-11-25"),
    Entry("depth/spectral-reduction", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("depth/collapse-ray", PROVED, PROVED, "2026-11-22"),
    Entry("regression/two-factors", PROVED, PROVED, "2026-11-22"),
    Entry("regression/strict-saddles", PROVED, PROVED, "2026-11-22"),
    Entry("regression/two-factors-as-printed", REFUTED, REFUTED, "2026-11-22"),
    Entry("regression/no-collapse-without-decay", PROVED, PROVED, "2026-11-22"),
    Entry("regression/deep-collapse", PROVED, PROVED, "2026-11-22"),
    Entry("regression/switching-off", PROVED, PROVED, "2026-11-22"),
    Entry("regression/subspace-bound-as-printed", REFUTED, REFUTED, "2026-11-22"),
    Entry("regression/subspace-bound", SUPPORTED, SUPPORTED, "2026-11-22"),
)


def entry(claim_id: str) -> Entry:
    """The ledger's entry of a claim; raises InvalidClaimError with the nearest ids."""
    for item in LEDGER:
        if item.id == claim_id:
            return item
    import difflib

    near = difflib.get_close_matches(claim_id, [item.id for item in LEDGER], n=2, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else "`rankcollapse claims` lists them"
    raise InvalidClaimError(f"unknown claim {claim_id!r}: {hint}")


@cache
def load(claim_id: str) -> Claim:
    """The claim of a ledger entry."""
    claim = import_module(entry(claim_id).module).CLAIM
    if claim.id != claim_id:
        raise InvalidClaimError(f"{entry(claim_id).module} defines {claim.id!r}: rename the file or the id")
    return claim
