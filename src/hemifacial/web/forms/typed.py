"""What was typed into a form as a fact, and a fact as what stands in the form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hemifacial.case.codec import as_plain, from_cells, mistakes_of
from hemifacial.case.kinds import Kind, type_of
from hemifacial.errors import InputError
from hemifacial.web.forms.fields import Field, Shape, fields_of
from hemifacial.web.forms.labels import label_of

__all__ = ["Mistake", "Mistakes", "body_of", "fact_of", "filled_in"]

_MOST = 400


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What is wrong with a field; `path` is empty where it is the whole."""

    path: str
    label: str
    text: str


class Mistakes(InputError):
    """What was typed cannot be read; `each` are all of them."""

    def __init__(self, each: list[Mistake]) -> None:
        told = "; ".join(f"{one.label}: {one.text}" if one.label else one.text for one in each)
        super().__init__(told, next_step="Correct the form.")
        self.each = each


def body_of(kind: Kind, cells: Mapping[str, Any]) -> Any:
    """The body of an entry from the fields of its form; `Mistakes` names each that is wrong."""
    return fact_of(type_of(kind), cells)


def fact_of(kind: type[Any], cells: Mapping[str, Any]) -> Any:
    """A fact of this type from the fields of its form."""
    if len(cells) > _MOST:
        raise InputError("the form has more fields than any of this program")
    try:
        return from_cells(_nested(cells, fields_of(kind)), kind)
    except Exception as error:
        raise Mistakes(_told(error)) from error


def _told(error: Exception) -> list[Mistake]:
    return [_mistake(line) for line in mistakes_of(error)]


def _mistake(line: str) -> Mistake:
    text, _, place = line.rpartition(" at ")
    if not text or " " in place:
        text, place = line, ""
    path = re.sub(r"\[(\d+)\]", r".\1", place).strip(".")
    missing = re.fullmatch(r"(\w+) is missing", text)
    if missing:
        if path.rpartition(".")[2] != missing[1]:
            path = ".".join(filter(None, (path, missing[1])))
        text = "is missing"
    return Mistake(path=path, label=_label(path), text=text)


def _label(path: str) -> str:
    """The label of a place: of a field, or of one item of a list with its number from 1."""
    outer, _, last = path.rpartition(".")
    if last.isdigit():
        return f"{label_of(outer.rpartition('.')[2])} {int(last) + 1}"
    return label_of(last) if last else ""


def _nested(cells: Mapping[str, Any], known: list[Field]) -> dict[str, Any]:
    """Cells by path as nested tables; what is empty is left out, so that its default holds."""
    nested: dict[str, Any] = {}
    shapes = dict(_shapes(known))
    for path, value in cells.items():
        shape = shapes.get(_without_numbers(path))
        if value in ("", None, []) or shape is None:
            continue
        *outer, last = path.split(".")
        inside = nested
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = _value(shape, value)
    found: dict[str, Any] = _with_lists(nested)
    return found


def _value(shape: Shape, value: Any) -> Any:
    if shape is Shape.WORDS:
        return [value] if isinstance(value, str) else list(value)
    if shape is Shape.NUMBER and isinstance(value, str):
        return value.replace(",", ".")
    if shape is Shape.MOMENT and isinstance(value, str):
        return _with_zone(value)
    return value


def _with_zone(text: str) -> str:
    """A time of day with the zone of this computer, which the field of a browser cannot say."""
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        return text  # read later, and told as a mistake


def _shapes(known: list[Field]) -> list[tuple[str, Shape]]:
    found = []
    for one in known:
        found.append((one.path, one.shape))
        found += _shapes(list(one.parts))
    return found


def _without_numbers(path: str) -> str:
    return ".".join("#" if part.isdigit() else part for part in path.split("."))


def _with_lists(nested: Any) -> Any:
    """Tables whose names are all numbers as lists, in the order of the numbers."""
    if not isinstance(nested, dict):
        return nested
    if nested and all(name.isdigit() for name in nested):
        return [_with_lists(nested[name]) for name in sorted(nested, key=int)]
    return {name: _with_lists(value) for name, value in nested.items()}


def filled_in(body: Any) -> dict[str, Any]:
    """What stands in the fields of a form of this fact, by path."""
    return dict(_flat(as_plain(body), ""))


def _flat(plain: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(plain, dict):
        return [
            pair
            for name, value in plain.items()
            for pair in _flat(value, f"{path}.{name}" if path else name)
        ]
    if isinstance(plain, list) and plain and isinstance(plain[0], dict):
        return [
            pair for number, value in enumerate(plain) for pair in _flat(value, f"{path}.{number}")
        ]
    if isinstance(plain, bool):
        return [(path, "yes" if plain else "no")]
    if isinstance(plain, int | float):
        return [(path, f"{plain:g}")]
    return [(path, "" if plain is None else plain)]
