"""What the columns of a text table are, as a clinic declares it in a small JSON file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hemifacial.errors import InputError
from hemifacial.formats.files import read_text

__all__ = ["TIME_UNITS", "TableMapping", "mapping_beside", "read_mapping"]

TIME_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
"""Units of a time column and what they are in s."""

_HIGHEST_HZ = 1e8
_DELIMITERS = {",": ",", ";": ";", "tab": "\t", "\t": "\t", "blank": " ", " ": " "}
_KEYS = (
    "columns",
    "rate_hz",
    "time_column",
    "time_unit",
    "delimiter",
    "decimal",
    "header_rows",
    "part_by",
    "mark_columns",
)


@dataclass(frozen=True, kw_only=True)
class TableMapping:
    """What a table holds. A column is its number, from 1, or its name in the last header row.

    Parameters
    ----------
    columns
        Column, name and unit of each channel.
    rate_hz
        Samples a second, where there is no time column, or where its times are rounded.
    time_column, time_unit
        The column of times, and ``s``, ``ms`` or ``us``.
    delimiter
        What parts cells; a blank stands for any number of blanks and tabs.
    decimal
        The sign between whole and part: a point or a comma.
    header_rows
        Lines before the numbers, comments among them.
    part_by
        A column that changes where a new recording begins, as in a file of many sweeps.
    mark_columns
        Columns whose first value in a part is written into its mark, as ``stimulus_V=0.32``.
    """

    columns: tuple[tuple[int | str, str, str], ...]
    rate_hz: float | None = None
    time_column: int | str | None = None
    time_unit: str = "s"
    delimiter: str = ","
    decimal: str = "."
    header_rows: int = 1
    part_by: int | str | None = None
    mark_columns: tuple[int | str, ...] = ()

    def __post_init__(self) -> None:
        wrong = _wrong(self)
        if wrong:
            raise InputError(f"the mapping of the table: {wrong}", next_step=_NEXT)


_NEXT = "Write the mapping as docs/recordings.md shows it."


def mapping_beside(path: Path) -> TableMapping:
    """The mapping in ``NAME.mapping.json`` beside ``NAME.csv``.

    Raises
    ------
    InputError
        Where there is none: what a column is cannot be guessed.
    """
    beside = path.with_suffix(".mapping.json")
    if not beside.is_file():
        raise InputError(
            f"{path}: a table says neither its rate nor its units, and {beside.name} is not there",
            next_step=f"Write {beside.name} beside it as docs/recordings.md shows it.",
        )
    return read_mapping(beside)


def read_mapping(path: Path) -> TableMapping:
    """The mapping in a JSON file; keys are the parameters of `TableMapping`.

    Each column is ``{"column": 2, "name": "R mentalis", "unit": "mV"}``.

    Raises
    ------
    InputError
        Where it is no JSON, a key is not known, or a value cannot be meant.
    """
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})", next_step=_NEXT) from error
    try:
        return TableMapping(**_arguments(content))
    except InputError as error:
        raise InputError(f"{path}: {error.problem}", next_step=_NEXT) from error


def _arguments(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict) or not isinstance(content.get("columns"), list):
        raise InputError('it is no object with a list "columns"')
    if unknown := sorted(set(content) - set(_KEYS)):
        raise InputError(f"{unknown[0][:40]!r} is not known; known are {', '.join(_KEYS)}")
    columns = []
    for number, column in enumerate(content["columns"], start=1):
        if not isinstance(column, dict) or set(column) != {"column", "name", "unit"}:
            raise InputError(f'columns[{number}] does not have just "column", "name" and "unit"')
        columns.append((column["column"], column["name"], column["unit"]))
    marks = content.get("mark_columns", [])
    if not isinstance(marks, list):
        raise InputError('"mark_columns" is no list')
    return {**content, "columns": tuple(columns), "mark_columns": tuple(marks)}


def _wrong(mapping: TableMapping) -> str:
    """What cannot be meant, or an empty text."""
    if not mapping.columns:
        return "it names no column"
    for entry in mapping.columns:
        if not (_is_column(entry[0]) and all(_is_text(word) for word in entry[1:])):
            return f"{entry!r:.60} is not a column, a name and a unit"
    others = [column for column in (mapping.time_column, mapping.part_by) if column is not None]
    if bad := [column for column in (*others, *mapping.mark_columns) if not _is_column(column)]:
        return f"{bad[0]!r:.60} is neither the number of a column, from 1, nor its name"
    return _wrong_numbers(mapping) or _wrong_words(mapping)


def _wrong_numbers(mapping: TableMapping) -> str:
    if mapping.rate_hz is None and mapping.time_column is None:
        return "it states neither rate_hz nor time_column"
    if mapping.rate_hz is not None and not _is_rate(mapping.rate_hz):
        return f"rate_hz is {mapping.rate_hz!r:.40}, not a number above 0 and below {_HIGHEST_HZ:g}"
    if not _is_whole(mapping.header_rows, at_least=0):
        return f"header_rows is {mapping.header_rows!r:.40}, not a whole number from 0"
    return ""


def _wrong_words(mapping: TableMapping) -> str:
    for name, value, known in (
        ("time_unit", mapping.time_unit, TIME_UNITS),
        ("delimiter", mapping.delimiter, _DELIMITERS),
        ("decimal", mapping.decimal, (".", ",")),
    ):
        if not (_is_text(value) and value in known):
            return f"{name} is {value!r:.40}; known are {', '.join(map(repr, known))}"
    if mapping.decimal == mapping.delimiter:
        return "a comma cannot part cells and be the decimal sign"
    return ""


def _is_column(column: object) -> bool:
    return bool(column) if _is_text(column) else _is_whole(column, at_least=1)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object, *, at_least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= at_least


def _is_rate(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 < value < _HIGHEST_HZ
