"""Frames read ahead by a thread: the same ones, and no thread or file left behind."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.formats.ahead import read_ahead
from hemifacial.formats.video import open_video
from video_making import index_of, make_video


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "read ahead"]


class Source:
    """Numbers, counted as they are made, and whether it was closed and by whom."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self._count, self._fails_at = count, fails_at
        self.made = 0
        self.closed_by: list[str] = []
        self.made_by: set[str] = set()

    def __iter__(self) -> Generator[int, None, None]:
        try:
            for number in range(self._count):
                if number == self._fails_at:
                    raise LookupError(f"no item {number}")
                self.made += 1
                self.made_by.add(threading.current_thread().name)
                yield number
        finally:
            self.closed_by.append(threading.current_thread().name)


@given(st.lists(st.none() | st.integers()), st.integers(1, 6))
def test_the_same_items_in_the_same_order(items: list[int | None], most: int) -> None:
    assert list(read_ahead(iter(items), most)) == items
    assert readers() == []


def test_the_items_are_made_by_another_thread_which_closes_their_source() -> None:
    source = Source(5)
    assert list(read_ahead(iter(source), 2)) == [0, 1, 2, 3, 4]
    assert source.made_by == {"read ahead"}
    assert source.closed_by == ["read ahead"]


@pytest.mark.parametrize("most", [1, 3])
def test_a_slow_consumer_is_not_run_away_from(most: int) -> None:
    source = Source(50)
    with closing(read_ahead(iter(source), most)) as items:
        for number in items:
            if number > 5:
                break
            time.sleep(0.01)
            # What is in hand, what waits, and none beyond.
            assert source.made <= number + 1 + most
    assert source.made < 50


def test_what_waits_is_made_while_the_consumer_is_busy() -> None:
    source = Source(50)
    with closing(read_ahead(iter(source), 4)) as items:
        next(items)
        until = time.monotonic() + 10
        while source.made < 5 and time.monotonic() < until:
            time.sleep(0.001)
        assert source.made == 5


def test_an_error_comes_after_the_items_before_it() -> None:
    items = read_ahead(iter(Source(9, fails_at=3)))
    assert [next(items), next(items), next(items)] == [0, 1, 2]
    with pytest.raises(LookupError, match="no item 3"):
        next(items)
    assert list(items) == []
    assert readers() == []


@pytest.mark.parametrize("taken", [1, 4])
def test_a_consumer_that_stops_leaves_no_thread(taken: int) -> None:
    source = Source(10**9)
    items = read_ahead(iter(source), 2)
    for _ in range(taken):
        next(items)
    assert len(readers()) == 1
    items.close()
    assert readers() == []
    assert source.closed_by == ["read ahead"]


def test_a_consumer_that_lets_go_leaves_no_thread() -> None:
    source = Source(10**9)
    for number in read_ahead(iter(source)):
        if number == 3:
            break
    gc.collect()
    assert readers() == []
    assert source.closed_by == ["read ahead"]


def test_a_consumer_that_fails_leaves_no_thread() -> None:
    source = Source(10**9)

    def consume() -> None:
        with closing(read_ahead(iter(source))) as items:
            raise RuntimeError(f"stuck at {next(items)}")

    with pytest.raises(RuntimeError, match="stuck at 0"):
        consume()
    assert readers() == []
    assert source.closed_by == ["read ahead"]


def test_nothing_starts_before_the_first_item_is_asked_for() -> None:
    source = Source(3)
    items = read_ahead(iter(source))
    assert (source.made, readers()) == (0, [])
    items.close()


def test_at_least_one_item_ahead() -> None:
    with pytest.raises(ValueError, match="0 items ahead; at least 1"):
        read_ahead(iter([]), 0)


# --- with recordings ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_video(tmp_path_factory.mktemp("ahead") / "v.mp4", 60)


def test_a_recording_read_ahead_is_the_recording(path: Path) -> None:
    with open_video(path) as video, closing(read_ahead(video.frames())) as frames:
        assert [index_of(frame.rgb) for frame in frames] == list(range(60))
        assert video.problems.read_to_end


def opened(path: Path) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(link.is_symlink() and link.readlink() == path for link in links)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc on this system")
@pytest.mark.parametrize("ahead", [False, True])
def test_an_abandoned_recording_is_closed(path: Path, ahead: bool) -> None:
    def start() -> Iterator[object]:
        with open_video(path) as video:
            frames = read_ahead(video.frames()) if ahead else video.frames()
            next(frames)
            assert opened(path) == 1
        return frames

    assert len(list(start())) < 60  # what was ready may still come, no more is read
    assert opened(path) == 0
    for _ in range(50):
        with open_video(path) as video:
            next(read_ahead(video.frames()) if ahead else video.frames())
    gc.collect()
    assert opened(path) == 0
    assert readers() == []


def test_a_recording_may_be_closed_while_a_thread_reads_it(path: Path) -> None:
    for taken in (1, 2, 5, 20):
        with open_video(path) as video:
            frames = read_ahead(video.frames(), 1)
            for _ in range(taken):
                next(frames)
        assert len(list(frames)) <= 3
    assert readers() == []
