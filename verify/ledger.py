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
    Entry("squared-loss/modes-decouple", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/first-order-transition", PROVED, PROVED, "2026-11-22"),
    Entry("squared-loss/largest-root-is-global", REFUTED, REFUTED, "2026-11-22"),
    Entry("cross-entropy/collapse-scale", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/collapse-is-beaten", PROVED, PROVED, "2026-11-22"),
    Entry("cross-entropy/collapse-is-global-at-any-depth", REFUTED, REFUTED, "2026-11-22"),
    Entry("cross-entropy/where-collapse-is-beaten", CERTIFIED, CERTIFIED, "2026-11-22"),
    Entry("cross-entropy/phase-boundaries", CERTIFIED, CERTIFIED, "2026-11-22"),
    Entry("cross-entropy/pairs-and-single", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("cross-entropy/candidates-are-critical", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("networks/rank-bound", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("networks/collapse-minimises-cost", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("depth/spectral-reduction", SUPPORTED, SUPPORTED, "2026-11-22"),
    Entry("depth/collapse-ray", PROVED, PROVED, "2026-11-22"),
    Entry("regression/deep-collapse", SUPPORTED, SUPPORTED, "2026-11-22"),
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
