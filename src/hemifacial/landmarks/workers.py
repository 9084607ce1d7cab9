"""Two threads that each look with networks of their own.

The networks, the warps and the flow run outside Python's lock, so that two threads keep two cores
busy. There are always two, whatever the machine has, so that a recording reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Concatenate, ParamSpec, TypeVar

from hemifacial.landmarks.networks import FaceNetworks

__all__ = ["TOGETHER", "Workers", "workers"]

TOGETHER = 2
"""How many frames are looked at at once."""

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """Runs functions that look at pictures; see `workers`."""

    def __init__(self, pool: ThreadPoolExecutor, model: Path | None) -> None:
        self._pool = pool
        self._free: SimpleQueue[FaceNetworks] = SimpleQueue()
        for _ in range(TOGETHER):
            self._free.put(FaceNetworks(model))
        self.own = FaceNetworks(model)
        """Networks of the thread that hands out the work."""

    def look(
        self, function: Callable[Concatenate[FaceNetworks, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run ``function(networks, ...)`` in one of the threads."""

        def run() -> T:
            networks = self._free.get()
            try:
                return function(networks, *args, **kwargs)
            finally:
                self._free.put(networks)

        return self._pool.submit(run)


@contextmanager
def workers(model: Path | None = None) -> Iterator[Workers]:
    """Two threads with networks; what has not begun when the block ends is not begun.

    OpenCV's own threads, which would stand in the way of these, are held back meanwhile.

    Raises
    ------
    SetupError
        The model is not on this machine.
    """
    import cv2

    threads = cv2.getNumThreads()
    pool = ThreadPoolExecutor(TOGETHER, thread_name_prefix="look")
    try:
        cv2.setNumThreads(1)
        yield Workers(pool, model)
    finally:
        pool.shutdown(cancel_futures=True)
        cv2.setNumThreads(threads)
