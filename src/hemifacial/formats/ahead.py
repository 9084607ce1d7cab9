"""Reading a recording in a thread of its own, a few frames ahead of whoever uses them.

::

    with open_video(path) as video, closing(read_ahead(video.frames())) as frames:
        for frame in frames:
            ...

Decoding and conversion to RGB run outside Python's lock, so that a second core is put to use.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Event, Semaphore, Thread, current_thread
from typing import Generic, TypeVar

__all__ = ["read_ahead"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Item(Generic[_T]):
    value: _T


@dataclass(frozen=True)
class _End:
    """Nothing more comes: the reading is over, or ended in an error."""

    error: BaseException | None = None


def read_ahead(items: Iterator[_T], most: int = 4) -> Generator[_T, None, None]:
    """The same items in the same order, made by a thread of its own, at most `most` ahead.

    The thread starts with the first item asked for. It ends with the items, with an error, or
    when what is returned here is closed or let go; then it has closed `items` as well. An error
    in making an item is raised here, after the items before it.

    The trap: an exception in the loop that consumes the items keeps them alive until it is
    handled. Use `contextlib.closing`, so that the thread ends before its source is closed.

    Parameters
    ----------
    items
        Used by the new thread alone from now on.
    most
        Items that wait ready, and so the memory that reading ahead may cost; at least 1.

    Raises
    ------
    ValueError
        If `most` is below 1.
    """
    if most < 1:
        raise ValueError(f"{most} items ahead; at least 1")
    return _handed_over(items, most)


def _handed_over(items: Iterator[_T], most: int) -> Generator[_T, None, None]:
    ready: SimpleQueue[_Item[_T] | _End] = SimpleQueue()
    room = Semaphore(most)
    stop = Event()
    # A thread that is no daemon would keep the program from ending where items were abandoned.
    thread = Thread(target=_fill, args=(items, ready, room, stop), name="read ahead", daemon=True)
    thread.start()
    try:
        while True:
            newest = ready.get()
            if isinstance(newest, _End):
                if newest.error is not None:
                    raise newest.error
                return
            room.release()
            value = newest.value
            del newest  # not to be held while the next one is waited for
            yield value
            del value
    finally:
        stop.set()
        room.release()
        if thread is not current_thread():  # the collector runs in whichever thread it likes
            thread.join()


def _fill(
    items: Iterator[_T], ready: SimpleQueue[_Item[_T] | _End], room: Semaphore, stop: Event
) -> None:
    end = _End()
    try:
        try:
            while room.acquire() and not stop.is_set():
                ready.put(_Item(next(items)))
        except StopIteration:
            pass
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()
    except BaseException as error:  # noqa: BLE001  whatever it was, the consumer must see it
        end = _End(error)
    ready.put(end)
