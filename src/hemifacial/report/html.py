"""What every page is made with: its templates, its assets, and what its browser is allowed.

A page is one file without any outside part. Its Content-Security-Policy allows only the style and
the script that are in it, by their hash, so that no text from outside can be made to run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from hemifacial.report import words
from hemifacial.report.event_rows import correction_sentence

__all__ = ["Report", "asset", "embedded", "environment", "markup", "policy"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The page, and by file name the SVG text of every figure in it."""

    html: str
    figures: Mapping[str, str]


def environment() -> Any:
    """Where the templates of pages are, with what they may ask of a value."""
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: _text("templates", name)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        kind=words.kind_label,
        moment=words.moment,
        phase=words.phase_label,
        short_sites=words.short_sites,
        side=words.side_label,
        sites=words.sites_label,
        size=words.number,
        sentence=correction_sentence,
    )
    return found


def asset(name: str) -> str:
    """A style, a script or a text that goes into pages."""
    return _text("assets", name)


def _text(folder: str, name: str) -> str:
    return files("hemifacial.report").joinpath(folder, name).read_text(encoding="utf-8")


def markup(trusted: str) -> Any:
    """Text of our own making that goes into the page as it is."""
    from markupsafe import Markup

    return Markup(trusted)


def policy(style: str, script: str = "") -> str:
    """What the page may do: show its own style, script and pictures, and nothing else.

    A page without a script has its style alone, and no pictures.
    """
    if not script:
        return f"default-src 'none'; style-src '{_hash(style)}'; base-uri 'none'"
    return (
        "default-src 'none'; img-src data:; "
        f"style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in, whatever its texts hold."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text
