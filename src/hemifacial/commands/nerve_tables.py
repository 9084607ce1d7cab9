"""The arrays of an outcome as tables: lines and spikes as text, voltages as Parquet."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from hemifacial.errors import InputError
from hemifacial.formats.files import read_text, write_text
from hemifacial.formats.signals_table import read_signals, write_signals
from hemifacial.twin.nerve.outcome import Line, Plot, Raster, RasterRow, SpaceTime

__all__ = [
    "read_lines",
    "read_rows",
    "read_voltage",
    "write_lines",
    "write_rows",
    "write_voltage",
]

_NONE = "n/a"
_LINE = ("line", "label")
_ROW = ("row", "group", "time_ms")


def write_lines(path: Path, plot: Plot) -> None:
    """The lines of a plot: number of the line from 1, its label, x, y; a gap is ``n/a``.

    The columns of x and y go by the names of the axes, with their units.
    """
    _write(
        path,
        (*_LINE, plot.x_label, plot.y_label),
        (
            (str(number), line.label, _cell(x), _cell(y))
            for number, line in enumerate(plot.lines, start=1)
            for x, y in zip(line.x, line.y, strict=True)
        ),
    )


def read_lines(path: Path, labels: Sequence[tuple[str, bool]]) -> tuple[Line, ...]:
    """The lines of a table; `labels` are those of the plot, with whether points are marked."""
    points: list[list[tuple[float, float]]] = [[] for _ in labels]
    for number, _, x, y in _read(path, _LINE, width=4):
        index = int(_value(path, number)) - 1
        if not 0 <= index < len(points):
            raise _unusable(path, f"line {number} of a plot of {len(points)}")
        points[index].append((_value(path, x), _value(path, y)))
    return tuple(
        Line(label=label, x=tuple(x for x, _ in one), y=tuple(y for _, y in one), points=marked)
        for (label, marked), one in zip(labels, points, strict=True)
    )


def write_rows(path: Path, raster: Raster) -> None:
    """The spikes of a raster: number of the row from 1, its group, ms; a silent row ``n/a``."""
    _write(
        path,
        _ROW,
        (
            (str(number), row.group, _cell(time_ms))
            for number, row in enumerate(raster.rows, start=1)
            for time_ms in (row.times_ms or (math.nan,))
        ),
    )


def read_rows(path: Path) -> tuple[RasterRow, ...]:
    """The rows of a raster, in their order."""
    groups: dict[str, str] = {}
    times: dict[str, list[float]] = {}
    for number, group, time_ms in _read(path, _ROW, width=3):
        groups.setdefault(number, group)
        found = times.setdefault(number, [])
        if time_ms != _NONE:
            found.append(_value(path, time_ms))
    return tuple(
        RasterRow(group=group, times_ms=tuple(times[number])) for number, group in groups.items()
    )


def write_voltage(path: Path, one: SpaceTime) -> None:
    """Voltage as a table of labelled signals: a column a place, named in their order."""
    signals = xr.Dataset(
        {
            f"place_{number:04d}": (
                "time",
                np.asarray(one.voltage_mv[:, number - 1], dtype=np.float64),
                {
                    "unit": "mV",
                    "side": "n/a",
                    "site": "facial_nerve",
                    "quantity": "membrane_voltage",
                    "place_mm": float(place_mm),
                },
            )
            for number, place_mm in enumerate(one.place_mm, start=1)
        },
        coords={"time": ("time", np.asarray(one.time_ms) / 1000.0, {"unit": "s"})},
    )
    write_signals(path, signals)


def read_voltage(path: Path, *, name: str, title: str, caption: str,
                 lesion_mm: tuple[float, float] | None) -> SpaceTime:  # fmt: skip
    """The picture of a table; what is not in the table is given."""
    signals = read_signals(path)
    columns = list(signals.data_vars.values())
    if not columns or any("place_mm" not in one.attrs for one in columns):
        raise _unusable(path, "columns without place_mm")
    return SpaceTime(
        name=name,
        title=title,
        time_ms=signals["time"].values * 1000.0,
        place_mm=np.array([float(one.attrs["place_mm"]) for one in columns]),
        voltage_mv=np.stack([one.values for one in columns], axis=1),
        lesion_mm=lesion_mm,
        caption=caption,
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # A tab or a line end within a cell would end it.
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in (header, *rows)]
    write_text(path, "\n".join(lines) + "\n")


def _read(path: Path, header: Sequence[str], *, width: int) -> list[list[str]]:
    rows = list(csv.reader(read_text(path).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or tuple(rows[0][: len(header)]) != tuple(header):
        raise _unusable(path, f"it does not begin with the columns {', '.join(header)}")
    if any(len(row) != width for row in rows):
        raise _unusable(path, f"a line without {width} cells")
    return rows[1:]


def _cell(value: float) -> str:
    # As many digits as give the number back.
    return repr(float(value)) if math.isfinite(value) else _NONE


def _value(path: Path, cell: str) -> float:
    if cell == _NONE:
        return math.nan
    try:
        return float(cell)
    except ValueError as error:
        raise _unusable(path, f"{cell!r} is not a number") from error


def _unusable(path: Path, problem: str) -> InputError:
    return InputError(
        f"{path}: {problem}", next_step="Run the experiment again to write the folder anew."
    )
