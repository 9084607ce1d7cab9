"""The day by the clock of the clinic: the computer's own, in its own time zone."""

from __future__ import annotations

from datetime import date, datetime

__all__ = ["today"]


def today() -> date:
    """Today, where the clinic is: in UTC an evening would be the day before or after."""
    return datetime.now().astimezone().date()
