"""Two small faces: where spasms were, and how small a one could have been seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Kind, Side, region_of, structures
from hemifacial.findings import Event, Result
from hemifacial.report.drawing import BLACK, COLOURS, GREY, SIDES, text_colour
from hemifacial.report.lanes import lanes_of
from hemifacial.report.svg import drawing, path, tag, text
from hemifacial.report.words import number, short_sites

__all__ = ["Involvement", "Sensitivity", "draw_involvement", "draw_sensitivity", "involvement",
           "involvement_words", "sensitivity", "sensitivity_words"]  # fmt: skip

_WIDTH, _HEIGHT = 260.0, 292.0
_MIDDLE = 130.0
# Halves of a face seen from the front, drawn on the viewer's left: the patient's right. A path
# of each region in these units, and where its number stands.
_REGIONS: dict[str, tuple[str, float, float]] = {
    "brow": ("M56 84Q80 62 122 80L120 100Q84 84 60 104Z", 90, 89),
    "eyelids": ("M58 118Q86 92 118 118Q88 144 58 118Z", 88, 122),
    "cheek": ("M50 142Q78 152 104 140L98 184Q78 196 58 186Z", 78, 170),
    "upper_lip": ("M108 176L129 178V198Q118 200 106 206Z", 117, 193),
    "mouth_corner": ("M74 200Q88 190 103 194L101 222Q86 230 72 216Z", 87, 212),
    "chin": ("M104 232Q116 226 129 226V266Q114 266 102 258Z", 116, 250),
    "jaw_line": ("M50 196L66 222Q76 236 98 238L96 262Q62 244 50 196Z", 80, 243),
}
_FACE = (
    "M130 22C68 22 36 66 38 128C40 200 76 276 130 276C184 276 220 200 222 128C224 66 192 22 130 22Z"
)
_SHADES = ("#ffffff", "#e4e4e4", "#c4c4c4", "#a0a0a0")
_STEPS_MM = (1.0, 1.5, 2.5)

Place = tuple[Side, str]


@dataclass(frozen=True, kw_only=True)
class Involvement:
    """How many spasms of a side involve each region; regions that nothing was measured of."""

    counts: Mapping[Place, int]
    spasms: Mapping[Side, int]
    unmeasured: frozenset[Place]


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """By side and region, in mm: the smallest movement that could be seen, and what that means.

    `is_threshold` where the recording only states from which excursion an event is called.
    """

    sizes_mm: Mapping[Place, float]
    is_threshold: bool


def involvement(result: Result, events: Sequence[Event]) -> Involvement:
    """Spasms by side and region."""
    spasms = [one for one in events if one.family == "spasm"]
    counts = dict.fromkeys(_places(), 0)
    for one in spasms:
        for word in {region_of(site) or site for site in one.sites}:
            if (one.side, word) in counts:
                counts[one.side, word] += 1
    measured = set(_traced(result))
    return Involvement(
        counts=counts,
        spasms={side: sum(one.side is side for one in spasms) for side in SIDES},
        unmeasured=frozenset(
            place for place in _places() if place not in measured and not counts[place]
        ),
    )


def sensitivity(result: Result) -> Sensitivity:
    """The smallest detectable movement of each region, from the signals, then from findings."""
    traced = _traced(result)
    sizes = {place: size for place, (size, _) in traced.items() if size is not None}
    for finding in result.findings:
        if finding.quantity == "smallest_detectable_movement" and finding.value is not None:
            for site in finding.sites:
                for side in SIDES if finding.side not in SIDES else (finding.side,):
                    sizes.setdefault((side, site), finding.value)
    if sizes:
        return Sensitivity(sizes_mm=sizes, is_threshold=False)
    called = {place: size for place, (_, size) in traced.items() if size is not None}
    return Sensitivity(sizes_mm=called, is_threshold=True)


def _places() -> list[Place]:
    return [
        (side, one.word)
        for side in SIDES
        for one in structures().values()
        if one.kind is Kind.REGION and one.word in _REGIONS
    ]


def _traced(result: Result) -> dict[Place, tuple[float | None, float | None]]:
    """Smallest detectable movement and threshold of each place that a signal is of."""
    return {
        (trace.side, trace.site): (trace.smallest_detectable, trace.threshold)
        for table in result.signals.values()
        for lane in lanes_of(table)
        for trace in lane.traces
    }


def draw_involvement(found: Involvement) -> str:
    """The face with the number of spasms in each region, darker where more of the side's own."""

    def fill(place: Place) -> tuple[str, float, str]:
        count, of = found.counts[place], found.spasms[place[0]]
        share = count / of if of else 0.0
        label = "" if place in found.unmeasured else str(count)
        return COLOURS[place[0]], 0.15 + 0.6 * share if count else 0.0, label

    return _draw(
        "face-involvement",
        {place: fill(place) for place in _places()},
        found.unmeasured,
        title="Where spasms were",
        words=" ".join(involvement_words(found)),
    )


def draw_sensitivity(found: Sensitivity) -> str:
    """The face with the smallest movement that could be seen in each region, darker if larger."""

    def fill(place: Place) -> tuple[str, float, str]:
        size = found.sizes_mm.get(place)
        if size is None:
            return _SHADES[0], 0.0, ""
        shade = sum(size > step for step in _STEPS_MM)
        return _SHADES[shade], 1.0, number(size)

    places = _places()
    return _draw(
        "face-sensitivity",
        {place: fill(place) for place in places},
        frozenset(place for place in places if place not in found.sizes_mm),
        title="Smallest movement that could be seen, in mm",
        words=" ".join(sensitivity_words(found)),
    )


def _draw(
    name: str,
    fills: Mapping[Place, tuple[str, float, str]],
    unmeasured: frozenset[Place],
    *,
    title: str,
    words: str,
) -> str:
    parts: list[ET.Element] = [
        path(_FACE, fill="none", stroke="#8c8c8c"),
        path("M130 96V160Q118 172 130 174", fill="none", stroke="#b5b5b5"),
        path("M92 208Q130 222 168 208", fill="none", stroke="#b5b5b5"),
        tag("line", x1=_MIDDLE, x2=_MIDDLE, y1=22, y2=276, stroke="#d4d4d4",
            stroke_dasharray="3 4"),
    ]  # fmt: skip
    for side, x, anchor in ((Side.RIGHT, 2, "start"), (Side.LEFT, _WIDTH - 2, "end")):
        word = "patient's RIGHT" if side is Side.RIGHT else "LEFT"
        parts.append(text(word, x, 14, text_anchor=anchor, font_weight=600, font_size=12,
                          fill=text_colour(side)))  # fmt: skip
    for (side, word), (colour, opacity, label) in fills.items():
        shape, x, y = _REGIONS[word]
        mirrored = side is Side.LEFT
        missing = (side, word) in unmeasured
        region = path(
            shape,
            fill=colour,
            fill_opacity=round(opacity, 2),
            stroke="#b5b5b5" if missing else GREY,
            stroke_dasharray="2 2" if missing else None,
            transform=f"translate({_WIDTH:g} 0) scale(-1 1)" if mirrored else None,
        )
        place = _WIDTH - x if mirrored else x
        letters = text("–" if missing else label, place, y + 2, text_anchor="middle",
                       font_size=10, fill=BLACK)  # fmt: skip
        parts += [region, letters]
    return drawing(name, *parts, width=_WIDTH, height=_HEIGHT, title=title, words=words)


def involvement_words(found: Involvement) -> tuple[str, ...]:
    """The first face in sentences, a side at a time."""
    told = []
    for side in SIDES:
        involved = [
            f"{short_sites([word])} in {count}"
            for (of, word), count in found.counts.items()
            if of is side and count
        ]
        of = found.spasms[side]
        if involved:
            told.append(f"Patient's {side.value.upper()}, {of} spasms: {', '.join(involved)}.")
        else:
            told.append(f"Patient's {side.value.upper()}: no spasm.")
    return tuple(told)


def sensitivity_words(found: Sensitivity) -> tuple[str, ...]:
    """The second face in sentences, a side at a time."""
    what = "called from" if found.is_threshold else "seen from"
    told = []
    for side in SIDES:
        sizes = [
            f"{short_sites([word])} {number(size)} mm"
            for (of, word), size in found.sizes_mm.items()
            if of is side
        ]
        if sizes:
            told.append(f"Patient's {side.value.upper()}, {what}: {', '.join(sizes)}.")
    return tuple(told)
