"""Averages and sweeps of evoked responses as labelled signals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["labels_of", "name_of", "table_of"]


def name_of(branch: str, stimulus_side: Side, muscle: str, side: Side) -> str:
    """The name of what one muscle did when one branch or nerve was stimulated."""
    return f"{branch}_{stimulus_side}_{muscle}_{side}"


def labels_of(branch: str, stimulus_side: Side, muscle: str, side: Side) -> dict[str, object]:
    """The attributes that every such signal carries."""
    return {
        "unit": "µV",
        "side": side.value,
        "site": muscle,
        "quantity": "evoked_average",
        "branch": branch,
        "stimulus_side": stimulus_side.value,
    }


def table_of(
    variables: Mapping[str, object], time_s: NDArray[np.float64] | None, conditioning: str
) -> xr.Dataset:
    """Signals over ``time`` in s, with what was done to the sweeps.

    Without a time, which is where nothing was read, a table without coordinates.
    """
    import xarray as xr

    return xr.Dataset(
        dict(variables),
        coords={} if time_s is None else {"time": ("time", time_s, {"unit": "s"})},
        attrs={"conditioning": conditioning},
    )
