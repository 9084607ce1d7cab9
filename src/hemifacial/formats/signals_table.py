"""Labelled signals as Parquet: the label of each column travels in its own metadata.

The first column is ``time`` in s. Every other column carries the keys ``unit``,
``side``, ``site`` and ``quantity``, and whatever else its maker attached (a noise floor,
a threshold), as text; numbers among them come back as numbers. Not-a-number means
"not judged", never zero.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from hemifacial.errors import InputError

__all__ = ["REQUIRED_LABELS", "read_signals", "write_signals"]

REQUIRED_LABELS = ("unit", "side", "site", "quantity")


def write_signals(path: Path, signals: xr.Dataset) -> None:
    """Write a dataset over ``time`` (s).

    Raises
    ------
    ValueError
        If a variable is not one-dimensional over ``time`` or lacks a label.
    """
    fields = [pa.field("time", pa.float64(), metadata={"unit": "s"})]
    columns = [pa.array(np.asarray(signals["time"].values, dtype=np.float64))]
    for name, variable in signals.data_vars.items():
        lacking = [label for label in REQUIRED_LABELS if label not in variable.attrs]
        if lacking or variable.dims != ("time",):
            raise ValueError(f"{name}: dims {variable.dims}, labels missing: {lacking}")
        labels = {str(key): _as_text(value) for key, value in variable.attrs.items()}
        column = pa.array(variable.values)
        fields.append(pa.field(str(name), column.type, metadata=labels))
        columns.append(column)
    about = {str(key): _as_text(value) for key, value in signals.attrs.items()}
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=about or None))
    pq.write_table(table, path, compression="zstd")


def read_signals(path: Path) -> xr.Dataset:
    """The dataset that `write_signals` wrote."""
    try:
        table = pq.read_table(path)
        times_s = table.column("time").to_numpy()
        variables = {}
        for field in table.schema:
            if field.name != "time":
                values = table.column(field.name).to_numpy()
                variables[field.name] = ("time", values, _labels(field.metadata))
    except (pa.ArrowException, OSError, KeyError) as error:
        raise InputError(
            f"{path}: not a table of signals ({error})",
            next_step="Measure the recording again to write the folder anew.",
        ) from error
    time = ("time", times_s, _labels(table.schema.field("time").metadata))
    return xr.Dataset(variables, coords={"time": time}, attrs=_labels(table.schema.metadata))


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _labels(metadata: dict[bytes, bytes] | None) -> dict[str, object]:
    return {key.decode(): _as_value(text.decode()) for key, text in (metadata or {}).items()}


def _as_value(text: str) -> object:
    """A number if the text is one, else the text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, int | float) else text
