"""One recording to be measured, and how it stands: what the state file keeps."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from hemifacial.formats.files import write_text

__all__ = ["Job", "State", "read_jobs", "write_jobs"]


class State(StrEnum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in (State.WAITING, State.RUNNING)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job; nothing in it names a person, so that the state file does not either.

    Parameters
    ----------
    patient_entry
        The number of the patient's first entry; the code stands in the record alone.
    on
        The day of the recording as it was given, or empty: then the recording says it, or it is
        that of `received_on`.
    by
        The profile that signs the result.
    result_entry
        The entry that was made of it.
    problem, next_step
        Why it failed.
    """

    number: int
    sha256: str
    suffix: str
    patient_entry: int
    by: str
    received_on: str
    on: str = ""
    mirrored: bool = False
    state: State = State.WAITING
    result_entry: int | None = None
    problem: str = ""
    next_step: str = ""

    @property
    def short(self) -> str:
        """How the recording is called where its name is not kept."""
        return f"{self.sha256[:12]}{self.suffix}"


def read_jobs(path: Path) -> tuple[Job, ...]:
    """The jobs of an earlier start; those that were open are interrupted now."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        jobs = [_job(one) for one in plain["jobs"]]
    except (OSError, ValueError, TypeError, KeyError):
        return ()  # without it only the list of earlier jobs is lost
    return tuple(jobs)


def _job(plain: dict[str, Any]) -> Job:
    job = Job(**{**plain, "state": State(plain["state"])})
    if not job.state.is_open:
        return job
    return Job(
        **{
            **asdict(job),
            "state": State.INTERRUPTED,
            "problem": "The program ended before this recording was measured.",
            "next_step": "Measure it again.",
        }
    )


def write_jobs(path: Path, jobs: tuple[Job, ...]) -> None:
    """Keep the jobs, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    plain = {"version": 1, "jobs": [asdict(job) for job in jobs]}
    write_text(path, json.dumps(plain, indent=1) + "\n")
