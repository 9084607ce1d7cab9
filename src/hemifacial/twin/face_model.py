"""How a face is moved: by which warp, with which lids, placed by what."""

from __future__ import annotations

from dataclasses import dataclass

from hemifacial.errors import UsageError
from hemifacial.twin.anchors import Anchors
from hemifacial.twin.planting import Habits

__all__ = ["LIDS", "WARPS", "FaceModel"]

WARPS = ("mesh", "free")
LIDS = ("composed", "transplanted")

_FREE_HABITS = Habits(turn_deg=15.0, lag_s=0.03)


@dataclass(frozen=True, kw_only=True)
class FaceModel:
    """How a face is moved.

    Parameters
    ----------
    warp
        ``mesh``: muscles placed by the face mesh, zero beyond the midline, the same in every
        event. ``free``: skin moved without the mesh, its pulls turned by up to 15 degrees from
        event to event, lips and chin dragged along beyond the midline, the skin up to 30 ms
        behind the lids.
    lids
        ``composed`` from the open eye, or ``transplanted`` from a real blink of the clip.
    anchors
        Where the eyes and the mouth are in the base picture, marked by hand; for the free warp,
        in place of what the face detector sees.
    """

    warp: str = "mesh"
    lids: str = "composed"
    anchors: Anchors | None = None

    def __post_init__(self) -> None:
        for name, value, known in (("warp", self.warp, WARPS), ("lids", self.lids, LIDS)):
            if value not in known:
                raise UsageError(f"{name} is {value!r}", next_step=f"Choose {' or '.join(known)}.")
        if self.anchors is not None and self.warp != "free":
            raise UsageError(
                "anchors place the free warp, and the warp is mesh",
                next_step="Choose the free warp, or leave the anchors away.",
            )

    @property
    def habits(self) -> Habits:
        """How the warp varies from event to event."""
        return _FREE_HABITS if self.warp == "free" else Habits()
