"""Signs that are read from one-sided spasms: where, how long, which way, how alike."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType

import numpy as np

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.findings.coordination import brow_rises
from hemifacial.face.suggestions.observed import LOWER_FACE, Observed, counted, sites_of
from hemifacial.face.suggestions.sign import (
    Rule,
    Sign,
    brow_threshold_mm,
    by_count,
    cannot_tell,
    spread_of,
)
from hemifacial.findings import Event

__all__ = ["RULES"]

_NO_SPASM = "no spasm was found."


def _other_babinski(seen: Observed) -> Sign:
    closing = [e for e in seen.spasms() if "eyelids" in e.sites and e.side in SIDES]
    if not closing:
        return cannot_tell("no spasm of the lids was found.")
    could_show, showing = [], []
    for event in closing:
        threshold_mm = brow_threshold_mm(seen, event.side)
        rises = brow_rises(seen.whole, event.side, event, threshold_mm, seen.criteria)
        could_show += [event] if rises is not None else []
        showing += [event] if rises else []
    if not could_show:
        return cannot_tell("the brow was not measured.")
    what = "the brow rises as the eye of its side closes"
    side = _side_of(showing or could_show)
    return by_count(seen, showing, could_show, what, side=side, sites=("brow", "eyelids"))


def _side_of(events: list[Event]) -> Side:
    sides = {event.side for event in events}
    return sides.pop() if len(sides) == 1 else Side.BOTH


def _counts(seen: Observed) -> tuple[int, int, str]:
    """Spasms of the side with more and of the other, and both in words."""
    right, left = (len(seen.spasms(side)) for side in SIDES)
    return max(right, left), min(right, left), f"right {right}, left {left}"


def _one_side(seen: Observed) -> Sign:
    more, less, said = _counts(seen)
    n = more + less
    if not n:
        return cannot_tell(_NO_SPASM)
    side = seen.affected_side()
    present: bool | None = None
    if side is None:
        present = False
    elif n >= seen.criteria["sign_least_opportunities"] and not _mixed(seen, less, n):
        present = True
    few = "" if present is not None else ", too few or too mixed to tell"
    events = seen.spasms(side) if present and side else ()
    return Sign(
        present=present, said=f"spasms {said}{few}.", side=side or Side.BOTH, events=events, n=n
    )


def _mixed(seen: Observed, less: int, n: int) -> bool:
    return less >= seen.criteria["sign_seldom_share"] * n


def _sides_alternate(seen: Observed) -> Sign:
    more, less, said = _counts(seen)
    n = more + less
    if not n:
        return cannot_tell(_NO_SPASM)
    right, left = (seen.spasms(side) for side in SIDES)
    few = left if len(left) < len(right) else right
    many = right if few is left else left
    apart = [e for e in few if not any(_overlap(e, other) for other in many)]
    enough = n >= seen.criteria["sign_least_opportunities"]
    present: bool | None = None
    if seen.affected_side() is None and len(apart) >= seen.criteria["sign_least_count"]:
        present = True
    elif enough and not _mixed(seen, less, n):
        present = False
    few_said = "" if present is not None else ", too few or too mixed to tell"
    said = f"spasms {said}, {len(apart)} of the lesser side at times of their own{few_said}."
    return Sign(
        present=present, said=said, side=Side.BOTH, events=tuple(apart) if present else (), n=n
    )


def _overlap(one: Event, other: Event) -> bool:
    return one.onset_s < other.offset_s and other.onset_s < one.offset_s


def _lid_and_mouth(seen: Observed) -> Sign:
    if not any(seen.of_side(f"{site}_excursion", side) is not None for site, side in _places()):
        return cannot_tell("the lower face was not measured.")
    lids = [event for event in seen.spasms() if "eyelids" in event.sites]
    if not lids:
        return cannot_tell("no spasm of the lids was found.")
    showing = [event for event in lids if any(site in LOWER_FACE for site in event.sites)]
    what = "spasms of the lids go with the lower face of that side"
    return by_count(
        seen, showing, lids, what, side=_side_of(showing or lids), sites=sites_of(showing)
    )


def _places() -> list[tuple[str, Side]]:
    return [(site, side) for site in LOWER_FACE for side in SIDES]


def _brief_irregular(seen: Observed) -> Sign:
    """Irregular in time: the intervals between clonic spasms of a side vary."""
    side = seen.affected_side()
    spasms = seen.spasms(side)
    brief = [event for event in spasms if event.trial_type == "spasm_clonic"]
    enough = seen.criteria["sign_least_opportunities"]
    if len(brief) <= enough:
        present = False if len(spasms) > enough and 2 * len(brief) < len(spasms) else None
        few = "" if present is False else ", too few to tell"
        return Sign(present=present, said=f"{len(brief)} clonic spasms{few}.", n=len(spasms))
    onsets_s = sorted(event.onset_s for event in brief)
    varies = spread_of(np.diff(onsets_s).tolist())
    said = f"{len(brief)} of {len(spasms)} spasms are clonic, their intervals vary by "
    return Sign(
        present=varies >= seen.criteria["irregular_spread"],
        said=f"{said}{100 * varies:.0f} % (coefficient of variation).",
        side=side or Side.BOTH,
        events=tuple(brief),
        n=len(spasms),
    )


def _stereotyped(seen: Observed) -> Sign:
    spasms = [event for event in seen.spasms() if event.amplitude]
    if len(spasms) < seen.criteria["sign_least_opportunities"]:
        return cannot_tell(f"{counted(len(spasms))} of known size, too few to tell.")
    patterns = Counter(frozenset(event.sites) for event in spasms)
    same = patterns.most_common(1)[0][1] / len(spasms)
    lasts = spread_of([event.duration_s for event in spasms])
    sizes = spread_of([event.amplitude or 0.0 for event in spasms])
    most = seen.criteria["same_pattern_spread"]
    alike = same >= seen.criteria["same_pattern_share"] and lasts <= most and sizes <= most
    said = (
        f"{100 * same:.0f} % of {len(spasms)} spasms have the same regions; durations vary by "
        f"{100 * lasts:.0f} %, sizes by {100 * sizes:.0f} %."
    )
    return Sign(
        present=alike,
        said=said,
        side=_side_of(spasms),
        events=tuple(spasms) if alike else (),
        n=len(spasms),
    )


def _mouth_corner_down(seen: Observed) -> Sign:
    moving = [e for e in seen.spasms() if "mouth_corner" in e.sites and e.side in SIDES]
    if not moving:
        return cannot_tell("no spasm of the corner of the mouth was found.")
    could_show, showing = [], []
    for event in moving:
        change_mm = seen.change_mm("mouth_corner_height", event, event.side)
        least_mm = seen.label("mouth_corner_excursion", event.side, "threshold")
        if change_mm is None or least_mm is None:
            continue
        could_show.append(event)
        if -change_mm >= least_mm:
            showing.append(event)
    if not could_show:
        return cannot_tell("the height of the corner of the mouth was not measured.")
    return by_count(
        seen,
        showing,
        could_show,
        "the corner of the mouth goes down",
        from_share=seen.criteria["mostly_share"],
        side=_side_of(showing or could_show),
        sites=("mouth_corner",),
    )


def _mostly_tonic(seen: Observed) -> Sign:
    spasms = seen.spasms()
    held = tuple(event for event in spasms if event.trial_type == "spasm_tonic")
    return _mostly(seen, held, spasms, "last 1 s or more", seen.criteria["mostly_share"])


def _lower_face_only(seen: Observed) -> Sign:
    if all(seen.of_side("eye_closure", side) is None for side in SIDES):
        return cannot_tell("the eyelids were not measured.")
    spasms = seen.spasms()
    low = tuple(e for e in spasms if not {"eyelids", "brow"} & set(e.sites))
    return _mostly(seen, low, spasms, "spare lids and brow", seen.criteria["lower_face_share"])


def _mostly(
    seen: Observed,
    showing: tuple[Event, ...],
    spasms: tuple[Event, ...],
    what: str,
    from_share: float,
) -> Sign:
    """A sign of most of the spasms: present or absent as soon as there are enough of them."""
    n = len(spasms)
    if n < seen.criteria["sign_least_opportunities"]:
        return cannot_tell(f"{counted(n)}, too few to tell.")
    present = len(showing) >= from_share * n
    said = f"{len(showing)} of {n} spasms {what}."
    return Sign(
        present=present,
        said=said,
        side=_side_of(list(spasms)),
        events=showing if present else (),
        n=n,
    )


RULES: MappingProxyType[str, Rule] = MappingProxyType(
    {
        "sign_other_babinski": _other_babinski,
        "sign_one_side": _one_side,
        "sign_lid_and_mouth_together": _lid_and_mouth,
        "sign_brief_irregular_twitches": _brief_irregular,
        "sign_stereotyped": _stereotyped,
        "sign_sides_alternate": _sides_alternate,
        "sign_mouth_corner_down": _mouth_corner_down,
        "sign_mostly_tonic": _mostly_tonic,
        "sign_lower_face_only": _lower_face_only,
    }
)
"""Rule by quantity."""
