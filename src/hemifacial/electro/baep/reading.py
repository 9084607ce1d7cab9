"""What one average says of its waves, and what could not be read in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hemifacial.electro.baep.changes import Estimate, shares, shifts
from hemifacial.electro.baep.noise import Conditioned
from hemifacial.electro.baep.posterior import Spread
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.baep.template import Template
from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["Reading", "WaveReading", "unread", "wave_reading"]


@dataclass(frozen=True, kw_only=True)
class WaveReading:
    """One wave of one average.

    Attributes
    ----------
    latency_ms, delay_ms
        Absolute, and relative to the baseline; None where it is not read, and `why` says why.
    share
        Amplitude over that of the baseline; None where it is not read.
    snr
        RMS of the wave over RMS of the residual noise of the average.
    """

    name: str
    latency_ms: Estimate | None
    delay_ms: Estimate | None
    share: Estimate | None
    snr: float
    why: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What an average says.

    Attributes
    ----------
    waves
        Those of the template; empty where the average could not be used at all.
    probability
        Of each kind of change (`changes.KINDS`) that the true change exceeds its limit; a kind
        that rests on what was not read is not there.
    calls
        The kinds that are called: likely enough now, and in enough of the averages before.
    why
        Why nothing was read; else empty.
    """

    average: BaepAverage
    noise_uv: float | None
    noise_from: str
    waves: tuple[WaveReading, ...]
    probability: Mapping[str, float]
    calls: tuple[str, ...] = ()
    why: str = ""

    @property
    def is_read(self) -> bool:
        """Whether a latency or an amplitude of wave V was read."""
        five = self.wave("V")
        return five is not None and (five.latency_ms is not None or five.share is not None)

    def wave(self, name: str) -> WaveReading | None:
        """A wave by its name, where the template has it."""
        return next((wave for wave in self.waves if wave.name == name), None)


def wave_reading(
    k: int, template: Template, spread: Spread, one: Conditioned, criteria: ElectroCriteria
) -> WaveReading:
    """What is known of one wave (its index in the template) after an average."""
    wave = template.waves[k]
    delay, share = shifts(spread, k), shares(spread, k)
    ratio = share.value * template.rms_uv(k) / one.noise_uv
    why = []
    least, widest_ms = criteria["baep_latency_snr"], criteria["baep_latency_widest_ms"]
    latency_read = ratio >= least and delay.high - delay.low <= widest_ms
    if ratio < least:
        why.append(f"latency: {ratio:.2g} times the noise, not {least:g} or more")
    elif not latency_read:
        why.append(f"latency: its interval is wider than {widest_ms:g} ms")
    most_uv = criteria["baep_amplitude_noise_share"] * wave.amplitude_uv
    share_read = one.noise_uv <= most_uv
    if not share_read:
        why.append(
            f"amplitude: {1000 * one.noise_uv:.0f} nV of noise, not {1000 * most_uv:.0f} or less"
        )
    return WaveReading(
        name=wave.name,
        latency_ms=delay.plus(wave.latency_ms) if latency_read else None,
        delay_ms=delay if latency_read else None,
        share=share if share_read else None,
        snr=ratio,
        why="; ".join(why),
    )


def unread(average: BaepAverage, why: str) -> Reading:
    """The reading of an average that cannot be used."""
    return Reading(average=average, noise_uv=None, noise_from="", waves=(), probability={}, why=why)
