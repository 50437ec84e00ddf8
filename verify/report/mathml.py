"""Repairs to converted MathML: only listed elements, spacing as in TeX, and what browsers implement."""

import unicodedata
from xml.etree.ElementTree import Element

TOKENS = {"mi", "mn", "mo", "mtext", "mspace"}
SCRIPTS = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
LAYOUT = {"math", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "mpadded", "mphantom", "mtable", "mtr", "mtd"}
ELEMENTS = frozenset(TOKENS | SCRIPTS | LAYOUT)
STRETCH = {
    "stretchy",
    "symmetric",
    "fence",
    "form",
    "minsize",
    "maxsize",
    "accent",
    "accentunder",
    "movablelimits",
}
SPACE = {"lspace", "rspace", "width", "linethickness", "columnalign"}
ATTRIBUTES = frozenset(STRETCH | SPACE | {"display", "displaystyle", "scriptlevel", "mathvariant"})
LIMITS = frozenset({"min", "max", "inf", "sup", "lim", "liminf", "limsup", "argmin", "argmax"})
QUANTITIES = frozenset("∞∂∇∅∀∃⊤⊥…⋯")
"""Symbols that stand for something: not operators, though Unicode files them with those."""

THIN = "0.2em"
BOLD_ITALIC = {
    **{chr(ord("A") + i): chr(0x1D468 + i) for i in range(26)},
    **{chr(ord("a") + i): chr(0x1D482 + i) for i in range(26)},
}
FORCED = {"\\|": "‖", "\u2015": "\u00af", "\\%": "%", "\\#": "#", "\\&": "&", "\\_": "_"}


def tidy(root: Element) -> Element | None:
    """The same formula, repaired in place; None when it holds anything unlisted or unconverted."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.tail = None
        if element.text in FORCED:
            element.text = FORCED[element.text]
        if element.tag not in ELEMENTS or "\\" in (element.text or ""):
            return None
        if element.get("width") == "negativethinmathspace":
            element.set("width", "-" + THIN)
        for name in [name for name in element.attrib if name not in ATTRIBUTES]:
            del element.attrib[name]
        _variant(element)
        _operator(element)
    _children(root)
    while len(root) == 1 and root[0].tag == "mrow":  # the converter wraps everything once
        root[:] = list(root[0])
    return root


def _variant(element: Element) -> None:
    """Browsers know mathvariant=normal alone: letters of other variants are characters of their own."""
    variant = element.get("mathvariant")
    if variant in (None, "normal"):
        return
    del element.attrib["mathvariant"]
    if variant == "bold-italic" and element.text:
        element.text = "".join(BOLD_ITALIC.get(letter, letter) for letter in element.text)


def _operator(element: Element) -> None:
    """Relations and brackets are operators; named functions are identifiers; bars take no space."""
    text = element.text or ""
    if element.tag == "mi" and len(text) == 1 and text not in QUANTITIES:
        if unicodedata.category(text) in ("Sm", "Ps", "Pe") or text == ":":
            element.tag = "mo"
    elif element.tag == "mo" and len(text) > 1 and text.isalnum():
        element.tag = "mi"
        element.attrib.clear()
    if element.tag == "mo" and text in ("|", "‖", "⌊", "⌋", "⌈", "⌉") and element.get("stretchy") != "true":
        element.attrib.clear()
        element.attrib.update({"stretchy": "false", "lspace": "0", "rspace": "0"})


def _children(parent: Element) -> None:
    """Join upright letters to words, put limits under their operator, space words from their neighbours."""
    kept: list[Element] = []
    for child in parent:
        _children(child)
        if child.tag == "msub" and child[0].text in LIMITS:
            child.tag = "munder"
        if child.tag == "mrow" and len(child) == 1:  # a wrapper around one thing
            child = child[0]
        last = kept[-1] if kept else None
        if last is not None and _letter(last) and _letter(child):
            last.text = (last.text or "") + (child.text or "")
        else:
            kept.append(child)
    sequence = parent.tag in ("math", "mrow", "mstyle", "msqrt", "mtd")
    parent[:] = _spaced(kept) if sequence else kept


def _letter(element: Element) -> bool:
    return element.tag == "mi" and element.get("mathvariant") == "normal"


def _spaced(children: list[Element]) -> list[Element]:
    """A thin space on either side of a word, except against operators, brackets and other spaces."""
    spaced: list[Element] = []
    for child in children:
        if spaced and (_word(spaced[-1]) or _word(child)) and _material(spaced[-1]) and _material(child):
            spaced.append(Element("mspace", {"width": THIN}))
        spaced.append(child)
    return spaced


def _word(element: Element) -> bool:
    base = element[0] if element.tag in ("msub", "msup", "munder", "msubsup") and len(element) else element
    return base.tag == "mi" and len(base.text or "") > 1


def _material(element: Element) -> bool:
    if element.tag == "mrow":
        return len(element) > 0 and _material(element[0])
    return element.tag not in ("mo", "mspace", "mtext")
