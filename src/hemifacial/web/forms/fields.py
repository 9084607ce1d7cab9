"""The fields of a fact as a form shows them: one function from a dataclass to fields.

A field has a path (``wave_v.least_amplitude_percent``, ``steps.0.step``), a shape and a label.
What may be chosen instead of typed stands in `choices`, by the type and the field it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time
from enum import Enum, StrEnum
from inspect import getdoc
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from hemifacial.web.forms.choices import choices_for

__all__ = ["Field", "Shape", "fields_of", "label_of"]

_LONG = ("note", "text")
_UNITS = {
    "_mg": "mg",
    "_ml": "ml",
    "_db": "dB",
    "_uv": "µV",
    "_ms": "ms",
    "_percent": "%",
    "_days": "days",
    "_years": "years",
    "_ml_per_min": "ml/min",
    "mg_per_day": "mg a day",
}
_LABELS = {
    "on": "Day",
    "at": "Time",
    "mg_per_day": "Dose (mg a day)",
    "why": "Why",
    "what": "What",
    "session_on": "Session of",
    "best_on": "Best on",
    "over_on": "Over since",
    "still_good_on": "Still good on",
    "still_some_on": "Still some effect on",
    "spasm_share": "Spasm, as a part of that before",
    "renal_clearance_ml_per_min": "Renal clearance (ml/min)",
    "left_percent": "Left of the baseline (%)",
    "limit_percent": "Smallest that would be seen (%)",
    "wave_v": "Wave V of the operated side",
    "lost_at_the_end": "Lost at the end",
    "repeat": "Repeated operation",
    "tandem": "Tandem compression",
    "sites": "Places",
    "hfs_7": "HFS-7",
    "baep": "BAEP",
    "house_brackmann": "House-Brackmann grade",
    "mri_heavy_t2": "MRI, heavily T2-weighted",
    "mri_angiography": "MR angiography",
    "related_to": "Ascribed to entry",
}


class Shape(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    LONG = "long"
    WHOLE = "whole"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    CLOCK = "clock"
    CHOICE = "choice"
    YES_NO = "yes_no"
    WORDS = "words"
    GROUP = "group"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field, or a group of fields, or a list of groups (`parts` are those of each).

    Parameters
    ----------
    options
        What may be chosen: value and label.
    suggested
        Whether another text than an option may be typed.
    """

    path: str
    label: str
    shape: Shape
    required: bool
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggested: bool = False
    parts: tuple[Field, ...] = ()

    def at(self, path: str) -> Field:
        """The same field of one item of a list."""
        return replace(self, path=path)

    def numbers_in(self, filled: Mapping[str, Any]) -> list[int]:
        """Which items of this list are filled in."""
        start = f"{self.path}."
        rest = [path.removeprefix(start) for path in filled if path.startswith(start)]
        return sorted({int(one.partition(".")[0]) for one in rest if one[:1].isdigit()})


def fields_of(kind: type[Any], *, path: str = "", leave_out: tuple[str, ...] = ()) -> list[Field]:
    """The fields of a dataclass, in its order; `leave_out` are paths that a page fills itself."""
    hints, said = get_type_hints(kind), _said_of(kind)
    found = []
    for one in fields(kind):
        place = f"{path}.{one.name}" if path else one.name
        if place in leave_out:
            continue
        required = one.default is MISSING and one.default_factory is MISSING
        choice = choices_for(kind, one.name)
        field = _field(place, one.name, hints[one.name], required, said.get(one.name, ""), choice)
        if field is not None:
            found.append(field)
    return found


def _field(
    path: str,
    name: str,
    hint: Any,
    required: bool,
    said: str,
    choice: tuple[tuple[tuple[str, str], ...], bool],
) -> Field | None:
    options, suggested = choice
    plain, many = _plain(hint)
    if isinstance(plain, TypeVar):
        plain = str
    parts: tuple[Field, ...] = ()
    if is_dataclass(plain) and isinstance(plain, type):
        shape = Shape.LIST if many else Shape.GROUP
        parts = tuple(fields_of(plain, path=f"{path}.#" if many else path))
    elif isinstance(plain, type) and issubclass(plain, Enum):
        shape = Shape.WORDS if many else Shape.CHOICE
        options = options or tuple((str(one.value), _said(str(one.value))) for one in plain)
    elif options:
        shape = Shape.WORDS if many else Shape.CHOICE if not suggested else Shape.TEXT
    elif plain in _SHAPES:
        shape = Shape.WORDS if many else Shape.LONG if name in _LONG else _SHAPES[plain]
    else:
        return None  # a table of its own: a page draws it
    return Field(
        path=path,
        label=label_of(name),
        shape=shape,
        required=required,
        help=said,
        options=options,
        suggested=suggested or (many and not options),
        parts=parts,
    )


_SHAPES: Mapping[Any, Shape] = {
    str: Shape.TEXT,
    int: Shape.WHOLE,
    float: Shape.NUMBER,
    bool: Shape.YES_NO,
    date: Shape.DAY,
    datetime: Shape.MOMENT,
    time: Shape.CLOCK,
}


def _plain(hint: Any) -> tuple[Any, bool]:
    """The type without None, and whether there are many of it."""
    kinds = [one for one in _alternatives(hint) if one is not NoneType]
    first = kinds[0]
    if get_origin(first) is tuple:
        return _plain(get_args(first)[0])[0], True
    return get_origin(first) or first, False


def _alternatives(hint: Any) -> tuple[Any, ...]:
    origin = get_origin(hint)
    if origin is None or origin is tuple or is_dataclass(origin) or origin is Mapping:
        return (hint,)
    return get_args(hint) or (hint,)


def label_of(name: str) -> str:
    """The label of a field from its name; a unit stands in brackets."""
    if name in _LABELS:
        return _LABELS[name]
    for ending, unit in sorted(_UNITS.items(), key=lambda one: -len(one[0])):
        if name.endswith(ending):
            name = f"{name[: -len(ending)]} ({unit})"
            break
    words = name.removesuffix("_on").replace("_", " ")
    return words[:1].upper() + words[1:]


def _said(word: str) -> str:
    return {"": "not stated", "n/a": "not stated"}.get(word, word.replace("_", " "))


def _said_of(kind: type[Any]) -> dict[str, str]:
    """What the docstring says of each field under ``Parameters``."""
    text = getdoc(kind) or ""
    _, _, rest = text.partition("Parameters\n----------\n")
    return dict(_sentences(rest.splitlines())) if rest else {}


def _sentences(lines: list[str]) -> Iterator[tuple[str, str]]:
    names: list[str] = []
    said: list[str] = []
    for line in [*lines, "end"]:
        if line and not line.startswith(" "):
            text = _for_a_reader(" ".join(said))
            yield from ((name, text) for name in names)
            names, said = [name.strip() for name in line.split(",")], []
        elif line.strip():
            said.append(line.strip())


def _for_a_reader(text: str) -> str:
    """A sentence of a docstring without its marks; none where it speaks of code."""
    plain = re.sub(r"`+([^`]*)`+", r"\1", text)
    return "" if ".tsv" in plain or "_" in plain else plain
