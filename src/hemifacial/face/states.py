"""Whether a frame could be judged, as the column ``state`` of the face signals says it."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["State"]


class State(IntEnum):
    """One value a frame; shown as a state, never as a flat line or a zero."""

    JUDGED = 0
    NO_FACE = 1
    UNJUDGED = 2
