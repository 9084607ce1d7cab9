"""What a check says: which rule, how grave, why, and where the rule comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Severity", "CareWarning", "gravest_first"]


class Severity(StrEnum):
    """How grave a warning is, the gravest first."""

    STOP = "stop"
    WARN = "warn"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class CareWarning:
    """One rule that speaks.

    Parameters
    ----------
    rule
        A word that stays the same over the years: tests, pages and records name it.
    severity
        A stop is passed only with a stated reason, which the record keeps.
    text
        One or two plain sentences: what was found, against which limit.
    next_step
        What can be done about it, or empty.
    source, verified
        Of the rule; what is not verified is shown as such.
    subject
        What it is about where a session holds several: a site, a drug, a product; or empty.
    """

    rule: str
    severity: Severity
    text: str
    source: str
    verified: bool
    next_step: str = ""
    subject: str = ""


def gravest_first(warnings: list[CareWarning]) -> tuple[CareWarning, ...]:
    """In the order in which they should be read; equals stay in theirs."""
    order = list(Severity)
    return tuple(sorted(warnings, key=lambda one: order.index(one.severity)))
