"""The record in a thread of its own: whatever is done to it is done there, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from hemifacial.case import Record

__all__ = ["RecordThread"]

T = TypeVar("T")


class RecordThread:
    """A record that lives in one thread, since SQLite's connection belongs to one.

    Parameters
    ----------
    open_
        Opens the record; called in the thread. Its errors are raised here.
    """

    def __init__(self, open_: Callable[[], Record]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")
        try:
            self._record = self._thread.submit(open_).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def run(self, job: Callable[[Record], T]) -> T:
        """Do something with the record and wait for it; not to be called from the thread itself."""
        return self._submitted(job).result()

    async def run_async(self, job: Callable[[Record], T]) -> T:
        """As `run`, without holding up the other requests."""
        return await asyncio.wrap_future(self._submitted(job))

    def close(self) -> None:
        """Close the record and end the thread."""
        self._thread.submit(self._record.close).result()
        self._thread.shutdown()

    def _submitted(self, job: Callable[[Record], T]) -> Future[T]:
        return self._thread.submit(job, self._record)
