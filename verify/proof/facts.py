"""What a proof speaks of: variables with ranges, facts about them, steps, and the proof itself."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sympy as sp

from theory.errors import InvalidProofError

if TYPE_CHECKING:
    from verify.proof.rules import Rule

Relation = Literal[">", ">=", "="]
ZERO = sp.Integer(0)


@dataclass(frozen=True)
class Variable:
    """A universally quantified variable: low ≤ symbol ≤ high, with open ends where said.

    `integer` restricts it further; the symbol's own SymPy assumptions must follow from the range.
    """

    symbol: sp.Symbol
    meaning: str
    low: sp.Rational
    high: sp.Rational | None = None
    open_low: bool = False
    open_high: bool = False
    integer: bool = False

    def __post_init__(self) -> None:
        allowed = {"commutative", "complex", "real", "extended_real", "hermitian", "finite", "infinite"}
        if self.integer:
            allowed |= {"integer", "rational", "irrational", "noninteger", "algebraic", "transcendental"}
        if self.low >= 0:
            allowed |= {"nonnegative", "negative", "extended_nonnegative", "extended_negative", "imaginary"}
        if self.low > 0 or (self.low == 0 and self.open_low):
            allowed |= {"positive", "nonpositive", "zero", "nonzero"}
            allowed |= {"extended_positive", "extended_nonpositive", "extended_nonzero"}
        if not self.integer:
            allowed |= {"imaginary"}
        assumed = {name for name, value in self.symbol.assumptions0.items() if value is not None}
        if assumed - allowed:
            raise InvalidProofError(
                f"symbol {self.symbol} assumes {sorted(assumed - allowed)}, which the range "
                f"{self.range_text} does not give: widen the assumption or narrow the range"
            )

    @property
    def range_text(self) -> str:
        """The range for a reader, e.g. ``pairs ≥ 2, integer``."""
        low = f"{self.low} {'<' if self.open_low else '≤'} {self.symbol}"
        high = "" if self.high is None else f" {'<' if self.open_high else '≤'} {self.high}"
        return low + high + (", integer" if self.integer else "")


@dataclass(frozen=True)
class Fact:
    """left > right, left ≥ right or left = right, for all values of the proof's variables."""

    left: sp.Expr
    relation: Relation
    right: sp.Expr = ZERO

    @property
    def expression(self) -> sp.Expr:
        """left − right, to be compared with zero."""
        return self.left - self.right

    def __str__(self) -> str:
        return f"{self.left} {self.relation.replace('>=', '≥')} {self.right}"

    @property
    def latex(self) -> str:
        """The fact in LaTeX."""
        relation = self.relation.replace(">=", r"\ge")
        return f"{sp.latex(self.left)} {relation} {sp.latex(self.right)}"


@dataclass(frozen=True)
class Step:
    """A named fact and the rule by which it follows; `because` tells a reader why."""

    name: str
    fact: Fact
    rule: "Rule"
    because: str


@dataclass(frozen=True)
class Proof:
    """Steps from ranges of variables to goals.

    Parameters
    ----------
    title: what is proved, in a line.
    variables: every free symbol of the steps, with its range.
    steps: in order; a step uses earlier ones by name.
    goals: names of the steps that are the statement; every other step must be used.
    rests_on: ids of claims that link the goals to the statement in words.
    """

    title: str
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]
    goals: tuple[str, ...]
    rests_on: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [self.title, "  for all " + "; ".join(variable.range_text for variable in self.variables)]
        for step in self.steps:
            mark = "∎" if step.name in self.goals else " "
            lines.append(f" {mark} {step.name}: {step.fact}")
            lines.append(f"      {step.rule.describe()}; {step.because}")
        if self.rests_on:
            lines.append("  rests on " + ", ".join(self.rests_on))
        return "\n".join(lines)
