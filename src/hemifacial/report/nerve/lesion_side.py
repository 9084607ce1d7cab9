"""Two fibres of the root seen from the side: internodes, the bare stretch, channels, the cleft."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hemifacial.report.case.marks import haloed
from hemifacial.report.drawing import BLACK, GREY
from hemifacial.report.nerve.frame import WIDTH
from hemifacial.report.nerve.wording import number
from hemifacial.report.svg import path, rectangle, tag, text
from hemifacial.twin.nerve.constants import Morphology

__all__ = ["CLEFT", "MYELIN", "SideView", "side_view"]

MYELIN = "#c8d3db"
CLEFT = "#a9d0ea"
_LEFT, _RIGHT = 10.0, 10.0
_TOP = 44.0
_THICK = 38.0
_APART = 12.0
_NODE = 5.0
_CHANNELS_OF_A_NODE = 0.55
"""Marks by px of membrane that stand for the channels of a node."""

_SODIUM, _POTASSIUM = "#a94a00", "#00785a"
_LEAST_APART = 1.8


@dataclass(frozen=True, kw_only=True)
class SideView:
    """Its parts, and how many times larger than lengths thickness is drawn."""

    parts: tuple[ET.Element, ...]
    enlarged: float


@dataclass(frozen=True, kw_only=True)
class _Lengths:
    """Places along the drawing."""

    px_per_mm: float
    lesion_left: float
    lesion_right: float
    internode: float

    def internodes(self) -> Iterator[tuple[float, float]]:
        """The healthy stretches, cut off where the drawing ends."""
        x = self.lesion_left
        while x > _LEFT:
            yield max(x - self.internode, _LEFT), x
            x -= self.internode
        x = self.lesion_right
        while x < WIDTH - _RIGHT:
            yield x, min(x + self.internode, WIDTH - _RIGHT)
            x += self.internode


def side_view(lesion: Mapping[str, float], sizes: Morphology) -> SideView:
    """Two neighbours along the root; lengths to scale."""
    length_mm = float(lesion.get("length_mm", 0.0))
    internode_mm = sizes.internodal_length_um / 1000
    whole_mm = length_mm + 2 * 1.6 * internode_mm
    px_per_mm = (WIDTH - _LEFT - _RIGHT) / whole_mm
    middle = WIDTH / 2
    lengths = _Lengths(
        px_per_mm=px_per_mm,
        lesion_left=middle - length_mm * px_per_mm / 2,
        lesion_right=middle + length_mm * px_per_mm / 2,
        internode=internode_mm * px_per_mm,
    )
    px_per_um = _THICK / sizes.diameter_um
    first, second = _TOP + _THICK / 2, _TOP + _THICK * 1.5 + _APART
    parts = [
        *(_cleft(lesion, lengths, first, second) if "cleft_area_um2" in lesion else ()),
        *_fibre(lesion, sizes, lengths, first, px_per_um),
        *_fibre(lesion, sizes, lengths, second, px_per_um),
        *_names(lesion, lengths, length_mm, second),
    ]
    return SideView(parts=tuple(parts), enlarged=px_per_um * 1000 / px_per_mm)


def _cleft(
    lesion: Mapping[str, float], lengths: _Lengths, first: float, second: float
) -> list[ET.Element]:
    x, width = lengths.lesion_left, lengths.lesion_right - lengths.lesion_left
    return [
        rectangle(x, first, width, second - first, fill=CLEFT,
                  tip=f"cleft of {number(float(lesion['cleft_area_um2']))} \N{MICRO SIGN}m\u00b2")
    ]  # fmt: skip


def _fibre(
    lesion: Mapping[str, float],
    sizes: Morphology,
    lengths: _Lengths,
    y: float,
    px_per_um: float,
) -> list[ET.Element]:
    axon = sizes.axon_diameter_um * px_per_um / 2
    node = sizes.node_diameter_um * px_per_um / 2
    there = axon * float(lesion.get("calibre", 1.0))
    sheath = (_THICK / 2 - axon) * float(lesion.get("lamellae", 0.0)) / sizes.lamellae
    parts = [
        tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=edge, y2=edge, stroke="#4d4d4d",
            stroke_width=0.8)
        for edge in (y - node, y + node)
    ]  # fmt: skip
    for left, right in lengths.internodes():
        start = left + (_NODE / 2 if left > _LEFT else 0)
        stop = right - (_NODE / 2 if right < WIDTH - _RIGHT else 0)
        parts.append(rectangle(start, y - _THICK / 2, stop - start, _THICK, fill=MYELIN, rx=3))
        parts.append(rectangle(start, y - axon, stop - start, 2 * axon, fill="#ffffff",
                               stroke="#8c8c8c", stroke_width=0.6))  # fmt: skip
    left, width = lengths.lesion_left, lengths.lesion_right - lengths.lesion_left
    if sheath > 0.2:
        parts.append(rectangle(left + _NODE / 2, y - there - sheath, max(width - _NODE, 0.5),
                               2 * (there + sheath), fill=MYELIN))  # fmt: skip
    parts.append(rectangle(left, y - there, width, 2 * there, fill="#ffffff", stroke="#4d4d4d"))
    for word, ink, edge in (
        ("sodium_density", _SODIUM, y - there),
        ("potassium_density", _POTASSIUM, y + there),
    ):
        parts += _channels(float(lesion.get(word, 0.0)), left, width, edge, ink)
    return parts


def _channels(share: float, left: float, width: float, y: float, ink: str) -> list[ET.Element]:
    """Marks on the membrane, as dense as the channels are by those of a node."""
    count = int(min(width * _CHANNELS_OF_A_NODE * share, width / _LEAST_APART))
    if not count:
        return []
    places = (left + width * (n + 0.5) / count for n in range(count))
    data = "".join(f"M{x:.1f} {y - 3:.1f}v6" for x in places)
    return [path(data, stroke=ink, stroke_width=1.1)]


def _names(
    lesion: Mapping[str, float], lengths: _Lengths, length_mm: float, second: float
) -> list[ET.Element]:
    left, right, foot = lengths.lesion_left, lengths.lesion_right, second + _THICK / 2
    middle = (left + right) / 2
    parts = [
        text("brainstem", _LEFT, 14, fill=GREY),
        text("face", WIDTH - _RIGHT, 14, text_anchor="end", fill=GREY),
        path(f"M{left:.1f} 26v10M{left:.1f} 31H{right:.1f}M{right:.1f} 26v10", stroke=BLACK,
             fill="none"),
        haloed(f"lesion {number(length_mm)} mm", middle, 20, text_anchor="middle",
               font_weight=600),
        text(f"internodes of {lengths.internode / lengths.px_per_mm:.3g} mm",
             (right + WIDTH - _RIGHT) / 2, foot + 16, text_anchor="middle", fill=GREY),
    ]  # fmt: skip
    x = _LEFT
    marks = [("sodium channels", _SODIUM, "|"), ("slow potassium channels", _POTASSIUM, "|")]
    for words, ink, _ in marks:
        parts.append(tag("line", x1=x + 2, x2=x + 2, y1=foot + 8, y2=foot + 17, stroke=ink,
                         stroke_width=2))  # fmt: skip
        parts.append(text(words, x + 9, foot + 16, fill=ink))
        x += 20 + 5.9 * len(words)
    if "cleft_area_um2" in lesion:
        parts.append(rectangle(x, foot + 7, 12, 10, fill=CLEFT, stroke="#005a8e"))
        parts.append(text("cleft", x + 18, foot + 16, fill="#005a8e"))
    return parts
