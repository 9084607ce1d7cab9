"""Which of the files that were dropped together are one recording, told by their names.

What a file holds is not looked at here: that a header names another file than those that came is
said when they are kept (`together`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hemifacial.formats.bids_sidecars import entities_of

__all__ = ["MAPPING", "SIDECARS", "Group", "Left", "applies", "is_bids", "is_sidecar", "sorted_out"]

_HEADER = ".vhdr"
_PIECES = (".eeg", ".dat", ".vmrk")
_RECORDINGS = (".edf", ".bdf", ".xdf")
_TABLES = (".csv", ".tsv", ".txt")
MAPPING = ".mapping.json"

SIDECARS = tuple(
    f"{word}{ending}"
    for word, endings in {
        "channels": (".tsv", ".json"),
        "events": (".tsv", ".json"),
        "electrodes": (".tsv", ".json"),
        "emg": (".json",),
        "coordsystem": (".json",),
    }.items()
    for ending in endings
)
"""How the names of files end that stand beside a recording of BIDS-EMG."""

_OF_DATASETS = ("readme", "changes", "license")
_ENDS_OF_DATASETS = ("participants", "samples", "scans", "sessions")
_FILES_OF_DATASETS = ("dataset_description.json", "citation.cff")
_FREE = ("space", "acq")


@dataclass(frozen=True, kw_only=True)
class Group:
    """One recording: the number of its main file, and those of the files that belong to it."""

    main: int
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Left:
    """A file that is not sent, and why."""

    number: int
    why: str


def sorted_out(names: Sequence[str]) -> tuple[tuple[Group, ...], tuple[Left, ...]]:
    """The recordings among these files in the order of their main files, and what is left out.

    A header of BrainVision goes with its pieces, a table of numbers with its mapping, a file of
    BIDS-EMG with the sidecars whose names fit; any other table goes with the one electrical
    recording of the drop. A piece without its header is a recording all the same, so that
    whoever keeps it can say what is lacking.
    """
    mains = [number for number, name in enumerate(names) if _is_main(name, names)]
    parts: dict[int, list[int]] = {number: [] for number in mains}
    alone: list[int] = []
    left: list[Left] = []
    for number, name in enumerate(names):
        if number in parts:
            continue
        if len(names) > 1 and _is_of_dataset(name):
            left.append(Left(number=number, why="is about a dataset, and no part of a recording"))
            continue
        owners = list(_owners(name, [(one, names[one]) for one in mains]))
        for owner in owners:
            parts[owner].append(number)
        if not owners and is_sidecar(name) and len(names) > 1:
            why = "belongs to a recording that is not among these files"
            left.append(Left(number=number, why=why))
        elif not owners and mains and _suffix(name) in _TABLES:
            why = "may belong to any of several recordings: drop it with its own alone"
            left.append(Left(number=number, why=why))
        elif not owners and mains and _suffix(name) == ".json":
            left.append(Left(number=number, why="is no part of a recording that is known here"))
        elif not owners:
            alone.append(number)
    groups = [Group(main=main, parts=tuple(found)) for main, found in parts.items()]
    groups += _of_the_rest(names, alone)
    return tuple(sorted(groups, key=lambda one: one.main)), tuple(left)


def is_sidecar(name: str) -> bool:
    """Whether a file is called as a sidecar of BIDS-EMG is."""
    return name.lower().endswith(tuple(f"_{one}" for one in SIDECARS))


def applies(sidecar: str, recording: str) -> bool:
    """Whether a sidecar is for this recording: it has no entity that the recording lacks."""
    own = set(entities_of(Path(recording)).pairs)
    its = entities_of(Path(sidecar)).pairs
    return all(pair in own or pair[0] in _FREE for pair in its)


def _of_the_rest(names: Sequence[str], alone: Sequence[int]) -> Iterator[Group]:
    """What no main file owns: each by itself, but pieces of one name together."""
    seen: dict[str, list[int]] = {}
    for number in alone:
        piece = _suffix(names[number]) in _PIECES
        seen.setdefault(_stem(names[number]) if piece else f"{number}/", []).append(number)
    for first, *others in seen.values():
        yield Group(main=first, parts=tuple(others))


def _is_main(name: str, names: Sequence[str]) -> bool:
    mapped = _suffix(name) in _TABLES and f"{_stem(name)}{MAPPING}" in map(str.lower, names)
    return mapped or _suffix(name) in (_HEADER, *_RECORDINGS)


def _owners(name: str, mains: Sequence[tuple[int, str]]) -> Iterator[int]:
    """The main files to which this one belongs."""
    if _suffix(name) in _PIECES:
        headers = [(number, main) for number, main in mains if _suffix(main) == _HEADER]
        same = [number for number, main in headers if _stem(main) == _stem(name)]
        yield from same or [number for number, _ in headers if len(headers) == 1]
    elif name.lower().endswith(MAPPING):
        stem = name.lower().removesuffix(MAPPING)
        yield from (
            number for number, main in mains if _stem(main) == stem and _suffix(main) in _TABLES
        )
    elif is_sidecar(name):
        yield from (number for number, main in mains if is_bids(main) and applies(name, main))
    elif _suffix(name) in _TABLES:
        named = [number for number, main in mains if name.lower().startswith(_stem(main))]
        yield from (named if len(named) == 1 else [one for one, _ in mains if len(mains) == 1])


def is_bids(name: str) -> bool:
    """Whether a recording is called as one of BIDS-EMG is."""
    return name.lower().endswith(("_emg.edf", "_emg.bdf"))


def _is_of_dataset(name: str) -> bool:
    lower, suffix = name.lower(), _suffix(name)
    words = lower in _FILES_OF_DATASETS or lower.startswith(".")
    if _stem(name) in _OF_DATASETS:
        return suffix in ("", ".md", ".txt", ".rst")
    return words or (
        suffix in (".tsv", ".json") and _stem(name).rpartition("_")[2] in _ENDS_OF_DATASETS
    )


def _suffix(name: str) -> str:
    return Path(name.lower()).suffix


def _stem(name: str) -> str:
    return Path(name.lower()).stem
