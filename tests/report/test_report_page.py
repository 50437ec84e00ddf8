import math
import os
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy as sp

from theory.errors import UsageError
from theory.sources import GARROD_KEATING_2025, RANKCOLLAPSE
from verify.claim import Claim, Run
from verify.evidence import Evidence, Plot, Series, Table
from verify.margin import Margin, Outcome
from verify.proof import Fact, Proof, RationalSign, Step, Variable
from verify.report.page import render, write_report
from verify.verdict import Judgement, Verdict

HOSTILE = "<script>alert('x')</script> & \"quotes\" --> ]]> {{ 7 * 7 }}"
VOID = {"meta", "wbr", "br", "hr", "img", "link", "input"}
WITNESS = {"classes": 4, "decay": Fraction(3, 5), "matrix": [[1, 2], [3, 4]], "bad": math.inf}
COMMAND = "rankcollapse verify --seed 7"


class Reader(HTMLParser):
    """Checks that elements close in order, and keeps identifiers, links and text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[str] = []
        self.identifiers: list[str] = []
        self.references: list[str] = []
        self.loaded: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.identifiers.append(value or "")
            if name in ("href", "xlink:href"):
                self.references.append(value or "")
            if name in ("src", "srcset", "data", "action") or name.startswith("on"):
                self.loaded.append(f"{name}={value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1] == tag, f"</{tag}> while <{self.open[-1]}> is open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def judged() -> list[tuple[Claim, Judgement]]:
    """One claim of every kind: proved with a proof, refuted beside its amendment, open, hostile."""
    factors = sp.Symbol("factors", positive=True)
    proof = Proof(
        "F exceeds one",
        (Variable(factors, "F = L + 1", sp.Integer(2)),),
        (Step("large", Fact(factors, ">", sp.Integer(1)), RationalSign(), "F ≥ 2"),),
        goals=("large",),
        rests_on=("landscape/dimension", "elsewhere/unknown"),
    )
    plot = Plot(
        "Loss",
        "step",
        "loss",
        (
            Series("descent", (0.0, 1.0, 2.0), (1.0, math.nan, 0.1)),
            Series("bound", (0.0, 2.0), (0.1, 0.1), "dashed"),
        ),
        y_log=True,
        vertical_lines=((1.0, "existence"),),
    )
    table = Table(
        "Ranks", ("K", "rank", "agrees", "residual"), ((4, 24, False, math.nan), (5, 30, True, -math.inf))
    )
    proved = Evidence(kind="proof", outcome=Outcome.HOLDS, summary="1 steps", instances=1, plots=(plot, plot))
    failing = Evidence(
        kind="witness",
        outcome=Outcome.FAILS,
        summary="K=4: 24, printed 18",
        instances=1,
        worst=Margin.exact(-6),
        witness=WITNESS,
        seed=7,
        tables=(table,),
    )
    open_ended = Evidence(
        kind="descent", outcome=Outcome.CLOSE, summary="loss nan", worst=Margin(-math.inf, 1.0)
    )
    claims = [
        Claim(
            id="chain/proved", title="Proved", statement=r"F>1", source=RANKCOLLAPSE.at("1"), proofs=(proof,)
        ),
        Claim(
            id="landscape/as-printed",
            title="As printed",
            statement=r"d=\tfrac{K}{2}",
            source=GARROD_KEATING_2025.theorem(5),
            instead="landscape/dimension",
        ),
        Claim(
            id="landscape/dimension", title="Amended", statement=r"d=K", source=GARROD_KEATING_2025.theorem(5)
        ),
        Claim(
            id="own/hostile",
            title=HOSTILE,
            statement=rf"\text{{{HOSTILE}}}",
            source=HOSTILE,
            computed=HOSTILE,
        ),
    ]
    verdicts = [
        Judgement(claims[0].id, Verdict.PROVED, "1 steps", (proved,)),
        Judgement(claims[1].id, Verdict.REFUTED, failing.summary, (failing,), WITNESS),
        Judgement(claims[2].id, Verdict.SUPPORTED, "20000 instances", ()),
        Judgement(claims[3].id, Verdict.UNDECIDED, HOSTILE, (open_ended,), {"word": HOSTILE}),
    ]
    return list(zip(claims, verdicts, strict=True))


def page(**expected: Verdict) -> str:
    return render(judged(), run=Run("full", 7), expected=expected, command=COMMAND)


def test_the_page_is_well_formed_and_loads_nothing() -> None:
    reader = read(page())
    assert reader.loaded == []
    assert not {"script", "link", "img", "iframe", "object"} & set(reader.seen)
    assert all(reference.startswith("#") for reference in reader.references)
    assert "url(http" not in page()
    assert "@import" not in page()


def test_identifiers_are_unique_and_every_link_has_its_target() -> None:
    reader = read(page())
    assert len(reader.identifiers) == len(set(reader.identifiers))
    assert {reference[1:] for reference in reader.references} <= set(reader.identifiers)
    assert set(re.findall(r"url\(#([^)]*)\)", page())) <= set(reader.identifiers)


def test_hostile_text_is_shown_and_never_run() -> None:
    reader = read(page())
    assert reader.text.count(HOSTILE) >= 4
    assert "<script" not in page()


def test_all_plots_are_drawn_and_all_facts_typeset() -> None:
    reader = read(page())
    assert reader.seen.count("svg") == 2
    assert reader.seen.count("math") >= 5
    assert "∎" in reader.text
    assert "elsewhere/unknown" in reader.text


def test_nan_and_infinity_are_dashes() -> None:
    text = read(re.sub(r"<style>.*?</style>", "", page(), flags=re.DOTALL)).text
    words = re.findall(r"[\w.]+", text.replace('{"float": "inf"}', "").lower())  # a witness as JSON
    assert not {"nan", "inf", "infinity"} & set(words)
    assert "loss —" in read(page()).text


def test_a_refuted_statement_stands_beside_what_holds_instead() -> None:
    pair = page().split('<div class="pair">')[1].split("</div>\n{% endif")[0]
    assert (
        pair.index("As printed")
        < pair.index("What holds instead")
        < pair.index('href="#landscape/dimension"')
    )
    assert "3/5" in pair
    assert "&#34;decay&#34;: &#34;3/5&#34;" in pair


def test_an_unexpected_verdict_is_flagged() -> None:
    flagged = read(page(**{"chain/proved": Verdict.SUPPORTED, "landscape/as-printed": Verdict.REFUTED})).text
    assert "1 differs from what was expected" in flagged
    assert flagged.count("expected SUPPORTED") == 2
    assert "expected" not in read(page()).text


def test_it_says_how_to_repeat_it() -> None:
    text = read(page()).text
    assert COMMAND in text
    assert "seed 7" in text
    for package in ("Python", "numpy", "python-flint", "clarabel", "hypothesis"):
        assert package in text


def test_the_same_input_gives_the_same_page(tmp_path: Path) -> None:
    first, second = (
        write_report(tmp_path / name, judged(), run=Run(), expected={}, command=COMMAND)
        for name in ("a", "b/c")
    )
    assert first == tmp_path / "a" / "index.html"
    assert first.read_bytes() == second.read_bytes()
    assert os.listdir(second.parent) == ["index.html"]


def test_an_unwritable_directory_is_refused_in_one_line(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.write_text("mine")
    with pytest.raises(UsageError, match=r"cannot write the report to .*file.*name another") as caught:
        write_report(taken, judged(), run=Run(), expected={}, command=COMMAND)
    assert "\n" not in str(caught.value)
    assert taken.read_text() == "mine"
    assert os.listdir(tmp_path) == ["file"]


def test_a_failed_write_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: str, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "index.html").write_text("old")
    monkeypatch.setattr("verify.report.page.os.replace", refuse)
    with pytest.raises(UsageError, match="Permission denied"):
        write_report(tmp_path, judged(), run=Run(), expected={}, command=COMMAND)
    assert os.listdir(tmp_path) == ["index.html"]
    assert (tmp_path / "index.html").read_text() == "old"


def test_an_empty_run_still_makes_a_page() -> None:
    read(render([], run=Run(), expected={}, command=COMMAND))
