"""A recording of several files: kept as one, by names that say nothing, and found again.

``recordings/SHA256.parts/`` holds the main file, whose SHA-256 names the whole, and what belongs to
it. No name from outside is kept: pieces are called by their own SHA-256 or by what they are. The
header of a BrainVision recording is kept with the names of its two files replaced by these, so
that its own SHA-256 stands for all three; nothing else in it is changed.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.bids_sidecars import entities_of
from hemifacial.formats.files import new_folder
from hemifacial.web.files import PARTS, Files
from hemifacial.web.grouping import MAPPING, SIDECARS, applies, is_bids, is_sidecar
from hemifacial.web.pieces import Piece, tables_among, text_of

__all__ = ["keep_together", "main_of", "needs_company"]

_HEADER = ".vhdr"
_NAMED = {"datafile": (".eeg", ".dat"), "markerfile": (".vmrk",)}
_MAINS = (_HEADER, ".edf", ".bdf", ".xdf", ".csv", ".tsv", ".txt")
_LARGEST_HEADER = 16 * 1024**2


def needs_company(suffix: str) -> bool:
    """Whether a file of this kind is never a recording by itself."""
    return suffix in (_HEADER, ".eeg", ".dat", ".vmrk")


def keep_together(files: Files, pieces: Sequence[Piece]) -> str:
    """Put a recording in its place and return its SHA-256; the first piece is the main file.

    The files of the pieces are moved, not copied: a recording may fill half of the disk.

    Raises
    ------
    InputError
        Where a file is missing that the main one names, or one came that has no part in it; every
        such file is named.
    """
    main, *others = pieces
    if main.suffix == _HEADER:
        sha256, contents = _brainvision(main, others)
    elif main.suffix in _MAINS:
        sha256, contents = main.sha256, _with_sidecars(main, others)
    else:
        raise _without_main(main)
    place = files.recording(sha256, PARTS)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with new_folder(place) as partial:
        for name, content in contents.items():
            if isinstance(content, bytes):
                (partial / name).write_bytes(content)
            else:
                content.replace(partial / name)
    return sha256


def main_of(folder: Path) -> Path:
    """The main file of a recording that was kept together: the one that is named as the whole."""
    sha256 = folder.name.removesuffix(PARTS)
    found = [one for one in folder.iterdir() if sha256 in one.name and one.suffix in _MAINS]
    if len(found) != 1:
        raise InputError(
            f"{folder}: the files of this recording are no longer whole",
            next_step="Drop its files again, together.",
        )
    return found[0]


_Contents = dict[str, bytes | Path]


def _brainvision(main: Piece, others: Sequence[Piece]) -> tuple[str, _Contents]:
    """The header with the names of its files replaced, these files, and tables."""
    if main.path.stat().st_size > _LARGEST_HEADER:
        raise InputError(f"{main.name} is no header: it is too large for that")
    lines = main.path.read_bytes().splitlines(keepends=True)
    found: dict[int, Piece] = {}
    lacking = []
    for number, key, name in _named_in(lines, main):
        piece = next((one for one in others if _same(one.name, name)), None)
        if piece is None:
            lacking.append((name, [one.name for one in others if one.suffix in _NAMED[key]]))
        else:
            found[number] = piece
    if lacking:
        raise _lacking(main, lacking)
    contents: _Contents = {}
    for number, piece in found.items():
        kept = f"{piece.sha256}{piece.suffix}"
        start, equals, _ = lines[number].partition(b"=")
        ending = lines[number][len(lines[number].rstrip(b"\r\n")) :]
        lines[number] = start + equals + kept.encode() + ending
        contents[kept] = piece.path
    header = b"".join(lines)
    sha256 = hashlib.sha256(header).hexdigest()
    rest = [one for one in others if one not in found.values()]
    return sha256, {f"{sha256}{_HEADER}": header, **contents, **tables_among(rest, main)}


def _named_in(lines: Sequence[bytes], main: Piece) -> Iterator[tuple[int, str, str]]:
    """Line, key and name of each file that a header names in its common part."""
    section = ""
    for number, line in enumerate(lines):
        text = text_of(line).strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].lower()
        key, equals, name = text.partition("=")
        if section == "common infos" and equals and key.strip().lower() in _NAMED and name.strip():
            yield number, key.strip().lower(), name.strip().replace("$b", Path(main.name).stem)


def _same(one: str, other: str) -> bool:
    """Whether two names are one: disks differ in capitals and in how they write an umlaut."""
    first, second = (unicodedata.normalize("NFC", name).casefold() for name in (one, other))
    return first == second


def _lacking(main: Piece, lacking: Sequence[tuple[str, list[str]]]) -> InputError:
    names = " and ".join(name for name, _ in lacking)
    others = [other for _, found in lacking for other in found]
    instead = f" {' and '.join(others)} came, which it does not name." if others else ""
    one = len(lacking) == 1
    return InputError(
        f"{main.name} names {names}, which {'is' if one else 'are'} missing.{instead}",
        next_step=f"Drop {main.name} and {names} together."
        + (" If a file was given another name, give it the one that stands there." * bool(others)),
    )


def _without_main(main: Piece) -> InputError:
    if needs_company(main.suffix):
        return InputError(
            f"{main.name} is a part of a BrainVision recording, whose header (.vhdr) is missing.",
            next_step="Drop the .vhdr, the .eeg and the .vmrk together.",
        )
    return InputError(
        f"{main.name} is no recording that is kept together with other files.",
        next_step="Drop it by itself.",
    )


def _with_sidecars(main: Piece, others: Sequence[Piece]) -> _Contents:
    """A recording in one file, with what stands beside it."""
    mapping = [one for one in others if one.name.lower().endswith(MAPPING)]
    bids = [one for one in others if is_bids(main.name) and is_sidecar(one.name)]
    bids = [one for one in bids if applies(one.name, main.name)]
    rest = [one for one in others if one not in (*mapping, *bids)]
    contents: _Contents = {}
    levels = 0
    for ending in SIDECARS:
        found = [one for one in bids if one.name.lower().endswith(f"_{ending}")]
        # The nearer one has more entities, and has to be the nearer one here too.
        found.sort(key=lambda one: len(entities_of(Path(one.name)).pairs))
        levels = max(levels, len(found) - 1)
        for level, one in enumerate(found):
            contents[f"{_levels(level)}beside_{ending}"] = one.path
    emg = "_emg" if is_bids(main.name) else ""
    contents[f"{_levels(levels)}{main.sha256}{emg}{main.suffix}"] = main.path
    for one in mapping:
        contents[f"{main.sha256}{MAPPING}"] = one.path
    return {**contents, **tables_among(rest, main)}


def _levels(count: int) -> str:
    """Entities that say nothing but how near a sidecar is."""
    return "".join(f"level{number}-1_" for number in range(1, count + 1))
