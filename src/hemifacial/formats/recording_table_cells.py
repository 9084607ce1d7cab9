"""The cells of a text table as numbers, with the line of the first that is none."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import InputError
from hemifacial.formats.recording_table_mapping import TIME_UNITS, TableMapping

__all__ = ["Cells", "read_cells"]

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Cells:
    """What the mapping asks of a table.

    Parameters
    ----------
    values
        Shape (rows, channels).
    times_s
        Shape (rows,), or None without a time column.
    part_starts
        The rows, from 0, at which a part begins, without the first.
    part_texts
        What the mark of each part says.
    """

    values: NDArray[np.float64]
    times_s: NDArray[np.float64] | None
    part_starts: tuple[int, ...]
    part_texts: tuple[str, ...]


def read_cells(path: Path, mapping: TableMapping) -> Cells:
    """The columns of the mapping, read line by line.

    Raises
    ------
    InputError
        With the line, where a column is missing or a cell is no finite number.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        lines = _lines(path, file)
        header = [line for _, line in zip(range(mapping.header_rows), lines, strict=False)]
        names = [_bare(cell) for cell in _split(header[-1][1], mapping)] if header else []
        return _read(path, mapping, lines, names)


def _read(
    path: Path, mapping: TableMapping, lines: Iterator[tuple[int, str]], names: list[str]
) -> Cells:
    wanted = [_index(path, names, column) for column, _, _ in mapping.columns]
    timed = mapping.time_column is not None
    if mapping.time_column is not None:
        wanted.append(_index(path, names, mapping.time_column))
    part_at = None if mapping.part_by is None else _index(path, names, mapping.part_by)
    marks = [(column, _index(path, names, column)) for column in mapping.mark_columns]
    widest = max([*wanted, *(at for _, at in marks), part_at or 0])
    numbers = array("d")
    starts: list[int] = []
    texts: list[str] = []
    part: str | None = None
    for number, line in lines:
        cells = _split(line, mapping)
        if not any(map(_bare, cells)):
            continue
        if len(cells) <= widest:
            raise _broken(path, f"line {number} has {len(cells)} cells, not {widest + 1}")
        if part_at is not None and cells[part_at] != part:
            part = cells[part_at]
            starts.append(len(numbers) // len(wanted))
            said = (f"{column}={_bare(cells[at])}" for column, at in marks)
            texts.append(" ".join(said) or f"part {len(starts)}")
        for at in wanted:
            numbers.append(_number(path, mapping, number, cells[at]))
    table = np.array(numbers, np.float64).reshape(-1, len(wanted))
    if not len(table):
        raise _broken(path, f"it has no line after the {mapping.header_rows} of its header")
    _held_finite(path, table)
    return Cells(
        values=table[:, : len(mapping.columns)],
        times_s=table[:, -1] * TIME_UNITS[mapping.time_unit] if timed else None,
        part_starts=tuple(starts[1:]),
        part_texts=tuple(texts),
    )


def _lines(path: Path, file: TextIO) -> Iterator[tuple[int, str]]:
    """The lines with their numbers from 1."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE or "\0" in line:
            raise _broken(path, f"line {number} is no plain text (UTF-8)")
        yield number, line.rstrip("\r\n")


def _split(line: str, mapping: TableMapping) -> list[str]:
    if mapping.delimiter in (" ", "blank"):
        return line.split()
    return line.split("\t" if mapping.delimiter == "tab" else mapping.delimiter)


def _bare(cell: str) -> str:
    return cell.strip().strip('"').strip()


def _index(path: Path, names: list[str], column: int | str) -> int:
    if isinstance(column, int):
        return column - 1
    if names.count(column) != 1:
        raise _broken(
            path,
            f"its header has {names.count(column)} columns {column[:40]!r}; it has "
            f"{', '.join(names[:20]) or 'no names'}",
        )
    return names.index(column)


def _number(path: Path, mapping: TableMapping, line: int, cell: str) -> float:
    bare = _bare(cell)
    if mapping.decimal == ",":
        if "." in bare:
            raise _broken(path, f"line {line} has {bare[:30]!r} where the decimal sign is a comma")
        bare = bare.replace(",", ".")
    try:
        if "_" in bare:  # float() would pass over it
            raise ValueError(bare)
        return float(bare)
    except ValueError as error:
        raise _broken(path, f"line {line} has {bare[:30]!r} where a number should be") from error


def _held_finite(path: Path, table: NDArray[np.float64]) -> None:
    bad = np.flatnonzero(~np.isfinite(table).all(axis=1))
    if len(bad):
        raise _broken(
            path,
            f"{len(bad)} of its {len(table)} rows have a value that is no finite number, the "
            f"first is data row {bad[0] + 1}",
        )


def _broken(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: does not fit its mapping: {what}",
        next_step="Correct the table or its mapping, as docs/recordings.md shows it.",
    )
