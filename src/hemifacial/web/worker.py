"""The process that measures one recording, as the line sees it: started, listened to, stopped."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

__all__ = ["Worker"]

_COMMAND = (sys.executable, "-m", "hemifacial.web.measuring")


class Worker:
    """One process of `hemifacial.web.measuring`; `stop` may be called from any thread, at any time.

    Parameters
    ----------
    asked
        What is to be measured: the first line that the process reads.
    """

    def __init__(self, asked: Mapping[str, Any]) -> None:
        self._asked = asked
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self, share: Callable[[float], None]) -> Mapping[str, Any]:
        """Measure to the end: what the process told last, or nothing where it was stopped."""
        with self._lock:
            if self._stopped:
                return {}
            self._process = subprocess.Popen(
                _COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # it may name the file
                text=True,
                encoding="utf-8",
            )
        last: Mapping[str, Any] = {}
        with self._process as process:
            if process.stdin is None or process.stdout is None:
                return {}
            try:
                process.stdin.write(json.dumps(self._asked) + "\n")
                process.stdin.flush()
            except BrokenPipeError:
                pass  # it was stopped already
            for line in process.stdout:
                last = json.loads(line)
                if last.get("total"):
                    share(min(1.0, last["done"] / last["total"]))
        return last

    def stop(self) -> None:
        """End the process, or never start it."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def end(self, *, within_s: float = 5.0) -> None:
        """`stop`, and wait until the process is gone and writes no more."""
        self.stop()
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=within_s)
