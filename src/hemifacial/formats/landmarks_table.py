"""The points of a face, frame by frame, as a table of labelled signals.

The file keeps the conventions of `hemifacial.formats.signals_table`, which reads it as any other:
``time`` in s, then ``x_0``, ``y_0``, ``z_0`` to ``z_477`` with unit, side (the patient's own), site
and quantity, and ``state`` as in every table of the face. Points are numbered as in
`hemifacial.landmarks.mesh`. It is written piece by piece, so that a long recording takes no more
memory than a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.formats.signals_table import read_signals
from hemifacial.landmarks import mesh

__all__ = ["Piece", "read_landmarks", "write_landmarks"]

Piece = tuple[NDArray[np.float64], NDArray[np.floating], NDArray[np.int8]]
"""Times in s (m,), points (m, 478, 3), states (m,) of successive frames."""

_AXES = ("x", "y", "z")


def write_landmarks(
    path: Path, pieces: Iterable[Piece], *, unit: str, about: Mapping[str, str]
) -> None:
    """Write the points of a face, one piece after the other.

    Parameters
    ----------
    pieces
        Points are NaN where no face was seen; x to the viewer's right, y down, z away.
    unit
        Of the points, ``px`` or ``mm``.
    about
        Labels of the whole table.
    """
    schema = _schema(unit, about)
    coding = {"compression": "zstd", "use_dictionary": False, "write_statistics": False}
    floats = [name for name in schema.names if name[0] in _AXES]
    with pq.ParquetWriter(path, schema, use_byte_stream_split=floats, **coding) as writer:
        for times_s, points, states in pieces:
            flat = np.asarray(points, dtype=np.float32).reshape(len(times_s), -1)
            columns = [pa.array(times_s), *map(pa.array, np.ascontiguousarray(flat.T))]
            writer.write_table(pa.Table.from_arrays([*columns, pa.array(states)], schema=schema))


def read_landmarks(path: Path) -> xr.DataArray:
    """The points of a table over ``time`` (s), ``point`` (0 to 477) and ``axis`` (x, y, z).

    NaN where no face was seen; the attributes are those of the table, and ``unit``.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    table = read_signals(path)
    names = [f"{axis}_{point}" for point in range(mesh.N_POINTS) for axis in _AXES]
    lacking = [name for name in names if name not in table]
    if lacking:
        raise InputError(
            f"{path}: not a table of landmarks, the column {lacking[0]} is missing",
            next_step="Give the landmarks.parquet that hemifacial deidentify wrote.",
        )
    values = np.stack([table[name].values for name in names], axis=1)
    return xr.DataArray(
        values.reshape(-1, mesh.N_POINTS, len(_AXES)),
        dims=("time", "point", "axis"),
        coords={"time": table["time"], "point": range(mesh.N_POINTS), "axis": list(_AXES)},
        attrs={**table.attrs, "unit": str(table["x_0"].attrs["unit"])},
    )


def _schema(unit: str, about: Mapping[str, str]) -> pa.Schema:
    sites = _sites()
    fields = [pa.field("time", pa.float64(), metadata={"unit": "s"})]
    for point in range(mesh.N_POINTS):
        side = _side_of(point)
        for axis in _AXES:
            labels = {
                "unit": unit,
                "side": side.value,
                "site": sites.get(point, "n/a"),
                "quantity": f"landmark_{axis}",
            }
            fields.append(pa.field(f"{axis}_{point}", pa.float32(), metadata=_marked(labels)))
    state = {"unit": "1", "side": "n/a", "site": "n/a", "quantity": "state"}
    fields.append(pa.field("state", pa.int8(), metadata=_marked(state)))
    return pa.schema(fields, metadata=_marked(about))


def _marked(labels: Mapping[str, str]) -> dict[str, str]:
    """All labels here are text, and `read_signals` is told so."""
    return {**labels, "not_text": json.dumps([])}


def _side_of(point: int) -> Side:
    other = int(mesh.MIRROR[point])  # the right one of a pair has the lower number
    if other == point:
        return Side.NOT_APPLICABLE
    return Side.RIGHT if point < other else Side.LEFT


def _sites() -> dict[int, str]:
    """Regions of the points that outline one."""
    named: dict[int, str] = {}
    for side in (Side.RIGHT, Side.LEFT):
        brow = (*mesh.BROW_UPPER_EDGE[side], *mesh.BROW_LOWER_EDGE[side])
        cheek, corner = mesh.CHEEK[side], (mesh.MOUTH_CORNER[side],)
        for site, points in (
            ("eyelids", mesh.EYE[side]),
            ("brow", brow),
            ("cheek", cheek),
            ("mouth_corner", corner),
        ):
            named |= dict.fromkeys(points, site)
    return {**named, **dict.fromkeys(mesh.CHIN, "chin")}
