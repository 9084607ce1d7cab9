"""A fact as lines that a person reads: what a field is called, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hemifacial.web.forms.labels import label_of

__all__ = ["Line", "lines_of", "summary_of"]

_LONG = ("findings", "events", "corrections", "reviewed_findings", "reviewed_events")
_SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """A label with a value; `level` is how deep it stands."""

    label: str
    value: str
    level: int = 0


def lines_of(plain: Any) -> list[Line]:
    """The fields of a fact; what is not stated is left out, long tables are counted."""
    return list(_lines(plain, 0))


def _lines(plain: Any, level: int) -> Iterator[Line]:
    for name, value in plain.items():
        if value in (None, "", [], {}, "n/a"):
            continue
        label = label_of(name)
        if name in _LONG:
            yield Line(label=label, value=str(len(value)), level=level)
        elif isinstance(value, dict):
            inner = list(_lines(value, level + 1))
            if inner:
                yield Line(label=label, value="", level=level)
                yield from inner
        elif isinstance(value, list) and isinstance(value[0], dict):
            for number, one in enumerate(value, start=1):
                yield Line(label=f"{label} {number}", value="", level=level)
                yield from _lines(one, level + 1)
        else:
            yield Line(label=label, value=_value(value), level=level)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return text.replace("_", " ") if text.replace("_", "").isalnum() and text.islower() else text


def summary_of(kind: str, body: Any) -> str:
    """An entry in one line of a list."""
    maker = _SUMMARIES.get(kind)
    if maker is not None:
        return str(maker(body))
    from hemifacial.case.codec import as_plain

    lines = [line for line in lines_of(as_plain(body)) if line.value and line.level == 0]
    return "; ".join(f"{line.label.lower()} {line.value}" for line in lines[:_SHOWN])


def _session(body: Any) -> str:
    sides = " and ".join(side.value for side in body.sides)
    count = len(body.injections)
    return f"{body.dose}, {count} injection{'s' if count != 1 else ''}, {sides}"


def _change(body: Any) -> str:
    dose = "" if body.mg_per_day is None else f" {body.mg_per_day:g} mg a day"
    done = {"start": "begun", "change": "now", "stop": "stopped"}[body.kind.value]
    return f"{body.drug} {done}{':' if dose else ''}{dose}" + (f" ({body.why})" if body.why else "")


def _scale(body: Any) -> str:
    from hemifacial.care.scales.scale import scales

    known = scales().get(body.scale)
    name = known.label if known else body.scale
    return name if body.total is None else f"{name}: {body.total:g}"


def _result(body: Any) -> str:
    what = {"face": "video of the face", "electro": "electrical recording"}
    made = body.provenance
    reviewed = f", {len(body.corrections)} corrections" if body.corrections else ""
    return f"{what.get(made.method, made.method)}, {len(body.standing_findings)} findings{reviewed}"


def _laboratory(body: Any) -> str:
    return f"{body.what} {body.value:g} {body.unit}"


def _allele(body: Any) -> str:
    return f"{body.allele.value} {body.result.value}"


def _note(body: Any) -> str:
    return str(body.text)


def _visit(body: Any) -> str:
    purpose = body.purpose.value.replace("_", " ")
    return f"{purpose}: {body.note}" if body.note else purpose


_SUMMARIES: dict[str, Any] = {
    "toxin_session": _session,
    "drug_change": _change,
    "scale": _scale,
    "result": _result,
    "laboratory_value": _laboratory,
    "genetic_result": _allele,
    "note": _note,
    "visit": _visit,
    "withdrawal": lambda _: "taken back",
}
