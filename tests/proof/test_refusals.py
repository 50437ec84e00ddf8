"""Ways in which a false statement could pass: each was tried on the checker, several once succeeded."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from proof_catalogue import (
    CATALOGUE,
    HALF,
    ONE,
    REAL_X,
    TWO,
    UNIT,
    T,
    X,
    exactly,
    is_accepted,
    one_step,
    proof,
    ranging,
    step,
)
from refusals import refused, tampered

from theory.errors import InvalidProofError
from verify.judge import check_proofs
from verify.margin import Outcome
from verify.proof import Combination, Evident, Fact, Identity, Proof, Square, Sturm, SumOfSquares, check
from verify.proof.facts import rational

TINY = rational(Fraction(1, 10**60))
SMALL = ranging("x", sp.Rational(-1, 10**9), 1)
"""So little lies below zero that no random point finds it."""


def test_a_root_of_zero_does_not_hide_a_quotient_by_zero() -> None:
    for hidden in (1 / T, sp.log(T), T ** sp.Rational(-1, 3)):
        refused(
            one_step(Fact(sp.sqrt(T) + hidden, "=", hidden + sp.sqrt(T)), Identity(), UNIT), "must be pos"
        )
    assert is_accepted(
        one_step(Fact(sp.sqrt(T) * sp.sqrt(T) + sp.sqrt(T), "=", T + sp.sqrt(T)), Identity(), UNIT)
    )


@pytest.mark.parametrize(
    "squares",
    [
        (Square(ONE, sp.sqrt(SMALL.symbol)),),
        (Square(ONE, ONE, (SMALL.symbol,)),),
        (Square(-ONE, ONE, (-SMALL.symbol,)),),
        (Square(ONE, SMALL.symbol + HALF), Square(-ONE, SMALL.symbol), Square(-HALF / 2, ONE)),
        (Square(ONE, ONE, (SMALL.symbol - SMALL.low,)), Square(SMALL.low, ONE)),
        (Square(ONE, ONE, (SMALL.symbol - SMALL.low,)), Square(ONE, sp.sqrt(SMALL.low))),
        (Square(exactly(sp.sqrt(TWO)), sp.root(2, 4) ** -1 * sp.sqrt(SMALL.symbol)),),
        (Square(exactly(SMALL.symbol), ONE),),
        (),
    ],
    ids=[
        "√x",
        "x itself",
        "twice negative",
        "negative weights",
        "negative constant",
        "i",
        "∜2",
        "weight x",
        "none",
    ],
)
def test_squares_are_squares_of_rational_polynomials(squares: tuple[Square, ...]) -> None:
    refused(one_step(Fact(SMALL.symbol, ">="), SumOfSquares(squares), SMALL))


def test_an_imaginary_root_read_from_a_file_is_refused() -> None:
    true = one_step(Fact(X**2 + 1, ">="), SumOfSquares((Square(ONE, X), Square(ONE, ONE))), REAL_X)
    check(true)
    path = ("steps", 0, "rule", "terms", 1, "square", "root")
    with pytest.raises(InvalidProofError):
        check(tampered(true, path, {"expression": ["^", -1, "1/2"]}))
    numerator = sp.fraction(sp.together(X**2 - TINY))[0]
    terms = SumOfSquares((Square(exactly(10**60 * ONE), X), Square(ONE, ONE)))
    false = tampered(one_step(Fact(numerator, ">="), terms, REAL_X), path, {"expression": ["^", -1, "1/2"]})
    refused(false, "outside the functions")


@dataclass(frozen=True)
class TrustMe:
    """A rule of one's own, which believes everything."""

    uses: tuple[str, ...] = ()

    def describe(self) -> str:
        return "trust me"

    def check(self, fact: object, context: object) -> None:
        return


class BelievingSturm(Sturm):
    def check(self, fact: object, context: object) -> None:
        return


class Chameleon(Proof):
    """A proof whose steps are others each time that they are looked at."""

    looks = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "steps":
            Chameleon.looks += 1
            return (
                CATALOGUE["Sturm"].steps if Chameleon.looks % 2 else (step("goal", Fact(-X, ">"), Sturm()),)
            )
        return super().__getattribute__(name)


class AnyName(str):
    """A name that equals every other."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return True


class RosyFact(Fact):
    @property
    def expression(self) -> sp.Expr:
        return ONE


def test_no_code_of_a_proof_runs() -> None:
    false = Fact(X**2, ">", ONE)
    for rule in (TrustMe(), BelievingSturm()):
        refused(one_step(false, rule, REAL_X), "no rule of proofs")
    refused(one_step(RosyFact(X**2, ">", ONE), Evident(), REAL_X), "no statement")
    odd = step(AnyName("goal"), false, Combination(((ONE, AnyName("goal")),)))
    refused(proof(odd, variables=(REAL_X,)), "text of one line")
    whole = CATALOGUE["Sturm"]
    moving = Chameleon(whole.title, whole.variables, whole.steps, whole.goals)
    evidence = check_proofs((moving,))
    assert (evidence.outcome is Outcome.HOLDS) == (Chameleon.looks == 1)


def test_a_crash_is_a_refusal() -> None:
    whole = CATALOGUE["Sturm"]
    for broken in (
        replace(whole, steps=(replace(whole.steps[0], fact=None),)),  # pyright: ignore[reportArgumentType]
        replace(whole, variables=(None,)),  # pyright: ignore[reportArgumentType]
        replace(whole, steps=None),  # pyright: ignore[reportArgumentType]
        replace(whole, goals=None),  # pyright: ignore[reportArgumentType]
        replace(whole, goals=((),)),  # pyright: ignore[reportArgumentType]
        None,
        "a proof",
    ):
        with pytest.raises(InvalidProofError):
            check(broken)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("field", ["title", "name", "because", "meaning", "goals"])
def test_no_text_prints_lines_of_its_own(field: str) -> None:
    lie = "x\n ∎ goal: 1 = 2"
    whole = CATALOGUE["Sturm"]
    changed = {
        "title": replace(whole, title=lie),
        "name": replace(whole, steps=(replace(whole.steps[0], name=lie),), goals=(lie,)),
        "because": replace(whole, steps=(replace(whole.steps[0], because=lie),)),
        "meaning": replace(whole, variables=(replace(REAL_X, meaning=lie),)),
        "goals": replace(whole, rests_on=(lie,)),
    }
    refused(changed[field], "text of one line")


def test_huge_powers_are_not_written_out() -> None:
    true = one_step(Fact(X**2 + 1, ">"), Sturm(), REAL_X)
    power = ["^", ["^", 10, 3000], 3000]
    for tree in (power, ["^", 10, 10**9], ["^", "x", 10**9], ["^", ["^", 2, "9999/2"], 9999], 10**5000):
        with pytest.raises(InvalidProofError):
            check(tampered(true, ("steps", 0, "statement", "left"), {"expression": tree}))
