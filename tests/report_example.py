"""A made-up result to draw: its numbers are told here, none comes from a recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import xarray as xr

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.findings import Event, Finding, Limit, Provenance, Result, Status, spasm_type

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


REGIONS = ("brow", "eyelids", "cheek", "upper_lip", "mouth_corner", "chin", "jaw_line")
PHASES = (  # onset as a share of the whole, phase
    (0.0, "rest"),
    (0.3, "gentle_closure"),
    (0.42, "tight_closure"),
    (0.55, "pucker"),
    (0.65, "smile"),
    (0.75, "brow_raise"),
    (0.85, "counting_aloud"),
)
_SIZES_MM = {"brow": 0.8, "eyelids": 6.0, "cheek": 1.6, "upper_lip": 1.2, "mouth_corner": 3.4,
             "chin": 0.9, "jaw_line": 1.1}  # fmt: skip


def full_events(seconds: float, number: int, side: Side = Side.RIGHT) -> tuple[Event, ...]:
    """Phases, `number` spasms of one to seven regions, blinks between them, smiles and gaps."""
    random = np.random.default_rng(7)
    phases = [
        event(0, start * seconds, (stop - start) * seconds, "phase", phase=phase)
        for (start, phase), (stop, _) in zip(PHASES, (*PHASES[1:], (1.0, "")), strict=True)
    ]
    phases = [replace(one, event_id=f"p{place + 1}") for place, one in enumerate(phases)]
    found = []
    step_s = seconds / number
    for place in range(number):
        onset_s = round(place * step_s + 0.2 * step_s * random.random(), 6)
        duration_s = round(float(random.choice((0.12, 0.2, 0.3, 0.7, 1.2))), 6)
        duration_s = round(min(duration_s, 0.55 * step_s), 6)
        spread = int(random.integers(1, len(REGIONS) + 1))
        sites = tuple(word for word in REGIONS if word in ("eyelids", *REGIONS[-spread:]))
        found.append(
            event(
                place + 1,
                onset_s,
                duration_s,
                spasm_type(duration_s),
                side=side,
                sites=sites,
                phase=_phase_at(phases, onset_s),
                peak_time_s=round(onset_s + duration_s / 2, 6),
                amplitude=6.0,
                amplitude_unit="mm",
                confidence=0.9,
            )
        )
        if place % 5 == 4:
            blink = event(0, onset_s + 0.7 * step_s, min(0.2, 0.2 * step_s), "blink_complete",
                          side=Side.BOTH, sites=("eyelids",))  # fmt: skip
            found.append(replace(blink, event_id=f"k{place:04}"))
    smile = event(0, 0.66 * seconds, min(1.5, 0.5 * step_s), "expression", side=Side.BOTH,
                  sites=("mouth_corner",))  # fmt: skip
    gap = event(0, 0.5 * seconds, 0.02 * seconds, "no_face")
    more = [*phases, replace(smile, event_id="x0001"), replace(gap, event_id="g0001")]
    return tuple(sorted([*found, *more], key=lambda one: (one.onset_s, one.event_id)))


def _phase_at(phases: list[Event], time_s: float) -> str:
    return next((one.phase for one in phases if one.onset_s <= time_s < one.offset_s), "")


def full_signals(events: tuple[Event, ...], seconds: float, rate_hz: float = 60.0) -> xr.Dataset:
    """Every region of either side, with the labels that a recording of all regions carries.

    In a spasm the mouth corner begins 50 ms after the eyelids; the upper lip is never judged on
    the left.
    """
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    random = np.random.default_rng(11)
    missing = np.zeros(time_s.size, dtype=bool)
    for one in events:
        if one.family == "gap":
            missing |= (time_s >= one.onset_s) & (time_s < one.offset_s)
    variables = {}
    for site in REGIONS:
        for side in ("right", "left"):
            values = random.normal(0, 0.08, time_s.size)
            for one in events:
                if site not in one.sites or one.side not in (side, "both"):
                    continue
                later_s = 0.05 if site == "mouth_corner" else 0.0
                rows = slice(*np.searchsorted(time_s, (one.onset_s, one.offset_s)))
                share = (time_s[rows] - one.onset_s - later_s) / (one.duration_s - later_s)
                size_mm = _SIZES_MM[site] * (1.0 if one.amplitude is None else one.amplitude / 6)
                values[rows] += size_mm * np.sin(np.pi * np.clip(share, 0, 1))
            values[missing] = np.nan
            if (site, side) == ("upper_lip", "left"):
                values[:] = np.nan
            stem = "eye_closure" if site == "eyelids" else f"{site}_excursion"
            about = {"unit": "mm", "side": side, "site": site, "quantity": stem,
                     "noise_floor": 0.08, "threshold": 0.7, "smallest_detectable": 0.9 +
                     0.4 * REGIONS.index(site) * (side == "left")}  # fmt: skip
            variables[f"{stem}_{side}"] = ("time", values, about)
    for name in ("mouth_width", "mouth_opening"):
        about = {"unit": "mm", "side": "n/a", "site": "n/a", "quantity": name}
        variables[name] = ("time", np.full(time_s.size, 40.0), about)
    state = {"unit": "1", "side": "n/a", "site": "n/a", "quantity": "state"}
    variables["state"] = ("time", missing.astype(np.int8), state)
    return xr.Dataset(variables, coords={"time": time_s})


def full_result(seconds: float = 60.0, number: int = 24, side: Side = Side.RIGHT) -> Result:
    """A made-up recording of all seven regions through all parts of an examination."""
    events = full_events(seconds, number, side)
    spasms = [one for one in events if one.family == "spasm"]
    findings = [
        *(
            finding("spasm_count", len(spasms) if of is side else 0, "1", side=of)
            for of in (Side.RIGHT, Side.LEFT)
        ),
        *(
            finding("spasm_rate", 60 * (len(spasms) if of is side else 0) / seconds, "1/min",
                    side=of, low=0.0, high=70 * number / seconds, interval="made up")
            for of in (Side.RIGHT, Side.LEFT)
        ),
        finding("time_in_spasm", 12.5, "%", side=side, low=9.0, high=16.0),
        finding("time_in_spasm", 0.0, "%", side=side.opposite),
        finding("largest_spasm", 6.0, "mm", side=side, sites=("eyelids",)),
        *(
            finding("spasm_rate", place * 4.0, "1/min", side=side, phase=phase, low=0.0, high=40.0)
            for place, (_, phase) in enumerate(PHASES)
        ),
        *(
            finding("blink_rate", 12.0, "1/min", side=Side.BOTH, phase=phase)
            for _, phase in PHASES
        ),
        finding("eye_closed_time_in_spasm", 8.0, "%", side=side, low=6.0, high=11.0),
        finding("suggested_smc_grade", 2, "1", side=side, low=1, high=2,
                note="Spasms beyond the eye: the mouth corner in e0001. A video cannot know "
                "whether they disturb the sight, which grade III asks for."),
        finding("suggested_jankovic_frequency", None, "1", status=Status.NOT_JUDGED,
                note="Too little was judged."),
        finding("sign_other_babinski", 1, "1", side=side, n=9,
                limit=Limit(value=12.5, unit="1", meaning="Likelihood ratio of the sign for "
                            "hemifacial spasm against blepharospasm", source="made up",
                            verified=False),
                note="Present: the brow rises in 6 of 9. Speaks for hemifacial spasm."),
        finding("sign_sides_alternate", 0, "1", note="Absent: all on one side."),
        finding("sign_eye_closes_on_pucker", None, "1", status=Status.NOT_JUDGED,
                note="Cannot tell: no pucker in this recording."),
        finding("recording_duration", seconds, "s"),
        finding("judged_time", seconds * 0.98, "s"),
        *(
            finding(quantity, value, "mm", side=of, sites=(site,))
            for of in (Side.RIGHT, Side.LEFT)
            for site in REGIONS
            for quantity, value in (("noise_floor", 0.08), ("detection_threshold", 0.7))
        ),
    ]  # fmt: skip
    return example_result(
        findings=tuple(findings),
        events=events,
        signals={"face": full_signals(events, seconds)},
    )
