"""Many recipes at once: on processes of this machine, or on a cluster by its address.

Any `concurrent.futures.Executor` will do. An item depends on nothing but its recipe, so that any
number of workers gives the same result, and what is done is kept, so that a sweep that was broken
off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from hemifacial.errors import UsageError
from hemifacial.formats.files import write_text
from hemifacial.twin.nerve.bundle import run
from hemifacial.twin.nerve.recipe import Recipe

__all__ = ["ENGINE", "Passages", "executor", "key_of", "passages", "run_all"]

Progress = Callable[[float, float], None]

ENGINE = "1"
"""Changes when the solver's numbers do; what was kept by another is not taken."""


@dataclass(frozen=True, kw_only=True)
class Passages:
    """When spikes passed the ends of each fibre and the edges of its lesion; ms.

    Each is a tuple of fibres, each a tuple of times. `brainstem` and `face` are the ends of the
    stretch of cable, `brainstem_edge` and `face_edge` the nodes beside the lesion.
    """

    brainstem: tuple[tuple[float, ...], ...]
    brainstem_edge: tuple[tuple[float, ...], ...]
    face_edge: tuple[tuple[float, ...], ...]
    face: tuple[tuple[float, ...], ...]


def passages(recipe: Recipe) -> Passages:
    """Run a recipe and keep only when its spikes passed."""
    spikes = run(recipe).spikes

    def at(place: int) -> tuple[tuple[float, ...], ...]:
        return tuple(
            tuple(float(one) for one in spikes.at(fibre, place))
            for fibre in range(len(recipe.fibres))
        )

    return Passages(
        brainstem=at(0),
        brainstem_edge=at(recipe.edge),
        face_edge=at(recipe.edge + 1),
        face=at(recipe.nodes - 1),
    )


def key_of(recipe: Recipe) -> str:
    """The name by which a result is kept: everything that decides it."""
    told = json.dumps({"engine": ENGINE, **asdict(recipe)}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def run_all(
    recipes: Sequence[Recipe],
    *,
    workers: Executor | None = None,
    kept: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Passages, ...]:
    """What came of each recipe, in their order; equal recipes are run once.

    Parameters
    ----------
    workers
        Where they run; None for here, one after the other.
    kept
        A folder in which results are kept and looked for.
    """
    keys = [key_of(one) for one in recipes]
    by_key = dict(zip(keys, recipes, strict=True))
    found = {} if kept is None else {k: r for k in by_key if (r := _read(kept, k)) is not None}
    waiting = [key for key in by_key if key not in found]
    done = len(found)
    for key, result in _results(waiting, by_key, workers):
        found[key] = result
        if kept is not None:
            _write(kept, key, result)
        done += 1
        if progress is not None:
            progress(float(done), float(len(by_key)))
    return tuple(found[key] for key in keys)


def _results(
    keys: Sequence[str], recipes: dict[str, Recipe], workers: Executor | None
) -> Iterator[tuple[str, Passages]]:
    if workers is None:
        for key in keys:
            yield key, passages(recipes[key])
        return
    futures = {workers.submit(passages, recipes[key]): key for key in keys}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _read(folder: Path, key: str) -> Passages | None:
    """What was kept, or None; a damaged file is as good as none."""
    try:
        plain = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        return Passages(
            **{word: tuple(tuple(map(float, one)) for one in rows) for word, rows in plain.items()}
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _write(folder: Path, key: str, result: Passages) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / f"{key}.json", json.dumps(asdict(result)))


@contextmanager
def executor(workers: int | None = None, *, dask: str = "") -> Iterator[Executor | None]:
    """Processes of this machine (None: as many as it has processors), or a Dask cluster.

    Raises
    ------
    UsageError
        If Dask is asked for and not installed, or the number of workers cannot be.
    """
    if dask:
        try:
            from distributed import Client
        except ImportError:
            raise UsageError(
                "--dask needs dask.distributed, which is not installed",
                next_step="Install hemifacial[cluster].",
            ) from None
        connect: Any = Client  # It carries no annotations.
        with connect(dask) as client:
            yield client.get_executor()
        return
    count = (os.cpu_count() or 1) if workers is None else workers
    if count < 1:
        raise UsageError(f"--workers is {count}", next_step="Give 1 or more.")
    if count == 1:
        yield None
        return
    # spawn: a fork of a process with threads may hang.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield pool
