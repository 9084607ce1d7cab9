"""`expectation_figure`: when relief is to be expected after a decompression."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date
from typing import TYPE_CHECKING

from hemifacial.care.decompression.outcome import Verdict
from hemifacial.report.case.marks import haloed, marker, tipped
from hemifacial.report.case.plot import Plot
from hemifacial.report.svg import drawing, tag

if TYPE_CHECKING:
    from hemifacial.care.decompression.relief import ReliefExpectation
    from hemifacial.care.estimates import Estimate

__all__ = ["expectation_figure", "expectation_words"]

_INK = "#005a8e"
_MONTH_DAYS = 30.4375
_TALL_PX = 260.0
_VERDICT_LINE = 11.0  # below the curve, where nothing else stands


def expectation_figure(
    ahead: ReliefExpectation,
    *,
    operated_on: date,
    verdict: Verdict,
    name: str = "relief",
    width: float = 620.0,
) -> str:
    """The published curve with its interval, where the patient stands, and from when to judge.

    Parameters
    ----------
    ahead
        From `expected_relief` of the days since the operation.
    verdict
        From `judge`: its `not_before` is drawn.
    """
    plot = Plot(most_x=12.5, width=width, height=_TALL_PX, below=40.0)
    parts = plot.axes(range(13), "months after the operation")
    points = [(point.day / _MONTH_DAYS, point.of_all) for point in ahead.points]
    parts.append(
        plot.line([(0, 0), *((x, one.value) for x, one in points)], stroke=_INK, stroke_width=1,
                  stroke_dasharray="2 3")
    )  # fmt: skip
    for x, one in points:
        parts.append(_point(plot, x, one))
    parts.append(
        haloed(f"free of spasm, of {ahead.still_to_come.n} who all became free", plot.x(12.5),
               plot.y(0.04), text_anchor="end")
    )  # fmt: skip
    here = ahead.days_since / _MONTH_DAYS
    if here <= plot.most_x:
        parts.append(plot.upright(here, f"today, {here:.1f} months", 0, stroke_dasharray="4 3"))
    if verdict.not_before is not None:
        months = (verdict.not_before - operated_on).days / _MONTH_DAYS
        parts.append(
            plot.upright(
                months,
                f"no verdict before {verdict.not_before}",
                _VERDICT_LINE,
                stroke_width=2.5,
            )
        )
    return drawing(
        name,
        *parts,
        width=width,
        height=_TALL_PX + 4,
        title="When relief is to be expected",
        words=" ".join(expectation_words(ahead, operated_on=operated_on, verdict=verdict)),
    )


def expectation_words(
    ahead: ReliefExpectation, *, operated_on: date, verdict: Verdict
) -> tuple[str, ...]:
    """The figure in sentences."""
    return (
        f"Operated on {operated_on}; today is day {ahead.days_since:g}.",
        verdict.text,
        ahead.sentence,
    )


def _point(plot: Plot, x: float, one: Estimate) -> ET.Element:
    parts = []
    if one.low is not None and one.high is not None:
        at, low, high = plot.x(x), plot.y(one.low), plot.y(one.high)
        parts.append(tag("line", x1=at, x2=at, y1=low, y2=high, stroke=_INK, stroke_width=1.6,
                         class_="interval"))  # fmt: skip
        parts += [
            tag("line", x1=at - 4, x2=at + 4, y1=end, y2=end, stroke=_INK) for end in (low, high)
        ]
    parts.append(marker("circle", plot.x(x), plot.y(one.value), 4.5, fill=_INK))
    last = plot.x(x) + 40 > plot.width
    parts.append(haloed(f"{100 * one.value:.0f} %", plot.x(x) + (-8 if last else 8),
                        plot.y(one.value) + 14,
                        text_anchor="end" if last else "start"))  # fmt: skip
    interval = "" if one.low is None or one.high is None else (
        f" ({100 * one.low:.0f} to {100 * one.high:.0f})"
    )  # fmt: skip
    words = f"{x:.1f} months: {100 * one.value:.0f} %{interval} were free"
    return tipped(tag("g", *parts, class_="point"), words)
