"""The lesion as a drawing: along the root, across it, and its parameters within their ranges."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from hemifacial.report.case.marks import haloed
from hemifacial.report.drawing import BLACK
from hemifacial.report.electro.figure import Figure, figure
from hemifacial.report.nerve.frame import WIDTH
from hemifacial.report.nerve.lesion_facts import Fact, facts_of
from hemifacial.report.nerve.lesion_side import CLEFT, MYELIN, SideView, side_view
from hemifacial.report.nerve.wording import number
from hemifacial.report.svg import rectangle, tag, text
from hemifacial.twin.nerve.constants import Morphology, morphology

__all__ = ["draw_lesion"]

_EXAMPLE_UM = 10.0
"""The fibre that is drawn; what the fibres of the experiment are is in its parameters."""

_LOWER = 196.0
_PX_PER_UM = 9.0
_ROW = 25.0
_LARGEST_CLEFT_UM = 10.0
_MIDDLES = (54.0, 160.0, 268.0)
_LOG_FROM = 500.0


def draw_lesion(lesion: Mapping[str, float]) -> Figure:
    """The map of a lesion; its numbers stand in ``outcome.json``."""
    sizes = morphology(_EXAMPLE_UM)
    facts = facts_of(lesion)
    along = side_view(lesion, sizes)
    height = _LOWER + max(40 + _ROW * len(facts), 190.0)
    return figure(
        "lesion_map",
        [*along.parts, *_across(lesion, sizes), *_gauges(facts)],
        width=WIDTH,
        height=height,
        heading="The lesion",
        said=_said(along, lesion),
        words="; ".join(f"{one.label} {one.shown}" for one in facts) + ".",
    )


def _said(along: SideView, lesion: Mapping[str, float]) -> str:
    said = (
        f"Drawn for a fibre of {_EXAMPLE_UM:g} \N{MICRO SIGN}m. Above: lengths are to scale, "
        f"thickness is {number(along.enlarged)} times larger, nodes are widened. Below left: "
        "to one scale. Below right: each parameter within the range that is accepted."
    )
    return said + ("" if "cleft_area_um2" in lesion else " The fibres do not share a cleft.")


def _across(lesion: Mapping[str, float], sizes: Morphology) -> list[ET.Element]:
    """Cross-sections at one scale: a healthy fibre, the axon in the lesion, the cleft."""
    middle = _LOWER + 84
    healthy = sizes.diameter_um * _PX_PER_UM / 2
    axon = sizes.axon_diameter_um * _PX_PER_UM / 2
    there = axon * float(lesion.get("calibre", 1.0))
    share = float(lesion.get("lamellae", 0.0)) / sizes.lamellae
    sheath = there + (healthy - axon) * share
    first, second, third = _MIDDLES
    parts = [text("Cross-sections", 4, _LOWER + 14, fill=BLACK, font_weight=600)]
    parts += _fibre(first, middle, healthy, axon)
    parts.append(_under("healthy fibre", first, middle + healthy))
    parts += _fibre(second, middle, sheath, there)
    parts.append(_under("in the lesion", second, middle + healthy))
    parts += _cleft(lesion, third, middle, healthy)
    foot = middle + healthy + 36
    parts.append(tag("line", x1=8, x2=8 + 5 * _PX_PER_UM, y1=foot, y2=foot, stroke=BLACK,
                     stroke_width=2))  # fmt: skip
    parts.append(text("5 \N{MICRO SIGN}m", 14 + 5 * _PX_PER_UM, foot + 4, fill=BLACK))
    return parts


def _cleft(
    lesion: Mapping[str, float], x: float, middle: float, healthy: float
) -> list[ET.Element]:
    area = lesion.get("cleft_area_um2")
    if area is None:
        return []
    diameter = 2 * math.sqrt(float(area) / math.pi)
    if diameter > _LARGEST_CLEFT_UM:
        return [_under("cleft: too wide to draw", x, middle + healthy)]
    radius = diameter * _PX_PER_UM / 2
    return [
        tag("circle", cx=x, cy=middle, r=radius, fill=CLEFT, stroke="#005a8e"),
        _under("cleft, its whole area", x, middle + healthy),
    ]


def _fibre(x: float, y: float, outer: float, axon: float) -> list[ET.Element]:
    parts = []
    if outer > axon + 0.05:
        parts.append(tag("circle", cx=x, cy=y, r=outer, fill=MYELIN, stroke="#4d4d4d"))
    parts.append(tag("circle", cx=x, cy=y, r=axon, fill="#ffffff", stroke="#4d4d4d"))
    return parts


def _under(words: str, x: float, foot: float) -> ET.Element:
    return text(words, x, foot + 16, text_anchor="middle", fill=BLACK)


def _gauges(facts: tuple[Fact, ...]) -> list[ET.Element]:
    """Each parameter as a mark on a bar from the least to the most that is accepted."""
    left, bar, width = 345.0, 612.0, 140.0
    parts = [text("Parameters", left, _LOWER + 14, fill=BLACK, font_weight=600)]
    for n, fact in enumerate(facts):
        y = _LOWER + 38 + n * _ROW
        parts.append(text(fact.label, left, y, fill=BLACK))
        if fact.allowed is None:
            parts.append(text(fact.shown, bar, y, fill=BLACK, font_weight=600))
            continue
        share = _share(fact.value, fact.allowed.low, fact.allowed.high)
        x = bar + width * share
        parts.append(rectangle(bar, y - 2, width, 5, fill="#e3e3e3",
                               tip=f"{number(fact.allowed.low)} to {number(fact.allowed.high)}: "
                               f"{fact.allowed.reason}"))  # fmt: skip
        parts.append(rectangle(x - 1.5, y - 5, 3, 11, fill="#005a8e"))
        anchor = "start" if share < 0.25 else "end" if share > 0.75 else "middle"
        at = {"start": max(x - 2, bar), "end": min(x + 2, bar + width)}.get(anchor, x)
        parts.append(haloed(fact.shown, at, y - 7, text_anchor=anchor, font_weight=600))
    return parts


def _share(value: float, low: float, high: float) -> float:
    """Where a value stands in a range; by its logarithm where the range spans much."""
    if low > 0 and high / low > _LOG_FROM:
        value, low, high = (math.log(max(one, low)) for one in (value, low, high))
    return min(max((value - low) / (high - low), 0.0), 1.0)
