"""Rational certificates of what margins cost: exact, next to the optimum, and refused when false."""

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from numerics.certificates.margins import MarginCertificate, certify_margins, repaired
from numerics.certificates.points import exact_point
from theory.errors import InvalidProblemError, InvalidProofError
from theory.tolerances import SOLVER_GAP
from verify.certificates import proof_of, save_certificate
from verify.command_line import main
from verify.proof import check

HALVES = [[0, Fraction(1, 2)], [Fraction(1, 2), 0]]


def equal(classes: int, value: Any = 1) -> list[list[Any]]:
    return [[0 if j == c else value for c in range(classes)] for j in range(classes)]


@pytest.mark.parametrize("classes", [2, 3, 4, 7])
def test_the_simplex_bound_is_certified(classes: int) -> None:
    certificate = certify_margins(equal(classes))
    assert certificate.status == "optimal"
    assert certificate.holds()
    assert classes - 1 - SOLVER_GAP * classes <= certificate.bound <= classes - 1
    check(proof_of(certificate))


def test_exact_multipliers_need_no_shrinking_to_hold() -> None:
    ones = tuple(tuple(Fraction(entry) for entry in row) for row in equal(5))
    fifths = tuple(tuple(Fraction(entry) for entry in row) for row in equal(5, Fraction(1, 5)))
    certificate = MarginCertificate((Fraction(1),) * 5, ones, fifths)
    assert certificate.holds()
    assert certificate.bound == 4
    check(proof_of(certificate))


@pytest.mark.parametrize(("first", "second"), [(1, 1), (1, 4), (Fraction(2, 7), 3), (2, 0)])
def test_two_classes_cost_the_root_of_their_mean_square(first: Any, second: Any) -> None:
    # centred columns are multiples of (1, −1): one singular value
    certificate = certify_margins([[0, first], [second, 0]])
    assert certificate.holds()
    square = Fraction(first**2 + second**2) / 2
    assert certificate.bound**2 <= square
    assert abs(float(certificate.bound) - float(square) ** 0.5) <= SOLVER_GAP * float(square) ** 0.5


@given(
    st.integers(2, 4).flatmap(
        lambda k: st.tuples(
            st.lists(st.floats(-2, 2), min_size=k * k, max_size=k * k),
            st.lists(st.integers(1, 9), min_size=k, max_size=k),
        )
    )
)
def test_repaired_multipliers_always_hold(given_: tuple[list[float], list[int]]) -> None:
    entries, sizes = given_
    classes = len(sizes)
    certificate = repaired(np.reshape(entries, (classes, classes)), equal(classes), sizes)
    assert certificate.holds()
    check(proof_of(certificate))
    # no bound may exceed what the simplex costs at these sizes
    simplex = (np.eye(classes) - 1 / classes) * np.sqrt(sizes)
    assert float(certificate.bound) <= np.linalg.svd(simplex, compute_uv=False).sum() * (1 + 1e-12)


def test_a_bound_scales_with_margins_and_sizes_and_follows_the_classes() -> None:
    margins, sizes, order = [[0, 1, 3], [2, 0, 1], [1, 2, 0]], [1, 2, 5], [2, 0, 1]
    bound = float(certify_margins(margins, sizes).bound)
    tripled = certify_margins([[3 * entry for entry in row] for row in margins], sizes)
    quadrupled = certify_margins(margins, [4 * size for size in sizes])
    permuted = certify_margins([[margins[j][c] for c in order] for j in order], [sizes[c] for c in order])
    allowed = SOLVER_GAP * bound
    assert abs(float(tripled.bound) - 3 * bound) <= 3 * allowed
    assert abs(float(quadrupled.bound) - 2 * bound) <= 2 * allowed
    assert abs(float(permuted.bound) - bound) <= allowed


def test_exact_points_lie_above_exact_bounds() -> None:
    generator = np.random.default_rng(3)
    for classes in (2, 3, 5):
        wanted = generator.integers(1, 6, size=(classes, classes))
        np.fill_diagonal(wanted, 0)
        margins, sizes = wanted.tolist(), generator.integers(1, 5, size=classes).tolist()
        certificate = certify_margins(margins, sizes)
        point = exact_point(generator.standard_normal((classes, classes)), margins, sizes)
        assert point.holds()
        assert point.cost > certificate.bound
        scaled = np.array([[float(entry) for entry in row] for row in point.logits]) * np.sqrt(sizes)
        norm = float(np.linalg.svd(scaled, compute_uv=False).sum())
        assert norm * (1 - 1e-12) <= float(point.cost) <= norm * (1 + 1e-9)


def test_a_point_below_its_margins_does_not_hold() -> None:
    point = exact_point(np.eye(3) - 1 / 3, equal(3))
    logits = ((Fraction(0),) * 3, *point.logits[1:])
    assert not replace(point, logits=logits).holds()


@pytest.mark.parametrize(
    "multipliers",
    [
        equal(3, Fraction(1, 3) + Fraction(1, 10**12)),
        equal(3, Fraction(1)),
        [[0, -1, 1], [1, 0, 1], [1, 1, 0]],
        [[Fraction(1, 10**9), 0, 0], [0, 0, 0], [0, 0, 0]],
    ],
    ids=["a little too large", "too large", "negative", "to itself"],
)
def test_false_multipliers_are_refused(multipliers: list[list[Any]]) -> None:
    ones = tuple(tuple(Fraction(entry) for entry in row) for row in equal(3))
    rows = tuple(tuple(Fraction(entry) for entry in row) for row in multipliers)
    certificate = MarginCertificate((Fraction(1),) * 3, ones, rows)
    assert not certificate.holds()
    with pytest.raises(InvalidProofError):
        check(proof_of(certificate))


@pytest.mark.parametrize(
    ("margins", "sizes"),
    [
        ([[0]], None),
        ([[0, 1]], None),
        ([[1, 1], [1, 0]], None),
        ([[0, float("nan")], [1, 0]], None),
        ([[0, 1], [1, 0]], [1]),
        ([[0, 1], [1, 0]], [1, 0]),
        ([[0, "x"], [1, 0]], None),
    ],
)
def test_odd_problems_are_refused(margins: list[list[Any]], sizes: list[Any] | None) -> None:
    with pytest.raises(InvalidProblemError):
        certify_margins(margins, sizes)


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "margins.json"
    save_certificate(repaired(HALVES, equal(2)), path)
    return path


def replay(path: Path) -> Result:
    return CliRunner().invoke(main, ["verify", "--replay", str(path)])


def test_a_stored_certificate_is_checked(stored: Path) -> None:
    assert stored.stat().st_size < 10_000
    result = replay(stored)
    assert result.exit_code == 0
    assert "PROVED" in result.stdout or "CERTIFIED" in result.stdout


def test_no_solver_is_needed_for_the_check(stored: Path) -> None:
    code = (
        "import sys; sys.modules['cvxpy'] = sys.modules['clarabel'] = sys.modules['scs'] = None;"
        "from verify.command_line import main; main(['verify', '--replay', sys.argv[1]])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(stored)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _raise_bound(step: dict[str, Any]) -> None:
    step["statement"]["bound"] = {"expression": "2"}


def _enlarge(step: dict[str, Any]) -> None:
    step["rule"]["multipliers"][0][1] = {"expression": "5/8"}


def _negate(step: dict[str, Any]) -> None:
    step["rule"]["multipliers"][0][1] = {"expression": "-1/2"}


def _lose_a_row(step: dict[str, Any]) -> None:
    step["rule"]["multipliers"].pop()


def _change_the_rule(step: dict[str, Any]) -> None:
    step["rule"] = {"name": "Identity", "uses": []}


@pytest.mark.parametrize("corrupt", [_raise_bound, _enlarge, _negate, _lose_a_row, _change_the_rule])
def test_a_corrupted_certificate_is_refused(stored: Path, corrupt: Any) -> None:
    content = json.loads(stored.read_text())
    corrupt(content["proofs"][0]["steps"][0])
    stored.write_text(json.dumps(content))
    result = replay(stored)
    assert result.exit_code in (1, 2)
    assert "PROVED" not in result.stdout
    assert "CERTIFIED" not in result.stdout
    assert "does not check" in result.stdout or result.stderr.startswith("error: ")


@pytest.mark.parametrize("end", [0, 1, 40, 300])
def test_a_file_cut_short_is_refused(stored: Path, end: int) -> None:
    stored.write_text(stored.read_text()[:end])
    result = replay(stored)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
