"""Header and markers of BrainVision files, read without trust.

BrainVision Core Data Format 1.0, Brain Products: a text header (.vhdr) names a file of samples
(.eeg) and one of markers (.vmrk) that lie beside it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from hemifacial.errors import InputError

__all__ = ["BrainVision", "ChannelInfo", "Marker", "broken", "read_brainvision"]

_FORMATS = {"INT_16": "i2", "INT_32": "i4", "IEEE_FLOAT_32": "f4"}
_MOST_CHANNELS = 100_000
_LONGEST_LINE = 100_000
_SECTION = re.compile(r"\[(.+)\]\s*")
_COMMA = "\\1"
"""How a comma within a name is written."""


@dataclass(frozen=True, kw_only=True)
class ChannelInfo:
    """One channel: a step of its values is `resolution` of `unit`."""

    name: str
    resolution: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class Marker:
    """One marker; `first` counts samples from 0, `channel` is -1 if it is for all."""

    kind: str
    text: str
    first: int
    samples: int
    channel: int
    date: str


@dataclass(frozen=True, kw_only=True)
class BrainVision:
    """What header and markers say; `dtype` is of numpy, `stated` how many samples, if it says."""

    path: Path
    data: Path
    dtype: str
    vectorised: bool
    stated: int | None
    rate_hz: float
    channels: tuple[ChannelInfo, ...]
    markers: tuple[Marker, ...]
    problems: tuple[str, ...]


def read_brainvision(path: Path) -> BrainVision:
    """The header of a recording with the markers that it names.

    Raises
    ------
    InputError
        Where a field is missing, is no number, or says something that is not read here.
    """
    sections = _sections(path)
    common = sections.get("common infos", {})
    count = _whole(path, common, "numberofchannels", 1, _MOST_CHANNELS)
    interval_us = _number(path, common, "samplinginterval")
    if not 0 < interval_us < math.inf:
        raise broken(path, f"its SamplingInterval is {interval_us:g} µs: no rate")
    for key, known in {"dataformat": ("BINARY",), "datatype": ("TIMEDOMAIN",)}.items():
        if (said := common.get(key, known[0]).upper()) not in known:
            raise broken(path, f"its {key} is {said[:20]!r}; what is read is {known[0]}")
    orientation = common.get("dataorientation", "MULTIPLEXED").upper()
    if orientation not in ("MULTIPLEXED", "VECTORIZED"):
        raise broken(path, f"its DataOrientation is {orientation[:20]!r}")
    stated = _whole(path, common, "datapoints", 0, 1 << 48) if common.get("datapoints") else None
    markers, problems = _markers(path, common)
    return BrainVision(
        path=path,
        data=_beside(path, common, "datafile"),
        dtype=_dtype(path, sections.get("binary infos", {})),
        vectorised=orientation == "VECTORIZED",
        stated=stated or None,
        rate_hz=_rate(interval_us),
        channels=_channels(path, sections.get("channel infos", {}), count),
        markers=markers,
        problems=problems,
    )


def broken(path: Path, what: str) -> InputError:
    """The error of a recording that cannot be used."""
    return InputError(
        f"{path}: not a BrainVision recording that is read: {what}",
        next_step="Export the recording again as binary BrainVision, or as EDF.",
    )


def _rate(interval_us: float) -> float:
    """The rate whose interval is written; 51.2 µs are 19531.25 Hz, 333.333333 µs are 3000 Hz."""
    rate_hz = 1e6 / interval_us
    return round(rate_hz) if abs(rate_hz - round(rate_hz)) < 1e-6 * rate_hz else rate_hz


def _dtype(path: Path, binary: dict[str, str]) -> str:
    kind = binary.get("binaryformat", "INT_16").upper()
    if kind not in _FORMATS:
        raise broken(path, f"its BinaryFormat is {kind[:20]!r}, not one of {', '.join(_FORMATS)}")
    big = binary.get("usebigendianorder", "NO").upper() == "YES"
    return (">" if big else "<") + _FORMATS[kind]


def _channels(path: Path, lines: dict[str, str], count: int) -> tuple[ChannelInfo, ...]:
    channels = []
    for number in range(1, count + 1):
        line = lines.get(f"ch{number}")
        if line is None:
            raise broken(path, f"it says {count} channels and describes no Ch{number}")
        name, _, resolution, unit = (*line.split(","), "", "", "")[:4]
        value = _float(resolution.strip() or "1")
        if value is None or value == 0:
            raise broken(path, f"the resolution of Ch{number} is {resolution[:20]!r}")
        channels.append(
            ChannelInfo(
                name=name.replace(_COMMA, ",").strip(),
                resolution=value,
                unit=unit.strip() or "µV",  # What the format says of a unit that is left out.
            )
        )
    return tuple(channels)


def _markers(path: Path, common: dict[str, str]) -> tuple[tuple[Marker, ...], tuple[str, ...]]:
    if not common.get("markerfile"):
        return (), ()
    beside = _beside(path, common, "markerfile")
    if not beside.is_file():
        return (), (
            f"The file of its markers, {beside.name}, is not there: what they say is not known, "
            "nor whether there are gaps.",
        )
    markers, spoilt = [], 0
    for key, line in _sections(beside).get("marker infos", {}).items():
        found = _marker(line)
        if found is None or not key.startswith("mk"):
            spoilt += 1
        else:
            markers.append(found)
    problems = (f"{spoilt} markers of {beside.name} could not be read.",) if spoilt else ()
    return tuple(sorted(markers, key=lambda one: one.first)), problems


def _marker(line: str) -> Marker | None:
    kind, text, first, samples, channel, date = (*line.split(","), "", "", "", "", "", "")[:6]
    numbers = [_float(cell.strip() or "0") for cell in (first, samples, channel)]
    if any(one is None or not 0 <= one < 1 << 48 or one != int(one) for one in numbers):
        return None
    at, lasting, where = (int(one) for one in numbers if one is not None)
    if at < 1:
        return None
    return Marker(
        kind=kind.replace(_COMMA, ",").strip(),
        text=text.replace(_COMMA, ",").strip(),
        first=at - 1,
        samples=lasting,
        channel=where - 1,
        date=date.strip(),
    )


def _beside(path: Path, common: dict[str, str], key: str) -> Path:
    """A file that the header names; it lies in the same folder, wherever a header points to."""
    name = common.get(key, "").replace("$b", path.stem)
    if not name or Path(name).name != name or "\\" in name or "\0" in name or name == "..":
        raise broken(path, f"its {key} is {name[:60]!r}, no name of a file beside it")
    return path.with_name(name)


def _sections(path: Path) -> dict[str, dict[str, str]]:
    """The lines ``key=value`` of a file by section, all names in small letters."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")  # What the format calls ANSI, its default.
    sections: dict[str, dict[str, str]] = {}
    current: dict[str, str] = {}
    for line in text.splitlines():
        if found := _SECTION.fullmatch(line):
            current = sections.setdefault(found[1].strip().lower(), {})
        elif not line.startswith(";") and "=" in line and len(line) < _LONGEST_LINE:
            key, _, value = line.partition("=")
            current[key.strip().lower()] = value.strip()
    return sections


def _number(path: Path, lines: dict[str, str], key: str) -> float:
    value = _float(lines.get(key, ""))
    if value is None:
        raise broken(path, f"its {key} is {lines.get(key, 'missing')[:20]!r}, no number")
    return value


def _whole(path: Path, lines: dict[str, str], key: str, low: int, high: int) -> int:
    value = _number(path, lines, key)
    if not low <= value <= high or value != int(value):
        raise broken(path, f"its {key} is {value:g}, not a whole number from {low} to {high}")
    return int(value)


def _float(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
