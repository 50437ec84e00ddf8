import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.sampling", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.full
def test_the_benchmark_measures_every_claim_it_is_asked_about() -> None:
    ids = ["regression/subspace-bound", "networks/rank-bound"]
    done = benchmark(*ids, "--seconds", "0.1", "--repeats", "2")
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()[3:-1]]
    assert [line[0] for line in lines] == ids
    assert all(float(cell.replace(",", "")) > 0 for line in lines for cell in line[1:])


def test_the_benchmark_refuses_claims_without_a_sampler() -> None:
    done = benchmark("depth/collapse-ray")
    assert done.returncode == 2
    assert "choose from" in done.stderr
