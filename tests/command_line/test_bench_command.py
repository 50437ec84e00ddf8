from collections.abc import Callable

import pytest
from click.testing import Result

from numerics.descent.benchmark import measuring
from numerics.descent.benchmark.cases import ChainCase
from numerics.descent.benchmark.measuring import Effort

Invoke = Callable[..., Result]


def test_bench_prints_a_table(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "CHAINS", (ChainCase("tiny", 3, 1, 4, 2),))
    monkeypatch.setattr(measuring, "BATCHES", ())
    monkeypatch.setattr(measuring, "NETWORKS", ())
    monkeypatch.setattr(measuring, "QUICK", Effort(seconds=1e-3, rounds=2))
    result = invoke("bench", "--quick")
    assert result.exit_code == 0
    header, tiny, *rest = result.stdout.splitlines()
    assert header.startswith("case")
    assert tiny.startswith("tiny")
    assert any("float64" in line for line in rest)
    assert "measured tiny" in result.stderr


def test_bench_fails_when_a_rival_disagrees(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ChainCase("tiny", 3, 1, 4, 2)
    monkeypatch.setattr(measuring, "CHAINS", (case,))
    monkeypatch.setattr(measuring, "BATCHES", ())
    monkeypatch.setattr(measuring, "NETWORKS", ())
    monkeypatch.setattr(measuring, "QUICK", Effort(seconds=1e-3, rounds=2))
    wrong = {measuring.OURS: case.ours(), measuring.JAX: lambda steps: 0.0 * steps}
    monkeypatch.setattr(measuring, "contestants", lambda _: wrong)
    result = invoke("bench", "--quick")
    assert result.exit_code == 1
    assert "losses differ" in result.stdout


def test_bench_takes_no_other_argument(invoke: Invoke) -> None:
    assert invoke("bench", "--fast").exit_code == 2


def test_bench_measures_only_the_cases_named(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = tuple(ChainCase(name, 3, 1, 4, 2) for name in ("one", "two"))
    monkeypatch.setattr(measuring, "CHAINS", cases)
    monkeypatch.setattr(measuring, "QUICK", Effort(seconds=1e-3, rounds=2))
    result = invoke("bench", "--quick", "--case", "two")
    assert result.exit_code == 0
    assert "measured two" in result.stderr
    assert "measured one" not in result.stderr
    unknown = invoke("bench", "--case", "three")
    assert unknown.exit_code == 2
    assert "case 'three' is unknown: use one, two" in unknown.stderr
