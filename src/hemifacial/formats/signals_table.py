"""Labelled signals as Parquet: the label of each column travels in its own metadata.

The first column is ``time`` in s. Every other column carries the keys ``unit``,
``side``, ``site`` and ``quantity``, and whatever else its maker attached (a noise floor,
a threshold), as text; ``not_text`` names those that were something else, as JSON, and come
back as they were. Not-a-number means "not judged", never zero.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from hemifacial.errors import InputError

__all__ = ["REQUIRED_LABELS", "read_signals", "write_signals"]

REQUIRED_LABELS = ("unit", "side", "site", "quantity")
_NOT_TEXT = "not_text"
"""Metadata key with the names of the labels that are JSON rather than text, as a JSON list."""
_NUMBERS_BEFORE = (
    "noise_floor",
    "threshold",
    "resting",
    "duration_s",
    "frame_rate_hz",
    "outer_canthal_distance_px",
    "image_scale_mm_per_px",
)
"""Labels that were numbers in tables written before `_NOT_TEXT` was."""


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
        labels = _as_texts(variable.attrs)
        column = pa.array(variable.values)
        fields.append(pa.field(str(name), column.type, metadata=labels))
        columns.append(column)
    table = pa.Table.from_arrays(
        columns, schema=pa.schema(fields, metadata=_as_texts(signals.attrs))
    )
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
        time = ("time", times_s, _labels(table.schema.field("time").metadata))
        about = _labels(table.schema.metadata)
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise InputError(
            f"{path}: not a table of signals ({error})",
            next_step="Measure the recording again to write the folder anew.",
        ) from error
    return xr.Dataset(variables, coords={"time": time}, attrs=about)


def _as_texts(labels: Mapping[Any, object]) -> dict[str, str]:
    others = sorted(str(key) for key, value in labels.items() if not isinstance(value, str))
    texts = {
        str(key): value if isinstance(value, str) else json.dumps(value)
        for key, value in labels.items()
    }
    return {**texts, _NOT_TEXT: json.dumps(others)}


def _labels(metadata: Mapping[bytes, bytes] | None) -> dict[str, object]:
    texts = {key.decode(): text.decode() for key, text in (metadata or {}).items()}
    marked = texts.pop(_NOT_TEXT, None)
    others = _NUMBERS_BEFORE if marked is None else json.loads(marked)
    return {key: json.loads(text) if key in others else text for key, text in texts.items()}
