"""Print the most memory a descent of case D takes: ``python benchmarks/memory.py``.

The peak of the resident memory of a process of its own, over what it is once start and libraries are there.
"""

import resource
import sys

from numerics.descent.benchmark.cases import CHAINS, DECAY, STEP
from numerics.descent.linear_chain import descend_cross_entropy


def peak() -> int:
    """Bytes of the largest resident memory so far (counted in KiB, on macOS in bytes)."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> None:
    """Warm up on a small case, then run the large one."""
    small, large = CHAINS[0], CHAINS[3]
    descend_cross_entropy(small.start(0), small.labels, DECAY, step=STEP, max_steps=3)
    start = large.start(0)
    parameters = sum(factor.nbytes for factor in start)
    before = peak()
    descent = descend_cross_entropy(start, large.labels, DECAY, step=STEP, max_steps=20)
    grown = peak() - before
    megabytes = 1024**2
    print(f"case {large.name}: {parameters / megabytes:.1f} MB of parameters, loss {descent.loss:.6f}")
    print(f"a descent takes {grown / megabytes:.1f} MB more: {grown / parameters:.2f} times the parameters")


if __name__ == "__main__":
    main()
