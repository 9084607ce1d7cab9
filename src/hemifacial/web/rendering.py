"""Templates and assets of the pages: own files of this package, found by name in a closed list."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from starlette.responses import HTMLResponse, Response

from hemifacial.report import words
from hemifacial.report.html import asset as of_report

__all__ = ["asset", "markup", "refusal", "rendered"]

_PACKAGE = "hemifacial.web"
_OF_REPORT = ("report.css", "case.css")
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


@cache
def _environment() -> Any:
    import jinja2

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(_template),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        moment=words.moment,
        side=words.side_label,
        sites=words.sites_label,
        size=words.number,
        plain=lambda word: str(word).replace("_", " "),
    )
    return found


def _template(name: str) -> str:
    return files(_PACKAGE).joinpath("templates", name).read_text(encoding="utf-8")


def rendered(template: str, **context: Any) -> str:
    """A page as text; whatever comes from outside is escaped."""
    text: str = _environment().get_template(template).render(**context)
    return text


def markup(trusted: str) -> Any:
    """Text of our own making, a drawing, that goes into the page as it is."""
    from markupsafe import Markup

    return Markup(trusted)


@cache
def _assets() -> dict[str, str]:
    own = {
        one.name: one.read_text(encoding="utf-8")
        for one in files(_PACKAGE).joinpath("assets").iterdir()
        if one.name.rpartition(".")[2] in _TYPES
    }
    return {**own, **{name: of_report(name) for name in _OF_REPORT}}


def asset(name: str) -> Response | None:
    """A style or a script by its name, or None; no name from outside touches the disk."""
    text = _assets().get(name)
    if text is None:
        return None
    return Response(text, media_type=_TYPES[name.rpartition(".")[2]])


def refusal(status: int, problem: str, next_step: str) -> Response:
    """A page for who is not let in: it tells nothing of the record."""
    page = rendered("refused.html.j2", problem=problem, next_step=next_step)
    return HTMLResponse(page, status_code=status)
