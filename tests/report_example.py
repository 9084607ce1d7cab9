"""A made-up result to draw: its numbers are told here, none comes from a recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.findings import Event, Finding, Limit, Provenance, Result, Status

SHA256 = "0123456789abcdef" * 4
WHEN = "2026-11-22T14:00:00+00:00"
SPASMS = (  # onset_s, duration_s, trial_type, sites, amplitude_mm
    (1.42, 0.24, "spasm_clonic", ("eyelids",), 3.1),
    (2.05, 0.31, "spasm_clonic", ("eyelids", "mouth_corner"), 4.4),
    (4.10, 0.72, "spasm_prolonged", ("eyelids", "mouth_corner"), 5.2),
    (10.60, 0.22, "spasm_clonic", ("mouth_corner",), 1.6),
    (10.98, 0.20, "spasm_clonic", ("mouth_corner",), 1.9),
    (12.30, 1.85, "spasm_tonic", ("eyelids", "mouth_corner"), 7.9),
    (17.20, 0.26, "spasm_clonic", ("eyelids",), 2.2),
)
BLINKS = (3.2, 8.9, 15.6)
GAP = (6.20, 1.60)


def event(number: int, onset_s: float, duration_s: float, kind: str, **more: object) -> Event:
    """An event with a name from its number."""
    return Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=f"e{number:04}",
        trial_type=kind,
        **more,  # type: ignore[arg-type]
    )


def example_events(side: Side = Side.RIGHT) -> tuple[Event, ...]:
    """Seven spasms on one side, two of them of a burst, three blinks and one gap."""
    spasms = [
        event(
            place + 1,
            onset_s,
            duration_s,
            kind,
            side=side,
            sites=sites,
            peak_time_s=round(onset_s + duration_s / 2, 6),
            amplitude=amplitude_mm,
            amplitude_unit="mm",
            confidence=min(0.5 + amplitude_mm / 20, 0.99),
            parent_id="e0011" if place in (3, 4) else "",
        )
        for place, (onset_s, duration_s, kind, sites, amplitude_mm) in enumerate(SPASMS)
    ]
    blinks = [
        event(8 + place, onset_s, 0.25, "blink_complete", side=Side.BOTH, sites=("eyelids",))
        for place, onset_s in enumerate(BLINKS)
    ]
    burst = event(11, 10.60, 0.58, "spasm_burst", side=side, sites=("mouth_corner",))
    gap = event(12, *GAP, "no_face")
    return tuple(sorted((*spasms, *blinks, burst, gap), key=lambda one: one.onset_s))


def finding(quantity: str, value: float | None, unit: str, **more: object) -> Finding:
    """A finding of the made-up method."""
    return Finding(
        quantity=quantity,
        value=value,
        unit=unit,
        method="face",
        method_version="1",
        **more,  # type: ignore[arg-type]
    )


def example_findings(right: int = 7, left: int = 0) -> tuple[Finding, ...]:
    """Counts and rates of each side, an unjudged one, one below its limit, and the recording's."""
    poisson = "exact Poisson"
    both = [
        finding("blink_count", 3, "1", side=Side.BOTH),
        finding("blink_rate", 9.8, "1/min", side=Side.BOTH, low=2.0, high=28.6, n=3),
        finding("spasm_tonic_count", None, "1", side=Side.LEFT, status=Status.NOT_JUDGED,
                note="the left mouth corner is covered by a hand"),
        finding("largest_spasm", 7.9, "mm", side=Side.RIGHT, sites=("mouth_corner",), n=1,
                limit=Limit(value=1.0, unit="mm", meaning="smallest twitch seen at d' = 5",
                            source="doi:10.0000/example", verified=False)),
        finding("largest_spasm", None, "mm", side=Side.LEFT, detection_limit=1.2,
                status=Status.BELOW_DETECTION_LIMIT),
    ]  # fmt: skip
    counts = [
        one
        for side, count in ((Side.RIGHT, right), (Side.LEFT, left))
        for one in (
            finding("spasm_count", count, "1", side=side, n=count),
            finding("spasm_rate", count / 18.4 * 60, "1/min", side=side, n=count, interval=poisson,
                    low=count / 18.4 * 60 * 0.4, high=(count + 1.3) / 18.4 * 60 * 1.8),
        )
    ]  # fmt: skip
    about = [
        finding("judged_time", 18.4, "s"),
        finding("recording_duration", 20.0, "s"),
        finding("judged_share", 92.0, "%"),
        finding("no_face_time", 1.6, "s"),
        finding("frame_rate", 59.94, "1/s"),
        finding("image_scale", 0.29, "mm/px"),
        finding("outer_canthal_distance", 286.0, "px", quality="good"),
        *(
            finding(quantity, value, "mm", side=side, sites=(site,))
            for side in (Side.RIGHT, Side.LEFT)
            for quantity, site, value in (
                ("noise_floor", "eyelids", 0.11),
                ("noise_floor", "mouth_corner", 0.083),
                ("detection_threshold", "eyelids", 1.2),
                ("detection_threshold", "mouth_corner", 1.0),
            )
        ),
    ]
    return (*counts, *both, *about)


def example_signals(seconds: float = 20.0, rate_hz: float = 60.0) -> xr.Dataset:
    """Eyes that close and mouth corners that move in the events above, with noise."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(3)
    moves = {
        (site, side): np.zeros_like(time_s)
        for site in ("eyelids", "mouth_corner")
        for side in ("right", "left")
    }
    for one in example_events():
        share = np.clip((time_s - one.onset_s) / one.duration_s, 0.0, 1.0)
        shape = np.sin(np.pi * share)
        for site in one.sites:
            for side in ("right", "left") if one.side is Side.BOTH else (one.side.value,):
                moves[site, side] += shape * (one.amplitude or 8.0)
    missing = (time_s >= GAP[0]) & (time_s <= GAP[0] + GAP[1])
    variables = {}
    for (site, side), move in moves.items():
        values = np.where(missing, np.nan, move + noise.normal(0, 0.1, time_s.size))
        about = {"unit": "mm", "side": side, "site": site}
        called = {"noise_floor": 0.1, "threshold": 1.2 if site == "eyelids" else 1.0}
        stem = "eye_closure" if site == "eyelids" else "mouth_corner_excursion"
        variables[f"{stem}_{side}"] = ("time", values, {**about, **called, "quantity": stem})
        if site == "eyelids":
            about |= {"quantity": "palpebral_aperture", "resting": 9.5}
            variables[f"palpebral_aperture_{side}"] = ("time", 9.5 - values, about)
    state = {"unit": "1", "side": "n/a", "site": "n/a", "quantity": "state"}
    variables["state"] = ("time", missing.astype(np.int8), state)
    return xr.Dataset(variables, coords={"time": time_s})


def example_result(**changes: object) -> Result:
    """The made-up result, with fields replaced."""
    whole = Result(
        provenance=Provenance(
            method="face",
            method_version="1",
            program_version="0.1.0",
            input_name="visit 2.mp4",
            input_sha256=SHA256,
            created_at="2026-11-22T13:00:00+00:00",
            recorded_at="2026-10-03T09:12:44+02:00",
            parameters={"iris_mm": 11.7, "smallest_eye_mm": 1.2, "model_sha256": "64184e229b26"},
        ),
        findings=example_findings(),
        events=example_events(),
        signals={"face": example_signals()},
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def example_corrections() -> tuple[Correction, ...]:
    """One rejected, one re-sided, one moved, one added, and one whose event is not there."""
    named = {one.event_id: one for one in example_events()}
    first, second, tonic = named["e0001"], named["e0002"], named["e0006"]
    new = event(0, 18.8, 0.4, "spasm_clonic", side=Side.RIGHT, sites=("mouth_corner",))
    new = replace(new, event_id="added-1")
    gone = replace(first, event_id="x9", onset_s=19.2)

    def signed(action: Action, before: Event | None, after: Event | None, why: str) -> Correction:
        return Correction(
            action=action, before=before, after=after, who="Dr Ada Weiss", when=WHEN, why=why
        )

    return (
        signed(Action.REJECT, first, None, "a smile"),
        signed(Action.RE_SIDE, second, replace(second, side=Side.LEFT), ""),
        signed(Action.MOVE, tonic, replace(tonic, onset_s=12.1, duration_s=2.2), "starts earlier"),
        signed(Action.ADD, None, new, "missed"),
        signed(Action.REJECT, gone, None, "of an older version"),
    )
