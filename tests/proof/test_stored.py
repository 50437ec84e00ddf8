"""Stored proofs: they come back the same, and a change anywhere is noticed unless what it says is true."""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sympy as sp
from falsehoods import cost_of_the_simplex
from proof_catalogue import CATALOGUE, REAL_X, X, is_accepted, one_step

from theory.errors import InvalidProofError
from verify.ledger import LEDGER, load
from verify.proof import Fact, Known, MarginCost, Proof, SemidefiniteBound, Sturm, UniqueZero, check
from verify.proof.domain import agrees, points, value_at
from verify.proof.facts import Matrix
from verify.proof.stored import from_json, plain, to_json

LEDGERS = {f"{entry.id} · {proof.title}": proof for entry in LEDGER for proof in load(entry.id).proofs}
PROOFS = LEDGERS | CATALOGUE
Path = tuple[str | int, ...]


@pytest.mark.parametrize("title", PROOFS)
def test_a_proof_comes_back_saying_the_same(title: str) -> None:
    proof = PROOFS[title]
    again = from_json(json.loads(json.dumps(to_json(proof), allow_nan=False)))
    assert (again.title, again.goals, again.rests_on) == (proof.title, proof.goals, proof.rests_on)
    assert again.variables == proof.variables
    for ours, theirs in zip(again.steps, proof.steps, strict=True):
        assert (ours.name, type(ours.rule), ours.because) == (theirs.name, type(theirs.rule), theirs.because)
        for left, right in zip(ours.fact.expressions, theirs.fact.expressions, strict=True):
            assert left == right or is_equal(
                left, right, proof
            )  # reading evaluates what was left unevaluated


def is_equal(left: sp.Expr, right: sp.Expr, proof: Proof) -> bool:
    return all(agrees(Fact(left, "=", right), point) for point in points(proof.variables, 5, seed=1))


@pytest.mark.parametrize("title", CATALOGUE)
def test_a_stored_proof_checks_as_before(title: str) -> None:
    data = json.loads(json.dumps(to_json(CATALOGUE[title])))
    assert to_json(from_json(data)) == data
    assert plain(CATALOGUE[title]) == from_json(data) == CATALOGUE[title]
    assert check(from_json(data)) == check(CATALOGUE[title])


def places(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every place of JSON data: objects, lists and leaves."""
    yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def others(value: Any, names: list[str]) -> list[Any]:
    """What else could stand in a place."""
    if isinstance(value, bool):
        return [not value, None, int(value), "true"]
    if isinstance(value, int):
        return [value + 1, value - 1, -value, 10**6 * value + 1, float(value), float("nan"), str(value), None]
    if isinstance(value, str):
        digits = ["0", "-1", "7/3", "1/0", "-" + value]
        return [
            *digits,
            "",
            "x",
            "=",
            ">",
            ">=",
            "Sturm",
            "Evident",
            "+",
            "log",
            value + " ",
            3,
            None,
            [value],
            *names,
        ]
    if isinstance(value, list):
        shorter = [value[:index] + value[index + 1 :] for index in range(len(value))]
        return [*shorter, [], value[::-1], [*value, *value[:1]], {}, None, "x"]
    if isinstance(value, dict):
        return [
            {**value, "extra": 1},
            *[{k: v for k, v in value.items() if k != key} for key in value],
            [],
            None,
        ]
    return [0, "1", "x", [], True]


def tampered(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(data)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return changed


def says_the_truth(proof: Proof) -> bool:
    """Whether no goal fails at many points that the citations allow."""
    cited = [step.fact for step in proof.steps if isinstance(step.rule, Known)]
    goals = [step.fact for step in proof.steps if step.name in proof.goals]
    for free in points(proof.variables, 300 if cited else 40, seed=7):
        point: dict[sp.Symbol, Any] = dict(free)
        for fact in cited:
            if isinstance(fact, Fact) and fact.relation == "=" and isinstance(fact.left, sp.Symbol):
                point[fact.left] = value_at(fact.right, point)
        possible = all(isinstance(fact, Fact) and agrees(fact, point) for fact in cited)
        if possible and not all(holds(goal, point) for goal in goals):
            return False
    return all(is_a_bound(goal) for goal in goals if isinstance(goal, SemidefiniteBound)) and all(
        float(cost_of_the_simplex(goal)) >= float(goal.bound) - 1e-12
        for goal in goals
        if isinstance(goal, MarginCost)
    )


def holds(goal: Any, point: dict[sp.Symbol, Any]) -> bool:
    if isinstance(goal, UniqueZero):
        ends = [goal.function.subs(goal.variable, end) for end in (goal.low, goal.high)]
        return agrees(Fact(-ends[0] * ends[1], ">"), point)
    return isinstance(goal, (SemidefiniteBound, MarginCost)) or agrees(goal, point)


def is_a_bound(goal: SemidefiniteBound) -> bool:
    """Whether no X = vvᵀ with small entries that meets the constraints costs less."""
    random = Random(1)
    for _ in range(300):
        vector = [Fraction(random.randint(-12, 12), 4) for _ in goal.cost]
        met = [(value(matrix, vector), relation, b) for matrix, relation, b in goal.constraints]
        feasible = all(v == b or (relation == ">=" and v > b) for v, relation, b in met)
        if feasible and value(goal.cost, vector) < goal.bound:
            return False
    return True


def value(matrix: Matrix, vector: list[Fraction]) -> Fraction:
    rows = [[Fraction(int(entry.p), int(entry.q)) for entry in row] for row in matrix]
    products = [row[j] * v * w for row, v in zip(rows, vector, strict=True) for j, w in enumerate(vector)]
    return sum(products, Fraction(0))


def survivors(proof: Proof, share: float, seed: int) -> Iterator[tuple[Path, Any, Proof]]:
    """The changed proofs that are still accepted, of a random share of all that one place allows."""
    random = Random(seed)
    data = to_json(proof)
    names = [step.name for step in proof.steps] + [str(variable.symbol) for variable in proof.variables]
    for path, value in places(data):
        for other in others(value, names):
            if random.random() > share or other == value:
                continue
            try:
                changed = from_json(tampered(data, path, other))
                check(changed)
            except InvalidProofError:
                continue
            yield path, other, changed


def assert_tampering_is_harmless(proof: Proof, share: float) -> None:
    for path, other, changed in survivors(proof, share, seed=1):
        assert says_the_truth(changed), f"{path} changed to {other!r}: {changed}"


@pytest.mark.parametrize("title", CATALOGUE)
def test_tampering_leaves_only_true_statements(title: str) -> None:
    assert_tampering_is_harmless(CATALOGUE[title], 0.1)


@pytest.mark.full
@pytest.mark.parametrize("title", CATALOGUE)
def test_all_tampering_leaves_only_true_statements(title: str) -> None:
    assert_tampering_is_harmless(CATALOGUE[title], 1.0)


@pytest.mark.full
@pytest.mark.parametrize("title", LEDGERS)
def test_tampering_with_the_ledger_leaves_only_true_statements(title: str) -> None:
    size = sum(1 for _ in places(to_json(LEDGERS[title])))
    assert_tampering_is_harmless(LEDGERS[title], min(1.0, 100 / size))


def test_tampering_that_survives_exists_and_is_seen_through() -> None:
    """The test above would notice: a weaker bound survives and is true, a citation cut loose would not be."""
    found = [other for _, other, _ in survivors(CATALOGUE["semidefinite"], 1.0, seed=0)]
    assert found
    lie = one_step(Fact(X, ">", X**2), Sturm(), REAL_X)
    assert not says_the_truth(lie)


def test_a_tree_too_deep_to_walk_is_refused() -> None:
    tree: Any = "x"
    for _ in range(100_000):
        tree = ["+", tree, 1]
    data = to_json(CATALOGUE["Sturm"])
    data["steps"][0]["statement"]["left"] = {"expression": tree}
    with pytest.raises(InvalidProofError, match="RecursionError"):
        from_json(data)


@pytest.mark.parametrize(
    "tree",
    [
        ["log"],
        ["log", "x", "x"],
        ["^", "x"],
        ["eval", "x"],
        ["__class__", "x"],
        [],
        [["+"], "x"],
        {"+": "x"},
        "y",
        "X",
        "1/0",
        "1e9",
        "0x10",
        "٣",
        "1/2/3",
        " 1",
        "__import__('os')",
        1.5,
        float("nan"),
        float("inf"),
        True,
        None,
        ["^", 0, -1],
        ["log", 0],
        ["^", -1, "1/2"],
        ["*", 0, ["^", 0, -1]],
    ],
    ids=lambda tree: str(tree)[:20],
)
def test_what_is_no_expression_is_refused(tree: Any) -> None:
    data = to_json(CATALOGUE["Sturm"])
    data["steps"][0]["statement"]["left"] = {"expression": tree}
    with pytest.raises(InvalidProofError):
        check(from_json(data))


@pytest.mark.parametrize(
    "data", [None, [], "", 3, {}, {"format": "rankcollapse proof 1"}, {"format": "other"}], ids=str
)
def test_what_is_no_proof_is_refused(data: Any) -> None:
    with pytest.raises(InvalidProofError):
        from_json(data)


@pytest.mark.parametrize("key", ["format", "title", "variables", "steps", "goals", "rests_on"])
def test_every_part_is_needed_and_no_other_is_known(key: str) -> None:
    data = to_json(CATALOGUE["Sturm"])
    with pytest.raises(InvalidProofError):
        from_json({name: value for name, value in data.items() if name != key})
    with pytest.raises(InvalidProofError, match="has fields"):
        from_json({**data, "comment": "trust me"})


def test_live_numbers_are_stored_as_what_they_are() -> None:
    whole = one_step(Fact(X**2 / 3 + sp.pi + sp.E, ">", sp.cos(X) - 5), Sturm(), REAL_X)
    again = from_json(json.loads(json.dumps(to_json(whole))))
    assert again == whole
    assert not is_accepted(whole)
