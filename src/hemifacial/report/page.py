"""`render`: the result of a video, its review and its stills as one page and its figures."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from hemifacial.anatomy import Kind, structures
from hemifacial.corrections import Correction, Review
from hemifacial.findings import Result, Still, trial_types
from hemifacial.formats.events_table import event_to_record
from hemifacial.formats.review_file import correction_to_record
from hemifacial.report import sentences, words
from hemifacial.report.answers import answers
from hemifacial.report.event_rows import EventRow, correction_sentence, event_rows
from hemifacial.report.html import Report, asset, embedded, environment, markup, policy
from hemifacial.report.matrix import matrix_rows, phase_table, sign_rows
from hemifacial.report.provenance_rows import command_again, own_criteria_rows, provenance_rows

__all__ = ["render"]

_SCRIPTS = (
    "corrections.js",
    "editor.js",
    "samples.js",
    "canvas.js",
    "course.js",
    "closeup.js",
    "page.js",
)
_CORRECTED_FAMILIES = (
    "spasm",
    "blink",
    "closure",
    "expression",
    "speech",
    "emg",
    "artefact",
)
"""Families that are a reading, so that a reader may differ.

A gap or a stimulus is a fact, and a run of spasms is made from its events each time.
"""
_ADDED_FAMILIES = ("spasm", "blink", "closure", "expression", "speech")


def render(
    measured: Result,
    reviewed: Result | None,
    review: Review | None,
    corrections: Sequence[Correction],
    *,
    stills: Sequence[Still] = (),
    stills_left_out: bool = False,
) -> Report:
    """The report of a result: one HTML page without any outside part, and its figures.

    Parameters
    ----------
    measured
        What the measurement says; shown whole whatever the review says.
    reviewed, review, corrections
        What was recomputed with a person's corrections, which of those found their
        event, and all of them in the order of ``review.json``; None, None and nothing
        where nobody has corrected anything.
    stills
        Pictures of the face. They make the page as private as the recording.
    stills_left_out
        Whether there are pictures that this page was made without, which it then says. The
        names of the file and of its reviewers and the time of the recording stay in it.

    Raises
    ------
    ValueError
        If there is a review without its recomputed result, or the other way round.

    Notes
    -----
    Every text that came from outside (file names, reasons, parameters) is escaped, and
    the page's Content-Security-Policy allows only the style and script that are in it by
    their hash: neither can be made to run something else.
    """
    if (reviewed is None) is not (review is None):
        raise ValueError("a review and the result recomputed from it go together")
    from hemifacial.report.figures import draw_figures

    rows = event_rows(measured.events, corrections, reviewed.events if reviewed else None)
    standing = reviewed or measured
    figures = draw_figures(measured, standing, rows)
    style, scripts = asset("report.css"), "\n".join(asset(name) for name in _SCRIPTS)
    data = _page_data(measured, rows, corrections) | dict(figures.data)
    found = matrix_rows(measured, reviewed, about_recording=False)
    html = (
        environment()
        .get_template("report.html.j2")
        .render(
            title=words.METHOD_TITLES.get(measured.provenance.method, measured.provenance.method),
            provenance=measured.provenance,
            policy=policy(style, scripts),
            style=markup(style),
            script=markup(scripts),
            data=markup(embedded(data)),
            summary=sentences.summary(measured),
            reviewed_summary=sentences.summary(reviewed) if reviewed else (),
            answers=answers(standing),
            gaps=(*sentences.reservations(measured), *sentences.gap_sentences(measured.events)),
            reviewers=sorted({correction.who for correction in corrections}),
            corrections=corrections,
            not_applied=[correction_sentence(c) for c in review.not_applied] if review else [],
            figures={name: markup(svg) for name, svg in figures.drawings.items()},
            traces=[(markup(svg), said) for svg, said in figures.traces],
            faces=[(markup(svg), heading, said) for svg, heading, said in figures.faces],
            unseen_regions=words.short_sites(figures.not_measured),
            stills=[
                (still, sentences.still_caption(still, standing.events), _data_uri(still.jpeg))
                for still in stills
            ],
            stills_left_out=stills_left_out,
            findings=[row for row in found if not row.lacks_events],
            without_events=list(dict.fromkeys(row.label for row in found if row.lacks_events)),
            recording=matrix_rows(measured, reviewed, about_recording=True),
            phases=phase_table(measured, reviewed, standing.events),
            signs=sign_rows(measured, reviewed),
            rows=rows,
            with_phases=any(row.shown.phase for row in rows),
            addable=[kind for kind in trial_types().values() if kind.family in _ADDED_FAMILIES],
            regions=[one for one in structures().values() if one.kind is Kind.REGION],
            method_rows=provenance_rows(measured.provenance),
            command=command_again(measured.provenance),
            own_criteria=own_criteria_rows(measured.provenance),
            limits=sentences.cannot_tell(measured.provenance.method),
        )
    )
    return Report(html=html, figures=figures.files)


def _page_data(
    measured: Result, rows: Sequence[EventRow], corrections: Sequence[Correction]
) -> dict[str, Any]:
    """What the script needs to correct events: no rule of medicine is written in it."""
    return {
        "input_sha256": measured.provenance.input_sha256,
        "method": measured.provenance.method,
        "duration_s": words.duration_of(measured),
        "kinds": {
            kind.word: {
                "family": kind.family,
                "from_s": kind.from_s,
                "below_s": kind.below_s,
                "label": words.kind_label(kind.word),
            }
            for kind in trial_types().values()
        },
        "sites": {word: words.short_sites([word]) for word in structures()},
        "correctable": _CORRECTED_FAMILIES,
        "corrections": [correction_to_record(correction) for correction in corrections],
        "rows": [_row_data(row) for row in rows],
    }


def _row_data(row: EventRow) -> dict[str, Any]:
    """A row for the script: `standing` and `measured` only where they differ from `shown`."""
    data: dict[str, Any] = {"shown": event_to_record(row.shown)}
    for name, event in (("standing", row.standing), ("measured", row.measured)):
        if event != row.shown:
            data[name] = event_to_record(event) if event else None
    if row.lines:
        data["last"] = correction_to_record(row.lines[-1])
    return data


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
