"""The room of background work: recordings wait in line and are measured one after the other.

Each is measured by a process of its own (`measuring`), which can be stopped at any time; the
result enters the record when it is done. A page only looks: closing it changes nothing. The state
file says after a restart which ones were interrupted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from hemifacial.errors import HemifacialError, UsageError
from hemifacial.web.files import Files
from hemifacial.web.job import Job, State, read_jobs, write_jobs
from hemifacial.web.measuring import without_places
from hemifacial.web.worker import Worker

__all__ = ["Jobs", "Shown"]

_KEPT = 200


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A job with what is known of it only while the program runs.

    Parameters
    ----------
    name
        The name of the file that was dropped, or of the recording where it is no longer known.
    share
        How much is done, 0 to 1, or None where nobody knows.
    """

    job: Job
    name: str
    share: float | None


Enter = Callable[[Job], int]
"""Puts the result of a job into the record; the number of its entry."""


class Jobs:
    """The line of recordings.

    Parameters
    ----------
    enter
        Called when a recording was measured, in the thread of the line.
    """

    def __init__(self, files: Files, enter: Enter) -> None:
        self._files = files
        self._enter = enter
        self._jobs: dict[int, Job] = {job.number: job for job in read_jobs(files.jobs)}
        self._names: dict[int, str] = {}
        self._shares: dict[int, float | None] = {}
        self._worker: Worker | None = None
        self._changed = threading.Condition()
        self._closing = False
        if self._jobs:
            self._keep()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)
        self._thread.start()

    def all(self) -> tuple[Shown, ...]:
        """Every job, the newest first."""
        with self._changed:
            return tuple(
                Shown(
                    job=job,
                    name=self._names.get(job.number, job.short),
                    share=self._shares.get(job.number),
                )
                for job in sorted(self._jobs.values(), key=lambda one: -one.number)
            )

    def add(self, job: Job, *, name: str) -> Job:
        """Put a recording at the end of the line; its number is given here."""
        with self._changed:
            numbered = replace(job, number=max(self._jobs, default=0) + 1, state=State.WAITING)
            self._jobs[numbered.number] = numbered
            try:
                self._keep()
            except (HemifacialError, OSError):
                del self._jobs[numbered.number]  # what is told as refused is not measured later
                raise
            self._names[numbered.number] = name
            self._changed.notify_all()
        return numbered

    def cancel(self, number: int) -> None:
        """Take a recording out of the line, or stop it while it is measured."""
        with self._changed:
            job = self._jobs.get(number)
            if job is None or not job.state.is_open:
                raise UsageError("There is nothing to be cancelled: this recording is done.")
            if job.state is State.RUNNING and self._worker is not None:
                self._worker.stop()
            self._set(number, state=State.CANCELLED)

    def again(self, number: int) -> Job:
        """Measure once more what failed, was cancelled or interrupted."""
        with self._changed:
            job = self._jobs.get(number)
            if job is None or job.state.is_open or job.state is State.DONE:
                raise UsageError("This recording is not one that can be measured again.")
            if not self._files.recording(job.sha256, job.suffix).exists():
                raise UsageError(
                    "The recording is no longer there.", next_step="Drop the file again."
                )
            name = self._names.get(number, job.short)
            del self._jobs[number]
            fresh = replace(job, result_entry=None, problem="", next_step="")
            return self.add(fresh, name=name)

    def stop_of(self, patient_entries: Collection[int]) -> None:
        """Cancel what is open of a patient, and wait until none of it is being measured."""
        running: Worker | None = None
        with self._changed:
            for job in list(self._jobs.values()):
                if job.patient_entry in patient_entries and job.state.is_open:
                    if job.state is State.RUNNING:
                        running = self._worker
                    self._set(job.number, state=State.CANCELLED)
        if running is not None:
            running.end()

    def forget(self, patient_entries: Collection[int]) -> None:
        """Take every line of an erased patient out: they would be written again from memory."""
        with self._changed:
            for job in list(self._jobs.values()):
                if job.patient_entry in patient_entries:
                    del self._jobs[job.number]
                    self._names.pop(job.number, None)
                    self._shares.pop(job.number, None)
            self._keep()

    def close(self) -> None:
        """Stop; what was open is interrupted, which the state file says at the next start."""
        with self._changed:
            self._closing = True
            if self._worker is not None:
                self._worker.stop()
            self._changed.notify_all()
        self._thread.join(timeout=30)

    # -- the thread of the line

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._closing and self._next() is None:
                    self._changed.wait()
                job = self._next()
                if self._closing or job is None:
                    return
                try:
                    self._set(job.number, state=State.RUNNING)
                except (HemifacialError, OSError) as error:  # the disk refuses the state file
                    self._give_up(job, error)
                    continue
                self._worker = Worker(self._asked(job))
            try:
                self._end(job, self._measured(job, self._worker))
            except Exception as error:  # noqa: BLE001 -- the line goes on, whatever it was
                self._give_up(job, error)
            finally:
                with self._changed:
                    self._worker = None

    def _next(self) -> Job | None:
        waiting = [job for job in self._jobs.values() if job.state is State.WAITING]
        return min(waiting, key=lambda one: one.number) if waiting else None

    def _asked(self, job: Job) -> Mapping[str, Any]:
        """What a worker is asked."""
        return {
            "recording": str(self._files.recording(job.sha256, job.suffix)),
            "folder": str(self._files.result(job.sha256)),
            "mirrored": job.mirrored,
        }

    def _measured(self, job: Job, worker: Worker) -> Mapping[str, Any]:
        """What the worker told at its end; nothing where it was stopped."""

        def share(done: float) -> None:
            with self._changed:
                self._shares[job.number] = done

        return worker.run(share)

    def _end(self, job: Job, told: Mapping[str, Any]) -> None:
        with self._changed:
            self._shares.pop(job.number, None)
            stands = self._jobs.get(job.number)  # none of an erased patient
            if self._closing or stands is None or stands.state is not State.RUNNING:
                return
        change: dict[str, Any]
        if "ok" in told:
            change = self._entered(job)
        elif "problem" in told:
            change = {"state": State.FAILED, **told}
        else:
            change = {
                "state": State.FAILED,
                "problem": "The process that measured this recording ended without a word.",
                "next_step": "Measure it again; if it ends so again, close other programs first.",
            }
        with self._changed:
            if change["state"] is State.DONE:
                # It is in the record: a state file that the disk refuses makes it no failure.
                with suppress(HemifacialError, OSError):
                    self._set(job.number, **change)
            else:
                self._set(job.number, **change)

    def _give_up(self, job: Job, error: Exception) -> None:
        """Fail a job of which nothing more is known; the disk may refuse the state file too."""
        cause = error.__cause__ if isinstance(error, HemifacialError) else error
        why = cause.strerror if isinstance(cause, OSError) else type(error).__name__
        with self._changed:
            self._shares.pop(job.number, None)
            stands = self._jobs.get(job.number)
            if stands is None:
                return
            self._jobs[job.number] = replace(
                stands,
                state=State.FAILED,
                problem=f"The recording could not be measured or entered ({why}).",
                next_step="Check the free space and the rights of the record's folder.",
            )

    def _entered(self, job: Job) -> dict[str, Any]:
        try:
            return {"state": State.DONE, "result_entry": self._enter(job)}
        except HemifacialError as error:
            recording = self._files.recording(job.sha256, job.suffix)
            problem = without_places(error.problem, recording, self._files.result(job.sha256))
            return {"state": State.FAILED, "problem": problem, "next_step": error.next_step}

    def _set(self, number: int, **change: Any) -> None:
        if number in self._jobs:
            self._jobs[number] = replace(self._jobs[number], **change)
            self._keep()

    def _keep(self) -> None:
        """The newest jobs; of the older ones those without an entry.

        Such a line alone knows whose recording lies beside the record.
        """
        every = sorted(self._jobs.values(), key=lambda one: one.number)
        older = [one for one in every[:-_KEPT] if one.result_entry is None]
        write_jobs(self._files.jobs, (*older, *every[-_KEPT:]))
