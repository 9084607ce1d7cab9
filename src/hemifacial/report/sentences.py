"""Whole sentences of the report: what was found, what limits it, what a picture shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files

from hemifacial.anatomy import SIDES, Side
from hemifacial.findings import Event, Finding, Result, Still, quantities
from hemifacial.report.words import (
    interval_text,
    kind_label,
    number,
    side_label,
    sites_label,
    value_text,
    with_unit,
)

__all__ = ["cannot_tell", "gap_sentences", "reservations", "still_caption", "summary"]

_GAPS = {"no_face": "No face is seen", "unjudged": "A face is seen but cannot be measured"}
_GAPS_SHOWN = 8
_GAP_TOLD_S = 0.5
_SIZES_SAID = 2


def cannot_tell(method: str) -> tuple[str, ...]:
    """What a method cannot tell, one sentence each, from ``assets/cannot_tell_METHOD.txt``."""
    path = files("hemifacial.report").joinpath("assets", f"cannot_tell_{method}.txt")
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()


def still_caption(still: Still, events: Iterable[Event]) -> str:
    """What a picture shows, in a reader's words: ``Spasm, clonic, right, at its peak: 1.44 s``."""
    at = "" if still.time_s is None else f", {still.time_s:.2f} s"
    event = next((one for one in events if one.event_id == still.event_id), None)
    if event is None:
        return f"{still.event_id} at its peak{at}" if still.event_id else f"At rest{at}"
    side = f", patient's {side_label(event.side).upper()}" if event.side in SIDES else ""
    return f"{kind_label(event.trial_type)}{side} ({event.event_id}) at its peak{at}"


def gap_sentences(events: Iterable[Event]) -> tuple[str, ...]:
    """One sentence an interval in which nothing was judged; the longest, if there are many."""
    gaps = [event for event in events if event.family == "gap"]
    # A gap of a frame or two reads "from 6.3 s to 6.3 s".
    told = [gap for gap in gaps if gap.duration_s >= _GAP_TOLD_S] or gaps
    shown = sorted(told, key=lambda gap: -gap.duration_s)[:_GAPS_SHOWN]
    sentences = [
        f"{_GAPS.get(gap.trial_type, 'Not judged')} "
        f"from {gap.onset_s:.1f} s to {gap.offset_s:.1f} s."
        for gap in sorted(shown, key=lambda gap: gap.onset_s)
    ]
    if len(gaps) > len(shown):
        rest_s = sum(gap.duration_s for gap in gaps) - sum(gap.duration_s for gap in shown)
        count = len(gaps) - len(shown)
        sentences.append(
            f"{count} shorter gap{'s' if count > 1 else ''}, {max(rest_s, 0.1):.1f} s together."
        )
    return tuple(sentences)


def reservations(result: Result) -> tuple[str, ...]:
    """What limits this recording, from the notes of findings whose quality is ``limited``."""
    return tuple(one.note for one in result.findings if one.quality == "limited" and one.note)


def summary(result: Result) -> tuple[str, ...]:
    """The result in a few sentences; a negative answer comes with what would have been seen."""
    found = result.findings
    sentences = [_spasm_sentence(found), *_blink_sentences(found), _threshold_sentence(found)]
    told = tuple(sentence for sentence in sentences if sentence)
    return told or tuple(
        f"{quantities()[finding.quantity].label}: {value_text(finding)}." for finding in found[:3]
    )


def _spasm_sentence(findings: Sequence[Finding]) -> str:
    counts = _by_side(findings, "spasm_count")
    if not counts:
        return ""
    rates = _by_side(findings, "spasm_rate")
    judged = _first(findings, "judged_time")
    whole = _first(findings, "recording_duration")
    seen = [side for side in (Side.RIGHT, Side.LEFT) if side in counts]
    seen.sort(key=lambda side: -(counts[side].value or 0))
    parts = [_side_clause(counts[side], rates.get(side)) for side in seen]
    if judged is not None and judged.value == 0:
        return "Nothing could be judged" + (f": {judged.note}" if judged.note else ".")
    share = ""
    if judged is not None and judged.value is not None:
        share = f"{judged.value:.1f} s judged"
        if whole is not None and whole.value is not None:
            share += f" of {whole.value:.1f} s"
    if len(seen) == 2 and all(counts[side].value == 0 for side in seen):
        parts = ["no spasm was found on either side" + _rate_clause(rates.get(seen[0]))]
    sentence = "; ".join(parts) + "."
    return f"In {share}: {sentence}" if share else sentence[0].upper() + sentence[1:]


def _side_clause(count: Finding, rate: Finding | None) -> str:
    side = f"the patient's {side_label(count.side)}"
    if count.value is None:
        return f"on {side}, spasms were {value_text(count)}"
    if count.value == 0:
        return f"none on {side}" + _rate_clause(rate)
    plural = "" if count.value == 1 else "s"
    return f"{number(count.value, '1')} spasm{plural} on {side}" + _rate_clause(rate)


def _rate_clause(rate: Finding | None) -> str:
    if rate is None or rate.value is None:
        return ""
    interval = interval_text(rate)
    between = f", 95 % interval {interval}" if interval else ""
    return f" ({with_unit(rate.value, rate.unit)}{between})"


def _blink_sentences(findings: Sequence[Finding]) -> list[str]:
    blinks = _first(findings, "blink_count")
    if blinks is None:
        return []
    if blinks.value is None:
        return [f"Blinks: {value_text(blinks)}."]
    return ["1 blink." if blinks.value == 1 else f"{number(blinks.value, '1')} blinks."]


def _threshold_sentence(findings: Sequence[Finding]) -> str:
    """The smallest event that could have been seen, at each site; the worse side counts.

    Where only thresholds are stated, the smallest that would have been called.
    """
    worst: dict[tuple[str, ...], Finding] = {}
    stated = {finding.quantity for finding in findings if finding.value is not None}
    detectable = "smallest_detectable_movement" in stated
    quantity = "smallest_detectable_movement" if detectable else "detection_threshold"
    for finding in findings:
        if finding.quantity == quantity and finding.value is not None:
            standing = worst.get(finding.sites)
            if standing is None or (standing.value or 0) < finding.value:
                worst[finding.sites] = finding
    if not worst:
        return ""
    of_size: dict[str, list[str]] = {}
    for sites, finding in worst.items():
        said = with_unit(finding.value or 0.0, finding.unit)
        of_size.setdefault(said, []).append(sites_label(sites))
    each = list(of_size.items())
    start = (
        "Smallest movement that could be seen: "
        if detectable
        else "Smallest event that would have been called: "
    )
    if len(each) > _SIZES_SAID:
        by_size = sorted(worst.values(), key=lambda one: one.value or 0.0)
        least, most = (with_unit(one.value or 0.0, one.unit) for one in (by_size[0], by_size[-1]))
        here, there = of_size[least], of_size[most]
        return f"{start}{least} ({', '.join(here)}) to {most} ({', '.join(there)})."
    if len(each) == 1 and len(worst) > _SIZES_SAID:
        return f"{start}{each[0][0]} in every region that was measured."
    return start + " and ".join(_at_sites(said, sites) for said, sites in each) + "."


def _at_sites(said: str, sites: Sequence[str]) -> str:
    named = [site for site in sites if site]
    if not named:
        return said
    return f"{said} at the {', '.join(named[:-1])}{' and the ' if named[1:] else ''}{named[-1]}"


def _by_side(findings: Sequence[Finding], quantity: str) -> dict[Side, Finding]:
    """The first finding of a quantity for each side; phases and sites of their own come later."""
    chosen: dict[Side, Finding] = {}
    for finding in sorted(findings, key=lambda one: (bool(one.phase), bool(one.sites))):
        if finding.quantity == quantity:
            chosen.setdefault(finding.side, finding)
    return chosen


def _first(findings: Sequence[Finding], quantity: str) -> Finding | None:
    return next((finding for finding in findings if finding.quantity == quantity), None)
