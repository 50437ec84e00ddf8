"""How many random instances a minute a claim's sample judges, alone and with helpers.

    .venv/bin/python -m benchmarks.sampling [ID … | all] [--jobs 1 2] [--repeats 5] [--seconds 20]

Runs alternate between the numbers of jobs, so that other load on the machine meets all of them alike. The
table has medians over the repeats; a rate counts everything from the start of the helpers to their end.
`CPU` is what the runs got of the machine, in processors: well below the jobs, others were using it.
"""

import argparse
import os
import platform
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify.running.task import Task

os.environ.pop("OPENBLAS_CORETYPE", None)  # the kernels that this processor would get by itself
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_variable] = "1"  # read when NumPy is imported, hence before any import of ours


@dataclass(frozen=True)
class Measured:
    """One run: instances judged a minute, and processors used on average."""

    rate: float
    processors: float


def main() -> None:
    """Measure the chosen claims and print a table, a line a claim."""
    from verify.running.task import Task
    from verify.running.threads import quietly

    chosen = _arguments()
    print(f"{platform.machine()}, {os.cpu_count()} processors; medians of {chosen.repeats} runs")
    print(f"load {_load()}")
    columns = [f"{f'jobs {jobs}':>10}{'CPU':>6}" for jobs in chosen.jobs]
    print(f"{'instances a minute':<46}{'a run':>9}{''.join(columns)}{'ratio':>8}")
    for claim_id in chosen.ids:
        with quietly():
            line = _line(Task(claim_id), chosen.jobs, chosen.repeats, chosen.seconds)
        print(line, flush=True)
    print(f"load {_load()}")


def _arguments() -> argparse.Namespace:
    from verify.ledger import LEDGER, load

    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("ids", nargs="*", default=["networks/rank-bound"], metavar="ID", help="or: all")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="length of a run with one job, about")
    chosen = parser.parse_args()
    sampled = [entry.id for entry in LEDGER if load(entry.id).sampler is not None]
    if chosen.ids == ["all"]:
        chosen.ids = sampled
    if unknown := sorted(set(chosen.ids) - set(sampled)):
        parser.error(f"{', '.join(unknown)}: choose from {', '.join(sampled)}")
    if min(chosen.jobs) < 1 or chosen.repeats < 1:
        parser.error("jobs and repeats must be at least 1")
    return chosen


def _line(task: "Task", jobs: list[int], repeats: int, seconds: float) -> str:
    """Rate and processors used by numbers of jobs, and how the last rate compares with the first."""
    chunks = _chunks_of(task, seconds)
    rounds = [[_measure(task, chunks, count) for count in jobs] for _ in range(repeats)]
    cells = [
        f"{median(run.rate for run in runs):>10,.0f}{median(run.processors for run in runs):>6.2f}"
        for runs in zip(*rounds, strict=True)
    ]
    ratio = median(runs[-1].rate / runs[0].rate for runs in rounds)
    drawn = sum(size for _, size in chunks)
    return f"{task.claim:<46}{drawn:>9,}{''.join(cells)}{ratio:>8.2f}"


def _chunks_of(task: "Task", seconds: float) -> list[tuple[int, int]]:
    """As many whole chunks as one job judges in about the seconds, at least two; kernels are warm then."""
    from verify.claim import Run
    from verify.search.batch import CHUNK, judge_chunk

    judge_chunk(task.load(), Run(), 0, 20)
    started = time.perf_counter()
    judge_chunk(task.load(), Run(), 0, CHUNK)
    count = max(2, round(seconds / (time.perf_counter() - started)))
    return [(number, CHUNK) for number in range(count)]


def _measure(task: "Task", chunks: list[tuple[int, int]], jobs: int) -> Measured:
    from verify.claim import Run
    from verify.running.helpers import Helpers
    from verify.search.batch import judge_chunk
    from verify.search.tally import together

    started, used = time.perf_counter(), _cpu_seconds()
    if jobs == 1:
        found = [judge_chunk(task.load(), Run(), *chunk) for chunk in chunks]
    else:
        found = list(Helpers(task, jobs)(Run(), chunks))
    judged = together(found).judged
    seconds = time.perf_counter() - started
    if len(found) < len(chunks):
        raise RuntimeError(f"helpers judged {len(found)} of {len(chunks)} chunks of {task.claim}")
    return Measured(60 * judged / seconds, (_cpu_seconds() - used) / seconds)


def _cpu_seconds() -> float:
    """Processor time of this process and of the children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _load() -> str:
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


if __name__ == "__main__":
    main()
