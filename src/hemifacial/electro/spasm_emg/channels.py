"""Which channels are read as muscles, and which are not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Kind, Side, structures
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.formats.recording_facts import Channel, Recording

__all__ = ["Muscle", "NotRead", "muscles_of"]


@dataclass(frozen=True, kw_only=True)
class Muscle:
    """A channel that is read; `site` is empty where its name says no muscle that is known.

    `unit` is ``µV``, or the unit of a channel that is no voltage (counts of a converter).
    `rate_is_enough` says whether single potentials can be told from each other.
    """

    channel: int
    name: str
    site: str
    side: Side
    unit: str
    rate_hz: float
    rate_is_enough: bool

    @property
    def sites(self) -> tuple[str, ...]:
        """The muscle as findings and events name it."""
        return (self.site,) if self.site else ()

    @property
    def key(self) -> str:
        """The name of its signals."""
        side = self.side.value if self.side in (Side.RIGHT, Side.LEFT) else ""
        return "_".join(part for part in (self.site or f"channel{self.channel + 1}", side) if part)


@dataclass(frozen=True, kw_only=True)
class NotRead:
    """A channel that is not read, and why, as a sentence without a full stop."""

    name: str
    site: str
    side: Side
    why: str


def muscles_of(
    recording: Recording, criteria: ElectroCriteria
) -> tuple[tuple[Muscle, ...], tuple[NotRead, ...]]:
    """The channels that are read and those that are not.

    Channels whose name says a muscle are read. Where none does, every voltage is, without a side;
    and where there is no voltage either, every channel in its own unit.
    """
    known = [index for index, one in enumerate(recording.channels) if _is_muscle(one)]
    chosen = known or _nameless(recording.channels)
    read, not_read = [], []
    for index, one in enumerate(recording.channels):
        why = ""
        if index not in chosen:
            why = "its name says no muscle that is known; give a table of channel names"
        elif one.rate_hz < criteria["emg_least_rate"]:
            why = (
                f"{one.rate_hz:g} samples per second are fewer than the "
                f"{criteria['emg_least_rate']:g} that muscle activity needs"
            )
        if why:
            not_read.append(NotRead(name=one.name, site=one.site, side=one.side, why=why))
        else:
            read.append(_muscle(index, one, criteria))
    return tuple(read), tuple(not_read)


def _is_muscle(one: Channel) -> bool:
    known = structures().get(one.site)
    return known is not None and known.kind is Kind.MUSCLE


def _nameless(channels: Sequence[Channel]) -> list[int]:
    volts = [i for i, one in enumerate(channels) if one.microvolts_per_unit is not None]
    return volts or list(range(len(channels)))


def _muscle(index: int, one: Channel, criteria: ElectroCriteria) -> Muscle:
    return Muscle(
        channel=index,
        name=one.name,
        site=one.site,
        side=one.side,
        unit="µV" if one.microvolts_per_unit is not None else one.unit or "1",
        rate_hz=one.rate_hz,
        rate_is_enough=one.rate_hz >= criteria["emg_spike_least_rate"],
    )
