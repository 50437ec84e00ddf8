from collections.abc import Callable

import pytest

from verify.claim import Claim, Run
from verify.evidence import overall, worst_of
from verify.instance import Instance
from verify.margin import Margin, Outcome
from verify.search import batch
from verify.search.batch import CHUNK, judge_chunk, tallies
from verify.search.sampling import sample
from verify.search.seen import Seen
from verify.search.tally import Tally, together


def claim(margin: Callable[[Instance], Margin], quick_samples: int = 500) -> Claim:
    return Claim(
        id="mine/x",
        title="x",
        statement="x",
        source="me",
        sampler=lambda generator: {"x": float(generator.uniform(-1, 1)), "y": [generator.uniform()]},
        hypotheses=lambda instance: instance["x"] > -0.5,
        margin=margin,
        quick_samples=quick_samples,
    )


SQUARES = claim(lambda i: Margin.at_least(1.0 + i["x"], i["x"] ** 2))
EQUALITY = claim(lambda i: Margin.equal(i["x"] + 1, 1 + i["x"]))
TIES = claim(lambda i: Margin(0.0, 1.0))
FAILS_RARELY = claim(lambda i: Margin(0.999 - i["x"], 1e-9, ratio=i["x"] + 2))


def in_one_go(a_claim: Claim, chunks: list[tuple[int, int]]) -> tuple[list[Margin], Seen]:
    """All margins of the chunks, kept in one list as the plainest sampler would."""
    margins: list[Margin] = []
    seen = Seen()
    assert a_claim.sampler is not None
    for number, size in chunks:
        generator = Run().generator(a_claim.id, "sample", str(number))
        for instance in [a_claim.sampler(generator) for _ in range(size)]:
            if a_claim.hypotheses(instance):
                margins.append(a_claim.fast_margin(instance))
                seen.add(instance, margins[-1])
    return margins, seen


@pytest.mark.parametrize("a_claim", [SQUARES, EQUALITY, TIES, FAILS_RARELY])
def test_chunks_add_up_to_the_whole(a_claim: Claim) -> None:
    found = together(tallies(a_claim, Run(), 2 * CHUNK + 7))
    margins, seen = in_one_go(a_claim, [(0, CHUNK), (1, CHUNK), (2, 7)])
    ratios = [margin.ratio for margin in margins if margin.ratio is not None]
    assert 0 < found.judged == len(margins) < 2 * CHUNK + 7
    assert found.outcome is overall(margins)
    assert found.worst == worst_of(margins)
    assert found.tightness == min(ratios, default=None)
    assert found.too_close == sum(margin.outcome is Outcome.CLOSE for margin in margins)
    assert found.ties == (0 if a_claim is EQUALITY else found.too_close)
    assert vars(found.seen) == vars(seen)


def test_each_chunk_has_a_stream_of_its_own_and_a_short_one_is_its_beginning() -> None:
    drawn: list[list[float]] = []

    def margin(instance: Instance) -> Margin:
        drawn[-1].append(instance["x"])
        return Margin(1.0, 0.0)

    recording = claim(margin)
    for number, size in ((0, 40), (0, 20), (1, 40)):
        drawn.append([])
        judge_chunk(recording, Run(), number, size)
    whole, short, other = drawn
    assert 0 < len(short) < len(whole)
    assert short == whole[: len(short)]
    assert not set(whole) & set(other)


def test_nothing_drawn_and_nothing_judged_decide_nothing() -> None:
    empty = together([])
    assert (empty.judged, empty.outcome, empty.worst) == (0, Outcome.CLOSE, None)
    assert list(tallies(SQUARES, Run(), 0)) == []
    evidence = sample(claim(lambda i: Margin(1.0, 0.0), quick_samples=0), Run(), Seen())
    assert evidence.outcome is Outcome.CLOSE
    assert evidence.summary == "none of 0 drawn instances meets the hypotheses"


@pytest.mark.parametrize("first", range(3))
def test_one_failing_chunk_makes_the_whole_fail(first: int) -> None:
    parts = [Tally(outcome=outcome) for outcome in (Outcome.HOLDS, Outcome.CLOSE, Outcome.FAILS)]
    turned = parts[first:] + parts[:first]
    assert together(turned).outcome is Outcome.FAILS
    assert together([part for part in turned if part.outcome is not Outcome.FAILS]).outcome is Outcome.HOLDS


def test_helpers_are_asked_only_where_they_are_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[tuple[int, int]]] = []

    def helpers(run: Run, chunks: list[tuple[int, int]]) -> list[Tally]:
        asked.append(chunks)
        return []

    alone = together(tallies(SQUARES, Run(), 3 * CHUNK))
    run = Run(helpers=lambda run, chunks: (tally for tally in helpers(run, list(chunks))))
    assert vars(together(tallies(SQUARES, run, 3 * CHUNK)).seen) == vars(alone.seen)
    assert asked == []
    monkeypatch.setattr(batch, "WORTH_HELP", 0.0)
    together(tallies(SQUARES, run, CHUNK))  # one chunk: nothing left to share
    assert asked == []
    helped = together(tallies(SQUARES, run, 3 * CHUNK))
    assert asked == [[(1, CHUNK), (2, CHUNK)]]
    assert (helped.judged, helped.worst) == (alone.judged, alone.worst)  # they gave up, nothing is lost


def test_the_sample_is_that_of_the_seed() -> None:
    evidence = [sample(SQUARES, Run(seed=seed), Seen()) for seed in (0, 0, 1)]
    assert evidence[0].worst == evidence[1].worst != evidence[2].worst
    assert evidence[0].instances == evidence[1].instances
    assert evidence[0].worst is not None
