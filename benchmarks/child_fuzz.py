"""Child process: feeds one reader with spoilt files for some seconds. Prints a JSON object.

``child_fuzz.py NAME SECONDS`` spoils by chance; ``child_fuzz.py NAME SECONDS atheris`` lets
atheris follow the branches of the code. Either ends with a traceback where a reader did.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.fuzz_targets import Target

_LONGEST_S = 10.0
"""A reader that takes longer over a file of a few kilobytes hangs."""

_MOST_BYTES = 4_000_000_000
_WORDS = (b"-1", b"0", b"nan", b"inf", b"1e308", b"99999999", b"\xff\xff\xff\xff", b"\0" * 8, b"{")


def main() -> None:
    """Run what the words ask for."""
    name, seconds, *how = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    if how:
        _followed(name, int(seconds))
    else:
        from benchmarks.fuzz_targets import target_of

        print(json.dumps(_by_chance(target_of(name), float(seconds))))


def _by_chance(target: Target, seconds: float) -> dict[str, float]:
    """Flip, cut, repeat, overwrite; some of what could still be read is spoilt further."""
    rng = random.Random(500_000)
    if not target(target.seed):
        raise RuntimeError(f"{target.name}: the sound file is refused")
    pool, count, readable, slowest = [target.seed], 0, 0, 0.0
    stop = time.monotonic() + seconds
    while time.monotonic() < stop:
        content = _spoilt(rng.choice(pool), rng)
        began = time.monotonic()
        try:
            sound = target(content)
        except BaseException:
            print(f"{target.name}: {content!r}", file=sys.stderr)
            raise
        slowest = max(slowest, time.monotonic() - began)
        count += 1
        readable += sound
        if sound and len(pool) < 500 and len(content) < 20_000:
            pool.append(content)
    if slowest > _LONGEST_S:
        raise RuntimeError(f"{target.name}: a file took {slowest:.1f} s")
    return {"files": count, "readable": readable, "slowest_s": round(slowest, 3)}


def _spoilt(content: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        place = rng.randrange(len(spoilt) + 1)
        how = rng.randrange(6)
        if how == 0 and spoilt:
            spoilt[place % len(spoilt)] = rng.randrange(256)
        elif how == 1 and spoilt:
            spoilt[place % len(spoilt)] ^= 1 << rng.randrange(8)
        elif how == 2:
            del spoilt[place : place + rng.choice((1, 8, 64, len(spoilt)))]
        elif how == 3:
            word = rng.choice(_WORDS)
            spoilt[place : place + len(word)] = word
        elif how == 4:
            spoilt[place:place] = spoilt[place : place + rng.choice((1, 8, 64))]
        else:
            digits = [k for k, byte in enumerate(spoilt[:4000]) if chr(byte).isdigit()]
            if digits:
                spoilt[rng.choice(digits)] = rng.choice(b"0123456789-. e+")
    return bytes(spoilt)


def _followed(name: str, seconds: int) -> None:
    """By atheris, which ends the process itself; its last words say how many files it tried."""
    import atheris

    with atheris.instrument_imports(include=["hemifacial.formats"]):
        from benchmarks.fuzz_targets import target_of

        target = target_of(name)
        target(target.seed)  # Readers import what they need when they are called.
    with TemporaryDirectory() as folder:
        (Path(folder) / "sound").write_bytes(target.seed)
        words = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-timeout={int(_LONGEST_S)}",
            f"-max_len={max(20_000, 2 * len(target.seed))}",
            "-print_final_stats=1",
            f"-artifact_prefix={os.environ.get('FUZZ_OUT', folder)}/",
            folder,
        ]
        atheris.Setup(words, lambda content: (target(content), None)[1])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
