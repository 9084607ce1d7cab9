"""Sweeps made fit to be averaged: rest at zero, the stimulus artefact taken out, then filtered.

The order matters: a filter that meets the artefact spreads it over what comes next, so that it is
bridged before any filter runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import convolve1d
from scipy.signal import butter, freqz_sos, savgol_coeffs

from hemifacial.electro import artefact_tails as tails
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.study import EvokedStudy

__all__ = [
    "Conditioning",
    "conditioned",
    "conditioning_of",
    "filtered",
    "tail_shapes",
]

Floats = NDArray[np.float64]

_ORDER = 2
_ROWS = 16  # sweeps that are filtered at a time, so that they stay near the processor
_BEYOND = 0.25  # periods of the lower corner by which a sweep is continued
_LEAST_OF_A_POLARITY = 2
_BEFORE_MS = 0.3  # the stimulator may fire a little before its mark
_EDGE_MS = 0.25  # whose mean is where the bridge stands on
_LOCAL_MS = 6.0


@dataclass(frozen=True, kw_only=True)
class Conditioning:
    """What is done to sweeps.

    Parameters
    ----------
    blank_ms
        How long after the stimulus nothing is believed.
    low_hz, high_hz
        Corners of a filter without delay (Butterworth, second order, forwards and backwards).
    artefact
        None chooses: by polarity where each polarity was given at least twice, else the bridge.
    bridged_alone
        What was stimulated without what `artefact` needs, so that only the bridge helps there;
        known once it is done.
    """

    blank_ms: float
    low_hz: float
    high_hz: float
    artefact: Artefact | None = None
    bridged_alone: tuple[str, ...] = ()

    def in_words(self) -> str:
        """As it is printed with every figure."""
        how = {
            Artefact.POLARITY: "what turns with the polarity of the stimulus taken out",
            Artefact.TEMPLATE: "the tail after the weakest stimuli taken out by current",
            Artefact.LOCAL_POLYNOMIAL: f"cubic fits over {_LOCAL_MS:g} ms taken out",
        }.get(self.artefact or Artefact.BRIDGE)
        words = (
            f"{self.low_hz:g} to {self.high_hz:g} Hz without delay, "
            f"stimulus artefact bridged to {self.blank_ms:g} ms"
        )
        if not how:
            return words
        alone = " and ".join(self.bridged_alone)
        return f"{words}, {how}" + (
            f" (not after stimuli of {alone}, of one polarity)" if alone else ""
        )


def conditioning_of(criteria: ElectroCriteria) -> Conditioning:
    """What is done to sweeps, by the criteria."""
    return Conditioning(
        blank_ms=criteria["blank_ms"],
        low_hz=criteria["low_hz"],
        high_hz=criteria["high_hz"],
        artefact=criteria.artefact,
    )


def conditioned(study: EvokedStudy, how: Conditioning) -> tuple[EvokedStudy, Conditioning]:
    """The study with its sweeps at rest, without artefact, filtered; and what was done.

    Parameters
    ----------
    study
        With at least some milliseconds before the stimulus.

    Notes
    -----
    *Polarity*: a response does not turn round with the stimulus, the artefact does. Half of the
    difference between the averages of both polarities, fitted with exponentials, is taken from
    each sweep with that sweep's sign. *Local polynomial*: cubic fits over a sliding window, as
    proposed for recordings with stimulating arrays (SALPA, Wagenaar and Potter 2002); they take
    slow responses away as well, so that this is never chosen by itself. *Template*: exponentials
    are fitted to the average after the weakest stimuli of each branch, which have to lie below
    every threshold, and taken from each sweep by its current and polarity; never chosen by itself.

    Raises
    ------
    InputError
        Where a template is asked for and a branch was not stimulated with two stated currents.
    """
    chosen = how.artefact or _fitting(study)
    if chosen is Artefact.TEMPLATE:
        tails.check_currents(study)
    how = replace(how, artefact=chosen, bridged_alone=tails.bridged_alone(study, chosen))
    done = np.empty_like(study.sweeps_uv)
    # A channel at a time stays near the processor.
    for channel in range(done.shape[1] if done.size else 0):
        done[:, channel] = _channel(study, study.sweeps_uv[:, channel].copy(), how)
    return replace(study, sweeps_uv=done), how


def _channel(study: EvokedStudy, sweeps_uv: Floats, how: Conditioning) -> Floats:
    """The sweeps (sweeps, samples) of one channel, which are changed on the way."""
    latency_ms = study.latency_ms
    if study.rest.stop:
        sweeps_uv -= sweeps_uv[:, study.rest].mean(axis=1, keepdims=True)
    if how.artefact in (Artefact.POLARITY, Artefact.TEMPLATE):
        tails.take_out_tails(study, sweeps_uv, how.artefact, how.blank_ms)
    _bridge(latency_ms, sweeps_uv, how.blank_ms)
    if how.artefact is Artefact.LOCAL_POLYNOMIAL:
        _take_out_polynomials(latency_ms, sweeps_uv, how.blank_ms, study.rate_hz)
    return filtered(sweeps_uv, study.rate_hz, how.low_hz, how.high_hz)


def filtered(sweeps_uv: Floats, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Band-pass without delay over the last axis; the upper corner never above 0.45 of the rate.

    The response of a Butterworth filter of second order forwards and backwards, as a product with
    the spectrum. Beyond its ends a sweep goes on as its mirror image turned about its last sample
    (no step, no kink), and from there in a smooth arch to its other end.
    """
    samples = sweeps_uv.shape[-1]
    pad = min(samples - 1, round(_BEYOND / low_hz * rate_hz))
    length = 32 * next_fast_len(-(-(samples + 3 * pad) // 32), real=True)
    gain = _gain(length, rate_hz, low_hz, high_hz)
    arch = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, length - samples - 2 * pad + 2)[1:-1])
    rows = sweeps_uv.reshape(-1, samples)
    done = np.empty_like(rows)
    for at in range(0, len(rows), _ROWS):
        part = rows[at : at + _ROWS]
        whole = np.empty((len(part), length))
        whole[:, :samples] = part
        whole[:, samples : samples + pad] = 2 * part[:, -1:] - part[:, -2 : -pad - 2 : -1]
        whole[:, length - pad :] = 2 * part[:, :1] - part[:, pad:0:-1]
        end, begin = whole[:, samples + pad - 1, None], whole[:, length - pad, None]
        whole[:, samples + pad : length - pad] = end + (begin - end) * arch
        spectrum = rfft(whole, axis=-1)
        spectrum *= gain
        done[at : at + _ROWS] = irfft(spectrum, length, axis=-1)[:, :samples]
    return done.reshape(sweeps_uv.shape)


@lru_cache(maxsize=32)
def _gain(length: int, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    corners = [low_hz, min(high_hz, 0.45 * rate_hz)]
    sections = butter(_ORDER, corners, btype="bandpass", fs=rate_hz, output="sos")
    frequencies = np.arange(length // 2 + 1) * (rate_hz / length)
    return np.asarray(np.abs(freqz_sos(sections, frequencies, fs=rate_hz)[1]) ** 2)


def tail_shapes(latency_ms: Floats, how: Conditioning) -> Floats:
    """The shapes that a tail of the artefact may have after conditioning, (samples, shapes).

    Exponentials from the end of the bridge on, bridged and filtered as sweeps are, each with a
    largest value of 1.
    """
    shapes = tails.decays(latency_ms)
    _bridge(latency_ms, shapes, how.blank_ms)
    rate_hz = 1000 / float(latency_ms[1] - latency_ms[0])
    shapes = filtered(shapes, rate_hz, how.low_hz, how.high_hz)
    return np.asarray((shapes / np.abs(shapes).max(axis=1, keepdims=True)).T)


def _fitting(study: EvokedStudy) -> Artefact:
    polarity = np.array([stimulus.polarity for stimulus in study.stimuli])
    fewest = min(np.count_nonzero(polarity == 1), np.count_nonzero(polarity == -1))
    return Artefact.POLARITY if fewest >= _LEAST_OF_A_POLARITY else Artefact.BRIDGE


def _bridge(latency_ms: Floats, sweeps_uv: Floats, blank_ms: float) -> None:
    """A straight line from before the stimulus to after the blanked time, in place."""
    inside = np.flatnonzero((latency_ms > -_BEFORE_MS) & (latency_ms < blank_ms))
    if not inside.size:
        return
    first, last = inside[0], inside[-1]
    edge = max(1, round(_EDGE_MS / float(latency_ms[1] - latency_ms[0])))
    before = sweeps_uv[..., max(0, first - edge) : first]
    after = sweeps_uv[..., last + 1 : last + 1 + edge]
    low = before.mean(axis=-1, keepdims=True) if before.shape[-1] else 0.0
    high = after.mean(axis=-1, keepdims=True)
    share = np.linspace(0, 1, inside.size + 2)[1:-1]
    sweeps_uv[..., inside] = low + (high - low) * share


def _take_out_polynomials(
    latency_ms: Floats, sweeps_uv: Floats, blank_ms: float, rate_hz: float
) -> None:
    """Subtract sliding cubic fits from what comes after the bridge, in place."""
    after = latency_ms >= blank_ms
    window = min(2 * round(_LOCAL_MS * rate_hz / 2000) + 1, int(after.sum()) // 2 * 2 - 1)
    if window < 7:
        return
    smooth = convolve1d(
        sweeps_uv[..., after], savgol_coeffs(window, 3)[::-1], axis=-1, mode="nearest"
    )
    sweeps_uv[..., after] -= smooth
