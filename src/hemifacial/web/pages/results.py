"""A result: its report in a frame of its own, corrections, and two results side by side."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hemifacial.case.reading import Entry
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.files import write_text
from hemifacial.formats.result_folder import check_is_result
from hemifacial.report.words import interval_text, value_text
from hemifacial.web.asked import Answer, Asked, Go, Page, RawPage
from hemifacial.web.framing import framed

__all__ = ["compare", "comparison", "correct", "report", "result"]


def result(asked: Asked) -> Answer:
    """The page of a result: the report in its frame, or the findings where no folder is here."""
    entry = _entry(asked)
    others = [
        one
        for one in asked.record.entries(entry.patient)
        if one.kind == "result"
        and one.standing
        and one.number != entry.number
        and one.body.provenance.method == entry.body.provenance.method
    ]
    return Page(
        template="result.html.j2",
        title=f"Result of {entry.happened_on}",
        code=entry.patient,
        shown={
            "entry": entry,
            "here": _is_here(asked, entry),
            "standing": entry.standing,
            "findings": _findings(entry),
            "others": others if entry.body.provenance.method == "face" else [],
        },
    )


def _findings(entry: Entry) -> list[dict[str, str]]:
    from hemifacial.findings import quantities

    known = quantities()
    return [
        {
            "label": known[one.quantity].label if one.quantity in known else one.quantity,
            "side": "" if one.side.value == "n/a" else one.side.value,
            "value": value_text(one),
            "interval": interval_text(one),
        }
        for one in entry.body.standing_findings
        if not one.phase
    ]


def report(asked: Asked) -> Answer:
    """The report of a result as its command wrote it, to stand in a sandboxed frame."""
    entry = _entry(asked)
    page = _folder(asked, entry) / "report.html"
    if not page.is_file():
        raise InputError("The report of this result is not in the record's folder.")
    name = asked.office.signer
    shown = next((one.name for one in asked.record.profiles() if one.word == name), "")
    text, sha256 = page.read_text(encoding="utf-8"), entry.body.provenance.input_sha256
    return RawPage(html=framed(text, signed_by=shown, sha256=sha256))


def correct(asked: Asked) -> Answer:
    """Keep a review in the result folder and enter the result anew, as replacing this one."""
    from hemifacial.commands.case.results import result_of
    from hemifacial.commands.results import review

    entry, by = _entry(asked), asked.by
    if not entry.standing:
        raise UsageError(
            "This result was replaced since the page was loaded.", next_step="Open the newest one."
        )
    brought = asked.sent.get("review")
    if not isinstance(brought, dict):
        raise InputError("the corrections are missing")
    folder = _folder(asked, entry)
    with TemporaryDirectory(prefix="hemifacial-") as room:
        path = Path(room) / "review.json"
        write_text(path, json.dumps(brought))
        review(folder, path)
    body = result_of(folder, without_name=False)
    new = asked.record.replace(
        entry.number, body, by=by, why="events corrected", happened_on=entry.happened_on
    )
    return Go(to=f"/results/{new.number}")


def comparison(asked: Asked) -> Answer:
    """Two results of one patient side by side."""
    first, later = _pair(asked)
    return Page(
        template="comparison.html.j2",
        title="Before and after",
        code=first.patient,
        shown={"first": first, "later": later},
    )


def compare(asked: Asked) -> Answer:
    """The comparison as its command writes it, to stand in a sandboxed frame."""
    from hemifacial.commands.compare import compare_folders
    from hemifacial.report.compare_page import pages

    first, later = _pair(asked)
    compared = compare_folders([_folder(asked, first), _folder(asked, later)])
    text = pages(compared)["comparison.html"]
    for entry in (first, later):  # a folder is named by a hash, a visit by its day
        name = f"{entry.happened_on} (entry {entry.number})"
        text = text.replace(entry.body.provenance.input_sha256, name)
    return RawPage(html=text)


def _pair(asked: Asked) -> tuple[Entry, Entry]:
    found: list[Any] = []
    for name in ("first", "later"):
        text = asked.query.get(name, "")
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise UsageError("two results are compared, each named by its entry")
        found.append(asked.record.entry(int(text)))
    if found[0].patient != found[1].patient or {one.kind for one in found} != {"result"}:
        raise UsageError("two results of one patient are compared")
    if found[0].happened_on > found[1].happened_on:
        found.reverse()
    return found[0], found[1]


def _entry(asked: Asked) -> Entry:
    entry = asked.record.entry(asked.number)
    if entry.kind != "result":
        raise UsageError(f"entry {entry.number} is no result")
    return entry


def _folder(asked: Asked, entry: Entry) -> Path:
    folder = asked.office.files.result(entry.body.provenance.input_sha256)
    check_is_result(folder)
    return folder


def _is_here(asked: Asked, entry: Entry) -> bool:
    return (asked.office.files.result(entry.body.provenance.input_sha256) / "report.html").is_file()
