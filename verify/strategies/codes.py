"""Codes with class sizes: the K×K logits of the classes in integers, and how many samples each class has."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from verify.instance import Instance
from verify.strategies.matrices import integer_matrices


def code_instances(*, classes: int = 4, largest_size: int = 4, **others: Any) -> st.SearchStrategy[Any]:
    """Instances {"code", "sizes"} of two up to `classes` classes, entries up to 3; further keys as given.

    Shrinks towards two classes of one sample and the zero matrix.

    >>> from hypothesis import find
    >>> find(code_instances(), lambda instance: instance["code"][0][0] > 0)
    {'code': [[1, 0], [0, 0]], 'sizes': [1, 1]}
    """

    def of(count: int) -> st.SearchStrategy[Any]:
        sizes = st.lists(st.integers(1, largest_size), min_size=count, max_size=count)
        return st.fixed_dictionaries({"code": integer_matrices(count, count), "sizes": sizes, **others})

    return st.integers(2, classes).flatmap(of)


def is_code(instance: Instance, *, fewest: int = 2) -> bool:
    """Whether "code" is K×K with K ≥ `fewest` and "sizes" has K positive entries."""
    code, sizes = instance["code"], instance["sizes"]
    square = len(code) >= fewest and all(len(row) == len(code) for row in code)
    return square and len(sizes) == len(code) and min(sizes) >= 1


def random_code(generator: np.random.Generator, *, fewest: int = 2, most: int = 8) -> dict[str, Any]:
    """{"code", "sizes"} with entries up to 9; one in four near the simplex, one in four of rank two or so."""
    classes = int(generator.integers(fewest, most + 1))
    code = generator.integers(-9, 10, size=(classes, classes))
    kind = generator.integers(4)
    if kind == 0:
        code = 9 * np.eye(classes, dtype=np.int64) + generator.integers(-1, 2, size=code.shape)
    elif kind == 1:
        factors = generator.integers(-3, 4, size=(2, classes, int(generator.integers(1, 3))))
        code = factors[0] @ factors[1].T
    sizes = generator.integers(1, int(generator.choice([2, 30])), size=classes)
    return {"code": code.tolist(), "sizes": sizes.tolist()}
