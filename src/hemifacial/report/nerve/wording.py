"""Units and groups as a reader of the report meets them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from hemifacial.anatomy import structures

__all__ = ["group_label", "number", "readable", "wide"]

_MICRO = "\N{MICRO SIGN}"
_UNITS: Mapping[str, str] = {
    "um": f"{_MICRO}m",
    "um2": f"{_MICRO}m\N{SUPERSCRIPT TWO}",
    "us": f"{_MICRO}s",
    "uS": f"{_MICRO}S",
    "uM": f"{_MICRO}M",
    "uV": f"{_MICRO}V",
    "cm2": "cm\N{SUPERSCRIPT TWO}",
    "mm2": "mm\N{SUPERSCRIPT TWO}",
}
_UNIT = re.compile(r"(?<![\w-])(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")(?!\w)")
_LETTER = 5.9  # how wide a letter of the drawings is on average; fonts differ by machine
_OF_THE_NERVE = " of the facial nerve"


def readable(text: str) -> str:
    """A text with its units as they are printed: ``8 um2`` becomes ``8 µm²``."""
    return _UNIT.sub(lambda found: _UNITS[found.group()], text)


def group_label(group: str) -> str:
    """A group of fibres in words; a branch by its name in the anatomy."""
    known = structures().get(group)
    return readable(group if known is None else known.label.replace(_OF_THE_NERVE, ""))


def number(value: float, figures: int = 3) -> str:
    """A number with as many figures as count, whole where it has more before the point."""
    size = abs(value)
    if size == 0 or 1e-6 <= size < 1e7:
        places = 0 if size == 0 else max(figures - 1 - math.floor(math.log10(size)), 0)
        told = f"{size:.{places}f}"
        told = told.rstrip("0").rstrip(".") if "." in told else told
    else:
        digits, power = f"{size:.{figures - 1}e}".split("e")
        told = f"{digits.rstrip('0').rstrip('.')}e{int(power)}"
    return ("-" * (value < 0) + told).replace("-", "\N{MINUS SIGN}")


def wide(text: str) -> float:
    """About how wide a text is in a drawing, in its own units."""
    return _LETTER * len(text)
