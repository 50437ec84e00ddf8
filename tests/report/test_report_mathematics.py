from xml.etree import ElementTree

import pytest
import sympy as sp

from theory.symbols import CLASSES, FACTORS
from verify.proof import Fact, Identity, Proof, Step, Variable
from verify.report.mathematics import fact_in_letters, formula, letters_of, range_in_letters


@pytest.mark.parametrize(
    "latex",
    [
        r"\min_{A_F\cdots A_1=X}\ \sum_{j=1}^{F}\|A_j\|_F^2 \;=\; F\sum_i\sigma_i(X)^{2/F}",
        r"\operatorname{rank}(W)\le\lfloor K/2\rfloor\iff\mathcal L(\alpha S\otimes 1_n^\top)>0",
        r"\begin{aligned} a &= b \\ c &= \begin{cases} 1 & x<0 \\ 2 & x\ge 0\end{cases}\end{aligned}",
        r"\Bigl[\tfrac12(y_i-\sigma)^2\Bigr] + \bigl\| x \bigr\|_\ast \quad \text{ \& for } x < 9\%",
        r"\operatorname{log1p}{\left(x \right)} + \boldsymbol{x} + \overline{y} + \arg\min_x \!f",
    ],
)
def test_formulas_become_mathml_without_latex_left(latex: str) -> None:
    typeset = formula(latex)
    assert typeset.startswith('<math display="block">'), latex
    assert "\\" not in typeset
    ElementTree.fromstring(typeset)


@pytest.mark.parametrize("latex", ["", r"\frac", r"x_1_2", r"\unheardof{x}", r"a & b", "x^"])
def test_what_cannot_be_typeset_is_shown_as_code(latex: str) -> None:
    assert formula(latex).startswith('<code class="latex">')


@pytest.mark.parametrize(
    "latex",
    [r"\text{<script>alert(1)</script>}", r"\mathrm{<img src=x onerror=y>}", r"\href{javascript:x}{y}"],
)
def test_formulas_carry_no_foreign_markup(latex: str) -> None:
    typeset = formula(latex)
    tags = {element.tag for element in ElementTree.fromstring(f"<div>{typeset}</div>").iter()}
    assert tags <= {"div", "code", "math", "mrow", "mi", "mn", "mo", "mtext", "mspace"}
    assert "javascript" not in typeset.partition("<code")[0]


def test_named_operators_take_their_limits_below() -> None:
    assert "<munder><mi>min</mi><mi>x</mi></munder>" in formula(r"\min_x f")


def test_functions_named_with_a_digit_stay_one_word() -> None:
    assert "<mtext>log1p</mtext>" in formula(sp.latex(sp.Function("log1p")(sp.Symbol("x"))))


def test_proofs_speak_in_the_papers_letters() -> None:
    pairs, other = sp.Symbol("spare_room", positive=True), sp.Symbol("K", positive=True)
    variables = tuple(Variable(symbol, "", sp.Integer(1)) for symbol in (FACTORS, pairs, CLASSES, other))
    fact = Fact(CLASSES ** (2 / FACTORS), ">=", pairs)
    names = letters_of(Proof("", variables, (Step("s", fact, Identity(), ""),), ("s",)))
    assert names[FACTORS] == "F"
    assert names[CLASSES] == r"\mathrm{classes}"  # K is taken by another symbol
    assert fact_in_letters(fact, names) == r"\mathrm{classes}^{2/F} \ge \mathrm{spare}\,\mathrm{room}"
    bounded = Variable(FACTORS, "", sp.Integer(2), sp.Integer(9), open_high=True)
    assert range_in_letters(bounded, names) == r"2 \le F < 9"
