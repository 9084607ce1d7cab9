"""Many facts from a table: each row one, or one of the parts of one; all rows or none.

A table is tab-separated. The column ``patient`` holds codes and ``day`` days; every other column is
a field of the kind, by its path: ``purpose``, ``items.3``, ``per_ml.units``,
``injections.dose.units``. Rows that agree in everything but the columns of a list (injections,
vials) are one fact with as many parts. An empty cell, or ``n/a``, is not stated. A column
``stop_reason`` says why a fact is entered of which a rule says stop.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_origin

from cattrs import BaseValidationError

from hemifacial.case.codec import from_cells, mistakes_of
from hemifacial.case.columns import alternatives, columns_of, hints_of, part_of, plain_type
from hemifacial.case.kinds import Kind, day_in, type_of
from hemifacial.case.writing import Draft, check_alone
from hemifacial.errors import HemifacialError, InputError
from hemifacial.formats.files import read_text

__all__ = ["Row", "columns_of", "drafts_from", "refused", "rows_from"]

_PATIENT, _DAY, _REASON = "patient", "day", "stop_reason"
_EMPTY = ("", "n/a")
_SHOWN = 20
_PLAIN_CELL = re.compile(r"[a-z_]{1,40}|[-+0-9.,:eE]+")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A fact of a table: the line on which it begins, its draft, and what was typed there."""

    line: int
    draft: Draft
    typed: tuple[str, ...]

    def without_cells(self, text: str) -> str:
        """A sentence about this row that repeats nothing of what was typed."""
        return _without(self.typed, text)


def drafts_from(path: Path, kind: Kind, *, known: frozenset[str], today: date) -> list[Draft]:
    """The drafts of a table, in its order; see `rows_from`."""
    return [row.draft for row in rows_from(path, kind, known=known, today=today)]


def rows_from(path: Path, kind: Kind, *, known: frozenset[str], today: date) -> list[Row]:
    """The facts of a table, in its order.

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
    rows: list[Row] = []
    mistakes: list[tuple[int, str]] = []
    taken = set(known)
    for line, cells in _grouped(reader, kind, mistakes):
        typed = tuple(sorted(set(_texts(cells)), key=len, reverse=True))
        try:
            rows.append(Row(line=line, draft=_draft(kind, cells, taken, today), typed=typed))
        except (BaseValidationError, HemifacialError, ValueError) as error:
            mistakes += [(line, _without(typed, text)) for text in mistakes_of(error)]
    if not rows and not mistakes:
        mistakes.append((1, "the table has no row"))
    if mistakes:
        raise refused(path, kind, mistakes)
    return rows


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


def refused(path: Path, kind: Kind, mistakes: list[tuple[int, str]]) -> InputError:
    """What is said of a table of which rows cannot be entered: line and reason."""
    told = "\n".join(f"  line {line}: {text}" for line, text in sorted(mistakes)[:_SHOWN])
    more = f"\n  and {len(mistakes) - _SHOWN} more" if len(mistakes) > _SHOWN else ""
    return InputError(
        f"{path}: nothing was written, because of these rows:\n{told}{more}",
        next_step=f"Correct them; hemifacial case kinds {kind.word} lists the columns.",
    )


def _check_columns(path: Path, kind: Kind, columns: list[str]) -> None:
    hints = hints_of(type_of(kind))
    needed = "code" if kind.word == "patient" else _PATIENT
    unknown = [
        name
        for name in columns
        if name.split(".")[0] not in hints and name not in (_PATIENT, _DAY, _REASON)
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
    lists = {name for name, hint in hints_of(type_of(kind)).items() if part_of(hint) is not None}
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
    hint = hints_of(of).get(path[0])
    if len(path) > 1:
        part = part_of(hint)
        inner = [one for one in (part, *alternatives(hint)) if is_dataclass(plain_type(one))]
        return bool(inner) and _is_tuple(path[1:], plain_type(inner[0]))
    return any(get_origin(one) is tuple for one in alternatives(hint))


def _draft(kind: Kind, cells: dict[str, Any], taken: set[str], today: date) -> Draft:
    patient = cells.pop(_PATIENT, "")
    day, reason = cells.pop(_DAY, None), cells.pop(_REASON, "")
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
    if _PATIENT in hints_of(type_of(kind)):
        cells[_PATIENT] = patient  # a diary bears its code
    happened_on = None if day is None else from_cells(day, date)
    body = from_cells(cells, type_of(kind))
    happened_on = happened_on or day_in(kind, body)
    if happened_on is None and kind.word != "patient":
        raise ValueError("the day is not stated")
    if happened_on is not None and happened_on > today:
        raise ValueError("the day is in the future")
    draft = Draft(kind=kind.word, body=body, patient=patient, happened_on=happened_on, why=reason)
    check_alone(draft, today)
    return draft
