"""From which size on a region is called: as the video shows it, and as the skin truly moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES
from hemifacial.face.allowances import of_flicker
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.regions import signal_of

__all__ = ["Variable", "set_detectable", "set_thresholds"]

Floats = NDArray[np.float64]
Variable = tuple[str, NDArray[np.generic], dict[str, object]]
"""Dimension, values and labels of one signal."""


def set_thresholds(
    site: str,
    variables: dict[str, Variable],
    mm_per_px: float,
    criteria: FaceCriteria,
    *,
    blurred: bool,
) -> None:
    """Label a region with its threshold in mm: the absolute one, or what noise or pixels allow.

    Parameters
    ----------
    variables
        Of both sides; those of the region carry ``noise_floor`` and are given ``threshold``, the
        highest of the three, the same for right and left.
    blurred
        Whether the face has less detail than its pixels promise.
    """
    labels = [variables[name][2] for side in SIDES if (name := signal_of(site, side)) in variables]
    if not labels:
        return
    noisier_mm = max(float(str(label["noise_floor"])) for label in labels)
    allowed_mm = np.fmax(
        criteria["noise_multiple"] * noisier_mm, criteria["smallest_movement_px"] * mm_per_px
    )
    threshold_mm = float(np.fmax(criteria[f"smallest_{site}_mm"], allowed_mm))
    if blurred:
        threshold_mm *= criteria["blurred_multiple"]
    for label in labels:
        label["threshold"] = threshold_mm


def set_detectable(
    site: str,
    variables: dict[str, Variable],
    times_s: Floats,
    allowance_mm: Floats,
    criteria: FaceCriteria,
) -> None:
    """Label a region with the true size in mm that is called half of the time.

    Parameters
    ----------
    variables
        As `set_thresholds` leaves them; those of the region are given ``smallest_detectable``.
    allowance_mm
        (n,), what a movement has to be larger by because of the head, NaN where not judged. Its
        median, with that of flicker, counts: a twitch comes at any moment.
    """
    own = [variables[name] for side in SIDES if (name := signal_of(site, side)) in variables]
    if not own:
        return
    threshold_mm = float(str(own[0][2]["threshold"]))
    moved_mm = [np.asarray(values, dtype=np.float64) for _, values, _ in own]
    more_mm = allowance_mm + of_flicker(times_s, moved_mm, threshold_mm, criteria)
    seen = np.isfinite(allowance_mm) & np.isfinite(moved_mm).all(axis=0)
    usual_mm = float(np.median(more_mm[seen])) if seen.any() else 0.0
    for _, _, label in own:
        label["smallest_detectable"] = (threshold_mm + usual_mm) / criteria[f"seen_share_{site}"]
