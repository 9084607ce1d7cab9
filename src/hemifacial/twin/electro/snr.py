"""Signal-to-noise ratio as benchmarks state it, and plans that have the one that is wanted.

SNR = RMS of the response over RMS of the residual noise of the average, in the true window
of the response, after the filter. The response is the early component of the noise-free
average. The noise is what is expected of the plan, not what one draw of it happens to be, so
that scaling does not make studies more alike than they are; it is the steady noise (white,
1/f and mains). Artefact, volume conduction, heart, pops and cautery are not in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan
from hemifacial.twin.electro.noise import density, hum_of
from hemifacial.twin.electro.plan import (
    EvokedPlan,
    PlannedResponse,
    Site,
    Stimulus,
    check_responses,
    stimuli_of,
)
from hemifacial.twin.electro.responses import draws_of
from hemifacial.twin.electro.study import latencies_ms
from hemifacial.twin.electro.truth import average_of, true_response

__all__ = [
    "band_gain",
    "filtered",
    "residual_noise_uv",
    "response_rms_uv",
    "scaled_to_snr",
    "snr_db",
]

Values = NDArray[np.float64]

_PAD_MS = 200.0


def band_gain(frequency_hz: Values, band_hz: tuple[float, float]) -> Values:
    """Gain of a Butterworth filter of order 2 run forwards and backwards, which shifts no phase.

    Each edge is then at half the amplitude. An edge of 0 or of infinity filters nothing.
    """
    low_hz, high_hz = band_hz
    gain = np.ones_like(frequency_hz)
    if low_hz > 0:
        ratio = np.divide(low_hz, frequency_hz, where=frequency_hz > 0, out=np.full_like(gain, 1e9))
        gain = gain / (1.0 + ratio**4)
    return np.asarray(gain / (1.0 + (frequency_hz / high_hz) ** 4))


def filtered(values: Values, rate_hz: float, band_hz: tuple[float, float]) -> Values:
    """Values along the last axis after the filter of `band_gain`; zeros are put around them."""
    pad = round(_PAD_MS / 1000 * rate_hz)
    length = 1 << (values.shape[-1] + 2 * pad - 1).bit_length()
    spectrum = np.fft.rfft(values, n=length, axis=-1)
    gain = band_gain(np.asarray(np.fft.rfftfreq(length, 1.0 / rate_hz), np.float64), band_hz)
    return np.asarray(np.fft.irfft(spectrum * gain, n=length, axis=-1)[..., : values.shape[-1]])


def response_rms_uv(
    plan: EvokedPlan,
    one: PlannedResponse,
    intensity_ma: float,
    band_hz: tuple[float, float],
) -> float:
    """RMS of the noise-free average of a planned response, filtered, in its true window.

    Raises
    ------
    UsageError
        If it is in none of the sweeps.
    """
    stimuli = stimuli_of(plan)
    draws = draws_of(plan, one, stimuli)
    truth = true_response(one, draws, stimuli, intensity_ma)
    if truth.onset_ms is None or truth.end_ms is None:
        raise UsageError(
            f"plan, {one.name}: it is in none of the sweeps at {intensity_ma:g} mA",
            next_step="Plan it above its threshold and with less dropout.",
        )
    rows = np.array([stimuli[index].intensity_ma == intensity_ma for index in draws.stimuli])
    latency_ms = latencies_ms(plan)
    wave = filtered(average_of(one, draws, rows, latency_ms), plan.setup.rate_hz, band_hz)
    inside = (latency_ms >= truth.onset_ms) & (latency_ms <= truth.end_ms)
    return float(np.sqrt(np.mean(wave[inside] ** 2)))


def residual_noise_uv(
    plan: EvokedPlan,
    site: Site,
    averaged: Sequence[Stimulus],
    band_hz: tuple[float, float],
) -> float:
    """Expected RMS of what the steady noise of a channel leaves in the average of these sweeps."""
    setup = plan.setup
    frequency_hz = np.arange(1.0, setup.rate_hz / 2, dtype=np.float64)
    passed = density(setup.noise, frequency_hz) * band_gain(frequency_hz, band_hz) ** 2
    hum = hum_of(setup.noise.mains, setup.electrode_seed, plan.sites.index(site))
    left_uv = hum.averaged_uv(np.array([one.onset_s for one in averaged]))
    left_uv = left_uv * band_gain(hum.frequencies_hz, band_hz)
    # Bins are 1 Hz wide, so that their sum is the integral.
    return math.sqrt(float(passed.sum()) / len(averaged) + float(np.sum(left_uv**2)) / 2)


def snr_db(
    plan: EvokedPlan,
    one: PlannedResponse,
    band_hz: tuple[float, float],
    intensity_ma: float | None = None,
) -> float:
    """The SNR of a planned response in dB; of the strongest stimuli where none is named."""
    averaged, strength_ma = _averaged(plan, one, intensity_ma)
    noise_uv = residual_noise_uv(plan, Site(muscle=one.muscle, side=one.side), averaged, band_hz)
    if not noise_uv > 0:
        raise UsageError(
            "plan: it has no steady noise", next_step="Give its noise a white or 1/f part."
        )
    return 20 * math.log10(response_rms_uv(plan, one, strength_ma, band_hz) / noise_uv)


def scaled_to_snr(
    plan: LateralSpreadPlan,
    one: PlannedResponse,
    wanted_db: float,
    band_hz: tuple[float, float],
    intensity_ma: float | None = None,
) -> LateralSpreadPlan:
    """The plan with its steady noise multiplied so that a response has the SNR that is wanted.

    For studies without a response: scale the plan with it, then take it out
    (`hemifacial.twin.electro.lateral_spread.without_spread`).

    Parameters
    ----------
    one
        One of `plan.responses`.
    band_hz
        Edges of the filter (`band_gain`); the lower one should be 10 Hz or above, since
        sweeps made in memory have no 1/f noise below the inverse of their length.

    Raises
    ------
    UsageError
        If the plan makes no sense, has no steady noise, or the response is in none of the sweeps.
    """
    check_responses(plan)
    excess_db = snr_db(plan, one, band_hz, intensity_ma) - wanted_db
    noise = plan.setup.noise.scaled(10 ** (excess_db / 20))
    return replace(plan, setup=replace(plan.setup, noise=noise))


def _averaged(
    plan: EvokedPlan, one: PlannedResponse, intensity_ma: float | None
) -> tuple[list[Stimulus], float]:
    """The stimuli whose sweeps are averaged, and how strong they are."""
    evoking = [stimulus for stimulus in stimuli_of(plan) if one.is_evoked_by(stimulus)]
    given = {stimulus.intensity_ma for stimulus in evoking}
    strength_ma = max(given, default=0.0) if intensity_ma is None else intensity_ma
    averaged = [stimulus for stimulus in evoking if stimulus.intensity_ma == strength_ma]
    if not averaged:
        raise UsageError(
            f"plan, {one.name}: no stimulus of {strength_ma:g} mA",
            next_step="Name an intensity that is given to this branch.",
        )
    return averaged, strength_ma
