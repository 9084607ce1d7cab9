"""Many facts from a table: each row one, or one of the parts of one; all rows or none.

A table is tab-separated. The column ``patient`` holds codes and ``day`` days; every other column is
a field of the kind, by its path: ``purpose``, ``items.3``, ``per_ml.units``,
``injections.dose.units``. Rows that agree in everything but the columns of a list (injections,
vials) are one fact with as many parts. An empty cell, or ``n/a``, is not stated.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from cattrs import BaseValidationError

from hemifacial.case.codec import from_cells, mistakes_of
from hemifacial.case.kinds import Kind, day_in, type_of
from hemifacial.case.writing import Draft
from hemifacial.errors import HemifacialError, InputError
from hemifacial.formats.files import read_text

__all__ = ["columns_of", "drafts_from"]

_PATIENT, _DAY = "patient", "day"
_EMPTY = ("", "n/a")
_SHOWN = 20
_PLAIN_CELL = re.compile(r"[a-z_]{1,40}|[-+0-9.,:eE]+")


def drafts_from(path: Path, kind: Kind, *, known: frozenset[str], today: date) -> list[Draft]:
    """The drafts of a table, in its order.

    Parameters
    ----------
    known
        The codes of the patients that the record has.

    Raises
    ------
    InputError
        Naming every row that cannot be used by its line; cells are not repeated.
    """
    reader = csv.DictReader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    columns = [name or "" for name in reader.fieldnames or ()]
    _check_columns(path, kind, columns)
    drafts: list[Draft] = []
    mistakes: list[tuple[int, str]] = []
    taken = set(known)
    for line, cells in _grouped(reader, kind, mistakes):
        typed = sorted(set(_texts(cells)), key=len, reverse=True)
        try:
            drafts.append(_draft(kind, cells, taken, today))
        except (BaseValidationError, HemifacialError, ValueError) as error:
            mistakes += [(line, _without(typed, text)) for text in mistakes_of(error)]
    if not drafts and not mistakes:
        mistakes.append((1, "the table has no row"))
    if mistakes:
        _refuse(path, kind, mistakes)
    return drafts


def columns_of(kind: Kind) -> dict[str, str]:
    """Every field of a kind, as it stands in a table, with what it holds."""
    found: dict[str, str] = {}
    for name, hint in _hints(type_of(kind)).items():
        for path, words in _columns(name, hint):
            found[path] = words
    return found


def _texts(cells: Any) -> Iterator[str]:
    """Every cell of a fact."""
    if isinstance(cells, str):
        yield cells
    else:
        for one in cells.values() if isinstance(cells, dict) else cells:
            yield from _texts(one)


def _without(typed: Sequence[str], text: str) -> str:
    """A mistake without the cells that the types of `hemifacial.care` repeat in theirs.

    Words of a closed list and numbers stay: they name nobody.
    """
    for cell in typed:
        text = text.replace(repr(cell), "what stands there")
        if not (cell.isascii() and (_PLAIN_CELL.fullmatch(cell))):
            text = text.replace(cell, "what stands there")
    return text


def _refuse(path: Path, kind: Kind, mistakes: list[tuple[int, str]]) -> None:
    told = "\n".join(f"  line {line}: {text}" for line, text in sorted(mistakes)[:_SHOWN])
    more = f"\n  and {len(mistakes) - _SHOWN} more" if len(mistakes) > _SHOWN else ""
    raise InputError(
        f"{path}: nothing was written, because of these rows:\n{told}{more}",
        next_step=f"Correct them; hemifacial case kinds {kind.word} lists the columns.",
    )


def _check_columns(path: Path, kind: Kind, columns: list[str]) -> None:
    hints = _hints(type_of(kind))
    needed = "code" if kind.word == "patient" else _PATIENT
    unknown = [
        name for name in columns if name.split(".")[0] not in hints and name not in (_PATIENT, _DAY)
    ]
    if needed not in columns and not (needed == "code" and _PATIENT in columns):
        raise InputError(
            f"{path}: not a table of {kind.word}, the column {needed} is missing",
            next_step=f"See the columns: hemifacial case kinds {kind.word}.",
        )
    if unknown or len(set(columns)) != len(columns):
        problem = f"there is no column {', '.join(unknown)}" if unknown else "a column stands twice"
        raise InputError(
            f"{path}: {problem} of {kind.word}",
            next_step=f"See the columns: hemifacial case kinds {kind.word}.",
        )


def _grouped(
    reader: csv.DictReader[str], kind: Kind, mistakes: list[tuple[int, str]]
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The line on which each fact begins, and its nested cells."""
    lists = {name for name, hint in _hints(type_of(kind)).items() if _part_of(hint) is not None}
    facts: dict[object, tuple[int, dict[str, Any]]] = {}
    for line, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            mistakes.append((line, "the row does not have as many cells as the header"))
            continue
        cells = {name: text.strip() for name, text in row.items() if text.strip() not in _EMPTY}
        flat = {name: text for name, text in cells.items() if name.split(".")[0] not in lists}
        # Without parts every row is a fact of its own, even where two rows say the same.
        key: object = tuple(sorted(flat.items())) if lists and len(flat) < len(cells) else line
        _, fact = facts.setdefault(key, (line, _nested(flat, type_of(kind))))
        parts = _nested({name: cells[name] for name in cells if name not in flat}, type_of(kind))
        for name, part in parts.items():
            fact.setdefault(name, []).append(part)
    yield from facts.values()


def _nested(cells: Mapping[str, str], of: type[Any]) -> dict[str, Any]:
    """Cells by path as nested tables; a tuple of words stands in one cell, divided by ``|``."""
    nested: dict[str, Any] = {}
    for path, text in cells.items():
        *outer, last = path.split(".")
        inside = nested
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = text.split("|") if _is_tuple(path.split("."), of) else text
    return nested


def _is_tuple(path: list[str], of: Any) -> bool:
    """Whether the field at a path holds several words."""
    hint = _hints(of).get(path[0])
    if len(path) > 1:
        part = _part_of(hint)
        inner = [one for one in (part, *_alternatives(hint)) if is_dataclass(_plain_type(one))]
        return bool(inner) and _is_tuple(path[1:], _plain_type(inner[0]))
    return any(get_origin(one) is tuple for one in _alternatives(hint))


def _draft(kind: Kind, cells: dict[str, Any], taken: set[str], today: date) -> Draft:
    patient = cells.pop(_PATIENT, "")
    day = cells.pop(_DAY, None)
    if kind.day and day is not None:
        cells.setdefault(kind.day, day)
        day = None
    if kind.word == "patient":
        patient = cells.setdefault("code", patient)
        if patient in taken:
            raise ValueError("a patient of this code is there already")
        taken.add(patient)
    elif patient not in taken:
        raise ValueError("no patient of this record has the code" if patient else "no patient")
    happened_on = None if day is None else from_cells(day, date)
    body = from_cells(cells, type_of(kind))
    happened_on = happened_on or day_in(kind, body)
    if happened_on is None and kind.word != "patient":
        raise ValueError("the day is not stated")
    if happened_on is not None and happened_on > today:
        raise ValueError("the day is in the future")
    return Draft(kind=kind.word, body=body, patient=patient, happened_on=happened_on)


def _hints(kind: type[Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that a field may have, None left out."""
    if get_origin(hint) in (tuple, dict, Mapping) or not get_args(hint) or is_dataclass(hint):
        return (hint,)
    if is_dataclass(get_origin(hint)):
        return (hint,)
    return tuple(one for one in get_args(hint) if one is not NoneType)


def _plain_type(hint: Any) -> Any:
    return get_origin(hint) or hint


def _part_of(hint: Any) -> Any:
    """The dataclass of which a field is a list, or None."""
    for one in _alternatives(hint):
        if get_origin(one) is tuple and is_dataclass(_plain_type(get_args(one)[0])):
            return get_args(one)[0]
    return None


def _columns(path: str, hint: Any) -> Iterator[tuple[str, str]]:
    for one in _alternatives(hint):
        part = _part_of(one) or one
        if is_dataclass(_plain_type(part)):
            for name, inner in _hints(_plain_type(part)).items():
                yield from _columns(f"{path}.{name}", inner)
        elif get_origin(one) is tuple:
            yield path, "words joined by |"
        elif isinstance(one, type) and issubclass(one, Enum):
            yield path, ", ".join(str(member.value) or "(empty)" for member in one)
        elif _plain_type(one) is Mapping:
            yield f"{path}.NAME", "number"
        else:
            yield path, _WORDS.get(one, "text")


_WORDS = {int: "whole number", float: "number", bool: "yes or no", date: "date, 2026-11-22"}
