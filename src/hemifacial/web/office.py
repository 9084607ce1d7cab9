"""What the server of one record holds together: the record, its files, the jobs, who signs."""

from __future__ import annotations

from dataclasses import dataclass, field

from hemifacial.web.files import Files
from hemifacial.web.jobs import Jobs
from hemifacial.web.records import RecordThread

__all__ = ["Office"]


@dataclass(kw_only=True)
class Office:
    """One server; `signer` is the profile that signs, empty until somebody is chosen.

    `erased` holds, by the entry of an erasure, what became of the files of the patient.
    """

    records: RecordThread
    files: Files
    jobs: Jobs
    signer: str = ""
    largest_upload_bytes: int = 16 * 1024**3
    erased: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def close(self) -> None:
        """Stop the worker and let go of the record."""
        self.jobs.close()
        self.records.close()
