"""A claim: one statement of the literature, or of a user, and everything that can judge it."""

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from theory.errors import InvalidClaimError
from theory.sources import Citation
from verify.evidence import Evidence
from verify.instance import Instance, stream_seed
from verify.margin import Margin
from verify.proof import Proof

if TYPE_CHECKING:
    from verify.search.tally import Tally

Level = Literal["quick", "full"]


@dataclass(frozen=True)
class Run:
    """How a run is made: its level, its seed, and the seconds a claim may take in a worker process.

    `helpers`, if any, judge chunks (number, size) of a claim's sample; the result is the same without them.
    """

    level: Level = "quick"
    seed: int = 0
    seconds: float | None = None
    helpers: "Callable[[Run, Sequence[tuple[int, int]]], Generator[Tally]] | None" = None

    @property
    def time_limit(self) -> float:
        """Seconds after which a claim is given up: well above what the slowest of ours needs."""
        if self.seconds is not None:
            return self.seconds
        return 120.0 if self.level == "quick" else 7_200.0

    def generator(self, *words: str) -> np.random.Generator:
        """The random stream named by the words, the same whatever runs beside it."""
        return np.random.default_rng(stream_seed(self.seed, *words))


Experiment = Callable[[Run], Evidence]


def no_condition(instance: Instance) -> bool:
    """Every instance meets the hypotheses."""
    return True


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One statement and the methods that fit it.

    Parameters
    ----------
    id: ``room/name`` in lower case with hyphens; the claim's file is ``verify/claims/room/name.py``.
    title: the statement in a line of words.
    statement: the statement in LaTeX.
    source: paper and theorem number (a plain string for a claim of one's own).
    computed, tight: what is computed, and how sharp the statement is.
    instances: a function returning a Hypothesis strategy of instances: small, readable, shrinking.
    sampler: draws one instance from a NumPy generator and from nothing else, fast.
    hypotheses: instances outside them are left out. They must describe the whole domain: shrinking goes
        wherever they allow. Without them a counterexample is shrunk within `instances` only.
    margin: right side minus left side on an instance, in floats with an error bound.
    exact_margin: the same in exact or ball arithmetic, None on an instance it cannot judge; where it
        speaks, a refutation counts only if it confirms it.
    witness: a known counterexample, re-checked in every run beside what the search finds by itself.
    proofs: all of them together are the statement; each is re-checked in every run.
    certified_on: the range that the proofs cover, in words, where it is less than the statement's: the
        verdict is CERTIFIED then, as it is where a proof covers a box by balls.
    experiments: descent, solvers, constructions; each returns Evidence.
    instead: id of the amended claim that holds, when this one fails as printed.
    quick_samples, full_samples: sizes of the random sample at the two levels.
    expected: verdict a user's claim states for itself (the ledger states it for the project's own).

    Raises InvalidClaimError for a malformed id or a claim that nothing can judge.
    """

    id: str
    title: str
    statement: str
    source: Citation | str
    computed: str = ""
    tight: str = ""
    instances: Callable[[], Any] | None = None
    sampler: Callable[[np.random.Generator], Instance] | None = None
    hypotheses: Callable[[Instance], bool] = no_condition
    margin: Callable[[Instance], Margin] | None = None
    exact_margin: Callable[[Instance], Margin | None] | None = None
    witness: Instance | None = None
    proofs: tuple[Proof, ...] = ()
    certified_on: str = ""
    experiments: tuple[Experiment, ...] = field(default=())
    instead: str | None = None
    quick_samples: int = 500
    full_samples: int = 20_000
    expected: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(cast(object, self.id), str) or not re.fullmatch(
            r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*", self.id
        ):
            raise InvalidClaimError(
                f"claim id {self.id!r} is malformed: use lower-case words, hyphens and slashes"
            )
        for name in ("id", "title", "statement", "computed", "tight", "certified_on"):
            if not isinstance(getattr(self, name), str):
                raise InvalidClaimError(f"claim {self.id!r}: its {name} is not a text: write it as one")
        if not isinstance(cast(object, self.source), (str, Citation)):
            raise InvalidClaimError(f"claim {self.id!r}: its source is neither a citation nor a text")
        if not isinstance(cast(object, self.expected), (str, type(None))):
            raise InvalidClaimError(f"claim {self.id!r}: its expected verdict is not a text")
        if not all(
            isinstance(proof, Proof) for proof in cast("tuple[object, ...]", tuple(self.proofs or ()))
        ):
            raise InvalidClaimError(f"claim {self.id!r}: its proofs are not a tuple of proofs")
        for name in ("instances", "sampler", "hypotheses", "margin", "exact_margin"):
            function = getattr(self, name)
            if function is not None and not callable(function):
                raise InvalidClaimError(f"claim {self.id!r}: its {name} is not a function: write `lambda: …`")
        has_instances = any(item is not None for item in (self.instances, self.sampler, self.witness))
        if has_instances and not self.is_judged_on_instances:
            raise InvalidClaimError(f"claim {self.id} has instances but no margin: give it one")

    @property
    def source_label(self) -> str:
        """The source as tables print it."""
        return self.source if isinstance(self.source, str) else self.source.label

    def certain_margin(self, instance: Instance) -> Margin:
        """The exact margin where there is one, else the float margin."""
        return self.exactly(instance) or self.fast_margin(instance)

    def exactly(self, instance: Instance) -> Margin | None:
        """The exact margin, or None where the claim has none for this instance."""
        found = None if self.exact_margin is None else self.exact_margin(instance)
        return None if found is None else self._a_margin(found)

    def fast_margin(self, instance: Instance) -> Margin:
        """The margin in floats; the exact one for a claim that has no other."""
        if not isinstance(cast(object, instance), Mapping):
            raise InvalidClaimError(
                f"claim {self.id}: an instance is of type {type(instance).__name__}: draw a dictionary of "
                "named values"
            )
        found = self.exactly(instance) if self.margin is None else self.margin(instance)
        if found is None:
            raise InvalidClaimError(f"claim {self.id} has no margin for this instance: give it one in floats")
        return self._a_margin(found)

    def _a_margin(self, found: object) -> Margin:
        """What a margin function returned, if it is one."""
        if isinstance(found, Margin):
            return found
        raise InvalidClaimError(
            f"claim {self.id}: its margin is of type {type(found).__name__}: return one of Margin's, "
            "such as Margin.at_least(…)"
        )

    @property
    def is_judged_on_instances(self) -> bool:
        """Whether there is a margin at all."""
        return self.margin is not None or self.exact_margin is not None
