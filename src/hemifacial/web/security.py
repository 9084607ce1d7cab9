"""Who may ask, from where, and what a page may do in the browser: one gate before every route.

The gate refuses any host name but the loopback address and port (a foreign name that was made to
point here), any request without the cookie of this start, and any change that does not come from
a page of this server with its token. Nothing that was asked for is written to a log.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hemifacial.web.rendering import refusal

__all__ = ["ENTRANCE", "LOOPBACK", "TOKEN_HEADER", "Gate", "Keys"]

LOOPBACK = "127.0.0.1"
ENTRANCE = "/enter"
TOKEN_HEADER = "X-Hemifacial-Token"
_READING = ("GET", "HEAD")
_BYTES = 32

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def _secret() -> str:
    return secrets.token_urlsafe(_BYTES)


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The secrets of one start, which no file holds.

    Parameters
    ----------
    port
        Of the server; the cookie is named for it, since cookies do not tell ports apart.
    entrance
        Stands in the printed address and is turned into `session` by the first visit.
    session
        The cookie. `change` goes with every request that changes something.
    """

    port: int
    entrance: str = field(default_factory=_secret)
    session: str = field(default_factory=_secret)
    change: str = field(default_factory=_secret)

    @property
    def host(self) -> str:
        """What the header Host must say."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def origin(self) -> str:
        """Where the pages of this server come from."""
        return f"http://{self.host}"

    @property
    def address(self) -> str:
        """The address that is printed once."""
        return f"{self.origin}{ENTRANCE}?token={self.entrance}"

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return f"hemifacial_{self.port}"


class Gate:
    """An application behind the gate.

    Parameters
    ----------
    app
        What answers whoever is let through.
    """

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or refuse with a page that says why."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        guarded = _with_headers(send)
        headers = Headers(scope=scope)
        if headers.get("host") != self._keys.host:
            answer = refusal(
                421,
                "This address is not the one that the program printed.",
                "Open the address that `hemifacial serve` printed.",
            )
        elif scope["path"] == ENTRANCE and scope["method"] == "GET":
            answer = self._entered(scope)
        elif not self._has_cookie(headers):
            answer = refusal(
                403,
                "This page is for whoever started the program.",
                "Open the address that `hemifacial serve` printed, with its token.",
            )
        elif not self._comes_from_here(scope, headers):
            answer = refusal(
                403,
                "This was not asked by a page of this program.",
                "Load the page again and repeat what you did.",
            )
        else:
            await self._app(scope, receive, guarded)
            return
        await answer(scope, receive, guarded)

    def _entered(self, scope: Scope) -> Any:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if not hmac.compare_digest(given.encode(), self._keys.entrance.encode()):
            return refusal(
                403,
                "The token of this address is not that of this start.",
                "Open the address that `hemifacial serve` printed last.",
            )
        from starlette.responses import RedirectResponse

        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(self._keys.cookie, self._keys.session, httponly=True, samesite="strict")
        return answer

    def _has_cookie(self, headers: Headers) -> bool:
        try:
            cookies: Mapping[str, Any] = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        found = cookies.get(self._keys.cookie)
        value = found.value if found is not None else ""
        return hmac.compare_digest(value.encode(), self._keys.session.encode())

    def _comes_from_here(self, scope: Scope, headers: Headers) -> bool:
        """Whether a page of this server asks; another port of this computer is another site."""
        site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
        if origin and origin != self._keys.origin:
            return False
        if scope["method"] in _READING:
            opened = headers.get("sec-fetch-mode", "") == "navigate"
            framed = headers.get("sec-fetch-dest", "") in ("iframe", "frame", "embed", "object")
            return site in ("", "same-origin", "none") or (opened and not framed)
        if site not in ("", "same-origin") or not (site or origin):
            return False
        given = headers.get(TOKEN_HEADER.lower(), "")
        return hmac.compare_digest(given.encode(), self._keys.change.encode())


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
