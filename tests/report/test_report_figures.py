import math
import xml.etree.ElementTree as ElementTree

import pytest

from verify.evidence import Plot, Series
from verify.report.figures import PALETTE, draw


def plot(*series: Series, x_log: bool = False, y_log: bool = False) -> Plot:
    lines = ((0.5, "existence"), (0.6, "stability"), (2.0, "zero is optimal"), (math.nan, "never"))
    return Plot("A title", "step", "loss", series, x_log, y_log, lines)


LINE = Series("descent", (0.0, 1.0, 2.0), (3.0, 2.0, 0.5))


@pytest.mark.parametrize("x_log", [False, True])
@pytest.mark.parametrize("y_log", [False, True])
@pytest.mark.parametrize(
    "series",
    [
        (),
        (Series("empty", (), ()),),
        (LINE,),
        (LINE, Series("points", (1.0, 2.0), (1.0, 1.0), "points")),
        (Series("one", (1.0,), (1.0,)),),
        (Series("nothing finite", (1.0, 2.0), (math.nan, math.inf)),),
        (Series("negative", (-1.0, -2.0), (-3.0, -4.0)),),
        tuple(Series(f"a rather long label {index}", LINE.x, LINE.y, "dashed") for index in range(9)),
    ],
)
def test_every_plot_is_drawn_as_clean_markup(series: tuple[Series, ...], x_log: bool, y_log: bool) -> None:
    svg = draw(plot(*series, x_log=x_log, y_log=y_log), "one")
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox")
    assert root.get("aria-label") == "A title: loss against step"
    assert "http" not in svg
    assert "<style" not in svg
    assert "nan" not in svg.lower()


def test_the_same_plot_is_the_same_text() -> None:
    assert draw(plot(LINE), "one") == draw(plot(LINE), "one")


def test_two_figures_share_no_identifier() -> None:
    def identifiers(name: str) -> set[str | None]:
        return {element.get("id") for element in ElementTree.fromstring(draw(plot(LINE), name)).iter()} - {
            None
        }

    assert identifiers("one")
    assert not identifiers("one") & identifiers("two")


def test_colours_follow_the_page() -> None:
    svg = draw(plot(LINE), "one")
    assert f"var(--series-1, {PALETTE[0]})" in svg
    assert "var(--ink," in svg


def test_labels_are_text_and_not_markup() -> None:
    hostile = Plot('"><script>', "$x", r"\frac{", (Series("--> <b>", (0.0, 1.0), (0.0, 1.0)), LINE))
    svg = draw(hostile, "one")
    ElementTree.fromstring(svg)
    assert "<script" not in svg
    assert "<b>" not in svg
