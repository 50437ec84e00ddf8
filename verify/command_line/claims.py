"""`rankcollapse claims`: what the ledger holds, one claim in full, or the papers as BibTeX."""

import inspect
from typing import TYPE_CHECKING, Any

import click

from theory.errors import UsageError
from verify.command_line.output import print_columns, print_json

if TYPE_CHECKING:
    from verify.claim import Claim


@click.command("claims")
@click.argument("claim_id", metavar="[ID]", required=False)
@click.option("--bib", is_flag=True, help="Print the papers as BibTeX.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone.")
def command(claim_id: str | None, bib: bool, as_json: bool) -> None:
    """List the claims of the ledger, or print one in full."""
    if bib and as_json:
        raise UsageError("--bib prints BibTeX and --json JSON: give one of them")
    from verify.ledger import LEDGER, load

    claims = [load(claim_id)] if claim_id is not None else [load(entry.id) for entry in LEDGER]
    if bib:
        _print_bibliography(claims)
    elif claim_id is not None:
        details = _details(claims[0])
        print_json(details) if as_json else _print_details(claims[0].title, details)
    elif as_json:
        print_json([_summary(claim) for claim in claims])
    else:
        rows = [(claim.id, claim.source_label, _expected(claim), claim.title) for claim in claims]
        print_columns(("claim", "source", "expected", "statement"), rows)


def _print_bibliography(claims: "list[Claim]") -> None:
    from theory.sources import PAPERS

    cited = [claim.source.paper for claim in claims if not isinstance(claim.source, str)]
    used = [paper for paper in PAPERS if paper in cited]
    used += [paper for paper in dict.fromkeys(cited) if paper not in PAPERS]
    click.echo("\n\n".join(paper.bibtex for paper in used))


def _expected(claim: "Claim") -> str:
    """Return the expected verdict, or both where the levels differ."""
    from verify.ledger import entry

    expected = entry(claim.id)
    return expected.quick if expected.quick is expected.full else f"{expected.quick} (full: {expected.full})"


def _summary(claim: "Claim") -> dict[str, Any]:
    from verify.ledger import entry

    expected = entry(claim.id)
    return {
        "id": claim.id,
        "title": claim.title,
        "source": claim.source_label,
        "expected": {"quick": expected.quick, "full": expected.full},
        "reviewed": expected.reviewed,
    }


def _details(claim: "Claim") -> dict[str, Any]:
    from verify.proof.stored import to_json

    return {
        **_summary(claim),
        "statement": claim.statement,
        "hypotheses": inspect.getdoc(claim.hypotheses) or "",
        "computed": claim.computed,
        "tight": claim.tight,
        "certified_on": claim.certified_on,
        "proofs": [str(proof) for proof in claim.proofs],
        "stored_proofs": [to_json(proof) for proof in claim.proofs],
        "witness": claim.witness,
        "instead": claim.instead,
    }


def _print_details(title: str, details: dict[str, Any]) -> None:
    from verify.instance import show

    quick, full = details["expected"]["quick"], details["expected"]["full"]
    lines = {
        "statement": details["statement"],
        "source": details["source"],
        "hypotheses": details["hypotheses"],
        "computed": details["computed"],
        "tight": details["tight"],
        "certified on": details["certified_on"],
        "expected": quick if quick == full else f"{quick} at quick level, {full} at full",
        "reviewed": details["reviewed"],
        "witness": "" if details["witness"] is None else show(details["witness"]),
        "instead": details["instead"],
    }
    click.echo(f"{details['id']}: {title}\n")
    for name, text in lines.items():
        if text:
            click.echo(f"{name.ljust(14)}{text}")
    for proof in details["proofs"]:
        click.echo(f"\nproof: {proof}")
