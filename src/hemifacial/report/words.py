"""Numbers, sides, places and kinds as a reader of the report meets them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hemifacial.anatomy import Side, structures
from hemifacial.findings import Finding, Result, Status

__all__ = [
    "METHOD_TITLES",
    "duration_of",
    "interval_text",
    "kind_label",
    "moment",
    "number",
    "phase_label",
    "short_sites",
    "side_label",
    "sites_label",
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
    "direct_response": "Direct response",
    "lateral_spread": "Lateral spread",
    "z_l_response": "Z-L response",
    "lateral_spread_present": "Lateral spread present",
    "lateral_spread_gone": "Lateral spread gone",
    "lateral_spread_cannot_tell": "Lateral spread, cannot tell",
    "baep_watch": "Wave V, watch",
    "baep_warning": "Wave V, warning",
    "baep_critical": "Wave V, critical",
    "baep_critical_both": "Wave V, late and small",
    "baep_lost": "Wave V lost",
    "baep_i_iii_delay": "I-III longer",
}
_MINUS = "\N{MINUS SIGN}"
_DASH = "\N{EN DASH}"


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
