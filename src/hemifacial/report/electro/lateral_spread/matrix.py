"""The matrix of a lateral spread: for each stimulated branch what every muscle did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.findings import Finding, Result, Status
from hemifacial.report.electro.lateral_spread.wording import ANSWERS, amplitude_words, label_of

__all__ = ["MatrixCell", "MatrixRow", "matrix"]


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """What one muscle did: `state` is direct, spread, none, unsure or not recorded."""

    state: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One stimulated branch."""

    branch: str
    cells: tuple[MatrixCell, ...]


def matrix(result: Result) -> tuple[tuple[str, ...], tuple[MatrixRow, ...]]:
    """The muscles, and for each stimulated branch what they did."""
    by_pair: dict[tuple[tuple[str, ...], str], list[Finding]] = {}
    for finding in result.findings:
        if len(finding.sites) == 2 and finding.method == "lateral_spread":
            by_pair.setdefault((finding.sites, finding.side.value), []).append(finding)
    muscles = list(dict.fromkeys((sites[1], side) for sites, side in by_pair))
    branches = list(dict.fromkeys(sites[0] for sites, _ in by_pair))
    rows = [
        MatrixRow(
            branch=label_of(branch),
            cells=tuple(_cell(by_pair.get(((branch, muscle), side))) for muscle, side in muscles),
        )
        for branch in branches
    ]
    return tuple(f"{label_of(muscle)}, {side}" for muscle, side in muscles), tuple(rows)


def _cell(findings: Sequence[Finding] | None) -> MatrixCell:
    if not findings:
        return MatrixCell(state="not recorded")
    by = {finding.quantity: finding for finding in findings}
    word = next((one for one in ANSWERS if f"{one}_probability" in by), "direct_response")
    latency, amplitude = by.get(f"{word}_latency"), by.get(f"{word}_amplitude")
    probability = by.get(f"{word}_probability")
    if probability is None:
        if latency is None or latency.value is None or amplitude is None or amplitude.value is None:
            return MatrixCell(state="no direct response")
        return MatrixCell(
            state="direct",
            words=("direct", f"{latency.value:.1f} ms", amplitude_words(amplitude.value)),
        )
    chance = f"probability {_chance(probability.value)}"
    if latency is not None and latency.value is not None and amplitude is not None:
        size = "" if amplitude.value is None else amplitude_words(amplitude.value)
        between = (
            f" ({latency.low:.1f} to {latency.high:.1f})"
            if latency.low is not None and latency.high is not None
            else ""
        )
        return MatrixCell(
            state="spread",
            words=(
                ANSWERS[word].removesuffix(" response"),
                f"{latency.value:.1f} ms{between}",
                size,
                chance,
            ),
        )
    if amplitude is not None and amplitude.status is Status.BELOW_DETECTION_LIMIT:
        limit = amplitude.detection_limit or 0.0
        return MatrixCell(state="none", words=(f"none: below {amplitude_words(limit)}", chance))
    return MatrixCell(state="rejected", words=("rejected by a reader",))


def _chance(value: float | None) -> str:
    if value is None:
        return "not judged"
    if value > 0.99:
        return "above 0.99"
    return "below 0.01" if value < 0.01 else f"{value:.2f}"
