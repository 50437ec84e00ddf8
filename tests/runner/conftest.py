from pathlib import Path

import pytest

CLAIMS = '''
"""Claims about x in [0, 1], one for each way a run can end."""

from fractions import Fraction

from hypothesis import strategies as st

from verify.claim import Claim
from verify.margin import Margin

print("a claim file that prints")


def draw(generator):
    return {"x": float(generator.uniform(0, 1))}


def make(name, margin, **more):
    shared = {"title": name, "statement": "x", "source": "me", "quick_samples": 50}
    return Claim(id=f"mine/{name}", margin=margin, **{**shared, **more})


def raising(instance):
    print("a claim that prints")
    raise ValueError("two\\nlines")


HOLDS = make("holds", lambda i: Margin.at_least(i["x"], i["x"] ** 2), sampler=draw)
OTHERS = [
    make(
        "fails",
        lambda i: Margin.at_least(10, float(i["x"])),
        exact_margin=lambda i: Margin.exact(10 - Fraction(i["x"])),
        instances=lambda: st.fixed_dictionaries({"x": st.integers(0, 10_000)}),
    ),
    make("raises", raising, sampler=draw),
    make("not-a-number", lambda i: Margin(float("nan"), 0.0), sampler=draw),
]
NOTHING_DRAWN = make("nothing-drawn", lambda i: Margin(1.0, 0.0), sampler=draw, hypotheses=lambda i: False)
NOTHING_FOUND = make(
    "nothing-found",
    lambda i: Margin(1.0, 0.0),
    instances=lambda: st.fixed_dictionaries({"x": st.integers()}),
    hypotheses=lambda i: False,
)
'''


@pytest.fixture
def claim_file(tmp_path: Path) -> Path:
    path = tmp_path / "my_claims.py"
    path.write_text(CLAIMS)
    return path
