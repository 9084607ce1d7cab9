"""What ``hemifacial electro`` does: measure an electrical recording, write its result folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hemifacial.commands.standing import pages_of
from hemifacial.errors import InputError
from hemifacial.findings import Result
from hemifacial.formats.destination import check_apart, check_writable
from hemifacial.formats.files import recover, sha256_of, writing
from hemifacial.formats.result_folder import check_destination, read_corrections, write_result

if TYPE_CHECKING:
    from hemifacial.electro.measure import Options, Progress
    from hemifacial.electro.stimuli import Stimulus
    from hemifacial.formats.recording_facts import Recording

__all__ = ["Tables", "measure_electro"]


@dataclass(frozen=True, kw_only=True)
class Tables:
    """What a laboratory says beside its recording, each a table or None.

    `names` of channels, `stimuli` with their times, `triggers` that its marks use, and
    `trigger_line`, the name of a channel whose steps are marks.
    """

    names: Path | None = None
    stimuli: Path | None = None
    triggers: Path | None = None
    trigger_line: str = ""

    @property
    def given(self) -> tuple[str, ...]:
        """The tables that were given, each by the word of its option."""
        tables = {"names": self.names, "stimuli": self.stimuli, "triggers": self.triggers}
        return tuple(word for word, path in tables.items() if path is not None)


def measure_electro(
    path: Path,
    folder: Path,
    options: Options,
    tables: Tables,
    *,
    progress: Progress | None = None,
) -> Result:
    """Measure a recording and write its result folder; the reviewed result if a review stands."""
    from hemifacial.electro.measure import duration_s, measure, measure_averages

    if not path.exists():
        raise InputError(f"{path}: there is no such file", next_step="Check the path.")
    options = replace(options, tables=tables.given, trigger_line=tables.trigger_line)
    check_writable(folder)
    check_apart(folder, path)
    recover(folder)
    if _is_smartep(path):
        sha256 = sha256_of(path)
        check_destination(folder, sha256)
        measured, length_s = measure_averages(path, options, sha256=sha256)
    else:
        recording, stimuli = _opened(path, tables)
        sha256 = sha256_of(recording.path)
        check_destination(folder, sha256)
        measured = measure(recording, stimuli, options, sha256=sha256, progress=progress)
        length_s = duration_s(recording)
    with writing(folder):  # whoever signs corrections meanwhile waits, and finds the new result
        corrections = read_corrections(folder, measured.provenance)
        pages, standing, _ = pages_of(folder, measured, corrections, ())
        write_result(folder, measured, recording_duration_s=length_s, pages=pages)
    return standing


def _is_smartep(path: Path) -> bool:
    """Whether a file is an export of averages, which is no recording."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(12) == b"Identifier:,"


def _opened(path: Path, tables: Tables) -> tuple[Recording, tuple[Stimulus, ...]]:
    """The recording, and its stimuli from a table or from its own marks."""
    from hemifacial.electro.stimuli import read_stimuli, stimuli_of
    from hemifacial.formats.channel_names import read_channel_names
    from hemifacial.formats.recording import open_recording
    from hemifacial.formats.trigger_names import read_trigger_names, with_line, with_stimuli

    names = None if tables.names is None else read_channel_names(tables.names)
    recording = open_recording(path, names=names)
    if tables.trigger_line:
        recording = with_line(recording, tables.trigger_line)
    if tables.triggers is not None:
        recording = with_stimuli(recording, read_trigger_names(tables.triggers))
    if tables.stimuli is not None:
        return recording, read_stimuli(tables.stimuli)
    return recording, stimuli_of(recording)
