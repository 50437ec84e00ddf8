"""Problems: every description that `theory.problem.Problem` accepts, in small sizes."""

from hypothesis import strategies as st

from theory.problem import Loss, Problem
from verify.strategies.numbers import log_uniform_floats, small_fractions, weight_decays

SPARE_WIDTH = 4
"""How far a drawn width goes beyond the number of classes."""

_DECAYS = weight_decays().map(float)
_TARGET_VALUES = st.one_of(
    st.sampled_from([float(number) for number in small_fractions()]), log_uniform_floats(1e-6, 1e6)
)


@st.composite
def _balanced(draw: st.DrawFn, loss: Loss, classes: int, depth: int, samples_per_class: int) -> Problem:
    count = draw(st.integers(2, classes))
    size = draw(st.integers(1, samples_per_class))
    one_by_one = draw(st.booleans())
    return Problem(
        loss=loss,
        classes=count,
        depth=draw(st.integers(1, depth)),
        weight_decay=draw(_DECAYS),
        samples_per_class=1 if one_by_one else size,
        class_sizes=(size,) * count if one_by_one else None,
        width=draw(_widths(count)),
    )


def _widths(classes: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(classes, classes + SPARE_WIDTH)


def cross_entropy_problems(
    *, classes: int = 8, depth: int = 6, samples_per_class: int = 20
) -> st.SearchStrategy[Problem]:
    """Balanced cross-entropy problems up to the given sizes; some write their equal class sizes one by one.

    Weight decays are `weight_decays`, from 1e-8 to 100; width K (left out) up to K + 4. Shrinks towards
    two classes, depth 1, one sample a class, weight decay 1, no width.

    >>> from hypothesis import find
    >>> find(cross_entropy_problems(), lambda problem: problem.depth == 3).weight_decay
    1.0
    """
    return _balanced("cross-entropy", classes, depth, samples_per_class)


def squared_loss_problems(
    *, classes: int = 8, depth: int = 6, samples_per_class: int = 20
) -> st.SearchStrategy[Problem]:
    """Balanced classification with the squared loss; ranges and shrinking as `cross_entropy_problems`.

    >>> from hypothesis import find
    >>> find(squared_loss_problems(), lambda problem: True).targets
    (1.0, 1.0)
    """
    return _balanced("squared", classes, depth, samples_per_class)


@st.composite
def _unbalanced(draw: st.DrawFn, classes: int, depth: int, largest: int) -> Problem:
    sizes = draw(st.lists(st.integers(1, largest), min_size=2, max_size=classes))
    return Problem(
        loss="squared",
        classes=len(sizes),
        depth=draw(st.integers(1, depth)),
        weight_decay=draw(_DECAYS),
        class_sizes=tuple(sizes),
        width=draw(_widths(len(sizes))),
    )


def unbalanced_problems(
    *, classes: int = 8, depth: int = 6, largest_class: int = 50
) -> st.SearchStrategy[Problem]:
    """Squared-loss classification with class sizes one by one, equal or not.

    Shrinks towards two classes of one sample each, depth 1, weight decay 1.

    >>> from hypothesis import find
    >>> find(unbalanced_problems(), lambda problem: len(set(problem.sizes)) > 1).class_sizes
    (1, 2)
    """
    return _unbalanced(classes, depth, largest_class)


@st.composite
def _regression(draw: st.DrawFn, targets: int, depth: int, largest: int) -> Problem:
    count = draw(st.integers(1, targets))
    size = draw(st.integers(1, largest))
    rank_of_centred = min(count, count * size - 1)
    kept = draw(st.lists(_TARGET_VALUES, max_size=rank_of_centred))
    zeros = draw(st.integers(0 if kept else 1, count - len(kept)))
    return Problem(
        loss="squared",
        classes=count,
        depth=draw(st.integers(1, depth)),
        weight_decay=draw(_DECAYS),
        samples_per_class=size,
        target_spectrum=(*sorted(kept, reverse=True), *(0.0,) * zeros),
        width=draw(_widths(count)),
    )


def regression_problems(
    *, targets: int = 6, depth: int = 6, samples_per_target: int = 20
) -> st.SearchStrategy[Problem]:
    """Regression problems with the singular values of centred targets: repeated ones, zeros, fewer than t.

    Values are fractions up to 8, or floats from 1e-6 to 1e6; at most N − 1 of them are not zero. Shrinks
    towards one target on one sample with the spectrum (0,), depth 1, weight decay 1.

    >>> from hypothesis import find
    >>> find(regression_problems(), lambda problem: True).target_spectrum
    (0.0,)
    """
    return _regression(targets, depth, samples_per_target)


def any_problems() -> st.SearchStrategy[Problem]:
    """Problems of all four kinds.

    Shrinks towards the simplest cross-entropy problem.

    >>> from hypothesis import find
    >>> find(any_problems(), lambda problem: True).loss
    'cross-entropy'
    """
    return st.one_of(
        cross_entropy_problems(), squared_loss_problems(), unbalanced_problems(), regression_problems()
    )
