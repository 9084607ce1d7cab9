"""A face seen from the front, drawn by this project: the patient's right on the viewer's left.

Its proportions are those of the map of `care.toxin` (``places.tsv``): a place at (x, y) of the map
lies on the part of the face that its name says. One half is drawn and mirrored.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hemifacial.anatomy import Side
from hemifacial.report.drawing import text_colour
from hemifacial.report.svg import path, tag, text

__all__ = ["FACE_HEIGHT", "FACE_WIDTH", "face", "on_face", "side_names"]

FACE_WIDTH, FACE_HEIGHT = 520.0, 600.0
"""Of the map in units of the drawing; above it stand the names of the sides."""

_SKIN, _SHADE, _LINE = "#f7f1ea", "#eadfd3", "#9c8f84"
_HEAD = (
    "M260 24C160 24 92 92 84 204C80 262 84 322 96 372C108 430 148 486 196 530"
    "C218 550 238 560 260 560C282 560 302 550 324 530C372 486 412 430 424 372"
    "C436 322 440 262 436 204C428 92 360 24 260 24Z"
)
_HAIR = (
    "M80 216C66 120 118 14 260 14C402 14 454 120 440 216C434 168 414 122 372 104"
    "C330 88 296 92 260 92C224 92 190 88 148 104C106 122 86 168 80 216Z"
)
_NECK = "M152 470C152 540 146 566 108 600H412C374 566 368 540 368 470Z"
# Of the patient's left half, on the viewer's right.
_FILLED = (
    ("M438 214C462 204 470 232 464 266C460 296 446 316 430 308Z", _SKIN),
    ("M309 248C322 232 360 230 374 246C360 258 324 262 309 248Z", "#ffffff"),
)
_STROKES = (
    ("M444 232C456 234 454 262 444 284", 1.4),
    ("M298 202C326 184 366 184 390 204", 6.0),
    ("M306 249C320 230 362 228 378 244", 2.4),
    ("M310 250C324 264 358 262 374 248", 1.2),
    ("M308 236C322 218 362 216 380 232", 1.0),
    ("M316 272C332 280 354 278 366 268", 0.8),
    ("M286 318C294 324 296 336 288 342C282 346 274 342 268 344", 1.4),
    ("M276 214C272 250 274 284 280 308", 0.8),
    ("M300 352C316 368 326 388 328 406", 0.9),
)
_WHOLE = (
    ("M246 352C254 358 266 358 274 352", 1.4),
    ("M253 368V396M267 368V396", 0.7),
    ("M240 498C252 504 268 504 280 498", 0.8),
)
_LIPS = (
    "M206 428C226 416 244 406 252 408C256 410 264 410 268 408C276 406 294 416 314 428"
    "C294 430 226 430 206 428Z",
    "M206 428C226 430 294 430 314 428C298 448 282 456 260 456C238 456 222 448 206 428Z",
)


def on_face(x: float, y: float) -> tuple[float, float]:
    """A point of the map (fractions from its left and top) in units of the drawing."""
    return round(x * FACE_WIDTH, 2), round(y * FACE_HEIGHT, 2)


def face() -> list[ET.Element]:
    """The parts of the drawing, without any name of a side."""
    half = [path(data, fill=fill, stroke=_LINE, stroke_width=1.2) for data, fill in _FILLED]
    half.append(tag("circle", cx=342, cy=246, r=11.5, fill="#b9c4c9", stroke=_LINE))
    half.append(tag("circle", cx=342, cy=246, r=5, fill="#5e6a70"))
    half += [_stroke(data, wide) for data, wide in _STROKES]
    other = tag("g", *[_copied(one) for one in half],
                transform=f"translate({FACE_WIDTH:g} 0) scale(-1 1)")  # fmt: skip
    return [
        path(_NECK, fill=_SHADE, stroke=_LINE, stroke_width=1),
        tag("g", *half[:1]),
        tag("g", *other[:1], transform=other.get("transform")),
        path(_HEAD, fill=_SKIN, stroke=_LINE, stroke_width=1.6),
        path(_HAIR, fill="#d8d0c8", stroke=_LINE, stroke_width=1),
        tag("g", *half[1:]),
        tag("g", *other[1:], transform=other.get("transform")),
        *(path(data, fill="#e3c3b8", stroke=_LINE, stroke_width=1) for data in _LIPS),
        *(_stroke(data, wide) for data, wide in _WHOLE),
    ]


def side_names(y: float) -> list[ET.Element]:
    """Which side is whose, above the drawing."""
    attributes = {"font_weight": 650, "font_size": 17}
    return [
        text("patient's RIGHT", 4, y, fill=text_colour(Side.RIGHT), **attributes),
        text("LEFT", FACE_WIDTH - 4, y, text_anchor="end", fill=text_colour(Side.LEFT),
             **attributes),
    ]  # fmt: skip


def _stroke(data: str, wide: float) -> ET.Element:
    return path(data, fill="none", stroke=_LINE, stroke_width=wide, stroke_linecap="round")


def _copied(element: ET.Element) -> ET.Element:
    return ET.Element(element.tag, element.attrib)
