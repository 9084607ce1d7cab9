"""`render_electro`: a result of an electrical recording, with its review, as one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hemifacial.anatomy import Side
from hemifacial.corrections import Correction, Review
from hemifacial.findings import Event, Finding, Result, Status, quantities
from hemifacial.formats.events_table import event_to_record
from hemifacial.formats.review_file import correction_to_record
from hemifacial.report import words
from hemifacial.report.electro import baep, blink_reflex, f_wave, series
from hemifacial.report.electro.figure import Figure
from hemifacial.report.electro.lateral_spread import figures as lateral_spread
from hemifacial.report.electro.lateral_spread.matrix import matrix
from hemifacial.report.electro.lateral_spread.sentences import sentences
from hemifacial.report.electro.spasm_emg import figures as spasm_emg
from hemifacial.report.event_rows import correction_sentence
from hemifacial.report.html import Report, asset, embedded, environment, markup, policy
from hemifacial.report.provenance_rows import command_again, own_criteria_rows, provenance_rows

__all__ = ["render_electro"]

_SCRIPTS = ("corrections.js", "electro.js")
_MOST_TOLD = 8
_STUDIES: dict[str, tuple[str, Callable[[Result], tuple[Figure, ...]]]] = {
    "lateral_spread": ("Lateral spread and direct responses", lateral_spread.figures),
    "series": ("Lateral spread in the course of the operation", series.figures),
    "blink_reflex": ("Blink reflex", blink_reflex.figures),
    "f_wave": ("F waves", f_wave.figures),
    "spasm_emg": ("Muscle activity", spasm_emg.figures),
    "baep": ("Brainstem auditory evoked potentials", baep.figures),
}


def render_electro(
    measured: Result,
    reviewed: Result | None,
    review: Review | None,
    corrections: Sequence[Correction],
) -> Report:
    """The report of an electrical recording: one HTML page without any outside part.

    Parameters
    ----------
    measured
        What the measurement says; shown whole whatever the review says.
    reviewed, review, corrections
        As in `hemifacial.report.page.render`.
    """
    standing = reviewed or measured
    parameters = measured.provenance.parameters
    studies = [str(one) for one in parameters.get("studies", ())]
    sections = []
    drawn: dict[str, str] = {}
    for study in studies:
        heading, draw = _STUDIES[study]
        figures = draw(measured)
        drawn |= {f"{one.name}.svg": one.svg for one in figures}
        sections.append((heading, [(one, markup(one.svg)) for one in figures]))
    style = asset("report.css") + asset("electro.css")
    scripts = "\n".join(asset(name) for name in _SCRIPTS)
    muscles, rows = matrix(standing)
    html = (
        environment()
        .get_template("electro.html.j2")
        .render(
            provenance=measured.provenance,
            policy=policy(style, scripts),
            style=markup(style),
            script=markup(scripts),
            data=markup(embedded(_data(measured, standing, corrections))),
            summary=_sentences(measured),
            reviewed_summary=_sentences(reviewed) if reviewed else (),
            problems=[str(one) for one in parameters.get("problems", ())],
            reviewers=sorted({correction.who for correction in corrections}),
            corrections=[correction_sentence(one) for one in corrections],
            not_applied=[correction_sentence(one) for one in review.not_applied] if review else [],
            muscles=muscles,
            matrix=rows,
            sections=sections,
            findings=_rows(standing.findings),
            channels=parameters.get("channels", ()),
            method_rows=provenance_rows(measured.provenance),
            command=command_again(measured.provenance),
            own_criteria=own_criteria_rows(measured.provenance),
            tables=[f"{one.upper()}.tsv" for one in parameters.get("tables", ())],
            limits=_limits(studies),
        )
    )
    return Report(html=html, figures=drawn)


def _limits(studies: Sequence[str]) -> list[str]:
    """What a reader must know that this cannot tell."""
    files = ["cannot_tell_electro.txt"]
    if "lateral_spread" in studies:
        files.insert(0, "cannot_tell_lateral_spread.txt")
    return [line for name in files for line in asset(name).splitlines()]


def _sentences(result: Result) -> tuple[str, ...]:
    """The result in short: of a lateral spread in words, of other studies their first findings."""
    said = sentences(result)
    others = [
        finding
        for finding in result.findings
        if finding.method != "lateral_spread" and finding.status is not Status.NOT_JUDGED
    ]
    told = []
    for finding in others[:_MOST_TOLD]:
        where = [finding.side.value] if finding.side is not Side.NOT_APPLICABLE else []
        where += [words.short_sites(finding.sites)] if finding.sites else []
        label = quantities()[finding.quantity].label
        told.append(f"{label} ({', '.join(where)}): {words.value_text(finding)}.")
    if len(others) > _MOST_TOLD:
        told.append(f"{len(others) - _MOST_TOLD} more findings are in the table below.")
    return (*said, *told) or ("Nothing could be judged; the table below says why.",)


def _rows(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [_row(finding) for finding in findings]


def _row(finding: Finding) -> dict[str, str]:
    limit = finding.limit
    beyond = ""
    if limit is not None:
        source = limit.source if limit.verified else f"{limit.source}; not verified"
        beyond = f"{words.number(limit.value)} {limit.unit}: {limit.meaning} ({source})"
    return {
        "label": quantities()[finding.quantity].label,
        "definition": quantities()[finding.quantity].definition,
        "side": finding.side.value,
        "sites": words.short_sites(finding.sites),
        "value": words.value_text(finding),
        "interval": ""
        if finding.low is None or finding.high is None
        else f"{words.number(finding.low)} to {words.number(finding.high)}",
        "n": "" if finding.n is None else str(finding.n),
        "limit": beyond,
        "note": finding.note,
    }


def _data(
    measured: Result, standing: Result, corrections: Sequence[Correction]
) -> dict[str, object]:
    """What the script needs to move a cursor: the responses, as they stand now."""
    return {
        "input_sha256": measured.provenance.input_sha256,
        "method": measured.provenance.method,
        "corrections": [correction_to_record(correction) for correction in corrections],
        "responses": [
            {"measured": event_to_record(event), "standing": _standing(event, standing.events)}
            for event in measured.events
            if event.family == "response"
        ],
    }


def _standing(event: Event, events: Sequence[Event]) -> dict[str, object] | None:
    return next((event_to_record(one) for one in events if one.event_id == event.event_id), None)
