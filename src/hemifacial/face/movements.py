"""Movements of one region of the face: of one side beyond the other, or of both together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.allowances import of_flicker
from hemifacial.face.blinks import blinks
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.regions import EYELIDS, beside_of, signal_of
from hemifacial.face.states import State
from hemifacial.signals.excursions import (
    Excursion,
    LocalRest,
    excursions,
    from_local_rest,
)
from hemifacial.signals.gaps import bridged

__all__ = ["Movement", "Region"]

Floats = NDArray[np.float64]

_CUT_CONFIDENCE = 0.5  # of a movement whose beginning or end was not seen


@dataclass(frozen=True, kw_only=True)
class Movement:
    """An excursion of one region, of one side or of both.

    `lowest_share` is the smallest aperture over the resting one, of the eye that closes less;
    1 where there is no eye. `clearness` is the amplitude over the threshold of the region.
    """

    side: Side
    site: str
    excursion: Excursion
    amplitude_mm: float
    lowest_share: float
    confidence: float
    clearness: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Region:
    """The signals of one region, shape (n,), right and left, in mm from rest.

    `allowance_mm` is what a movement of one side has to be larger by, frame by frame. `beside_mm`,
    of plain skin, is how far the patch that moved second most is from rest.
    """

    site: str
    times_s: Floats
    moved_mm: Mapping[Side, Floats]
    resting_mm: Mapping[Side, Floats]
    threshold_mm: float
    noise_mm: float
    allowance_mm: Floats
    beside_mm: Mapping[Side, Floats]
    criteria: FaceCriteria

    @classmethod
    def of(cls, site: str, signals: xr.Dataset, criteria: FaceCriteria) -> Region | None:
        """A region as the signals have it; None where they do not."""
        names = {side: signal_of(site, side) for side in SIDES}
        if any(name not in signals for name in names.values()):
            return None
        times_s = signals["time"].values
        gap_s: Floats | float = criteria["bridged_gap_s"]
        if site != EYELIDS:
            # Skin that is lost for longer in frames that can be judged is lost for a reason.
            gap_s = np.where(_judged(signals), min(gap_s, criteria["bridged_skin_s"]), gap_s)
        moved = {side: signals[name].values for side, name in names.items()}
        resting: dict[Side, Floats] = {}
        if site == EYELIDS:
            aperture = {side: signals[f"palpebral_aperture_{side}"].values for side in SIDES}
            resting = {side: aperture[side] + moved[side] for side in SIDES}
        threshold_mm = float(signals[names[Side.RIGHT]].attrs["threshold"])
        return cls(
            site=site,
            times_s=times_s,
            moved_mm={side: bridged(times_s, moved[side], gap_s) for side in moved},
            resting_mm={side: bridged(times_s, resting[side], gap_s) for side in resting},
            threshold_mm=threshold_mm,
            noise_mm=max(float(signals[name].attrs["noise_floor"]) for name in names.values()),
            allowance_mm=_allowance(signals)
            + of_flicker(times_s, moved.values(), threshold_mm, criteria),
            beside_mm={
                side: signals[beside_of(site, side)].values
                for side in SIDES
                if beside_of(site, side) in signals
            },
            criteria=criteria,
        )

    def one_sided(self, side: Side, *, bridged_by: Sequence[Movement]) -> Iterator[Movement]:
        """Movements of this side beyond the other.

        Parameters
        ----------
        bridged_by
            Two-sided movements; where one of them interrupts a movement that goes on, such as a
            blink during a tonic spasm, the parts are one.
        """
        own, other = self.moved_mm[side], np.maximum(self.moved_mm[side.opposite], 0)
        share = self.criteria["one_sided_share"]
        beyond = own - other
        # Who moves by the threshold, and the other by less than its share, differs by this much.
        found = (
            from_local_rest(self.times_s, beyond, one, self._rest, noise=self.noise_mm)
            for one in self._long_enough(beyond, (1 - share) * self.threshold_mm)
            if self._seen_twice(beyond, one)
        )
        for excursion in self._joined(found, own, bridged_by):
            at = excursion.peak_index
            # The peak lies between two frames; what it is above the nearer one is this side's.
            between_mm = excursion.peak - (own[at] - other[at])
            own_mm = own[at] + max(0.0, between_mm) - self._pedestal(own, excursion)
            other_mm = max(0.0, other[at] - self._pedestal(other, excursion))
            unseen = excursion.cut and not self._known_beyond_cut(excursion)
            inside = self.allowance_mm[excursion.first : excursion.last + 1]
            least_mm = self.threshold_mm + np.nanmax(inside, initial=0.0)
            if (
                own_mm >= least_mm
                and other_mm < share * own_mm
                and not unseen
                and self._is_sheet(side, at)
            ):
                clearness = 1 - float(other_mm / own_mm)
                yield self._movement(side, excursion, float(own_mm), clearness)

    def two_sided(self, *, above_mm: float = 0.0) -> list[Movement]:
        """Movements that both sides make together, beyond a level in mm."""
        lower = np.minimum(*self.moved_mm.values()) - above_mm
        higher = np.maximum(*self.moved_mm.values()) - above_mm
        movements = []
        for excursion in self._long_enough(lower, self.threshold_mm):
            at = excursion.peak_index
            if self.site != EYELIDS and not self._stands_out(lower, excursion):
                continue
            share = float(lower[at] / higher[at])
            if share >= self.criteria["one_sided_share"]:
                amplitude_mm = float((lower[at] + higher[at]) / 2)
                movements.append(self._movement(Side.BOTH, excursion, amplitude_mm, share))
        return movements

    def _is_sheet(self, side: Side, at: int) -> bool:
        """Whether the skin beside moves along: a patch of it that moves alone has slipped."""
        if side not in self.beside_mm:
            return True
        share = self.criteria["sheet_share"]
        return bool(self.beside_mm[side][at] >= share * self.moved_mm[side][at])

    @property
    def _rest(self) -> LocalRest:
        return LocalRest(
            window_s=self.criteria["local_rest_window_s"],
            quantile=self.criteria["local_rest_quantile"],
        )

    def _seen_twice(self, values: Floats, excursion: Excursion) -> bool:
        """Whether more than one frame is half way up from where the signal was beside it.

        A single frame that the codec has drawn differently is no twitch.
        """
        beside = [self._rest.beside(self.times_s, values, excursion, step) for step in (-1, 1)]
        half_way = (max(beside) + excursion.peak) / 2
        inside = values[excursion.first : excursion.last + 1]
        return bool(np.count_nonzero(inside > half_way) > 1)

    def _stands_out(self, values: Floats, excursion: Excursion) -> bool:
        """Whether it rises by the threshold from just before, or falls by it just after."""
        beside = [self._rest.beside(self.times_s, values, excursion, step) for step in (-1, 1)]
        return excursion.peak - min(beside) >= self.threshold_mm

    def _known_beyond_cut(self, excursion: Excursion) -> bool:
        """Whether a movement that was not seen whole can be told from skin that was lost.

        The lids are always seen where the face is. The mesh follows the mouth corner as well, and
        is cut only where the recording itself begins or ends.
        """
        at_an_end = excursion.first == 0 or excursion.last == self.times_s.size - 1
        return self.site == EYELIDS or (self.site == "mouth_corner" and at_an_end)

    def lid_closures(self) -> Iterator[tuple[str, Movement]]:
        """Blinks and longer closures of both eyes, each with its kind."""
        resting = [self.resting_mm[side] for side in SIDES]
        apertures = [r - self.moved_mm[s] for r, s in zip(resting, SIDES, strict=True)]
        for one in blinks(self.times_s, apertures, self.criteria, resting=resting):
            lower, higher = sorted(float(self.moved_mm[s][one.peak_index]) for s in SIDES)
            excursion = Excursion(
                onset_s=one.onset_s,
                peak_time_s=one.peak_time_s,
                offset_s=one.offset_s,
                peak=lower,
                peak_index=one.peak_index,
                first=int(np.searchsorted(self.times_s, one.onset_s)),
                last=int(np.searchsorted(self.times_s, one.offset_s, side="right")) - 1,
                cut=one.cut,
            )
            movement = self._movement(Side.BOTH, excursion, (lower + higher) / 2, lower / higher)
            yield one.kind, replace(movement, lowest_share=one.lowest_share)

    def usual_mm(self, movement: Movement) -> float:
        """Where both sides are for most of a movement."""
        lower = np.minimum(*self.moved_mm.values())
        return float(np.median(lower[movement.excursion.first : movement.excursion.last + 1]))

    def is_closed_at(self, closure_mm: float, movement: Movement) -> bool:
        """Whether an eye that is lowered by so much is closed."""
        at = movement.excursion.peak_index
        resting_mm = min(float(resting[at]) for resting in self.resting_mm.values())
        return resting_mm - closure_mm <= self.criteria["complete_blink_share"] * resting_mm

    def _long_enough(self, values: Floats, threshold_mm: float) -> Iterator[Excursion]:
        """Excursions that last, and that more than one frame has seen."""
        for excursion in excursions(
            self.times_s,
            values,
            threshold=threshold_mm,
            valley_share=self.criteria["valley_share"],
        ):
            inside = values[excursion.first : excursion.last + 1]
            seen_twice = np.count_nonzero(inside > threshold_mm / 2) > 1
            if seen_twice and excursion.duration_s >= self.criteria["shortest_event_s"]:
                yield excursion

    def _joined(
        self, found: Iterator[Excursion], own: Floats, bridged_by: Sequence[Movement]
    ) -> Iterator[Excursion]:
        """Excursions with those joined between which the side never came back to rest."""
        standing: Excursion | None = None
        for excursion in found:
            if standing is not None and self._goes_on(standing, excursion, own, bridged_by):
                larger = max(standing, excursion, key=lambda one: one.peak)
                standing = replace(
                    larger,
                    onset_s=standing.onset_s,
                    offset_s=excursion.offset_s,
                    first=standing.first,
                    last=excursion.last,
                    cut=standing.cut or excursion.cut,
                )
                continue
            if standing is not None:
                yield standing
            standing = excursion
        if standing is not None:
            yield standing

    def _goes_on(
        self, one: Excursion, next_one: Excursion, own: Floats, bridged_by: Sequence[Movement]
    ) -> bool:
        between = own[one.last : next_one.first + 1]
        lower_peak = min(own[part.peak_index] for part in (one, next_one))
        stays = max(self.threshold_mm, self.criteria["valley_share"] * lower_peak)
        return bool(np.min(between, initial=np.inf) >= stays) and any(
            m.excursion.onset_s <= next_one.onset_s and m.excursion.offset_s >= one.offset_s
            for m in bridged_by
        )

    def _pedestal(self, values: Floats, excursion: Excursion) -> float:
        """Where the side was just before and after, if that was far from rest; else 0.

        Both eyes may look down while one of them twitches.
        """
        beside = [i for i in (excursion.first - 1, excursion.last + 1) if 0 <= i < values.size]
        levels = [float(values[i]) for i in beside if np.isfinite(values[i])]
        level_mm = float(np.mean(levels)) if levels else 0.0
        return level_mm if level_mm >= self.threshold_mm / 2 else 0.0

    def _movement(
        self, side: Side, excursion: Excursion, amplitude_mm: float, clearness: float
    ) -> Movement:
        margin = 1 - self.threshold_mm / (2 * max(amplitude_mm, self.threshold_mm))
        seen_whole = _CUT_CONFIDENCE if excursion.cut else 1.0
        return Movement(
            side=side,
            site=self.site,
            excursion=excursion,
            amplitude_mm=amplitude_mm,
            lowest_share=self._lowest_share(excursion),
            confidence=min(1.0, margin * clearness * seen_whole),
            clearness=amplitude_mm / self.threshold_mm,
        )

    def _lowest_share(self, excursion: Excursion) -> float:
        if not self.resting_mm:
            return 1.0
        inside = slice(excursion.first, excursion.last + 1)
        return max(
            float(np.nanmin(1 - self.moved_mm[side][inside] / resting_mm[inside]))
            for side, resting_mm in self.resting_mm.items()
        )


def _allowance(signals: xr.Dataset) -> Floats:
    if "allowance" not in signals:
        return np.zeros(signals.sizes["time"])
    return np.asarray(signals["allowance"].values, dtype=np.float64)


def _judged(signals: xr.Dataset) -> NDArray[np.bool_]:
    if "state" not in signals:
        return np.zeros(signals.sizes["time"], dtype=bool)
    return np.asarray(signals["state"].values == State.JUDGED)
