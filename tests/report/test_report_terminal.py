import io
import math
from fractions import Fraction

import pytest
from rich.console import Console

from theory.sources import GARROD_KEATING_2025
from verify.claim import Claim
from verify.evidence import Evidence, Kind
from verify.margin import Margin, Outcome
from verify.report.numbers import margin, number, power_of_ten, readable
from verify.report.terminal import verdict_lines, verdict_table
from verify.verdict import Judgement, Verdict


def item(kind: Kind, summary: str, outcome: Outcome = Outcome.HOLDS, **fields: dict[str, int]) -> Evidence:
    return Evidence(kind=kind, outcome=outcome, summary=summary, witness=fields.get("witness"))


def case(
    name: str, verdict: Verdict, *evidence: Evidence, instead: str | None = None, reason: str = "the reason"
) -> tuple[Claim, Judgement]:
    source = GARROD_KEATING_2025.theorem(1)
    claim = Claim(id=f"room/{name}", title="", statement="x", source=source, instead=instead)
    return claim, Judgement(claim.id, verdict, reason, evidence)


PROVED = case(
    "proved",
    Verdict.PROVED,
    item("proof", "5 steps"),
    item("search", "no counterexample in 200"),
    item("descent", "descent 0.0800 < 0.0907"),
)
REFUTED = case(
    "refuted-as-printed",
    Verdict.REFUTED,
    item("sampling", "2000 instances", Outcome.FAILS),
    item("search", "K=4 d=6: 24, printed 18", Outcome.FAILS, witness={"classes": 4}),
    instead="room/amended",
)
ALONE = case("alone", Verdict.SUPPORTED, item("search", "no counterexample in 200"))
OPEN = case(
    "open", Verdict.UNDECIDED, item("descent", "x", Outcome.CLOSE), reason="descent: [bold]lost\n its way" * 9
)
ALL = [PROVED, REFUTED, ALONE, OPEN]


def test_lines_are_aligned_and_say_what_carries_the_verdict() -> None:
    lines = verdict_lines(ALL, {})
    assert lines[0].endswith("PROVED     5 steps · descent 0.0800 < 0.0907")
    assert lines[1].endswith("REFUTED    K=4 d=6: 24, printed 18 → room/amended")
    assert lines[2].endswith("SUPPORTED  no counterexample in 200")
    assert len({line.index("2410.23169 Thm 1") for line in lines}) == 1
    assert not any("\n" in line for line in lines)
    assert lines[3].count("its way") == 9  # a reason is never cut: one acts on it


@pytest.mark.parametrize("width", [80, 120, 160])
def test_long_lines_end_in_an_ellipsis_and_keep_the_amended_claim(width: int) -> None:
    long = case("long", Verdict.PROVED, *[item("solver", f"finding number {index}") for index in range(20)])
    summary = "K=4 " * 60
    refuted = case(
        "false", Verdict.REFUTED, item("witness", summary, Outcome.FAILS, witness={}), instead="room/amended"
    )
    lines = verdict_lines([long, refuted], {}, width=width)
    assert max(map(len, lines)) <= width
    assert lines[0].endswith("…")
    assert lines[1].endswith("… → room/amended")


def test_a_surprise_comes_first() -> None:
    expected = {"room/proved": Verdict.SUPPORTED, "room/alone": None}
    lines = verdict_lines([PROVED, ALONE], expected)
    assert "PROVED     expected SUPPORTED · 5 steps" in lines[0]
    assert "expected" not in lines[1]


def test_the_table_shows_the_same_and_reads_no_markup() -> None:
    stream = io.StringIO()
    Console(file=stream, width=140).print(verdict_table(ALL, {"room/proved": Verdict.SUPPORTED}))
    text = stream.getvalue()
    for words in ("room/proved", "expected SUPPORTED · 5 steps", "→ room/amended", "UNDECIDED", "[bold]lost"):
        assert words in text
    assert max(map(len, text.splitlines())) <= 140


def test_numbers_read_well_and_are_never_nan() -> None:
    assert [number(x) for x in (math.nan, -math.inf, None, "NaN")] == ["—"] * 4
    assert [number(x) for x in (-3, 12345, True, Fraction(3, 5), -2.5e-13)] == [
        "−3",
        "12\u202f345",
        "yes",
        "3/5",
        "−2.5×10⁻¹³",
    ]
    assert margin(Margin(0.5, 1e-15)) == "0.5 ± 1×10⁻¹⁵"
    assert margin(Margin.exact(-6)) == "−6 exactly"
    assert margin(Margin(math.inf, 0.0)) == "—"
    assert readable("K=4 2e-3, 1-2, -5") == "K=4 2×10⁻³, 1-2, −5"
    assert [power_of_ten(x) for x in (0.0, 1.0, 2e-5)] == ["", "1", "2×10⁻⁵"]
