"""Opens an electrical recording of any kind that is read, by what the file holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames
from hemifacial.formats.recording_facts import Recording

if TYPE_CHECKING:
    from hemifacial.formats.recording_table import TableMapping

__all__ = ["open_recording", "unmapped"]

_READ = (
    "EDF, EDF+ and BDF, BDF+ (.edf, .bdf), XDF (.xdf), BrainVision (.vhdr), a BIDS-EMG folder, and "
    "tables (.csv, .tsv, .txt) with a mapping beside them"
)
_BRAINVISION = re.compile(rb"(?:\xef\xbb\xbf)?;?\s*Brain ?Vision Data Exchange (Header|Marker)")


def open_recording(
    path: Path, *, names: ChannelNames | None = None, mapping: TableMapping | None = None
) -> Recording:
    """The recording in a file, to be read piece by piece.

    What the file begins with decides what it is; its suffix only where that says nothing.

    Parameters
    ----------
    path
        EDF, EDF+C, EDF+D, BDF, BDF+, XDF, the ``.vhdr`` of a BrainVision recording, or a table
        of numbers; a file ``*_emg.edf`` or ``*_emg.bdf`` of a BIDS-EMG dataset, or a folder that
        holds one such file. Anything else is given to MNE-Python where that is installed.
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
        if path.is_dir() or path.name.lower().endswith(("_emg.edf", "_emg.bdf")):
            from hemifacial.formats.bids_emg import open_bids_emg

            return open_bids_emg(path, known)
        start = _beginning(path)
        found = _by_content(path, start, known)
        if found is not None:
            return found
        if mapping is not None or path.suffix.lower() in (".csv", ".tsv", ".txt"):
            return _table(path, start, known, mapping)
        from hemifacial.formats.recording_mne import open_by_mne

        return open_by_mne(path, known, start=start, read=_READ)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror or error})",
            next_step="Check the path and rights.",
        ) from error


def _by_content(path: Path, start: bytes, names: ChannelNames) -> Recording | None:
    """The recording, if its first bytes tell what it is."""
    if start[:8] in (b"0       ", b"\xffBIOSEMI"):
        from hemifacial.formats.recording_edf import open_edf

        return open_edf(path, names)
    if start[:4] == b"XDF:":
        from hemifacial.formats.recording_xdf import open_xdf

        return open_xdf(path, names)
    kind = _BRAINVISION.match(start)
    if kind is not None and kind[1] == b"Header":
        from hemifacial.formats.recording_brainvision import open_brainvision

        return open_brainvision(path, names)
    header = path.with_suffix(".vhdr")
    if kind is not None or (path.suffix.lower() in (".eeg", ".dat") and header.is_file()):
        raise InputError(
            f"{path}: a part of a BrainVision recording",
            next_step=f"Give its header file, {header.name}.",
        )
    return None


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
