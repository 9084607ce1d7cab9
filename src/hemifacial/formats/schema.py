"""JSON documents held against the schemas that the package carries."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hemifacial.errors import InputError
from hemifacial.formats.files import read_text

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

__all__ = ["mistakes_in", "read_json"]

_SHOWN = 5


def read_json(path: Path, schema_name: str) -> Any:
    """The document of a file, or an `InputError` that names every mistake with its place."""
    try:
        document = json.loads(read_text(path), parse_constant=_refuse)
    except ValueError as error:
        raise InputError(
            f"{path}: not a JSON file ({error})", next_step="Check that this is the file you meant."
        ) from error
    except RecursionError as error:
        raise InputError(f"{path}: nested too deeply to be one of ours") from error
    mistakes = mistakes_in(document, schema_name)
    if mistakes:
        more = f"; and {len(mistakes) - _SHOWN} more" if len(mistakes) > _SHOWN else ""
        raise InputError(
            f"{path}: {'; '.join(mistakes[:_SHOWN])}{more}",
            next_step="Correct these places, or let hemifacial write the file anew.",
        )
    return document


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")


def mistakes_in(document: Any, schema_name: str) -> list[str]:
    """Every mistake as ``place: what``, e.g. ``$.findings[3].side: ...``; empty if valid."""
    errors = sorted(
        _validator(schema_name).iter_errors(document), key=lambda error: error.json_path
    )
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


@cache
def _validator(schema_name: str) -> Validator:
    from jsonschema import Draft202012Validator

    text = (
        files("hemifacial.formats")
        .joinpath("schemas", f"{schema_name}.schema.json")
        .read_text("utf-8")
    )
    return Draft202012Validator(json.loads(text))
