"""What a form calls a field, and what it says beside it: from the name and the docstring."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getdoc
from typing import Any

__all__ = ["help_of", "label_of", "word_label"]

_UNITS = {
    "_mg": "mg",
    "_ml": "ml",
    "_db": "dB",
    "_uv": "µV",
    "_ms": "ms",
    "_percent": "%",
    "_days": "days",
    "_years": "years",
    "_ml_per_min": "ml/min",
    "mg_per_day": "mg a day",
}
_LABELS = {
    "on": "Day",
    "at": "Time",
    "mg_per_day": "Dose (mg a day)",
    "why": "Why",
    "what": "What",
    "session_on": "Session of",
    "best_on": "Best on",
    "over_on": "Over since",
    "still_good_on": "Still good on",
    "still_some_on": "Still some effect on",
    "spasm_share": "Spasm, as a part of that before",
    "renal_clearance_ml_per_min": "Renal clearance (ml/min)",
    "left_percent": "Left of the baseline (%)",
    "limit_percent": "Smallest that would be seen (%)",
    "wave_v": "Wave V of the operated side",
    "lost_at_the_end": "Lost at the end",
    "repeat": "Repeated operation",
    "tandem": "Tandem compression",
    "sites": "Places",
    "hfs_7": "HFS-7",
    "baep": "BAEP",
    "house_brackmann": "House-Brackmann grade",
    "mri_heavy_t2": "MRI, heavily T2-weighted",
    "mri_angiography": "MR angiography",
    "related_to": "Ascribed to entry",
    "injector": "Injected by",
    "pre_scores": "Scored or recorded before (entries, recordings)",
    "per_ml": "In 1 ml",
    "holds": "The vial holds",
    "used": "Used of it",
    "wasted": "Wasted",
}


def label_of(name: str) -> str:
    """The label of a field from its name; a unit stands in brackets."""
    if name in _LABELS:
        return _LABELS[name]
    for ending, unit in sorted(_UNITS.items(), key=lambda one: -len(one[0])):
        if name.endswith(ending):
            name = f"{name[: -len(ending)]} ({unit})"
            break
    words = name.removesuffix("_on").replace("_", " ")
    return words[:1].upper() + words[1:]


def word_label(word: str) -> str:
    """A word of a closed list as it is shown."""
    return {"": "not stated", "n/a": "not stated"}.get(word, word.replace("_", " "))


def help_of(kind: type[Any]) -> dict[str, str]:
    """What the docstring says of each field under ``Parameters``."""
    text = getdoc(kind) or ""
    _, _, rest = text.partition("Parameters\n----------\n")
    return dict(_sentences(rest.splitlines())) if rest else {}


def _sentences(lines: list[str]) -> Iterator[tuple[str, str]]:
    names: list[str] = []
    said: list[str] = []
    for line in [*lines, "end"]:
        if line and not line.startswith(" "):
            text = _for_a_reader(" ".join(said))
            yield from ((name, text) for name in names)
            names, said = [name.strip() for name in line.split(",")], []
        elif line.strip():
            said.append(line.strip())


def _for_a_reader(text: str) -> str:
    """A sentence of a docstring without its marks; none where it speaks of code."""
    plain = re.sub(r"`+([^`]*)`+", r"\1", text)
    return "" if ".tsv" in plain or "_" in plain else plain
