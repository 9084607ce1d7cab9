"""The lateral spread in a few sentences: where it is, where it is not, what is unsure."""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.findings import Result
from hemifacial.report.electro.lateral_spread.wording import amplitude_words, label_of

__all__ = ["sentences"]


def sentences(result: Result) -> tuple[str, ...]:
    """The study in a few sentences."""
    found, none, unsure, direct = [], [], [], []
    for finding in result.findings:
        if finding.method != "lateral_spread" or len(finding.sites) != 2:
            continue
        where = f"{label_of(finding.sites[1])} ({finding.side.value})"
        after = f"the {label_of(finding.sites[0]).removesuffix(' of the facial nerve')}"
        if finding.quantity == "lateral_spread_latency" and finding.value is not None:
            found.append(f"{where} after {after} at {finding.value:.1f} ms")
        if finding.quantity == "lateral_spread_amplitude" and finding.value is None:
            limit = (
                ""
                if finding.detection_limit is None
                else f" above {amplitude_words(finding.detection_limit)}"
            )
            none.append(f"{where} after {after}{limit}")
        if finding.quantity.startswith("direct_response_amplitude") and finding.value is None:
            direct.append(f"{where} after {after}")
        if finding.quantity == "lateral_spread_probability" and finding.note:
            unsure.append(f"{where} after {after}: {finding.note}")
    said = []
    if found:
        said.append(f"Lateral spread response in {_listed(found)}.")
    if none:
        said.append(f"None in {_listed(none)}.")
    if direct:
        said.append(f"No direct response in {_listed(direct)}.")
    return (*said, *unsure)


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
