"""Small results that tests build on."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Finding, Limit, Provenance, Result, Status, trial_types

SHA256 = "0123456789abcdef" * 4


def event(event_id: str = "e0001", **details: Any) -> Event:
    """A clonic spasm of the right mouth corner, unless said otherwise."""
    given: dict[str, Any] = {
        "onset_s": 1.0,
        "duration_s": 0.2,
        "event_id": event_id,
        "trial_type": "spasm_clonic",
        "side": Side.RIGHT,
        "sites": ("mouth_corner",),
        "peak_time_s": 1.1,
        "amplitude": 3.25,
        "amplitude_unit": "mm",
        "confidence": 0.75,
    }
    return Event(**{**given, **details})


def small_result(*events: Event, sha256: str = SHA256) -> Result:
    """Two findings, the events given, and four frames of one signal."""
    signals = xr.Dataset(
        {
            "eye_closure_right": (
                "time",
                np.array([0.0, np.nan, 1.5, 0.1]),
                {
                    "unit": "mm",
                    "side": "right",
                    "site": "eyelids",
                    "quantity": "eye_closure",
                    "threshold": 1.5,
                },
            )
        },
        coords={"time": ("time", np.array([0.0, 0.04, 0.08, 0.12]), {"unit": "s"})},
        attrs={"duration_s": 0.16},
    )
    common: dict[str, Any] = {"method": "face", "method_version": "0.1"}
    return Result(
        provenance=Provenance(
            input_name="patient.mp4",
            input_sha256=sha256,
            program_version="0.1.0",
            created_at="2026-11-22T14:00:00+00:00",
            recorded_at="2026-11-20T09:30:00+00:00",
            parameters={"mirrored": False, "criteria": {"valley_share": 0.5}},
            **common,
        ),
        findings=(
            Finding(
                quantity="spasm_rate",
                value=6.0,
                unit="1/min",
                side=Side.RIGHT,
                sites=("eyelids", "mouth_corner"),
                low=1.2,
                high=17.5,
                interval="exact Poisson, 95 %",
                n=3,
                limit=Limit(
                    value=0, unit="1/min", meaning="none", source="this test", verified=False
                ),
                **common,
            ),
            Finding(
                quantity="largest_spasm",
                value=None,
                unit="mm",
                side=Side.LEFT,
                status=Status.BELOW_DETECTION_LIMIT,
                detection_limit=1.5,
                **common,
            ),
        ),
        events=events,
        signals={"face": signals},
    )


_microseconds = st.integers(0, 10**10).map(lambda n: n / 1e6)
_words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P")), max_size=8)

events: st.SearchStrategy[Event] = st.builds(
    Event,
    onset_s=_microseconds,
    duration_s=_microseconds,
    event_id=_words.filter(lambda word: word not in ("", "n/a")),
    trial_type=st.sampled_from(sorted(trial_types())),
    side=st.sampled_from(list(Side)),
    sites=st.lists(st.sampled_from(["eyelids", "mouth_corner", "frontalis"]), unique=True).map(
        tuple
    ),
    phase=_words.filter(lambda word: word != "n/a"),
    peak_time_s=st.none() | _microseconds,
    amplitude=st.none() | _microseconds,
    amplitude_unit=st.sampled_from(["", "mm", "µV"]),
    confidence=st.none() | st.integers(0, 1000).map(lambda n: n / 1000),
    parent_id=_words.filter(lambda word: word != "n/a"),
)
