"""The lateral spread in a few sentences: where it is, where it is not, what is unsure."""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.findings import Result
from hemifacial.report.electro.lateral_spread.wording import ANSWERS, amplitude_words, label_of

__all__ = ["sentences"]


def sentences(result: Result) -> tuple[str, ...]:
    """The study in a few sentences."""
    found: dict[str, list[str]] = {word: [] for word in ANSWERS}
    none: dict[str, list[str]] = {word: [] for word in ANSWERS}
    unsure, direct = [], []
    for finding in result.findings:
        if finding.method != "lateral_spread" or len(finding.sites) != 2:
            continue
        where = f"{label_of(finding.sites[1])} ({finding.side.value})"
        after = f"the {label_of(finding.sites[0]).removesuffix(' of the facial nerve')}"
        if finding.quantity == "direct_response_amplitude" and finding.value is None:
            direct.append(f"{where} after {after}")
        for word in ANSWERS:
            if finding.quantity == f"{word}_latency" and finding.value is not None:
                found[word].append(f"{where} after {after} at {finding.value:.1f} ms")
            if finding.quantity == f"{word}_amplitude" and finding.value is None:
                limit = (
                    ""
                    if finding.detection_limit is None
                    else f" above {amplitude_words(finding.detection_limit)}"
                )
                none[word].append(f"{where} after {after}{limit}")
            if finding.quantity == f"{word}_probability" and finding.note:
                unsure.append(f"{where} after {after}: {finding.note}")
    said = []
    for word, name in ANSWERS.items():
        begin = name[0].upper() + name[1:]
        if found[word]:
            said.append(f"{begin} in {_listed(found[word])}.")
        if none[word]:
            said.append(f"No {name} in {_listed(none[word])}.")
    if direct:
        said.append(f"No direct response in {_listed(direct)}.")
    return (*said, *unsure)


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
