"""The processes of a batch: each recording in one of its own, so that none takes the rest along."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path

from hemifacial.commands.batch.one import Outcome, Settings, measure_one, place_of
from hemifacial.formats.manifest import Entry

__all__ = ["Report", "measured", "pool"]


Report = Callable[[float, float | None], None]


def measured(
    entries: Sequence[Entry],
    folder: Path,
    settings: Settings,
    jobs: int,
    report: Report | None,
    executor: Executor | None,
) -> tuple[Outcome, ...]:
    """The outcome of every recording, in the order of `entries`.

    Parameters
    ----------
    jobs
        Processes at once.
    report
        Called with the recordings done and all there are.
    executor
        Where to measure instead of processes of this machine; it is not shut down.
    """
    found: dict[str, Outcome] = {}

    def note(outcome: Outcome) -> None:
        found[outcome.entry.recording] = outcome
        if report is not None:
            report(len(found), len(entries))

    if executor is not None:
        for outcome in _through(executor, entries, folder, settings, crashed=[]):
            note(outcome)
    else:
        crashed: list[Entry] = []
        with pool(jobs) as started:
            for outcome in _through(started, entries, folder, settings, crashed=crashed):
                note(outcome)
        for entry in crashed:  # a crash takes its neighbours along: each again by itself
            lost: list[Entry] = []
            with pool(1) as started:
                for outcome in _through(started, [entry], folder, settings, crashed=lost):
                    note(outcome)
            for one in lost:
                problem = "the process that measured it was stopped by the system (memory?)"
                note(Outcome(entry=one, folder=place_of(one, folder), problem=problem))
    return tuple(found[entry.recording] for entry in entries)


def pool(jobs: int) -> ProcessPoolExecutor:
    """So many processes of this machine, which end with the one that started them."""
    # A process that is forked in the middle of other threads may inherit their locks.
    return ProcessPoolExecutor(
        max_workers=jobs, mp_context=get_context("spawn"), initializer=_end_with_parent
    )


def _end_with_parent() -> None:
    """End this process when the one that started it is gone.

    A worker holds both ends of its queue, so that nothing tells it that the other side was killed:
    it would measure on beside a later run, and then wait for ever.
    """
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _through(
    executor: Executor,
    entries: Iterable[Entry],
    folder: Path,
    settings: Settings,
    *,
    crashed: list[Entry],
) -> Iterator[Outcome]:
    """The outcomes as they come; whose process died is put into `crashed`."""
    futures: dict[Future[Outcome], Entry] = {
        executor.submit(measure_one, entry, place_of(entry, folder), settings): entry
        for entry in entries
    }
    try:
        for future in as_completed(futures):
            entry, error = futures[future], future.exception()
            if error is None:
                yield future.result()
            elif isinstance(error, BrokenProcessPool):
                crashed.append(entry)
            else:
                problem = f"a fault of the program: {type(error).__name__}: {error}"
                yield Outcome(entry=entry, folder=place_of(entry, folder), problem=problem)
    finally:
        for future in futures:
            future.cancel()
