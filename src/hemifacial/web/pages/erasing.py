"""Erasing a patient for good, on request: what goes, the code typed once more, what is left."""

from __future__ import annotations

from hemifacial.commands.case.erasing import erased_lines
from hemifacial.errors import InputError, UsageError
from hemifacial.web.asked import Answer, Asked, Go, Page

__all__ = ["erase", "erase_form", "erased"]


def erase_form(asked: Asked) -> Answer:
    """What erasing would take away, and the form that asks for the code and the reason."""
    entries = asked.record.entries(asked.code)
    return Page(
        template="erase.html.j2",
        title=f"Erase patient {asked.code}",
        code=asked.code,
        shown={
            "count": len(entries),
            "recordings": sum(one.kind in ("recording", "result") for one in entries),
        },
    )


def erase(asked: Asked) -> Answer:
    """Erase the patient, the files beside the record and every line of the recordings in line."""
    code, by, jobs = asked.code, asked.by, asked.office.jobs
    if asked.text("code") != code:
        raise UsageError(
            "The code that was typed is not that of this patient; nothing was erased.",
            next_step=f"Type {code}, or go back.",
        )
    lines_of = [one.number for one in asked.record.entries(code) if one.kind == "patient"]
    jobs.stop_of(lines_of)
    said: list[str] = []
    try:
        number = asked.record.erase(code, by=by, why=asked.text("why")).number
    except InputError as error:
        if asked.record.swept is None:
            raise  # nothing was erased
        number = asked.record.head.number
        problem = error.problem.removeprefix(f"{asked.record.path}: ")
        said.append(f"{problem[:1].upper()}{problem[1:]}. {error.next_step}")
    jobs.forget(lines_of)
    asked.office.erased[number] = (*erased_lines(asked.record), *said)
    return Go(to=f"/erased/{number}")


def erased(asked: Asked) -> Answer:
    """What became of the files of a patient who was erased; it is told as long as this runs."""
    entry = asked.record.entry(asked.number)
    if entry.kind != "erasure":
        raise UsageError(f"entry {entry.number} is no erasure")
    return Page(
        template="erased.html.j2",
        title="A patient was erased",
        shown={"entry": entry, "lines": asked.office.erased.get(entry.number, ())},
    )
