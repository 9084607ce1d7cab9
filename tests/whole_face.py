"""Constructed signals of a whole face, with known movements and events put into them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import bursts
from hemifacial.face.findings.parts import in_phases
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.states import State
from hemifacial.face.summary import METHOD, METHOD_VERSION, summarise
from hemifacial.findings import Event, Finding, Provenance, Result, spasm_type

Floats = NDArray[np.float64]
CRITERIA = FaceCriteria.read()
APERTURE_MM = 9.0
SIDES = (Side.RIGHT, Side.LEFT)


def hump(times_s: Floats, onset_s: float, lasts_s: float, *, rise_s: float = 0.08) -> Floats:
    """From 0 to 1 and back: crossings of 10 % near onset and end, held between."""
    rise_s = min(rise_s, lasts_s / 2)
    up = np.clip((times_s - onset_s) / rise_s, 0, 1)
    down = np.clip((onset_s + lasts_s - times_s) / rise_s, 0, 1)
    return (1 - np.cos(np.pi * np.minimum(up, down))) / 2


def _labels(
    quantity: str, side: str = "n/a", site: str = "n/a", *, unit: str = "mm", **more: float
) -> dict[str, Any]:
    return {"quantity": quantity, "side": str(side), "site": site, "unit": unit, **more}


class WholeFace:
    """A face at rest whose signals are zero, and the events that are put into it."""

    def __init__(self, seconds: float = 60.0, rate_hz: float = 60.0) -> None:
        self.times_s = np.arange(0, seconds, 1 / rate_hz)
        self.seconds = seconds
        self.rate_hz = rate_hz
        self.values: dict[str, Floats] = {
            **{signal_of(site, side): self._zero() for site in REGIONS for side in SIDES},
            **{f"{stem}_{side}": self._zero() for stem in self.HEIGHTS for side in SIDES},
            "mouth_width": self._zero() + 50.0,
            "mouth_opening": self._zero() + 1.0,
        }
        self.threshold = {site: 1.5 if site == "mouth_corner" else 1.0 for site in REGIONS}
        self.resting = {"brow_height": (30.0, 30.0), "mouth_corner_height": (-40.0, -40.0)}
        self.state = np.zeros(self.times_s.size, dtype=np.int8)
        self.put: list[Event] = []
        self.about: dict[str, Any] = {}

    HEIGHTS = ("brow_height", "mouth_corner_height")

    def _zero(self) -> Floats:
        return np.zeros(self.times_s.size)

    def move(self, name: str, onset_s: float, lasts_s: float, mm: float) -> WholeFace:
        """A movement of one signal, without an event."""
        self.values[name] = self.values[name] + mm * hump(self.times_s, onset_s, lasts_s)
        return self

    def spasm(
        self, side: str, onset_s: float, lasts_s: float = 0.2, mm: float = 4.0, *sites: str
    ) -> WholeFace:
        """A spasm of one side with its event."""
        sites = sites or ("mouth_corner",)
        for site in sites:
            self.move(signal_of(site, Side(side)), onset_s, lasts_s, mm)
        kind = spasm_type(lasts_s)
        return self._event(kind, Side(side), onset_s, lasts_s, sites, mm)

    def both(self, kind: str, onset_s: float, lasts_s: float, mm: float, *sites: str) -> WholeFace:
        """A movement of both sides with its event."""
        for site in sites:
            for side in SIDES:
                self.move(signal_of(site, side), onset_s, lasts_s, mm)
        return self._event(kind, Side.BOTH, onset_s, lasts_s, sites, mm)

    def phase(self, word: str, onset_s: float, lasts_s: float) -> WholeFace:
        """A stated phase."""
        self.put.append(
            Event(
                onset_s=onset_s,
                duration_s=lasts_s,
                event_id=f"p{len(self.put):04}",
                trial_type="phase",
                phase=word,
            )
        )
        return self

    def _event(
        self,
        kind: str,
        side: Side,
        onset_s: float,
        lasts_s: float,
        sites: tuple[str, ...],
        mm: float,
    ) -> WholeFace:
        self.put.append(
            Event(
                onset_s=onset_s,
                duration_s=lasts_s,
                event_id=f"e{len(self.put):04}",
                trial_type=kind,
                side=side,
                sites=tuple(sorted(sites)),
                peak_time_s=onset_s + lasts_s / 2,
                amplitude=mm,
                amplitude_unit="mm",
                confidence=0.9,
            )
        )
        return self

    def signals(self) -> xr.Dataset:
        """As the face wing traces them."""
        judged = self.state == State.JUDGED
        variables: dict[str, Any] = {"state": ("time", self.state, _labels("state", unit="1"))}
        for site in REGIONS:
            for side in SIDES:
                name = signal_of(site, side)
                if name in self.values:
                    labels = {
                        "unit": "mm",
                        "side": side.value,
                        "site": site,
                        "quantity": name.removesuffix(f"_{side}"),
                        "noise_floor": 0.05,
                        "threshold": self.threshold[site],
                        "smallest_detectable": 1.2 * self.threshold[site],
                    }
                    seen = np.where(judged, self.values[name], np.nan)
                    variables[name] = ("time", seen, labels)
        for place, side in enumerate(SIDES):
            aperture = np.where(judged, APERTURE_MM - self.values[f"eye_closure_{side}"], np.nan)
            labels = _labels("palpebral_aperture", side, "eyelids", resting=APERTURE_MM)
            variables[f"palpebral_aperture_{side}"] = ("time", aperture, labels)
            for stem in self.HEIGHTS:
                if f"{stem}_{side}" in self.values:
                    height = np.where(judged, self.values[f"{stem}_{side}"], np.nan)
                    resting = self.resting[stem][place]
                    labels = _labels(stem, side, stem.removesuffix("_height"), resting=resting)
                    variables[f"{stem}_{side}"] = ("time", height, labels)
        for name in ("mouth_width", "mouth_opening"):
            if name in self.values:
                variables[name] = (
                    "time",
                    np.where(judged, self.values[name], np.nan),
                    _labels(name),
                )
        return xr.Dataset(
            variables,
            coords={"time": self.times_s},
            attrs={
                "duration_s": self.seconds,
                "frame_rate_hz": self.rate_hz,
                "outer_canthal_distance_px": 280.0,
                "image_scale_mm_per_px": 0.3,
                "unjudged_reason": "",
                "problems": "",
                **self.about,
            },
        )

    def events(self) -> tuple[Event, ...]:
        """The events put in, with their bursts and phases."""
        return in_phases(bursts(self.put, CRITERIA))

    def findings(self) -> tuple[Finding, ...]:
        """What is said of this face."""
        return summarise(self.signals(), self.events(), CRITERIA)

    def result(self, name: str = "visit1.mp4", **about: Any) -> Result:
        """As measuring a video of it would give."""
        signals, events = self.signals(), self.events()
        letter = format(sum(name.encode()) % 16, "x")
        made = Provenance(
            method=METHOD,
            method_version=METHOD_VERSION,
            program_version="0.1.0",
            input_name=name,
            input_sha256=letter * 64,
            created_at="2026-11-22T14:00:00+00:00",
            parameters={"criteria": CRITERIA.values(), "mirrored": False},
        )
        return Result(
            provenance=replace(made, **about),
            findings=summarise(signals, events, CRITERIA),
            events=events,
            signals={METHOD: signals},
        )


def one(
    findings: tuple[Finding, ...],
    quantity: str,
    side: Side | str = Side.NOT_APPLICABLE,
    *,
    phase: str = "",
    sites: tuple[str, ...] | None = None,
) -> Finding:
    """The only finding of this kind."""
    found = [
        finding
        for finding in findings
        if (finding.quantity, finding.side, finding.phase) == (quantity, Side(side), phase)
        and (sites is None or finding.sites == sites)
    ]
    assert len(found) == 1, (quantity, side, phase, sites, len(found))
    return found[0]
