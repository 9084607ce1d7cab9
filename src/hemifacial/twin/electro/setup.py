"""How a made-up examination is recorded: rate, window, stimulator, disturbances."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from hemifacial.errors import UsageError

__all__ = ["Artefact", "Cautery", "Electrocardiogram", "Mains", "Noise", "Pops", "Setup"]


@dataclass(frozen=True, kw_only=True)
class Artefact:
    """What the stimulus itself leaves on a channel; sizes are of a stimulus of 10 mA.

    It turns its sign with the polarity of the stimulus, but for `asymmetry`, the share that
    does not. Channels see it by different factors and signs.

    Parameters
    ----------
    spike_uv, pulse_ms
        The pulse itself; whatever exceeds the range of the amplifier is cut off.
    tail_uv, tail_ms
        The exponential decay after it, and its time constant. A fifth decays thrice as slowly.
    """

    spike_uv: float = 3000.0
    pulse_ms: float = 0.2
    tail_uv: float = 150.0
    tail_ms: float = 3.0
    asymmetry: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Mains:
    """Hum of the mains: amplitude of its fundamental, and of harmonics as a share of it."""

    amplitude_uv: float = 0.0
    frequency_hz: float = 50.0
    harmonics: tuple[float, ...] = (0.15, 0.3, 0.05, 0.1)


@dataclass(frozen=True, kw_only=True)
class Electrocardiogram:
    """The heart as electrodes of the face see it: height of its sharp wave."""

    amplitude_uv: float = 0.0
    rate_per_minute: float = 70.0


@dataclass(frozen=True, kw_only=True)
class Pops:
    """Sudden steps of an electrode that decay; each on one channel."""

    amplitude_uv: float = 500.0
    rate_per_minute: float = 0.0
    decay_ms: float = 50.0


@dataclass(frozen=True, kw_only=True)
class Cautery:
    """Stretches (from s, to s) of electrocautery on all channels, and how they end.

    The carrier itself is far above what is recorded: what is left is broadband noise that is
    modulated with twice the mains frequency and drives the amplifier to its limits, and then
    a tail of recovery.
    """

    stretches_s: tuple[tuple[float, float], ...] = ()
    amplitude_uv: float = 10_000.0
    recovery_ms: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Noise:
    """What is recorded without a stimulus.

    `white_uv` and `pink_uv` (power falling with 1/f) are RMS between 10 Hz and 10 kHz,
    whatever the rate of the recording; they are independent between channels.
    """

    white_uv: float = 3.0
    pink_uv: float = 5.0
    mains: Mains = field(default_factory=Mains)
    heart: Electrocardiogram = field(default_factory=Electrocardiogram)
    pops: Pops = field(default_factory=Pops)
    cautery: Cautery = field(default_factory=Cautery)

    def scaled(self, factor: float) -> Noise:
        """With the steady noise (white, pink, mains) multiplied; what comes and goes stays."""
        return replace(
            self,
            white_uv=self.white_uv * factor,
            pink_uv=self.pink_uv * factor,
            mains=replace(self.mains, amplitude_uv=self.mains.amplitude_uv * factor),
        )


@dataclass(frozen=True, kw_only=True)
class Setup:
    """How a recording is made.

    Parameters
    ----------
    from_ms, to_ms
        The sweep around the stimulus; its end is not in it.
    interval_s, interval_variation
        Between stimuli; the variation is a share of it, uniform to either side. Without it
        an interval may hold a whole number of mains periods, and then hum does not average out.
    alternating
        Whether every other stimulus has the other polarity.
    amplifier_range_uv
        The amplifier is limited to plus and minus this.
    electrode_seed
        The seed of what the electrodes decide: how much of artefact, hum and heart a channel
        sees. Runs of one operation share it.
    """

    rate_hz: float = 20_000.0
    from_ms: float = -10.0
    to_ms: float = 50.0
    interval_s: float = 1.0
    interval_variation: float = 0.05
    alternating: bool = True
    artefact: Artefact = field(default_factory=Artefact)
    noise: Noise = field(default_factory=Noise)
    amplifier_range_uv: float = 5000.0
    electrode_seed: int = 0

    def __post_init__(self) -> None:
        positive = {
            "rate_hz": self.rate_hz,
            "interval_s": self.interval_s,
            "amplifier_range_uv": self.amplifier_range_uv,
        }
        for name, value in positive.items():
            if not 0 < value < math.inf:
                raise UsageError(f"setup: {name} is {value:g}", next_step="Give a positive number.")
        if not 0 <= self.interval_variation < 1:
            raise UsageError(
                f"setup: interval_variation is {self.interval_variation:g}",
                next_step="Give a share from 0 to below 1.",
            )
        if not self.from_ms <= 0 < self.to_ms:
            raise UsageError(
                f"setup: the sweep is from {self.from_ms:g} to {self.to_ms:g} ms",
                next_step="Let it begin at the stimulus or before it, and end after it.",
            )
        if self.to_ms - self.from_ms >= 1000 * self.interval_s * (1 - self.interval_variation):
            raise UsageError(
                f"setup: sweeps from {self.from_ms:g} to {self.to_ms:g} ms do not fit an interval "
                f"of {self.interval_s:g} s",
                next_step="Make the sweep shorter or the interval longer.",
            )
