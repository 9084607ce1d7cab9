"""Opens an electrical recording of any kind that is read, by what the file holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording_facts import Recording

if TYPE_CHECKING:
    from hemifacial.formats.recording_table import TableMapping

__all__ = ["open_recording", "unmapped"]

_READ = (
    "EDF, EDF+ and BDF, BDF+ (.edf, .bdf), XDF (.xdf), and tables (.csv, .tsv, .txt) with a "
    "mapping beside them"
)


def open_recording(
    path: Path, *, names: ChannelNames | None = None, mapping: TableMapping | None = None
) -> Recording:
    """The recording in a file, to be read piece by piece.

    What the file begins with decides what it is; its suffix only where that says nothing.

    Parameters
    ----------
    path
        EDF, EDF+C, EDF+D, BDF, BDF+, XDF, or a table of numbers.
    names
        What the names of channels mean; the table of this package where it is None.
    mapping
        What the columns of a table are. Where it is None, ``NAME.mapping.json`` beside
        ``NAME.csv`` is read.

    Raises
    ------
    InputError
        Where the file is not one of these, is not whole, or has a unit that is not known.
    """
    known = names or ChannelNames()
    try:
        start = _beginning(path)
        if start[:8] in (b"0       ", b"\xffBIOSEMI"):
            from hemifacial.formats.recording_edf import open_edf

            return open_edf(path, known)
        if start[:4] == b"XDF:":
            from hemifacial.formats.recording_xdf import open_xdf

            return open_xdf(path, known)
        if mapping is not None or path.suffix.lower() in (".csv", ".tsv", ".txt"):
            return _table(path, start, known, mapping)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error})",
            next_step="Check the path and rights.",
        ) from error
    raise InputError(
        f"{path}: not a recording of a kind that is read (it begins with {start[:8]!r})",
        next_step=f"Export it as one of these: {_READ}.",
    )


def unmapped(recording: Recording) -> tuple[str, ...]:
    """The names of voltage channels whose muscle is not known, each once, as the file has them."""
    found = (
        channel.name
        for channel in recording.channels
        if not channel.site and channel.microvolts_per_unit is not None
    )
    return tuple(dict.fromkeys(found))


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        start = file.read(64)
    if not start:
        raise InputError(
            f"{path}: the file is empty", next_step="Copy or export the recording again."
        )
    return start


def _table(
    path: Path, start: bytes, names: ChannelNames, mapping: TableMapping | None
) -> Recording:
    from hemifacial.formats.recording_table import mapping_beside, open_table

    if start.startswith(b"Identifier:,"):
        raise InputError(
            f"{path}: these are averages of SmartEP, not a recording",
            next_step="Read them with hemifacial.formats.smartep.read_smartep.",
        )
    return open_table(path, mapping or mapping_beside(path), names)
