"""The fields of a fact as a form shows them: one function from a dataclass to fields.

A field has a path (``wave_v.least_amplitude_percent``, ``steps.0.step``), a shape and a label.
What may be chosen instead of typed stands in `choices`, by the type and the field it belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime, time
from enum import Enum, StrEnum
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from hemifacial.web.forms.choices import choices_for
from hemifacial.web.forms.labels import help_of, label_of, word_label

__all__ = ["Field", "Shape", "fields_of"]

_LONG = ("note", "text")
_AHEAD = ("expires_on",)
"""Days that may lie ahead; of any other the calendar ends today."""


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
    ahead
        Whether a day may lie ahead.
    """

    path: str
    label: str
    shape: Shape
    required: bool
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    suggested: bool = False
    ahead: bool = False
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
    """The fields of a dataclass, in its order; `leave_out` are paths that a page fills itself.

    Of a list it is the path of each item: ``vials.#.holds.product``.
    """
    hints, said = get_type_hints(kind), help_of(kind)
    found = []
    for one in fields(kind):
        place = f"{path}.{one.name}" if path else one.name
        if place in leave_out:
            continue
        required = one.default is MISSING and one.default_factory is MISSING
        choice = choices_for(kind, one.name)
        told = said.get(one.name, "")
        field = _field(place, one.name, hints[one.name], required, told, choice, leave_out)
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
    leave_out: tuple[str, ...],
) -> Field | None:
    options, suggested = choice
    plain, many = _plain(hint)
    if isinstance(plain, TypeVar):
        plain = str
    parts: tuple[Field, ...] = ()
    if is_dataclass(plain) and isinstance(plain, type):
        shape = Shape.LIST if many else Shape.GROUP
        inner = f"{path}.#" if many else path
        parts = tuple(fields_of(plain, path=inner, leave_out=leave_out))
        if not (required or many):  # what may be left out as a whole needs none of its parts
            parts = tuple(replace(one, required=False) for one in parts)
    elif isinstance(plain, type) and issubclass(plain, Enum):
        shape = Shape.WORDS if many else Shape.CHOICE
        options = options or tuple((str(one.value), word_label(str(one.value))) for one in plain)
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
        ahead=name in _AHEAD,
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
