"""A process that forks one writer after another, each to be killed.

It reads the path of a record and a seed from a line of its input, and answers with the number of
the process that writes there; that process tells every acknowledged act on the same pipe. When it
has been killed, ``gone`` follows.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

from hemifacial.case import Draft, Record, open_record
from hemifacial.case.bodies import Note, Patient


def tell(text: str) -> None:
    """One line, whole, past every buffer."""
    os.write(1, f"{text}\n".encode())


def write_on(path: Path, seed: int) -> None:
    """Act at random until the end comes from outside."""
    chance = random.Random(seed)
    with open_record(path) as record:
        tell("open")
        while True:
            act(record, chance)


def act(record: Record, chance: random.Random) -> None:
    """One act, told when it has been acknowledged."""
    codes = [line.code for line in record.patients()]
    which = chance.random()
    text = Note(text=chance.randbytes(chance.choice((20, 200, 5000))).hex())
    if not codes or which < 0.2:
        code = f"P{chance.getrandbits(40):010x}"
        number = record.add("", "patient", Patient(code=code), by="anna").number
    elif which < 0.7:
        number = record.add(chance.choice(codes), "note", text, by="anna").number
    elif which < 0.85:
        drafts = [Draft(kind="note", patient=chance.choice(codes), body=text) for _ in range(30)]
        number = record.add_many(drafts, by="anna")[-1]
    elif which < 0.92 or len(codes) < 3:
        entries = [one for one in record.entries(chance.choice(codes)) if one.kind == "note"]
        standing = [one.number for one in entries if one.standing]
        if not standing:
            return
        number = record.replace(standing[-1], text, by="anna", why="again").number
    else:
        code = chance.choice(codes)
        number = record.erase(code, by="anna", why="asked").number
        tell(f"erased {code}")
    tell(f"entry {number}")


def main() -> None:
    """Fork a writer for each line of input."""
    for line in sys.stdin:
        path, seed = line.rstrip("\n").rsplit("\t", 1)
        writer = os.fork()
        if writer == 0:
            write_on(Path(path), int(seed))
        tell(f"process {writer}")
        os.waitpid(writer, 0)
        tell("gone")


if __name__ == "__main__":
    main()
