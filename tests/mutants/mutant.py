"""A mutant: a true claim of the ledger with one thing changed, and the tools that change it.

A false mutant carries a witness that can be checked by hand. It stays here: the claim that the search is
given has no `witness`, and no strategy contains it as an example. A control only weakens its claim.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from types import CodeType, FunctionType
from typing import Any, Literal, cast, get_args

import numpy as np
import sympy as sp

from theory.formula import Formula
from verify.claim import Claim, no_condition
from verify.instance import Instance
from verify.ledger import load
from verify.margin import Margin

Kind = Literal[
    "constant",  # by one per cent, where the claim is tight
    "exponent",  # by one, or its root left out
    "relation",  # ≥ for ≤
    "hypothesis",  # one left out
    "decay",  # λ for 1/λ
    "classes",  # K for K − 1, C for C − 1
    "depth",  # L for L + 1, F for L
    "samples",  # n, N or their root left out
    "norm",  # Frobenius, spectral and nuclear exchanged
    "term",  # left out, or another one in its place
    "boundary",  # false only on a set of relative measure 1e-6 beside a known boundary
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MarginOf = Callable[[Instance], Margin]
MOST_SAMPLES = 20_000
"""Of a mutant at full level: what random instances do not find in so many, they find by luck."""
ONE_PERCENT_MORE, ONE_PERCENT_LESS = sp.Rational(101, 100), sp.Rational(99, 100)


@dataclass(frozen=True)
class Domain:
    """Where the instances of a claim come from, where it is not the claim's own strategy and sampler."""

    instances: Callable[[], Any]
    sampler: Callable[[np.random.Generator], Instance] | None = None
    hypotheses: Callable[[Instance], bool] = no_condition


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change to a claim.

    Parameters
    ----------
    name, kind: what is changed, and what kind of change it is.
    of: the ledger's claim that is changed.
    margin, exact_margin: what the mutant states.
    witness: an instance that refutes it, or None for a control.
    domain: sources of instances of another form than the claim's own.
    truth: the margin without the change, for such instances; by default the claim's own.
    hypotheses: those of the mutant, where they are changed.
    refutation: judges the witness, where the margin that the search is given cannot.
    """

    name: str
    kind: Kind
    of: str
    margin: MarginOf
    witness: Instance | None = None
    exact_margin: Callable[[Instance], Margin | None] | None = None
    domain: Domain | None = None
    truth: MarginOf | None = None
    hypotheses: Callable[[Instance], bool] | None = None
    refutation: MarginOf | None = None

    @property
    def id(self) -> str:
        """``mutant/room/name``."""
        return f"mutant/{self.room}/{self.name}"

    @property
    def room(self) -> str:
        """The room of the claim that is changed."""
        return self.of.partition("/")[0]

    @property
    def claim(self) -> Claim:
        """What the search is given."""
        original = load(self.of)
        source = self.domain or original
        return Claim(
            id=self.id,
            title=self.name,
            statement=self.name,
            source=f"mutant of {self.of}",
            instances=source.instances,
            sampler=source.sampler,
            hypotheses=self.hypotheses or source.hypotheses,
            margin=self.margin,
            exact_margin=self.exact_margin,
            quick_samples=original.quick_samples,
            full_samples=min(original.full_samples, MOST_SAMPLES),
        )

    def true_margin(self, instance: Instance) -> Margin | None:
        """The claim's own margin, or None outside its hypotheses."""
        original = load(self.of)
        if not self.refutation and not (self.domain or original).hypotheses(instance):
            return None
        return self.truth(instance) if self.truth else original.certain_margin(instance)


def rewired(function: Callable[..., Any], **names: Any) -> Callable[..., Any]:
    """The function itself, with some of the global names it uses bound to something else."""
    original = cast(FunctionType, function)
    unused = set(names) - _names(original.__code__)
    assert not unused, f"{original.__name__} does not use {unused}: nothing would be changed"
    scope = {**original.__globals__, **names}
    return FunctionType(
        original.__code__, scope, original.__name__, original.__defaults__, original.__closure__
    )


def _names(code: CodeType) -> set[str]:
    """Global names of a function and of the generators inside it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def flipped(margin: MarginOf) -> MarginOf:
    """≤ for ≥."""

    def opposite(instance: Instance) -> Margin:
        found = margin(instance)
        return Margin(-found.value, found.error)

    return opposite


def times(formula: Formula, factor: Any) -> Formula:
    """The formula times a constant or an expression."""
    return replace(formula, expression=sp.sympify(factor) * formula.expression)


def at(formula: Formula, substitution: dict[sp.Symbol, Any]) -> Formula:
    """The formula with something else in place of a symbol."""
    return replace(formula, expression=formula.at(substitution))


def is_small(number: float | Fraction, *, largest: int = 2000) -> bool:
    """Whether a person can compute with it."""
    return not isinstance(number, float) and max(abs(number.numerator), number.denominator) <= largest
