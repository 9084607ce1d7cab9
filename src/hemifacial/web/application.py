"""The application: its addresses as data, and how a plain function becomes an answer."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from hemifacial.case import Record
from hemifacial.errors import HemifacialError, InputError
from hemifacial.web import layout
from hemifacial.web.asked import Answer, Asked, Data, Go, Page
from hemifacial.web.forms.typed import Mistakes
from hemifacial.web.office import Office
from hemifacial.web.pages.addresses import ADDRESSES, CHANGES
from hemifacial.web.rendering import asset
from hemifacial.web.security import Gate, Keys
from hemifacial.web.uploading import receive

__all__ = ["application"]

_FRAMED = "sandbox allow-scripts allow-forms allow-modals allow-downloads; frame-ancestors 'self'"
_LARGEST_JSON = 32 * 1024**2
_LOG = logging.getLogger("hemifacial.web")

Answering = Callable[[Asked], Answer]


def application(office: Office, keys: Keys) -> ASGIApp:
    """Everything that `hemifacial serve` answers, behind its gate."""
    routes = [
        Route("/assets/{name}", _asset),
        Route("/patients/{code}/recordings", partial(receive, office=office), methods=["PUT"]),
    ]
    for method, addresses in (("GET", ADDRESSES), ("POST", CHANGES)):
        for address, answering in addresses.items():
            endpoint = _endpoint(answering, office, keys)
            routes.append(Route(address, endpoint, methods=[method]))
    return Gate(Starlette(routes=routes, exception_handlers={404: _not_found}), keys)


async def _asset(request: Request) -> Response:
    return asset(request.path_params["name"]) or Response(status_code=404)


async def _not_found(request: Request, _: Exception) -> Response:
    return _problem(request, 404, "There is no such page.", "Go back to the list of patients.")


def _endpoint(answering: Answering, office: Office, keys: Keys) -> Callable[[Request], Any]:
    """A route that asks a page's function, in the thread of the record."""

    async def endpoint(request: Request) -> Response:
        try:
            sent = await _sent(request) if request.method == "POST" else {}
            return await office.records.run_async(
                lambda record: _answered(answering, office, keys, request, record, sent)
            )
        except Mistakes as error:
            each = [asdict(one) for one in error.each]
            return _problem(request, 400, error.problem, error.next_step, mistakes=each)
        except HemifacialError as error:
            return _problem(request, 400, error.problem, error.next_step)
        except Exception as error:  # noqa: BLE001 -- never a traceback in a page or a log
            place = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("%s in %s, line %d", type(error).__name__, place.name, place.lineno or 0)
            return _problem(
                request,
                500,
                f"The program made a mistake ({type(error).__name__}). Nothing was entered.",
                "Go back and try again; report it if it comes again.",
            )

    return endpoint


def _answered(
    answering: Answering,
    office: Office,
    keys: Keys,
    request: Request,
    record: Record,
    sent: dict[str, Any],
) -> Response:
    answer = answering(
        Asked(
            office=office,
            record=record,
            path=request.path_params,
            query=request.query_params,
            sent=sent,
        )
    )
    if isinstance(answer, Page):
        return HTMLResponse(layout.whole_page(answer, office, record, keys))
    if isinstance(answer, Data):
        return JSONResponse(dict(answer.values))
    if isinstance(answer, Go):
        if request.method == "POST":
            return JSONResponse({"go": answer.to})
        return RedirectResponse(answer.to, status_code=303)
    headers = {"Content-Security-Policy": _FRAMED, "X-Frame-Options": "SAMEORIGIN"}
    return HTMLResponse(answer.html, headers=headers)


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON of a change, never more than a review needs."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > _LARGEST_JSON:
            raise InputError(f"More than {_LARGEST_JSON / 1e6:.0f} MB were sent; that is no form.")
        pieces.append(piece)
    try:
        found = json.loads(b"".join(pieces) or b"{}")
    except ValueError as error:
        raise InputError("What was sent is no JSON.") from error
    if not isinstance(found, dict):
        raise InputError("What was sent is no form.")
    return found


def _problem(request: Request, status: int, problem: str, next_step: str, **more: Any) -> Response:
    """A problem as the asker reads it: JSON for a script, a page for a person."""
    problem = problem[:1].upper() + problem[1:] + ("" if problem.endswith((".", "?")) else ".")
    if request.method != "GET" or "application/json" in request.headers.get("accept", ""):
        values = {"problem": problem, "next_step": next_step, **more}
        return JSONResponse(values, status_code=status)
    return HTMLResponse(layout.problem_page(problem, next_step), status_code=status)
