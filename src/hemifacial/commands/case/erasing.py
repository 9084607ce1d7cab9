"""What is told of the files of an erased patient: by kind and number, never by name."""

from __future__ import annotations

from collections.abc import Iterator

from hemifacial.case import Record
from hemifacial.case.swept import Swept, swept_words

__all__ = ["erased_lines", "finished_lines", "swept_lines"]


def erased_lines(record: Record) -> Iterator[str]:
    """After erasing in this record: what became of the files, and which copies hold the patient."""
    if record.swept is not None:
        yield from swept_lines(record.swept)
    backups = [one.body.file_name for one in record.clinic_entries("backup")]
    if backups:
        yield (
            f"Copies made before still hold the patient: {', '.join(backups)}. Destroy them, or "
            "replace them by a new `case backup`; it is for the clinic to do."
        )


def swept_lines(swept: Swept) -> Iterator[str]:
    """After erasing: what is gone, what stays and why, what is for the clinic to do."""
    if removed := swept_words(swept.removed):
        yield f"Removed beside the record: {removed}."
    if shared := swept_words(swept.shared):
        yield f"Kept, because another patient's entries use the same recording: {shared}."
    if nobodys := swept_words(swept.nobodys):
        yield (
            f"Beside the record there are also {nobodys} of no entry and no job: nobody can tell "
            "whose. Look at them in the folder of files, and remove what is not needed."
        )
    if swept.elsewhere:
        many = swept.elsewhere != 1
        yield (
            f"{swept.elsewhere} recording{'s' if many else ''} of the patient "
            f"{'were' if many else 'was'} measured elsewhere: the file{'s' if many else ''} and "
            f"result folder{'s' if many else ''} there are not reached; remove them too."
        )


def finished_lines(swept: Swept) -> Iterator[str]:
    """When a record was opened beside which files of an erased patient were left."""
    yield "Files of an erased patient were left beside the record."
    if removed := swept_words(swept.removed):
        yield f"They were removed now: {removed}."
    if shared := swept_words(swept.shared):
        yield f"Kept, because another patient's entries use the same recording: {shared}."
    if left := swept_words(swept.left):
        yield (
            f"Still there: {left} ({swept.reason}). Close what has them open and check the rights "
            "of the folder, then open the record once more."
        )
