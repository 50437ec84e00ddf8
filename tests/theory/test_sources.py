"""Every formula and every module of mathematics says where it comes from."""

import importlib
import inspect
import pkgutil
import re
from types import ModuleType

import pytest

import theory
from theory.formula import Formula
from theory.formula.implicit import ImplicitFormula
from theory.sources import RANKCOLLAPSE

ROOMS = ("chain", "cross_entropy", "squared_loss", "landscape", "depth", "regression")
TOOLS = {"theory.cross_entropy.divisors", "theory.landscape.blocks"}
"""Elementary arithmetic and containers: nothing to cite."""
PLACE = re.compile(
    r"\d{4}\.\d{5}|[Dd]erived\s+for\s+this\s+project|et al\. \d{4}|\b[A-Z]\w+ (and [A-Z]\w+ )?(18|19|20)\d\d"
)


def modules() -> list[ModuleType]:
    names = [info.name for info in pkgutil.walk_packages(theory.__path__, "theory.") if not info.ispkg]
    return [importlib.import_module(name) for name in names if name.split(".")[1] in ROOMS]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_a_module_cites(module: ModuleType) -> None:
    text = inspect.getdoc(module) or ""
    for name, value in vars(module).items():
        if isinstance(value, (Formula, ImplicitFormula)):
            assert value.source.place, f"{name} cites a paper, but no place in it"
            assert value.source.label in (inspect.getdoc(value) or ""), name
    assert module.__name__ in TOOLS or PLACE.search(text), "name the paper, or say that it is our own"


def test_own_derivations_are_not_passed_off_as_papers() -> None:
    own = [
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, Formula) and value.source.paper is RANKCOLLAPSE
    ]
    assert own
    assert all(value.source.label.startswith("rankcollapse") for value in own)
