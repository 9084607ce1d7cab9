"""F waves on the page: single sweeps after the direct response, their onsets marked."""

from __future__ import annotations

import numpy as np

from hemifacial.anatomy import Side, structures
from hemifacial.findings import Finding, Result
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.sweep_stack import Cursor, Panel, stacked

__all__ = ["figures"]

_SWEEPS = "f_wave_sweeps"
_FROM_MS, _TO_MS = 8.0, 48.0
_MOST_SWEEPS = 16


def figures(result: Result) -> tuple[Figure, ...]:
    """One figure with both sides; none where no F wave was studied."""
    sweeps = result.signals.get(_SWEEPS)
    if sweeps is None:
        return ()
    latency_ms = 1000 * np.asarray(sweeps["time"].values, dtype=np.float64)
    panels = []
    every = list(sweeps.data_vars.values())
    for side in dict.fromkeys(str(one.attrs["side"]) for one in every):
        own = [one for one in every if one.attrs["side"] == side][:_MOST_SWEEPS]
        values = np.array([np.asarray(one.values, dtype=np.float64) for one in own])
        panels.append(
            Panel(
                heading=f"{structures()[str(own[0].attrs['site'])].label}, {side}",
                side=Side(side),
                latency_ms=latency_ms,
                sweeps_uv=values,
                average_uv=np.median(values, axis=0),
                cursors=tuple(
                    Cursor(latency_ms=float(one.attrs["onset_ms"]), sweep=row)
                    for row, one in enumerate(own)
                    if "onset_ms" in one.attrs
                ),
                note=_note(result.findings, side),
            )
        )
    said = (
        f"Grey: up to {_MOST_SWEEPS} single sweeps, negative up, from {_FROM_MS:g} ms after the "
        "stimulus of the marginal mandibular branch; dashed: where an F wave begins. The direct "
        f"response, as the median of all sweeps, is taken off; below, what is left of it. "
        f"{sweeps.attrs.get('conditioning', '')}."
    )
    return (
        stacked(
            "f_wave",
            panels,
            from_ms=_FROM_MS,
            to_ms=_TO_MS,
            heading="F wave of mentalis",
            said=said,
        ),
    )


def _note(findings: tuple[Finding, ...], side: str) -> str:
    """Persistence, duration and ratio of a side."""
    words = {
        "f_wave_persistence": "persistence {:.0f} %",
        "f_wave_duration": "duration {:.1f} ms",
        "f_wave_ratio": "{:.1f} % of the direct response",
    }
    return ", ".join(
        words[one.quantity].format(one.value)
        for one in findings
        if one.quantity in words and one.value is not None and one.side.value == side
    )
