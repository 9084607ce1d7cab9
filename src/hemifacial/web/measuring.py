"""The worker: measures one recording in a process of its own and tells how far it is.

It reads one line of JSON (what to measure) and writes lines of JSON: ``{"done", "total"}`` while it
works, at the end ``{"ok": true}`` or ``{"problem", "next_step"}``. It ends when the one who
started it is gone, which it sees by the end of its input. Run as
``python -m hemifacial.web.measuring``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import IO, Any

from hemifacial.errors import HemifacialError
from hemifacial.web.files import PARTS, VIDEO_SUFFIXES
from hemifacial.web.pieces import tables_of
from hemifacial.web.together import main_of

__all__ = ["main", "measured", "without_places"]

_TELL_EVERY_S = 0.2


def main() -> None:
    """Measure what the first line of the input says."""
    lines, told = sys.stdin, _own_output()
    asked = json.loads(lines.readline())
    threading.Thread(target=_end_with, args=(lines,), daemon=True).start()
    _tell(told, measured(asked, told))
    os._exit(0)  # without waiting for what libraries left running


def _own_output() -> IO[str]:
    """The output for ourselves alone: neither what a library prints nor a child gets into it.

    A child that outlived this process would hold it open, and whoever reads it would wait.
    """
    sys.stdout.flush()
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")  # such a copy is not inherited
    os.dup2(2, 1)
    return told


def measured(asked: dict[str, Any], told: IO[str]) -> dict[str, Any]:
    """Do it; what is to be told at the end."""
    try:
        _measure(asked, told)
    except HemifacialError as error:
        places = Path(asked["recording"]), Path(asked["folder"])
        return {"problem": without_places(error.problem, *places), "next_step": error.next_step}
    except OSError as error:
        return {
            "problem": f"The disk refused: {error.strerror}.",
            "next_step": "Check the free space and the rights of the record's folder.",
        }
    except Exception as error:  # noqa: BLE001 -- a process of its own: whatever it was is told
        return {
            "problem": f"The program made a mistake ({type(error).__name__}).",
            "next_step": "Measure the recording with `hemifacial face` or `hemifacial electro`, "
            "and report what it says.",
        }
    return {"ok": True}


def _measure(asked: dict[str, Any], told: IO[str]) -> None:
    path, folder = Path(asked["recording"]), Path(asked["folder"])
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    progress = _Progress(told)
    if path.suffix in VIDEO_SUFFIXES:
        from hemifacial.commands.face import measure_face
        from hemifacial.face.measure import Options

        measure_face(
            path, folder, Options(mirrored=asked["mirrored"]), stills=True, progress=progress
        )
        return
    from hemifacial.commands.electro import Tables, measure_electro
    from hemifacial.electro.measure import Options as ElectroOptions

    main, tables = path, Tables()
    if path.suffix == PARTS:
        found = tables_of(path)
        main = main_of(path)
        tables = Tables(
            names=found.get("names"), stimuli=found.get("stimuli"), triggers=found.get("triggers")
        )
    measure_electro(main, folder, ElectroOptions(), tables, progress=progress)


class _Progress:
    """Tells how far it is, not more often than a reader can see."""

    def __init__(self, told: IO[str]) -> None:
        self._told = told
        self._last_s = 0.0

    def __call__(self, done: float, total: float | None) -> None:
        now_s = time.monotonic()
        if now_s - self._last_s >= _TELL_EVERY_S:
            self._last_s = now_s
            _tell(self._told, {"done": done, "total": total})


def _tell(told: IO[str], what: dict[str, Any]) -> None:
    told.write(json.dumps(what) + "\n")
    told.flush()


def without_places(problem: str, recording: Path, folder: Path) -> str:
    """The sentence without the places of files, which the reader of a page does not know."""
    # Of several files one is named within their folder, by a name of ours.
    inside = re.escape(str(recording)) + r"[/\\][\w.-]+"
    problem = re.sub(inside, lambda _: str(recording), problem)
    for place, words in ((recording, "the recording"), (folder, "the result folder")):
        problem = problem.replace(str(place), words)
    for words in ("the recording: ", "the result folder: "):
        problem = problem.removeprefix(words)
    return f"{problem[:1].upper()}{problem[1:]}{'' if problem.endswith('.') else '.'}"


def _end_with(lines: IO[str]) -> None:
    lines.read()
    os._exit(1)


if __name__ == "__main__":
    main()
