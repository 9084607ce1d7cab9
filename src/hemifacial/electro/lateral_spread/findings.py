"""The findings of a study of the lateral spread; `sites` name the branch, then the muscle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.lateral_spread.cells import Cell
from hemifacial.electro.lateral_spread.details import details_of, recruitment, threshold_ma
from hemifacial.electro.stated import Subject, below_limit, stated
from hemifacial.findings import Finding

__all__ = ["METHOD", "METHOD_VERSION", "findings_of", "strongest"]

METHOD = "lateral_spread"
METHOD_VERSION = "1.0"

_OF_NOISE = "95 % of answers on the same average with as much noise added again"
_OF_DRAWS = "95 % of responses that the average allows (Gaussian model of response and noise)"


def strongest(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Of every branch and muscle the cell of the strongest stimulus."""
    return tuple(max(group, key=lambda c: c.intensity_ma or 0.0) for group in _pairs(cells))


def findings_of(cells: Sequence[Cell], criteria: ElectroCriteria) -> tuple[Finding, ...]:
    """Every finding of every branch and muscle."""
    top = strongest(cells)
    found: list[Finding] = []
    for group in _pairs(cells):
        cell = max(group, key=lambda c: c.intensity_ma or 0.0)
        if cell.is_own:
            found += _direct(cell, group, criteria)
        else:
            found += _spread(cell, group, top, criteria)
    return (*found, *_side_ratios(top, criteria))


def _pairs(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The cells of each branch and muscle, in the order of the recording."""
    found: dict[tuple[str, ...], list[Cell]] = {}
    for cell in cells:
        key = (cell.branch, cell.side.value, cell.muscle, cell.muscle_side.value)
        found.setdefault(key, []).append(cell)
    return list(found.values())


def _about(cell: Cell) -> Subject:
    return Subject(
        method=METHOD,
        method_version=METHOD_VERSION,
        side=cell.muscle_side,
        sites=(cell.branch, cell.muscle),
        n=len(cell.sweeps_uv),
    )


def _direct(cell: Cell, group: Sequence[Cell], criteria: ElectroCriteria) -> Iterator[Finding]:
    about = _about(cell)
    direct = cell.direct
    if direct is None:
        return
    if direct.onset_ms is None:
        yield below_limit(
            about,
            "direct_response_amplitude",
            direct.limit_uv,
            note="No direct response: was the branch stimulated, and is the relaxant gone?",
        )
        return
    yield stated(
        about,
        "direct_response_latency",
        direct.onset_ms,
        low=direct.onset_low_ms,
        high=direct.onset_high_ms,
        interval=_OF_NOISE,
        limit=criteria.limits["direct_latency_longest"],
    )
    yield stated(
        about,
        "direct_response_amplitude",
        direct.amplitude_uv,
        limit=criteria.limits["direct_amplitude_least"],
    )
    yield stated(about, "direct_response_area", direct.area_uv_ms)
    if len(group) > 1:
        yield _threshold(cell, "direct_response_threshold", group, criteria)


def _threshold(
    cell: Cell, quantity: str, group: Sequence[Cell], criteria: ElectroCriteria
) -> Finding:
    grown = recruitment(group)
    found = threshold_ma(grown, criteria)
    note = "" if found is not None else "The response is not clear of the noise at any current."
    if found is not None and grown and found == grown[0].intensity_ma:
        note = "Already there at the weakest stimulus: the threshold lies at or below it."
    return stated(_about(cell), quantity, found, note=note)


def _spread(
    cell: Cell, group: Sequence[Cell], top: Sequence[Cell], criteria: ElectroCriteria
) -> Iterator[Finding]:
    about, word = _about(cell), cell.response_word
    reading = cell.reading
    if reading is None:
        return
    yield stated(
        about, f"{word}_probability", reading.probability, note=_doubt(cell, top, criteria)
    )
    yield from _locked(cell)
    response = reading.response
    if response is None:
        yield below_limit(about, f"{word}_amplitude", reading.limit_uv)
        return
    yield stated(
        about,
        f"{word}_latency",
        response.onset_ms,
        low=response.onset_low_ms,
        high=response.onset_high_ms,
        interval=_OF_DRAWS,
    )
    yield stated(
        about,
        f"{word}_amplitude",
        response.amplitude_uv,
        low=response.amplitude_low_uv,
        high=response.amplitude_high_uv,
        interval=_OF_DRAWS,
    )
    direct = [
        one.direct.amplitude_uv
        for one in top
        if (one.branch, one.side) == (cell.branch, cell.side)
        and one.direct is not None
        and one.direct.is_there
    ]
    if direct:
        yield stated(about, "lateral_spread_ratio", 100 * response.amplitude_uv / max(direct))
    yield from _details(cell, criteria)
    if len(group) > 1:
        yield _threshold(cell, f"{word}_threshold", group, criteria)


def _locked(cell: Cell) -> Iterator[Finding]:
    """What tests that know no shape say of the same sweeps."""
    tests = cell.presence
    if tests is None:
        return
    about = _about(cell)
    yield stated(about, "locked_split_half", tests.split_half)
    yield stated(about, "locked_split_half_p", tests.split_half_p)
    yield stated(about, "locked_fmp_p", tests.fmp_p)
    yield stated(about, "locked_hotelling_p", tests.hotelling_p)


def _details(cell: Cell, criteria: ElectroCriteria) -> Iterator[Finding]:
    about, word = _about(cell), cell.response_word
    details = details_of(cell, criteria)
    yield stated(about, f"{word}_phases", float(details.phases))
    drowned = "A response of a single sweep does not stand clear of its noise."
    for quantity, share in (
        (f"{word}_persistence", details.persistence_share),
        ("afterdischarge_persistence", details.afterdischarge_share),
    ):
        percent = None if share is None else 100 * share
        yield stated(about, quantity, percent, note=drowned if share is None else "")
    if details.onset_sd_ms is not None:
        yield stated(about, f"{word}_onset_variation", details.onset_sd_ms)
    if details.afterdischarge_ms is not None:
        yield stated(about, "afterdischarge_duration", details.afterdischarge_ms)


def _doubt(cell: Cell, top: Sequence[Cell], criteria: ElectroCriteria) -> str:
    """What a reader must know of a probability."""
    reading = cell.reading
    if reading is None:
        return ""
    if cell.on_vessel:
        return (
            "Something begins before a Z-L response could: the current may have reached the nerve."
            if reading.early_probability > 1 - criteria["response_probability_share"]
            else ""
        )
    inputs = [
        one
        for one in top
        if (one.branch, one.side) == (cell.branch, cell.side) and one.direct is not None
    ]
    if not inputs:
        return (
            "No muscle of the stimulated branch was recorded: whether the stimulus worked, and "
            "what of the wave is conducted from neighbours, cannot be told."
        )
    if not any(one.direct is not None and one.direct.is_there for one in inputs):
        return (
            "The stimulated branch gave no direct response, so that an absent spread means little."
        )
    if reading.early_probability > 1 - criteria["response_probability_share"]:
        return (
            "Something begins before a lateral spread could: the current may have reached this "
            "muscle's own branch."
        )
    return ""


def _side_ratios(top: Sequence[Cell], criteria: ElectroCriteria) -> Iterator[Finding]:
    """The smaller side over the larger, where a muscle was stimulated directly on both."""
    for one in top:
        for other in top:
            if (
                one.direct is not None
                and other.direct is not None
                and one.direct.is_there
                and other.direct.is_there
                and (one.branch, one.muscle) == (other.branch, other.muscle)
                and one.muscle_side != other.muscle_side
                and one.direct.amplitude_uv <= other.direct.amplitude_uv
            ):
                ratio = 100 * one.direct.amplitude_uv / other.direct.amplitude_uv
                yield stated(
                    _about(one),
                    "direct_response_side_ratio",
                    ratio,
                    limit=criteria.limits["direct_side_ratio_least"],
                    note=f"Differences of less than about {criteria['direct_side_repeat']:g} % are "
                    "within what one examiner finds on two occasions.",
                )
