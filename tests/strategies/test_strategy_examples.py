"""Every example in the strategies' docstrings runs and prints what it says; every function has one."""

import doctest
import inspect
from importlib import import_module

import pytest

import verify.strategies

MODULES = [f"verify.strategies.{name}" for name in
           ("numbers", "spectra", "matrices", "problems", "networks", "regression", "codes")]  # fmt: skip


@pytest.mark.parametrize("module", [*MODULES, "verify.testing"])
def test_docstring_examples_run(module: str) -> None:
    failed, attempted = doctest.testmod(import_module(module))
    assert attempted > 0
    assert failed == 0


def test_every_public_function_has_an_example() -> None:
    public = [getattr(verify.strategies, name) for name in verify.strategies.__all__]
    functions = [value for value in public if not inspect.isclass(value)]
    assert [value.__name__ for value in functions if ">>>" not in (value.__doc__ or "")] == []
    assert {value.__module__ for value in functions} == set(MODULES)
