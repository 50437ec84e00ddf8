import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

from numba.core import config

from numerics.compilation import PACKAGE, cache_folder, fingerprint, kernel_sources
from numerics.descent.fit import cross_entropy

SOURCE = PACKAGE / "compilation.py"


def test_a_changed_source_changes_the_folder(tmp_path: Path) -> None:
    source = tmp_path / "kernel.py"
    source.write_text("first")
    before = fingerprint([source])
    assert fingerprint([source]) == before
    source.write_text("second")
    assert fingerprint([source]) != before


def test_an_added_or_renamed_source_changes_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "b.py").write_text("x")
    names = {
        fingerprint([tmp_path / name for name in chosen]) for chosen in (["a.py"], ["b.py"], ["a.py", "b.py"])
    }
    assert len(names) == 3


def test_the_kernels_of_the_package_are_fingerprinted() -> None:
    """And constants that kernels take from elsewhere in the folder come from fingerprinted files too."""
    names = {path.name for path in kernel_sources()}
    assert {
        "fit.py",
        "chain_kernels.py",
        "network_kernels.py",
        "small_products.py",
        "proximal_kernels.py",
    } <= names
    for source in kernel_sources():
        taken = re.findall(r"from numerics\.descent\.(\w+) import", source.read_text())
        assert source.parent.name == "benchmark" or {f"{name}.py" for name in taken} <= names


def test_the_users_choices_are_respected_in_order(tmp_path: Path) -> None:
    both = {"NUMBA_CACHE_DIR": str(tmp_path / "numba"), "XDG_CACHE_HOME": str(tmp_path / "xdg")}
    assert cache_folder(both, "name") == tmp_path / "numba" / "name"
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}, "name") == tmp_path / "rankcollapse" / "name"
    assert cache_folder({"HOME": str(tmp_path)}, "name") == tmp_path / ".cache" / "rankcollapse" / "name"


def test_an_unwritable_folder_falls_back_to_a_temporary_one(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder should be")
    folder = cache_folder({"XDG_CACHE_HOME": str(blocked)}, "name")
    assert folder.is_dir()
    assert blocked not in folder.parents


def test_the_kernels_are_stored_in_the_folder_and_others_keep_theirs() -> None:
    stored = Path(cast(Any, cross_entropy).stats.cache_path)
    assert fingerprint(kernel_sources()) in stored.parts
    assert os.environ.get("NUMBA_CACHE_DIR", "") == cast(Any, config).CACHE_DIR


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import sys, numerics.descent, numerics.metrics, numerics.representation_cost, numerics.data;"
        "print([name for name in ('numba', 'cvxpy', 'sklearn', 'matplotlib') if name in sys.modules])"
    )
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PYTHONPATH": root}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert result.stdout.strip() == "[]"
