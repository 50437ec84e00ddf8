"""The guided search depends on the seed alone, and leaves Hypothesis as it found it."""

import subprocess
import sys
from pathlib import Path

from hypothesis import configuration
from hypothesis.internal.conjecture import providers

from verify.search.isolation import isolated

DRAWS = """
import sys
sys.path.insert(0, {root!r})
{imports}
import hashlib, random, hypothesis
from hypothesis import strategies as st
from verify.search.isolation import isolated
drawn = []
try:
    with isolated():
        settings = hypothesis.settings(database=None, deadline=None, max_examples=300)
        strategy = st.tuples(st.integers(), st.floats(allow_nan=False), st.text(max_size=3))
        hypothesis.find(strategy, lambda x: bool(drawn.append(x)), settings=settings, random=random.Random(1))
except hypothesis.errors.NoSuchExample:
    print(hashlib.sha256(repr(drawn).encode()).hexdigest())
"""


def drawn_with(imports: str, folder: Path) -> str:
    code = DRAWS.format(root=str(Path(__file__).parents[2]), imports=imports)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout


def test_what_else_is_loaded_changes_nothing(tmp_path: Path) -> None:
    everything = "from verify.ledger import LEDGER, load\nfor item in LEDGER: load(item.id)"
    assert drawn_with("", tmp_path) == drawn_with(everything, tmp_path) != ""
    assert not list(tmp_path.iterdir())


def test_the_users_settings_come_back() -> None:
    before = configuration.__dict__["__hypothesis_home_directory"], vars(providers)["_get_local_constants"]
    with isolated():
        assert vars(providers)["_get_local_constants"] is not before[1]
    after = configuration.__dict__["__hypothesis_home_directory"], vars(providers)["_get_local_constants"]
    assert after == before
