"""The parameters of a lesion and its cleft as a reader meets them, each with its range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hemifacial.report.nerve.wording import number, readable
from hemifacial.twin.nerve.limits import Range, ranges

__all__ = ["Fact", "facts_of"]

_CLEFT = "cleft_"
_LABELS: Mapping[str, str] = {
    "length_mm": "length",
    "lamellae": "lamellae of myelin left",
    "calibre": "calibre, share of the axon's",
    "sodium_density": "sodium channels, share of a node's",
    "potassium_density": "slow potassium channels, share of a node's",
    "leak_s_per_cm2": "leak",
    "mechanosensitive_s_per_cm2": "mechanosensitive current",
    "cleft_area_um2": "cross-section of the cleft",
    "cleft_shunt_us_per_mm": "shunt out of the cleft",
}
_NOT_TOLD = frozenset({"segment_um"})
"""How finely it is computed: no property of the lesion, and told with the parameters."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One parameter: its name in words, its value with unit, and what it may be."""

    word: str
    label: str
    value: float
    shown: str
    allowed: Range | None


def facts_of(lesion: Mapping[str, float]) -> tuple[Fact, ...]:
    """What is to be told of a lesion, in the order in which it is told; unknown words last."""
    words = [word for word in _LABELS if word in lesion]
    words += [word for word in lesion if word not in _LABELS and word not in _NOT_TOLD]
    return tuple(_fact(word, float(lesion[word])) for word in words)


def _fact(word: str, value: float) -> Fact:
    owner, name = ("cleft", word[len(_CLEFT) :]) if word.startswith(_CLEFT) else ("lesion", word)
    allowed = ranges().get((owner, name))
    unit = readable(allowed.unit) if allowed is not None else ""
    return Fact(
        word=word,
        label=_LABELS.get(word, word.replace("_", " ")),
        value=value,
        shown=f"{number(value)} {unit}".strip(),
        allowed=allowed,
    )
