"""`render_diary`: the page on which a patient keeps a diary at home, without any network."""

from __future__ import annotations

from hemifacial import __version__
from hemifacial.care.scales.diary import FORMAT, VERSION, diary_limits, diary_words
from hemifacial.report.html import Report, asset, embedded, environment, markup, policy

__all__ = ["render_diary"]


def render_diary(patient: str, *, call: str = "", note: str = "") -> Report:
    """One page that writes the file that `care.scales.diary_file` reads, and reads it back.

    Parameters
    ----------
    patient
        The pseudonym; it stands in the file, and is all that the page knows of the patient.
    call
        Whom to call, as the clinic writes it.
    """
    limits = {name: limit.value for name, limit in diary_limits().items()}
    words = {which: dict(diary_words(which)) for which in ("trigger", "side_effect")}
    data = {
        "format": FORMAT,
        "version": VERSION,
        "patient": patient,
        "limits": limits,
        "words": {which: list(known) for which, known in words.items()},
    }
    style = asset("report.css") + asset("diary.css")
    script = asset("diary.js")
    html = (
        environment()
        .get_template("case/diary.html.j2")
        .render(
            policy=policy(style, script),
            style=markup(style),
            script=markup(script),
            data=markup(embedded(data)),
            title="Diary of the spasm",
            version=__version__,
            words=words,
            limits=limits,
            call=call,
            note=note,
        )
    )
    return Report(html=html, figures={})
