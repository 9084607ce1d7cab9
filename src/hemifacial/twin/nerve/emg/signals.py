"""Firing motor units as signals in memory, with artefact and noise, and what is true of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side, structures
from hemifacial.errors import UsageError
from hemifacial.findings import Event
from hemifacial.twin.electro.artefact import artefact_factors, artefact_wave
from hemifacial.twin.electro.noise import Disturbances, hum_of, steady_noise
from hemifacial.twin.electro.plan import Kind, PlannedResponse, Site, Stimulus
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.stimuli import stimulus_event
from hemifacial.twin.electro.truth import Truth
from hemifacial.twin.nerve.emg.bursts import burst_events
from hemifacial.twin.nerve.emg.discharges import Discharges, firings
from hemifacial.twin.nerve.emg.leads import Lead, belly_tendon
from hemifacial.twin.nerve.emg.motor_units import MotorUnits
from hemifacial.twin.nerve.emg.traces import Muscle, clean_traces_uv, muscles_of
from hemifacial.twin.nerve.emg.truth import AFTER_MS, response_truth

__all__ = ["MadeNerveRecording", "nerve_signals"]

Values = NDArray[np.float64]

_MOST_SAMPLES = 40_000_000
_LAST_MS = 500.0


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What `hemifacial.twin.electro.artefact` wants to know of a recording; it plans nothing."""

    setup: Setup
    seed: int
    sites: tuple[Site, ...]
    responses: tuple[PlannedResponse, ...] = ()
    train: tuple[tuple[str, Side, float], ...] = ()
    expected: tuple[tuple[Kind, str, Side, Site], ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class MadeNerveRecording:
    """A recording in memory.

    Attributes
    ----------
    values_uv
        (leads, samples) with artefact and noise, before the amplifier cuts it off.
    clean_uv
        The same of the motor units alone.
    fired
        When muscle fibres fire, by unit and time.
    truth
        Of the responses to stimuli; empty without stimuli.
    events
        The stimuli, and the bursts that do not follow one.
    """

    values_uv: Values
    clean_uv: Values
    fired: Discharges
    truth: Truth
    events: tuple[Event, ...]
    duration_s: float


def nerve_signals(
    units: Sequence[MotorUnits],
    discharges: Discharges,
    stimuli: Sequence[Stimulus] = (),
    setup: Setup | None = None,
    *,
    leads: Sequence[Lead] | None = None,
    seconds: float | None = None,
    seed: int = 0,
) -> MadeNerveRecording:
    """A recording of these motor units in memory; equal calls give equal recordings.

    Parameters
    ----------
    units
        One for each muscle and side.
    discharges
        Impulses at the ends of their nerve fibres, ms from the start of the recording.
    stimuli
        What was stimulated, with times from the same start.
    setup
        Rate, noise, artefact and amplifier; its sweep, interval and polarities mean nothing here.
    leads
        One for each muscle, by default belly and tendon.
    seconds
        Whole; by default until half a second after all is over.
    seed
        Of jitter and noise.

    Raises
    ------
    UsageError
        Of units, leads or stimuli that do not fit each other, or too long a recording.
    """
    setup = setup or Setup()
    units = tuple(units)
    leads = tuple(leads) if leads is not None else tuple(belly_tendon(one.site) for one in units)
    _check(units, leads, stimuli)
    fired = firings(discharges, units, seed)
    seconds = _length_s(setup, len(leads), stimuli, fired, seconds)
    muscles = muscles_of(units, fired, leads)
    sites = tuple(one.site for one in leads)
    clean = clean_traces_uv(muscles, len(leads), setup.rate_hz, round(seconds * setup.rate_hz))
    values = clean.copy()
    plan = _Plan(setup=setup, seed=seed, sites=sites)
    _add_artefacts(values, plan, stimuli)
    _add_background(values, plan, seconds)
    return MadeNerveRecording(
        values_uv=values,
        clean_uv=clean,
        fired=fired,
        truth=_truth(muscles, sites, stimuli),
        events=(
            *(stimulus_event(number, one) for number, one in enumerate(stimuli, start=1)),
            *burst_events(muscles, sites, stimuli, setup.rate_hz),
        ),
        duration_s=seconds,
    )


def _check(units: Sequence[MotorUnits], leads: Sequence[Lead], stimuli: Sequence[Stimulus]) -> None:
    known = [one.site for one in units]
    recorded = [one.site for one in leads]
    if not units or len(set(known)) < len(known) or len(set(recorded)) < len(recorded):
        raise UsageError(
            f"recording: {len(units)} muscles, {len(leads)} leads",
            next_step="Name one muscle at least, and each muscle of a side and its lead once.",
        )
    if missing := [one.label for one in recorded if one not in known] or (not leads and ["any"]):
        raise UsageError(
            f"recording: no motor units for the lead of {missing[0]}",
            next_step="Give motor units of each muscle that is recorded.",
        )
    for one in stimuli:
        if one.branch not in structures() or not one.onset_s >= 0:
            raise UsageError(
                f"recording: a stimulus of {one.branch!r} at {one.onset_s:g} s",
                next_step="Name a word of the anatomy, and a time from 0 s.",
            )


def _length_s(
    setup: Setup,
    leads: int,
    stimuli: Sequence[Stimulus],
    fired: Discharges,
    seconds: float | None,
) -> float:
    """How long the recording is, if it can be written."""
    over_ms = max(
        [one.onset_s * 1000 + AFTER_MS for one in stimuli] + [float(fired.time_ms.max(initial=0.0))]
    )
    if seconds is None:
        seconds = float(math.ceil((over_ms + _LAST_MS) / 1000))
    whole = seconds == round(seconds) and setup.rate_hz == round(setup.rate_hz)
    if not whole or not seconds >= 1 or seconds * setup.rate_hz * leads > _MOST_SAMPLES:
        most_s = math.floor(_MOST_SAMPLES / setup.rate_hz / max(1, leads))
        raise UsageError(
            f"recording: {seconds:g} s of {leads} channels at {setup.rate_hz:g} Hz cannot be "
            "written, since it is put together in memory",
            next_step=f"Use whole seconds, 1 to {most_s}, and a rate of whole samples per second.",
        )
    return float(seconds)


def _add_artefacts(values_uv: Values, plan: _Plan, stimuli: Sequence[Stimulus]) -> None:
    rate_hz, samples = plan.setup.rate_hz, values_uv.shape[1]
    factors = artefact_factors(plan)
    for one in stimuli:
        first = math.ceil(one.onset_s * rate_hz - 1e-6)
        stop = min(first + round(AFTER_MS / 1000 * rate_hz), samples)
        # A stimulus falls on its sample; rounding must not put that just before it.
        after_ms = np.maximum((np.arange(first, stop) / rate_hz - one.onset_s) * 1000, 0.0)
        wave = artefact_wave(plan.setup.artefact, one, after_ms)
        values_uv[:, first:stop] += factors[:, None] * wave


def _add_background(values_uv: Values, plan: _Plan, seconds: float) -> None:
    setup, noise = plan.setup, plan.setup.noise
    leads, samples = values_uv.shape
    times_s = np.arange(samples) / setup.rate_hz
    passing = Disturbances(setup, plan.seed, leads, seconds)
    for lead in range(leads):
        rng = np.random.default_rng([plan.seed, 22, lead])
        values_uv[lead] += steady_noise(noise, rng, 1, samples, setup.rate_hz)[0]
        values_uv[lead] += hum_of(noise.mains, setup.electrode_seed, lead).at(times_s)
        values_uv[lead] += passing.at(lead, times_s)


def _truth(
    muscles: Sequence[Muscle], sites: tuple[Site, ...], stimuli: Sequence[Stimulus]
) -> Truth:
    if not stimuli:
        return Truth(sites=sites, stimuli=(), responses=())
    return response_truth(muscles, sites, stimuli)
