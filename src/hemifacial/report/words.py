"""Numbers, sides and whole sentences as a reader of the report meets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.resources import files

from hemifacial.anatomy import SIDES, Side, structures
from hemifacial.findings import Event, Finding, Result, Status, Still, quantities

__all__ = [
    "METHOD_TITLES",
    "cannot_tell",
    "duration_of",
    "gap_sentences",
    "interval_text",
    "kind_label",
    "moment",
    "number",
    "phase_label",
    "reservations",
    "short_sites",
    "side_label",
    "still_caption",
    "sites_label",
    "summary",
    "value_text",
    "with_unit",
]

METHOD_TITLES = {"face": "Face video"}
"""What a wing's recording is called; a wing that is not listed goes by its own word."""

_UNITS = {"1": "", "1/min": "per minute", "1/s": "per second", "%": "%"}
_SIDES = {
    Side.RIGHT: "right",
    Side.LEFT: "left",
    Side.BOTH: "both",
    Side.NOT_APPLICABLE: "",
}
_GAPS = {"no_face": "No face is seen", "unjudged": "A face is seen but cannot be measured"}
_KINDS = {
    "spasm_clonic": "Spasm, clonic",
    "spasm_prolonged": "Spasm, prolonged",
    "spasm_tonic": "Spasm, tonic",
    "spasm_burst": "Run of spasms",
    "blink_complete": "Blink, complete",
    "blink_partial": "Blink, partial",
    "closure_voluntary": "Eye closure",
    "no_face": "No face",
    "unjudged": "Not judged",
    "emg_burst": "EMG burst",
    "emg_tonic": "EMG, tonic",
    "a_train": "A-train",
}
_MINUS = "\N{MINUS SIGN}"
_DASH = "\N{EN DASH}"
_GAPS_SHOWN = 8
_GAP_TOLD_S = 0.5
_SIZES_SAID = 2


def cannot_tell(method: str) -> tuple[str, ...]:
    """What a method cannot tell, one sentence each, from ``assets/cannot_tell_METHOD.txt``."""
    path = files("hemifacial.report").joinpath("assets", f"cannot_tell_{method}.txt")
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else ()


def number(value: float, unit: str = "") -> str:
    """A number with as many digits as a reader can use: counts whole, others to about 1 in 100."""
    size = abs(value)
    if size >= 100 or (unit == "1" and float(value).is_integer()):
        text = f"{size:.0f}"
    elif size >= 1 or size == 0:
        text = f"{size:.1f}"
    else:
        text = f"{size:.2g}" if size < 0.1 else f"{size:.2f}"
    return (_MINUS if value < 0 else "") + text


def with_unit(value: float, unit: str) -> str:
    """A number and its unit in words: ``21.0 per minute``, ``1.2 mm``, ``7``."""
    return f"{number(value, unit)} {_UNITS.get(unit, unit)}".strip()


def interval_text(finding: Finding) -> str:
    """The 95 % interval as ``8.4-43.3`` with an en dash, or an empty text."""
    if finding.low is None or finding.high is None:
        return ""
    if finding.low < 0:
        return f"{number(finding.low, finding.unit)} to {number(finding.high, finding.unit)}"
    return f"{number(finding.low, finding.unit)}{_DASH}{number(finding.high, finding.unit)}"


def value_text(finding: Finding) -> str:
    """The value with its unit, or in words why there is none."""
    if finding.status is Status.NOT_JUDGED or (
        finding.value is None and finding.detection_limit is None
    ):
        return "not judged"
    if finding.value is None:
        return f"below {with_unit(finding.detection_limit or 0.0, finding.unit)}"
    return with_unit(finding.value, finding.unit)


def moment(when: str) -> str:
    """A time stamp (ISO 8601) to the minute, as its own clock showed it; other text as it is."""
    try:
        return datetime.fromisoformat(when).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return when


def side_label(side: Side) -> str:
    """``right``, ``left``, ``both``, or nothing where a side makes no sense."""
    return _SIDES[side]


def sites_label(sites: Iterable[str]) -> str:
    """The names of regions or muscles, joined by commas."""
    return ", ".join(structures()[site].label for site in sites)


def short_sites(sites: Iterable[str]) -> str:
    """`sites_label` for a narrow column."""
    return sites_label(sites).replace("corner of the mouth", "mouth corner")


def kind_label(trial_type: str) -> str:
    """A kind of event in a reader's words."""
    return _KINDS.get(trial_type, trial_type.replace("_", " ").capitalize())


def phase_label(phase: str) -> str:
    """A part of the examination in a reader's words: ``tight closure``."""
    return phase.replace("_", " ")


def duration_of(result: Result) -> float | None:
    """How long the recording is in s: as found, else the last time that anything is known of."""
    for finding in result.findings:
        if finding.quantity == "recording_duration" and finding.value is not None:
            return finding.value
    ends = [float(table["time"][-1]) for table in result.signals.values() if table.sizes["time"]]
    ends += [event.offset_s for event in result.events]
    return max(ends, default=None)


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
