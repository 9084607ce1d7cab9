"""How far a life table would have come out otherwise: people drawn again, with a seed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.care.estimates import Estimate
from hemifacial.care.statistics.turnbull import Between, LifeTable, turnbull

__all__ = ["Redrawn", "redrawn"]

_LOW, _HIGH = 0.025, 0.975


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """A life table and the same from people drawn again with replacement."""

    table: LifeTable
    draws: tuple[LifeTable, ...]
    seed: int

    @property
    def how(self) -> str:
        """How the intervals were made."""
        return (
            f"Turnbull's estimate, {self.table.n} people; 95 % of {len(self.draws)} draws of as "
            f"many people with replacement (seed {self.seed}), widened by what is not known of "
            "when within an interval"
        )

    def share_by(self, time: float) -> Estimate:
        """The share by a time: even spread within intervals, bounds without that assumption."""
        low = _quantile([draw.share_by(time)[0] for draw in self.draws], _LOW)
        high = _quantile([draw.share_by(time)[1] for draw in self.draws], _HIGH)
        return Estimate(
            value=self.table.line_at(time),
            unit="1",
            low=low,
            high=high,
            how=f"{self.how}; the value takes people as spread evenly over each interval",
            n=self.table.n,
        )

    def share_of_rest_by(self, since: float, time: float) -> Estimate | None:
        """Of those to whom it had not happened at `since`, the share to whom it has by `time`.

        None where nobody is left.
        """
        if self.table.line_at(since) >= 1:
            return None
        shares = [_of_rest(draw, since, time) for draw in self.draws]
        lows = [low for low, _ in shares]
        highs = [high for _, high in shares]
        begun = self.table.line_at(since)
        return Estimate(
            value=(self.table.line_at(time) - begun) / (1 - begun),
            unit="1",
            low=_quantile(lows, _LOW),
            high=_quantile(highs, _HIGH),
            how=f"{self.how}; the value takes people as spread evenly over each interval",
            n=self.table.n,
        )

    def median(self) -> tuple[float, float]:
        """The interval of the median: from the lowest to the highest time it may have."""
        lows = [draw.median()[0] for draw in self.draws]
        highs = [draw.median()[1] for draw in self.draws]
        return _quantile(lows, _LOW), _quantile(highs, _HIGH)


def redrawn(observations: Sequence[Between], *, draws: int = 500, seed: int = 1) -> Redrawn:
    """The life table of these observations, with as many tables of people drawn again.

    The usual bootstrap; with interval-censored times it is a convention more than a theorem.

    Raises
    ------
    ValueError
        Without an observation, or with fewer than 100 draws, whose ends would be chance.
    """
    import numpy as np

    if draws < 100:
        raise ValueError(f"{draws} draws are too few for an interval of 95 %")
    counts = np.array([one.count for one in observations])
    random = np.random.default_rng(seed)
    tables = []
    for drawn in random.multinomial(counts.sum(), counts / counts.sum(), size=draws):
        again = [
            Between(after=one.after, by=one.by, count=int(count))
            for one, count in zip(observations, drawn, strict=True)
            if count
        ]
        tables.append(turnbull(again))
    return Redrawn(table=turnbull(observations), draws=tuple(tables), seed=seed)


def _of_rest(table: LifeTable, since: float, time: float) -> tuple[float, float]:
    """The least and largest share of those left that a table allows.

    Mass that may lie before `since` or after it is put where it makes least, and most, of it.
    """
    rows = list(zip(table.after, table.by, table.shares, strict=True))
    late = [row for row in rows if row[1] > since]
    surely_left = sum(share for after, _, share in late if after >= since)
    surely = sum(share for after, by, share in late if after >= since and by <= time)
    possibly = sum(share for after, by, share in late if after < time or by <= time)
    left = sum(share for _, _, share in late)
    never = sum(share for after, by, share in late if after >= time and by > time)
    # Least: what straddles `since` comes after `time` where it can, else before `since`.
    straddling_out = sum(share for after, by, share in late if after < since and by > time)
    least_of = surely_left + straddling_out
    # Where nobody can be left after `time`, whoever is left at `since` comes.
    least = surely / least_of if least_of > 0 else 1.0
    most = possibly / (possibly + never) if possibly + never > 0 else math.nan
    return (least, most) if left > 0 else (0.0, 1.0)


def _quantile(values: Sequence[float], share: float) -> float:
    """A value of the list itself, so that infinity may be among them."""
    ordered = sorted(value for value in values if not math.isnan(value))
    place = share * (len(ordered) - 1)
    return ordered[math.floor(place) if share < 0.5 else math.ceil(place)]
