"""What the findings suggest: grades of published scales, and signs for and against mimics.

Everything here is a finding like any other, made from signals and events and never an input to
them. Nothing of it was tested on patients; docs/suggestions.md says what is known.
"""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import parts_of
from hemifacial.face.suggestions.jankovic import jankovic_frequency
from hemifacial.face.suggestions.mimics import signs
from hemifacial.face.suggestions.observed import Observed
from hemifacial.face.suggestions.smc import smc_grade
from hemifacial.findings import Event, Finding

__all__ = ["suggest"]


def suggest(
    signals: xr.Dataset,
    events: Sequence[Event],
    findings: Sequence[Finding],
    criteria: FaceCriteria,
) -> tuple[Finding, ...]:
    """Suggested SMC grade and Jankovic frequency item, then every sign.

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them; a signal that an older folder lacks makes
        what rests on it "cannot tell".
    events
        As detected, or as corrected by a person; with phases, if there are any.
    findings
        Those of the recording so far; blink rate and resting height of the mouth are in them.

    Returns
    -------
    tuple of Finding
        ``suggested_*`` (0 to 4; `low` and `high` are the grades at the ends of the intervals of
        what they rest on) and ``sign_*`` (1 present, 0 absent, not judged with the reason in
        `note`; `limit` is the published likelihood ratio where there is one).
    """
    whole, *_ = parts_of(signals, events)
    seen = Observed(whole=whole, criteria=criteria)
    return (smc_grade(seen, findings), jankovic_frequency(seen, findings), *signs(seen))
