"""The stored certificates of unequal margins: replayed with no solver, refused once a number is changed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from theory.errors import InvalidProofError
from verify.claims.representation_cost import best_known_codes, unequal_margins_certified
from verify.command_line import main
from verify.ledger import load
from verify.proof import MarginCost, MarginMultipliers, check
from verify.proof.stored import plain

FILE = unequal_margins_certified.FILE
SOLVERS = ("cvxpy", "clarabel", "scs")


def replay(path: Path) -> Result:
    result = CliRunner().invoke(main, ["verify", "--replay", str(path)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_file_replays_as_the_claims_proofs_with_no_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SOLVERS:
        monkeypatch.setitem(sys.modules, name, None)  # importing it fails
    result = replay(FILE)
    assert result.exit_code == 0
    assert "CERTIFIED" in result.stdout
    assert "the proofs of the ledger's claim" in result.stdout


def test_the_file_holds_what_the_instances_say() -> None:
    drawn = unequal_margins_certified.drawn_instances()
    proofs = unequal_margins_certified.stored_proofs()
    assert [proof.title for proof in proofs] == list(drawn)
    for proof in proofs:
        fact, (margins, sizes) = proof.steps[0].fact, drawn[proof.title]
        assert isinstance(fact, MarginCost)
        assert [[str(entry) for entry in row] for row in fact.margins] == [
            [*map(str, row)] for row in margins
        ]
        assert list(fact.sizes) == sizes


def test_a_solver_finds_certificates_as_good_as_the_stored_ones() -> None:
    pairs = zip(
        unequal_margins_certified.found_proofs(), unequal_margins_certified.stored_proofs(), strict=True
    )
    for found, stored in pairs:
        assert check(plain(found)).steps == 1
        new, old = found.steps[0].fact, stored.steps[0].fact
        assert isinstance(new, MarginCost)
        assert isinstance(old, MarginCost)
        assert abs(new.bound - old.bound) <= unequal_margins_certified.TIGHTNESS * old.bound


def nested(content: Any, kind: str) -> list[dict[str, Any]]:
    """All objects in a file that have a name."""
    found: list[dict[str, Any]] = []
    if isinstance(content, dict):
        found += [content] if kind in content else []
        content = list(content.values())
    if isinstance(content, list):
        for item in content:
            found += nested(item, kind)
    return found


def number(value: str) -> dict[str, str]:
    return {"expression": value}


def raise_the_bound(content: Any) -> None:
    nested(content, "bound")[0]["bound"] = number("100")


def raise_a_multiplier(content: Any) -> None:
    nested(content, "multipliers")[0]["multipliers"][0][1] = number("2")


def negate_a_multiplier(content: Any) -> None:
    nested(content, "multipliers")[0]["multipliers"][0][1] = number("-1/4")


def drop_a_row(content: Any) -> None:
    nested(content, "multipliers")[0]["multipliers"].pop()


def lower_a_margin(content: Any) -> None:
    nested(content, "margins")[0]["margins"][1][0] = number("1/100")


def shrink_a_class(content: Any) -> None:
    nested(content, "sizes")[3]["sizes"][0] = number("1")


def no_number(content: Any) -> None:
    nested(content, "multipliers")[0]["multipliers"][0][1] = number("a lot")


@pytest.mark.parametrize(
    ("corrupt", "message"),
    [
        (raise_the_bound, "below the bound"),
        (raise_a_multiplier, "unit ball"),
        (negate_a_multiplier, "negative"),
        (drop_a_row, "not one row a class"),
        (lower_a_margin, "below the bound"),
        (shrink_a_class, "unit ball"),
        (no_number, "proof file"),
    ],
)
def test_a_corrupted_file_is_refused_in_words(
    tmp_path: Path, corrupt: Callable[[Any], None], message: str
) -> None:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    corrupt(content)
    path = tmp_path / "corrupted.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = replay(path)
    assert result.exit_code != 0
    assert message in result.output
    assert "CERTIFIED" not in result.output


@pytest.mark.parametrize("cut", [0, 100, 20_000])
def test_a_file_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.json"
    path.write_text(FILE.read_text(encoding="utf-8")[:cut], encoding="utf-8")
    result = replay(path)
    assert result.exit_code != 0
    assert "CERTIFIED" not in result.output


def test_every_single_multiplier_that_grows_breaks_its_certificate() -> None:
    proof = unequal_margins_certified.stored_proofs()[0]
    (step,) = proof.steps
    assert isinstance(step.rule, MarginMultipliers)
    for j, row in enumerate(step.rule.multipliers):
        for c, entry in enumerate(row):
            if entry > 0:
                rows = [list(each) for each in step.rule.multipliers]
                rows[j][c] = entry * 11 / 10
                rule = MarginMultipliers(tuple(map(tuple, rows)))
                with pytest.raises(InvalidProofError, match="unit ball"):
                    check(
                        type(proof)(
                            proof.title, (), (type(step)(step.name, step.fact, rule, "x"),), ("bound",)
                        )
                    )


def test_a_lower_bound_is_one_of_the_proofs_goals() -> None:
    stated = {
        (len(fact.sizes), int(fact.factors)): float(fact.bound)
        for proof in load("representation-cost/best-known-codes").proofs
        for step in proof.steps
        if isinstance(fact := step.fact, MarginCost)
    }
    for classes in range(2, 13):
        for factors in range(2, 9):
            low, proof = best_known_codes.lower_bound(classes, factors)
            proved = [bound for (k, f), bound in stated.items() if f == factors and k <= classes]
            at_least = max([*proved, (classes - 1) ** (2 / factors)])
            assert low >= at_least
            assert low == at_least or proof == "deep-margins-from-below"
