"""What one study says of a recording: findings, events and labelled signals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hemifacial.findings import Event, Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["Outcome"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Findings, events and signals of one study; several of them make the result of a recording.

    `signals` maps the name of a table to a dataset over ``time`` in s: of a recording its own
    time, of averages and sweeps the time after the stimulus. Every variable carries the
    attributes ``unit``, ``side``, ``site`` and ``quantity``.
    """

    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    signals: Mapping[str, xr.Dataset] = field(default_factory=dict)
