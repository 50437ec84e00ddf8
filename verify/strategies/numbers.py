"""Numbers: small fractions, powers of ten, and floats spread evenly over many orders of magnitude."""

import math
from fractions import Fraction

from hypothesis import strategies as st

from theory.errors import OutOfDomainError

STEPS_PER_DECADE = 24
"""Grid of the log-uniform floats: neighbours differ by a tenth, and each keeps three digits."""


def positive_rationals(*, largest: int = 8, denominator: int = 24) -> st.SearchStrategy[Fraction]:
    """Fractions in (0, largest] with a denominator up to `denominator`.

    Shrinks towards small denominators first, then small numerators: 1 is the simplest.

    >>> from hypothesis import find
    >>> find(positive_rationals(), lambda number: 0 < number < 1)
    Fraction(1, 2)
    """
    return st.integers(1, denominator).flatmap(
        lambda below: st.builds(Fraction, st.integers(1, largest * below), st.just(below))
    )


def powers_of_ten(smallest: int = -150, largest: int = 150) -> st.SearchStrategy[Fraction]:
    """The scales 10^k, smallest ≤ k ≤ largest, exact.

    The squares of the default range are still normal float64. Shrinks towards 1, or the end of the range
    nearest to it.

    >>> from hypothesis import find
    >>> find(powers_of_ten(), lambda scale: scale > 50)
    Fraction(100, 1)
    """
    if smallest > largest:
        raise OutOfDomainError(f"no power of ten from 10^{smallest} to 10^{largest}: swap the ends")
    return st.integers(smallest, largest).map(lambda exponent: Fraction(10) ** exponent)


def log_uniform_floats(smallest: float, largest: float) -> st.SearchStrategy[float]:
    """Floats in [smallest, largest], both positive, evenly spread in their logarithm; the ends included.

    Three digits each, so that they can be read. Shrinks towards 1.0, or the end of the range nearest to it.

    >>> from hypothesis import find
    >>> find(log_uniform_floats(1e-8, 1e8), lambda number: number < 1e-3)
    0.000909
    """
    if not 0 < smallest <= largest < math.inf:
        raise OutOfDomainError(
            f"no log-uniform float from {smallest} to {largest}: give 0 < smallest ≤ largest, both finite"
        )

    def at(step: int) -> float:
        decade, rest = divmod(step, STEPS_PER_DECADE)
        number = float(f"{10 ** (rest / STEPS_PER_DECADE):.2f}e{decade}")  # beyond float64: 0 or infinity
        return float(min(max(number, smallest), largest))

    lowest, highest = (STEPS_PER_DECADE * math.log10(end) for end in (smallest, largest))
    return st.integers(math.floor(lowest), math.ceil(highest)).map(at)


def small_fractions(*, largest: int = 8, denominator: int = 4) -> tuple[Fraction, ...]:
    """The fractions in (0, largest] with a denominator up to `denominator`, each once, simplest first.

    >>> [str(number) for number in small_fractions(largest=2, denominator=3)]
    ['1', '2', '1/2', '3/2', '1/3', '2/3', '4/3', '5/3']
    """
    found = (
        Fraction(above, below)
        for below in range(1, denominator + 1)
        for above in range(1, largest * below + 1)
    )
    return tuple(dict.fromkeys(found))


def weight_decays(*, smallest: float = 1e-8, largest: float = 100.0) -> st.SearchStrategy[Fraction | float]:
    """Weight decays in [smallest, largest]: fractions p/q ≤ 2 with q ≤ 24, and log-uniform floats.

    Shrinks towards the fraction 1, or the one with the smallest denominator in range; where there is
    none, towards the end of the range nearest to 1.

    >>> from hypothesis import find
    >>> find(weight_decays(), lambda decay: True)
    Fraction(1, 1)
    """
    floats = log_uniform_floats(smallest, largest)
    known = small_fractions(largest=2, denominator=24)
    fractions = [number for number in known if smallest <= float(number) <= largest]
    return st.one_of(st.sampled_from(fractions), floats) if fractions else floats
