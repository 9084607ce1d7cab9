"""A report inside a page: the same content, with one script more that hands over corrections.

The report stands in a frame without an origin: it can neither read the pages around it nor ask the
server for anything. Its own Content-Security-Policy stays, with the hash of the script added. When
a person saves corrections, the script sends them to the page around it instead of to a download.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from hemifacial.report.html import embedded

__all__ = ["framed"]

_POLICY = re.compile(r"script-src &#39;(sha256-[A-Za-z0-9+/=]+)&#39;|script-src '(sha256-[^']+)'")


def framed(report: str, *, signed_by: str, sha256: str) -> str:
    """The report with the script that hands corrections over; `signed_by` is offered as the name.

    The file is named by its `sha256`, which is shortened where it stands as a name. A report
    without a script of its own gets none.
    """
    report = re.sub(rf"{re.escape(sha256)}(\.\w+)", rf"{sha256[:12]}\1", report)
    found = _POLICY.search(report)
    if found is None:
        return report
    script = _script(signed_by)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    quote = "&#39;" if "&#39;" in found.group() else "'"
    allowed = f"{found.group()} {quote}sha256-{digest}{quote}"
    report = report.replace(found.group(), allowed, 1)
    head, body, rest = report.rpartition("</body>")
    return f"{head}<script>{script}</script>{body}{rest}" if body else report


def _script(signed_by: str) -> str:
    text = files("hemifacial.web").joinpath("assets", "handing.js").read_text(encoding="utf-8")
    return text.replace('"__SIGNED_BY__"', embedded({"name": signed_by}), 1)
