"""What a proof speaks of: variables with ranges, facts about them, steps, and the proof itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import sympy as sp

from theory.errors import InvalidProofError

if TYPE_CHECKING:
    from verify.proof.rules import Rule

Relation = Literal[">", ">=", "="]
ZERO = sp.Integer(0)


@dataclass(frozen=True)
class Variable:
    """A universally quantified variable: low ≤ symbol ≤ high, with open ends where said.

    `integer` restricts it further; the symbol's own SymPy assumptions must follow from the range. A
    variable that `stands_for` something (a norm, a sum) is not free: cited facts constrain it.
    """

    symbol: sp.Symbol
    meaning: str
    low: sp.Rational
    high: sp.Rational | None = None
    open_low: bool = False
    open_high: bool = False
    integer: bool = False
    stands_for: bool = False

    def __post_init__(self) -> None:
        self._refuse_empty_range()
        implied = {"real": True} | ({"integer": True} if self.integer else {})
        if self.low > 0 or (self.low == 0 and self.open_low):
            implied["positive"] = True
        elif self.low == 0:
            implied["nonnegative"] = True
        given = sp.Symbol("reference", **implied).assumptions0.items()
        beyond = sorted(name for name, _ in self.symbol.assumptions0.items() - given)
        if beyond:
            raise InvalidProofError(
                f"symbol {self.symbol} assumes {beyond}, which the range {self.range_text} does not give: "
                "widen the assumption or narrow the range"
            )

    def _refuse_empty_range(self) -> None:
        if self.high is None:
            return
        if self.integer:
            low = sp.floor(self.low) + 1 if self.open_low else sp.ceiling(self.low)
            high = sp.ceiling(self.high) - 1 if self.open_high else sp.floor(self.high)
            empty = low > high
        else:
            empty = self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))
        if empty:
            raise InvalidProofError(f"the range {self.range_text} is empty: every statement would hold on it")

    @property
    def range_text(self) -> str:
        """The range for a reader, e.g. ``pairs ≥ 2, integer``."""
        low = f"{self.low} {'<' if self.open_low else '≤'} {self.symbol}"
        high = "" if self.high is None else f" {'<' if self.open_high else '≤'} {self.high}"
        meaning = f" (stands for {self.meaning})" if self.stands_for else ""
        return low + high + (", integer" if self.integer else "") + meaning


@dataclass(frozen=True)
class Fact:
    """left > right, left ≥ right or left = right, for all values of the proof's variables."""

    left: sp.Expr
    relation: Relation
    right: sp.Expr = ZERO

    def __post_init__(self) -> None:
        for side in cast("tuple[Any, Any]", (self.left, self.right)):
            if not isinstance(side, sp.Expr):
                raise InvalidProofError(f"{side!r} is not a SymPy expression: sympify it")
        if self.relation not in get_args(Relation):
            raise InvalidProofError(f"relation {self.relation!r} is unknown: use one of {get_args(Relation)}")

    @property
    def expression(self) -> sp.Expr:
        """left − right, to be compared with zero."""
        return self.left - self.right

    @property
    def expressions(self) -> tuple[sp.Expr, ...]:
        """The expressions that have to be defined."""
        return self.left, self.right

    def __str__(self) -> str:
        return f"{self.left} {self.relation.replace('>=', '≥')} {self.right}"

    def latex_with(self, names: Mapping[sp.Symbol, str]) -> str:
        """The fact in LaTeX, with names for its symbols."""
        left, right = (sp.latex(side, symbol_names=dict(names)) for side in (self.left, self.right))
        return f"{left} {self.relation.replace('>=', chr(92) + 'ge')} {right}"


@dataclass(frozen=True)
class UniqueZero:
    """`function` has exactly one zero in its variable's range, and it lies strictly between low and high.

    For all values of the other variables; low and high may depend on them.
    """

    function: sp.Expr
    variable: sp.Symbol
    low: sp.Expr
    high: sp.Expr

    @property
    def expressions(self) -> tuple[sp.Expr, ...]:
        """The expressions that have to be defined."""
        return self.function, self.low, self.high

    def __str__(self) -> str:
        place = f"{self.low} < {self.variable} < {self.high}"
        return f"{self.function} = 0 for exactly one {self.variable} of its range, and {place} there"

    def latex_with(self, names: Mapping[sp.Symbol, str]) -> str:
        """The statement in LaTeX, with names for its symbols."""
        parts = (self.low, self.variable, self.high, self.function)
        low, variable, high, function = (sp.latex(part, symbol_names=dict(names)) for part in parts)
        return rf"\exists!\,{variable}:\; {function} = 0,\quad {low} < {variable} < {high}"


def rational(value: Any) -> sp.Rational:
    """A Fraction or a flint rational as SymPy's.

    >>> from fractions import Fraction
    >>> rational(Fraction(3, 5))
    3/5
    """
    top, bottom = (value.p, value.q) if hasattr(value, "p") else (value.numerator, value.denominator)
    return cast(sp.Rational, sp.Rational(int(top), int(bottom)))


Matrix = tuple[tuple[sp.Rational, ...], ...]


@dataclass(frozen=True)
class SemidefiniteBound:
    """⟨cost, X⟩ ≥ bound for every X ⪰ 0 with ⟨A, X⟩ ≥ b or = b for each constraint (A, relation, b).

    Symmetric rational matrices as tuples of rows.
    """

    cost: Matrix
    constraints: tuple[tuple[Matrix, Literal[">=", "="], sp.Rational], ...]
    bound: sp.Rational

    @property
    def expressions(self) -> tuple[sp.Expr, ...]:
        """The expressions that have to be defined: none has a variable."""
        return (self.bound,)

    def __str__(self) -> str:
        size = len(self.cost)
        given = [f"{_form(matrix)} {rel.replace('>=', '≥')} {b}" for matrix, rel, b in self.constraints]
        conditions = f" with {', '.join(given)}" if given else ""
        return f"{_form(self.cost)} ≥ {self.bound} for every {size}×{size} X ⪰ 0{conditions}"

    def latex_with(self, names: Mapping[sp.Symbol, str]) -> str:
        """The statement in LaTeX, in the entries of X."""
        domain = r"X \succeq 0"
        for matrix, relation, right in self.constraints:
            sign = relation.replace(">=", r"\ge")
            domain += rf",\ {sp.latex(_form(matrix))} {sign} {sp.latex(right)}"
        return rf"\min\{{{sp.latex(_form(self.cost))} : {domain}\}} \ge {sp.latex(self.bound)}"


def _form(matrix: Matrix) -> sp.Expr:
    """⟨matrix, X⟩ in the entries x_11, x_12, … on and above the diagonal of a symmetric X."""
    comma = "," if len(matrix) > 9 else ""
    return sp.Add(
        *[
            entry * sp.Symbol(f"x_{min(i, j)}{comma}{max(i, j)}")
            for i, row in enumerate(matrix, start=1)
            for j, entry in enumerate(row, start=1)
        ]
    )


@dataclass(frozen=True)
class MarginCost:
    """Σ_i σ_i(Z diag(√n))^{2/F} ≥ bound for every K×K matrix Z with Z_cc − Z_jc ≥ m_jc for all j ≠ c.

    `margins` are rows j of columns c with zeros on the diagonal, `sizes` the n_c, `factors` F.
    """

    factors: sp.Rational
    sizes: tuple[sp.Rational, ...]
    margins: Matrix
    bound: sp.Rational

    @property
    def expressions(self) -> tuple[sp.Expr, ...]:
        """The expressions that have to be defined: none has a variable."""
        return (self.bound,)

    def __str__(self) -> str:
        classes = len(self.sizes)
        beside = sorted(
            {entry for j, row in enumerate(self.margins) for c, entry in enumerate(row) if j != c}
        )
        asked = f"≥ {beside[0]}" if len(beside) == 1 else f"≥ m, m = {[[*row] for row in self.margins]}"
        weights = "" if set(self.sizes) == {1} else f" diag(√{[*self.sizes]})"
        cost = "‖Z{}‖_*" if self.factors == 2 else f"Σσ_i(Z{{}})^(2/{self.factors})"
        return f"{cost.format(weights)} ≥ {self.bound} for every {classes}×{classes} Z with margins {asked}"

    def latex_with(self, names: Mapping[sp.Symbol, str]) -> str:
        """The statement in LaTeX."""
        margins = sp.latex(sp.Matrix(self.margins))
        return (
            rf"\sum_i \sigma_i(Z\operatorname{{diag}}(\sqrt{{n}}))^{{2/{self.factors}}} \ge "
            rf"{sp.latex(self.bound)}\ \text{{if}}\ Z_{{cc}}-Z_{{jc}}\ge m_{{jc}},\ m={margins},\ "
            rf"n={sp.latex(self.sizes)}"
        )


Statement = Fact | UniqueZero | SemidefiniteBound | MarginCost


@dataclass(frozen=True)
class Step:
    """A named statement and the rule by which it follows; `because` tells a reader why."""

    name: str
    fact: Statement
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
        lines = [self.title]
        if self.variables:
            lines.append("  for all " + "; ".join(variable.range_text for variable in self.variables))
        for step in self.steps:
            mark = "∎" if step.name in self.goals else " "
            lines.append(f" {mark} {step.name}: {step.fact}")
            lines.append(f"      {step.rule.describe()}; {step.because}")
        if self.rests_on:
            lines.append("  rests on " + ", ".join(self.rests_on))
        return "\n".join(lines)
