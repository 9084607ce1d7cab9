"""``outcome.json``: what an experiment says, but for findings and arrays, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from hemifacial.commands.nerve_tables import read_lines, read_rows, read_voltage
from hemifacial.findings import Finding
from hemifacial.twin.nerve.outcome import Outcome, Plot, Raster, Target

__all__ = ["figures_of", "files_of", "outcome_document", "outcome_of", "plain"]


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """The content of ``outcome.json``: everything but findings and arrays."""
    return {
        "schema_version": 1,
        "experiment": outcome.experiment,
        "title": outcome.title,
        "question": outcome.question,
        "sentences": list(outcome.sentences),
        "targets": [_target(one) for one in outcome.targets],
        "plots": [_plot(one) for one in outcome.plots],
        "rasters": [_raster(one) for one in outcome.rasters],
        "space_times": [
            {
                "name": one.name,
                "file": f"{one.name}.parquet",
                "title": one.title,
                "lesion_mm": None if one.lesion_mm is None else list(one.lesion_mm),
                "caption": one.caption,
            }
            for one in outcome.space_times
        ],
        "lesion": dict(outcome.lesion),
        "parameters": plain(outcome.parameters),
    }


def outcome_of(folder: Path, document: Mapping[str, Any], findings: tuple[Finding, ...]) -> Outcome:
    """The outcome of a document, with the arrays of the tables beside it."""
    return Outcome(
        experiment=document["experiment"],
        title=document["title"],
        question=document["question"],
        sentences=tuple(document["sentences"]),
        findings=findings,
        targets=tuple(
            Target(**{word: value for word, value in one.items() if word != "verdict"})
            for one in document["targets"]
        ),
        plots=tuple(_plot_of(folder, one) for one in document["plots"]),
        rasters=tuple(_raster_of(folder, one) for one in document["rasters"]),
        space_times=tuple(
            read_voltage(
                folder / f"{one['name']}.parquet",
                name=one["name"],
                title=one["title"],
                caption=one["caption"],
                lesion_mm=None if one["lesion_mm"] is None else tuple(one["lesion_mm"]),
            )
            for one in document["space_times"]
        ),
        lesion=document["lesion"],
        parameters=document["parameters"],
    )


def plain(value: Any) -> Any:
    """A value as JSON has it: what is infinite by name, what is not a number as null."""
    if isinstance(value, Mapping):
        return {str(word): plain(one) for word, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    if hasattr(value, "tolist"):  # arrays and numbers of numpy
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    return value


def files_of(document: Mapping[str, Any]) -> list[str]:
    """The files that an outcome brings beside those of every experiment."""
    tables = [one["file"] for word in ("plots", "rasters", "space_times") for one in document[word]]
    return [*tables, *(f"figures/{name}.svg" for name in figures_of(document))]


def figures_of(document: Mapping[str, Any]) -> list[str]:
    """The names of the figures of an outcome."""
    names = [one["name"] for word in ("plots", "rasters", "space_times") for one in document[word]]
    return ["lesion_map", *names] if document["lesion"] else names


def _target(one: Target) -> dict[str, Any]:
    return {
        "what": one.what,
        "unit": one.unit,
        "low": one.low,
        "high": one.high,
        "source": one.source,
        "verified": one.verified,
        "simulated": one.simulated,
        "verdict": one.verdict.value,
        "tuned": one.tuned,
        "note": one.note,
    }


def _plot(one: Plot) -> dict[str, Any]:
    return {
        "name": one.name,
        "file": f"{one.name}.tsv",
        "title": one.title,
        "x_label": one.x_label,
        "y_label": one.y_label,
        "log_x": one.log_x,
        "bands": [{"low": low, "high": high, "label": label} for low, high, label in one.bands],
        "caption": one.caption,
        "lines": [{"label": line.label, "points": line.points} for line in one.lines],
    }


def _plot_of(folder: Path, one: Mapping[str, Any]) -> Plot:
    return Plot(
        name=one["name"],
        title=one["title"],
        x_label=one["x_label"],
        y_label=one["y_label"],
        log_x=one["log_x"],
        bands=tuple((band["low"], band["high"], band["label"]) for band in one["bands"]),
        caption=one["caption"],
        lines=read_lines(
            folder / f"{one['name']}.tsv",
            [(line["label"], line["points"]) for line in one["lines"]],
        ),
    )


def _raster(one: Raster) -> dict[str, Any]:
    return {
        "name": one.name,
        "file": f"{one.name}.tsv",
        "title": one.title,
        "from_ms": one.from_ms,
        "to_ms": one.to_ms,
        "marks_ms": list(one.marks_ms),
        "mark": one.mark,
        "caption": one.caption,
    }


def _raster_of(folder: Path, one: Mapping[str, Any]) -> Raster:
    return Raster(
        name=one["name"],
        title=one["title"],
        rows=read_rows(folder / f"{one['name']}.tsv"),
        from_ms=one["from_ms"],
        to_ms=one["to_ms"],
        marks_ms=tuple(one["marks_ms"]),
        mark=one["mark"],
        caption=one["caption"],
    )
