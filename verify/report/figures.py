"""Plots as inline SVG: one quiet style, colours that follow the page, identifiers of their own."""

import io
import math
import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import escape

from verify.evidence import Plot, Series
from verify.report.numbers import power_of_ten

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072b2", "#d55e00", "#00946c", "#b0548c", "#c98600", "#3a9bd0")
"""Okabe and Ito's colours, told apart by colour-blind readers; the light ones darkened for thin lines."""

MARKERS = ("o", "s", "^", "D", "v", "P")
INK, FAINT, PAPER = "#1a1b1c", "#8a8b8c", "#fdfdfa"
"""Stand-ins that the page's style sheet replaces in dark mode."""

SIZE = (4.4, 2.9)
"""Inches: at a phone's 350 pixels the labels keep ten pixels."""

STYLE: dict[str, Any] = {
    "svg.fonttype": "path",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.0,
    "legend.frameon": False,
    "legend.handlelength": 1.5,
}


def draw(plot: Plot, identifier: str) -> str:
    """The plot as an ``<svg>`` element, the same for the same data; `identifier` is unique on the page."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    text = io.StringIO()
    style: Any = {**STYLE, "svg.hashsalt": identifier}
    with rc_context(style), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that the font lacks, a log axis without positive values
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        _curves(axes, plot)
        _scales(axes, plot)
        _vertical_lines(axes, plot)
        if len(plot.series) > 1:
            _legend(figure, axes)
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None})
    return _inline(text.getvalue(), identifier, plot)


def _curves(axes: "Axes", plot: Plot) -> None:
    for index, series in enumerate(plot.series):
        colour = PALETTE[index % len(PALETTE)]
        x, y = _drawable(series, plot)
        look: dict[str, Any] = {"linestyle": "--" if series.style == "dashed" else "-"}
        if series.style == "points":
            look = {"linestyle": "none", "marker": MARKERS[index % len(MARKERS)], "markeredgewidth": 0}
        elif len(x) == 1:  # a line needs two points to be seen
            look["marker"] = "o"
        axes.plot(x, y, color=colour, label=series.label, **look)
    if not any(series.x for series in plot.series):
        axes.text(0.5, 0.5, "no points", transform=axes.transAxes, ha="center", color=FAINT)


def _drawable(series: Series, plot: Plot) -> tuple[list[float], list[float]]:
    """The points with gaps where a value is not finite, or not positive on a logarithmic axis."""

    def shown(values: Sequence[float], logarithmic: bool) -> list[float]:
        return [v if math.isfinite(v) and not (logarithmic and v <= 0) else math.nan for v in values]

    count = min(len(series.x), len(series.y))
    return shown(series.x[:count], plot.x_log), shown(series.y[:count], plot.y_log)


def _scales(axes: "Axes", plot: Plot) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

    axes.set_xlabel(plot.x_label, loc="right")
    axes.set_title(plot.y_label, loc="left", fontsize=10.0, color=INK)
    for logarithmic, axis, scale in (
        (plot.x_log, axes.xaxis, axes.set_xscale),
        (plot.y_log, axes.yaxis, axes.set_yscale),
    ):
        if not logarithmic:
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
            continue
        scale("log")
        low, high = sorted(axis.get_view_interval())
        narrow = low <= 0 or high / low < 30
        axis.set_major_locator(LogLocator(numticks=6, subs=(1.0, 2.0, 5.0) if narrow else (1.0,)))
        axis.set_major_formatter(FuncFormatter(_log_tick))
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(length=3, width=0.7)
    axes.tick_params(which="minor", length=0)
    axes.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.6)


def _log_tick(value: float, _: int | None = None) -> str:
    return power_of_ten(float(value))


def _vertical_lines(axes: "Axes", plot: Plot) -> None:
    """Thin dotted lines, their labels on staggered rows in a headroom above the curves."""
    marks = sorted(
        line for line in plot.vertical_lines if math.isfinite(line[0]) and (line[0] > 0 or not plot.x_log)
    )
    if not marks:
        return
    for x, _ in marks:
        axes.axvline(x, color=FAINT, linewidth=0.9, linestyle=(0, (1, 2)))
    ends: list[float] = []
    placed: list[tuple[float, str, int, bool]] = []
    for x, label in marks:
        at = float(axes.transAxes.inverted().transform(axes.transData.transform((x, 1.0)))[0])
        width = 0.026 * len(label)
        leftwards = at + width > 1
        start, end = (at - width, at) if leftwards else (at, at + width)
        row = next((row for row, taken in enumerate(ends) if taken < start), len(ends))
        ends[row : row + 1] = [end + 0.02]
        placed.append((x, label, row, leftwards))
    for x, label, row, leftwards in placed:
        axes.annotate(
            label,
            (x, 1.0),
            xycoords=axes.get_xaxis_transform(),
            xytext=(-4 if leftwards else 4, -1 - 12 * row),
            textcoords="offset points",
            ha="right" if leftwards else "left",
            va="top",
            fontsize=9.0,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
        )
    _headroom(axes, 0.09 * len(ends), plot.y_log)


def _headroom(axes: "Axes", share: float, logarithmic: bool) -> None:
    low, high = axes.get_ylim()
    if logarithmic and low > 0:
        axes.set_ylim(low, high * (high / low) ** share)
    else:
        axes.set_ylim(low, high + share * (high - low))


def _legend(figure: "Figure", axes: "Axes") -> None:
    """Above the axes, in rows that read from left to right, as wide as fits at six points a letter."""
    lines = [line for line in axes.get_lines() if not str(line.get_label()).startswith("_")]
    longest = max(len(str(line.get_label())) for line in lines) + 5 if lines else 0
    columns = max((n for n in range(1, min(len(lines), 4) + 1) if n * longest <= 52), default=1)
    by_column = [line for column in range(columns) for line in lines[column::columns]]
    figure.legend(
        handles=by_column, loc="outside upper left", ncols=columns, columnspacing=1.4, borderpad=0.1
    )


def _inline(svg: str, identifier: str, plot: Plot) -> str:
    """The element alone: own identifiers, page colours, a name for screen readers, no fixed size."""
    svg = svg[svg.index("<svg") :]
    for removed in (r"<!--.*?-->", r"<metadata>.*?</metadata>", r"<style.*?</style>", r"\s*<defs>\s*</defs>"):
        svg = re.sub(removed, "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{identifier}-', svg)
    svg = re.sub(r'\b(?:xlink:)?href="#', f'href="#{identifier}-', svg).replace(
        "url(#", f"url(#{identifier}-"
    )
    for index, colour in enumerate(PALETTE):
        svg = svg.replace(colour, f"var(--series-{index + 1}, {colour})")
    for name, colour in (("ink", INK), ("faint", FAINT), ("paper", PAPER)):
        svg = svg.replace(colour, f"var(--{name}, {colour})")
    view = re.search(r'viewBox="[^"]*"', svg)
    assert view is not None
    name = escape(f"{plot.title}: {plot.y_label} against {plot.x_label}")
    opening = f'<svg {view.group()} class="plot" role="img" aria-label="{name}">'
    return re.sub(r"\n\s*\n+", "\n", opening + svg[svg.index(">") + 1 :]).strip()
