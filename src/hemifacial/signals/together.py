"""The same work on many items at once, for work that lets go of the interpreter: arrays, files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["together"]

Item = TypeVar("Item")


def together(work: Callable[[Item], None], items: Iterable[Item]) -> None:
    """Do the work on every item, on as many threads as there are processors.

    The first error of an item is raised once all have ended.
    """
    waiting = list(items)
    threads = min(len(waiting), os.cpu_count() or 1)
    if threads < 2:
        for item in waiting:
            work(item)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, item) for item in waiting]:
            done.result()
