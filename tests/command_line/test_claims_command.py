import json
from collections.abc import Callable

from click.testing import Result

from verify.ledger import LEDGER

Invoke = Callable[..., Result]
ID = "chain/cost-of-a-product"


def test_the_list_names_every_claim(invoke: Invoke) -> None:
    result = invoke("claims")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["claim", "source", "expected", "statement"]
    assert [line.split()[0] for line in lines[1:]] == [entry.id for entry in LEDGER]
    listed = json.loads(invoke("claims", "--json").stdout)
    assert [claim["id"] for claim in listed] == [entry.id for entry in LEDGER]
    assert all({"title", "source", "expected", "reviewed"} < set(claim) for claim in listed)


def test_one_claim_in_full(invoke: Invoke) -> None:
    text = invoke("claims", ID).stdout
    for piece in (r"\sum_{j=1}^{F}", "Shang", "computed", "tight", "PROVED", "lower bound: total"):
        assert piece.lower() in text.lower()
    details = json.loads(invoke("claims", ID, "--json").stdout)
    assert details["id"] == ID
    assert details["witness"] is None
    assert "∎" in details["proofs"][0]


def test_bibliography(invoke: Invoke) -> None:
    whole, one = invoke("claims", "--bib").stdout, invoke("claims", ID, "--bib").stdout
    assert one.startswith("@")
    assert one.count("@") == 1
    assert one.strip() in whole
