"""Many recipes: the same result for any number of workers, kept, taken up again."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from hemifacial.errors import UsageError
from hemifacial.twin.nerve import sweep
from hemifacial.twin.nerve.recipe import Arrival, Fibre, Lesion, Numerics, Recipe
from hemifacial.twin.nerve.sweep import executor, key_of, run_all

pytestmark = pytest.mark.timeout(300)


def recipes() -> list[Recipe]:
    base = Recipe(
        fibres=(Fibre(diameter_um=10.0),),
        lesion=Lesion(potassium_density=0.07),
        arrivals=(Arrival(time_ms=0.2, fibre=0),),
        duration_ms=3.0,
        nodes=9,
        edge=3,
        numerics=Numerics(step_us=5.0, settle_ms=1.0),
    )
    return [replace(base, lesion=Lesion(leak_s_per_cm2=one)) for one in (0.003, 0.005, 0.02)]


def test_any_number_of_workers_gives_the_same() -> None:
    here = run_all(recipes())
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        there = run_all(recipes(), workers=pool)
    assert here == there
    assert any(one.brainstem[0] for one in here)


def test_a_cluster_by_its_address_gives_the_same() -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        executor(dask=cluster.scheduler_address) as workers,
    ):
        assert run_all(recipes(), workers=workers) == run_all(recipes())


def test_what_was_kept_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_all(recipes(), kept=tmp_path)
    told: list[tuple[float, float]] = []

    def refuse(_: Recipe) -> None:
        raise AssertionError("this was kept")

    monkeypatch.setattr(sweep, "passages", refuse)
    again = run_all(recipes(), kept=tmp_path, progress=lambda *done: told.append(done))
    assert again == first


def test_a_damaged_result_is_made_anew(tmp_path: Path) -> None:
    first = run_all(recipes(), kept=tmp_path)
    for text in ("", "{", '{"brainstem": 3}', "[]"):
        (tmp_path / f"{key_of(recipes()[1])}.json").write_text(text, encoding="utf-8")
        assert run_all(recipes(), kept=tmp_path) == first


def test_equal_recipes_are_run_once() -> None:
    told: list[tuple[float, float]] = []
    both = run_all(recipes()[:1] * 3, progress=lambda *done: told.append(done))
    assert told == [(1.0, 1.0)]
    assert both[0] == both[1] == both[2]


def test_a_sweep_that_was_killed_goes_on(tmp_path: Path) -> None:
    code = textwrap.dedent(
        f"""
        import sys, time
        from pathlib import Path
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_nerve_sweep import recipes
        from hemifacial.twin.nerve.sweep import run_all
        def pause(done, all_):
            print("done", flush=True)
            time.sleep(30)
        run_all(recipes(), kept=Path({str(tmp_path)!r}), progress=pause)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        process.send_signal(signal.SIGTERM)
    assert len(list(tmp_path.glob("*.json"))) == 1
    assert run_all(recipes(), kept=tmp_path) == run_all(recipes())
    assert len(list(tmp_path.glob("*.json"))) == 3


def test_workers_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="--workers is 0"), executor(0):
        time.sleep(0)
