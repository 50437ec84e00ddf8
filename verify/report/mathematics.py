"""LaTeX to MathML for a page without scripts, and the papers' letters for the symbols of a proof."""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

import sympy as sp
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from theory import symbols
from verify.proof import Proof, Variable
from verify.proof.facts import Statement
from verify.report.mathml import tidy

TEXT = re.compile(r"\\(?:text|textrm|textbf|textit|mbox)\{[^{}]*\}")
HIDDEN = {"<": "\ue000", ">": "\ue001", "&": "\ue002"}
"""Private characters that carry what the converter leaves unescaped inside \\text{…}."""

REWRITTEN = (
    (re.compile(r"\\arg\s*\\(min|max)(?![A-Za-z])"), r"\\operatorname{arg\1}"),
    (re.compile(r"\\argm(in|ax)(?![A-Za-z])"), r"\\operatorname{argm\1}"),
    (re.compile(r"\\operatorname\{([A-Za-z]*[0-9][A-Za-z0-9]*)\}"), r"\\text{\1}"),
    (re.compile(r"\\(math(?:cal|bb|bf|rm|sf|frak))\s+([A-Za-z])"), r"\\\1{\2}"),
    (re.compile(r"\\begin\{(?:aligned|split|align\*?)\}"), r"\\begin{array}{rl}"),
    (re.compile(r"\\end\{(?:aligned|split|align\*?)\}"), r"\\end{array}"),
)
"""Commands that the converter does not know, in words that it does."""

EXPONENT = re.compile(r"\^\{(-? ?)\\frac\{([^{}]+)\}\{([^{}]+)\}\}")
"""A fraction of simple parts in an exponent, which reads better in one line."""

LETTERS: Mapping[str, str] = {
    symbols.CLASSES.name: "K",
    symbols.FACTORS.name: "F",
    symbols.SAMPLES_PER_CLASS.name: "n",
    symbols.WEIGHT_DECAY.name: r"\lambda",
    symbols.SCALED_DECAY.name: r"\mu",
    symbols.SCALE.name: r"\alpha",
    symbols.SINGULAR_VALUE.name: r"\sigma",
    symbols.TARGET.name: "y",
    symbols.MODE_DECAY.name: r"\nu",
    symbols.FRACTION.name: "t",
    "pairs": "h",
}
"""The papers' letters of the shared symbols; any other name of several letters is set upright."""


def formula(latex: str, *, block: bool = True) -> Markup:
    """The formula as MathML; what cannot be converted is shown as escaped LaTeX in ``<code>``.

    >>> formula("K^2", block=False)
    Markup('<math display="inline"><msup><mi>K</mi><mn>2</mn></msup></math>')
    """
    typeset = _mathml(latex, "block" if block else "inline")
    if typeset is None:
        return Markup('<code class="latex">%s</code>') % escape(latex)
    return Markup(ElementTree.tostring(typeset, encoding="unicode"))


def fact_in_letters(fact: Statement, names: Mapping[sp.Symbol, str]) -> str:
    """The statement of a step in LaTeX, with the papers' letters."""
    return EXPONENT.sub(_in_line, fact.latex_with(names))


def range_in_letters(variable: Variable, names: Mapping[sp.Symbol, str]) -> str:
    """The range of a proof's variable in LaTeX."""
    strict, weak = "<", r"\le"
    low = f"{sp.latex(variable.low)} {strict if variable.open_low else weak}"
    if variable.high is None:
        return f"{low} {names[variable.symbol]}"
    return (
        f"{low} {names[variable.symbol]} {strict if variable.open_high else weak} {sp.latex(variable.high)}"
    )


def letters_of(proof: Proof) -> dict[sp.Symbol, str]:
    """LaTeX for every variable of a proof; two symbols never share a letter."""
    found: dict[sp.Symbol, str] = {}
    for variable in proof.variables:
        letter = LETTERS.get(variable.symbol.name)
        if letter is None or letter in found.values():
            letter = _upright(variable.symbol)
        found[variable.symbol] = letter
    taken = list(found.values())
    return {
        symbol: letter if taken.count(letter) == 1 else _upright(symbol) for symbol, letter in found.items()
    }


def _in_line(match: re.Match[str]) -> str:
    sign, above, below = match.groups()
    above, below = (f"({part})" if re.search(r"[-+]", part) else part for part in (above, below))
    return f"^{{{sign}{above}/{below}}}"


def _upright(symbol: sp.Symbol) -> str:
    """A name of several plain letters as one upright word; anything shorter as SymPy sets it."""
    words = symbol.name.split("_")
    if all(word.isalpha() and word.isascii() and len(word) > 1 for word in words):
        return r"\mathrm{" + r"}\,\mathrm{".join(words) + "}"
    return sp.latex(symbol)


def _mathml(latex: str, display: str) -> ElementTree.Element | None:
    """The tidied element, or None where the converter fails or leaves LaTeX behind."""
    hidden = str.maketrans(HIDDEN)
    for pattern, replacement in REWRITTEN:
        latex = pattern.sub(replacement, latex)
    latex = TEXT.sub(lambda match: match.group().replace(r"\&", "&").translate(hidden), latex)
    try:
        markup = convert(latex, display=display)
        root = ElementTree.fromstring(markup)
    except Exception:  # the converter raises many kinds of errors, documented ones and others
        return None
    shown = {ord(private): plain for plain, private in HIDDEN.items()}
    for element in root.iter():
        element.text = element.text.translate(shown) if element.text else None
    return tidy(root)
