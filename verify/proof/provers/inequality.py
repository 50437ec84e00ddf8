"""An inequality on a box by the first method that shows it."""

from theory.errors import InvalidProofError
from verify.proof.checker import check
from verify.proof.facts import Fact, Proof, Step, Variable
from verify.proof.provers.covering import cover
from verify.proof.provers.squares import sum_of_squares
from verify.proof.rules import Evident, RationalSign, Rule, Sturm


def prove_inequality(
    fact: Fact, variables: tuple[Variable, ...], *, title: str = "", boxes: int = 2_000
) -> Proof | None:
    """A proof in one step, or None: visible signs, Sturm's theorem, a sum of squares, then a covering.

    Parameters
    ----------
    fact: left > right or left ≥ right.
    variables: every free symbol of the fact, with its range.
    title: what is proved, in a line; by default the inequality itself.
    boxes: the covering gives up beyond this many.

    >>> import sympy as sp
    >>> x = sp.Symbol("x", real=True)
    >>> box = (Variable(x, "x", sp.Integer(-3), sp.Integer(3)),)
    >>> print(prove_inequality(Fact(x**2 + 1, ">", x), box))
    x**2 + 1 > x
      for all -3 ≤ x ≤ 3
     ∎ inequality: x**2 + 1 > x
          keeps its sign on the range, by Sturm's theorem; found by a prover
    """
    free = fact.expression.free_symbols
    kept = tuple(variable for variable in variables if variable.symbol in free)
    for rule in (RationalSign(), Evident(), Sturm()):
        proof = _checked(fact, kept, rule, title)
        if proof is not None:
            return proof
    for found in (sum_of_squares(fact, kept), cover(fact, kept, limit=boxes)):
        proof = None if found is None else _checked(fact, kept, found, title)
        if proof is not None:
            return proof
    return None


def _checked(fact: Fact, variables: tuple[Variable, ...], rule: Rule, title: str) -> Proof | None:
    step = Step("inequality", fact, rule, "found by a prover")
    proof = Proof(title or str(fact), variables, (step,), ("inequality",))
    try:
        check(proof)
    except InvalidProofError:
        return None
    return proof
