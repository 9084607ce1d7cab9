"""The suggested frequency item (0 to 4) of the Jankovic rating scale, from what a video shows.

Only the temporal structure of the item is used, by rules and in words of our own; the text of
the scale belongs to its owner and is not shipped.
"""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.anatomy import Side
from hemifacial.face.findings.quality import found
from hemifacial.face.suggestions.observed import Observed, counted
from hemifacial.face.suggestions.scales import Step, closing, suggestion, why_not
from hemifacial.findings import Event, Finding
from hemifacial.signals.rates import poisson_interval

__all__ = ["jankovic_frequency"]

_NAMES = ("0", "1", "2", "3", "4")
_LIDS = ("eyelids",)


def jankovic_frequency(seen: Observed, findings: Sequence[Finding]) -> Finding:
    """The suggested item for the eye with the spasms, or not judged with the reason.

    Parameters
    ----------
    findings
        Those of the recording so far; the blink rate is taken from them, at rest where there is
        a phase of rest.

    Notes
    -----
    The item was made for both eyes. A spasm of the lower face alone is none of the lids.
    """
    quantity = "suggested_jankovic_frequency"
    reason = why_not(seen)
    if reason:
        return found(quantity, None, sites=_LIDS, note=reason)
    side = seen.affected_side()
    lids = tuple(e for e in seen.spasms(side) if "eyelids" in e.sites) if side else ()
    if side is not None and lids:
        steps = (_short(lids), _long(seen, lids), _blind(seen, side, lids))
        return suggestion(
            "jankovic_frequency",
            steps,
            names=_NAMES,
            spasms=lids,
            side=side,
            sites=_LIDS,
            n=len(lids),
        )
    rate = _blink_rate(findings)
    if rate is None:
        note = "No spasm of the lids was found, and blinks were not measured."
        return found(quantity, None, sites=_LIDS, note=note)
    return suggestion(
        "jankovic_frequency",
        _by_blinks(seen, rate),
        names=_NAMES,
        spasms=(),
        side=side or Side.BOTH,
        sites=_LIDS,
        n=rate.n,
    )


def _short(lids: tuple[Event, ...]) -> Step:
    why = f"{counted(len(lids))} of the lids."
    return Step(grade=2, reached=True, at_low=True, at_high=True, why=why, events=lids)


def _long(seen: Observed, lids: tuple[Event, ...]) -> Step:
    """Step 3: one is enough. At the low end one is expected, at the high end they are frequent."""
    least_s = seen.criteria["long_lid_spasm_s"]
    held = tuple(event for event in lids if event.duration_s >= least_s)
    low, high = poisson_interval(len(held))
    often = high * 60 / seen.judged_s >= seen.criteria["frequent_tonic_per_min"]
    return Step(
        grade=3,
        reached=bool(held),
        at_low=low >= 1,
        at_high=bool(held) or often,
        why=f"{len(held)} of {len(lids)} last {least_s:g} s or more.",
        events=held,
    )


def _blind(seen: Observed, side: Side, lids: tuple[Event, ...]) -> Step:
    amount = closing(seen, side, lids)
    if amount is None:
        why = "How long the eye was closed was not measured."
        return Step(grade=4, reached=False, at_low=False, at_high=True, why=why)
    reached, at_low, at_high = (
        part >= seen.criteria["blind_closed_share"] for part in amount.share
    )
    why = f"Spasms shut the eye for {100 * amount.share[0]:.1f} % of judged time."
    return Step(
        grade=4, reached=reached, at_low=at_low, at_high=at_high, why=why, events=amount.events
    )


def _blink_rate(findings: Sequence[Finding]) -> Finding | None:
    rates = [f for f in findings if f.quantity == "blink_rate" and f.value is not None]
    usable = [f for f in rates if f.phase in ("rest", "")]
    return min(usable, key=lambda rate: rate.phase != "rest", default=None)


def _by_blinks(seen: Observed, rate: Finding) -> tuple[Step, ...]:
    """Steps 0 and 1, and 2 as the upper end, since spasms may have been missed."""
    usual = seen.criteria["high_blink_rate_per_min"]
    value = rate.value or 0.0
    low = rate.low if rate.low is not None else value
    at_rest = " at rest" if rate.phase == "rest" else ""
    talk = "" if at_rest else "; those who talk blink more"
    return (
        Step(grade=0, reached=True, at_low=True, at_high=True, why="No spasm of the lids."),
        Step(
            grade=1,
            reached=value > usual,
            at_low=low > usual,
            at_high=True,
            why=f"{value:.1f} blinks a minute{at_rest} (up to {usual:g} is usual{talk}).",
        ),
        Step(
            grade=2,
            reached=False,
            at_low=False,
            at_high=True,
            why="Spasms that were missed or too small would make it 2.",
        ),
    )
