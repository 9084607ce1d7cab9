"""Finding a face when there is none to follow: what is searched, and which face is taken.

The detector does not see a face narrower than about an eighth of what it is shown, takes an
upside-down face for an upright one, and mistakes the angle of one on its side. So a picture in
which it is not sure is searched turned round as well; one in which it sees nothing is also
searched on either side, and in squares of a half and of a quarter of its longer side: faces
down to 3 % of that side are found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from hemifacial.landmarks.detector import Detection
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.region import Pixels, Region, whole_frame

__all__ = ["elsewhere", "in_order_of_choice", "search_regions", "search_whole", "squares", "turned"]

# Upright faces score above 0.85 unless they are hidden or small, upside-down ones below 0.75.
_SURE = 0.8
_SHARES = (2, 4)
# Neighbouring squares share a third of their side. A face that does not fit into that third
# is seen by the squares of twice the side.
_STEP = 2 / 3


def squares(width_px: int, height_px: int) -> tuple[Region, ...]:
    """The squares in which a small face is looked for, the large ones first."""
    longer = max(width_px, height_px)
    return tuple(
        Region(centre_x_px=x, centre_y_px=y, size_px=longer / share)
        for share in _SHARES
        for y in _centres(height_px, longer / share)
        for x in _centres(width_px, longer / share)
    )


def turned(width_px: int, height_px: int, quarters: int) -> Region:
    """The whole frame, for a head that is turned by so many quarters of a circle."""
    whole = whole_frame(width_px, height_px)
    return replace(whole, rotation_rad=math.remainder(quarters * math.pi / 2, math.tau))


def elsewhere(width_px: int, height_px: int) -> tuple[Region, ...]:
    """Where to look in turn for a face that the whole picture does not show."""
    on_its_side = (turned(width_px, height_px, 1), turned(width_px, height_px, 3))
    return (*on_its_side, *squares(width_px, height_px))


def search_whole(networks: FaceNetworks, rgb: Pixels) -> tuple[Detection, ...]:
    """The faces in the whole picture, upside-down ones too, each once."""
    upright = networks.detect(rgb)
    if any(face.score >= _SURE for face in upright):
        return upright
    upside_down = turned(rgb.shape[1], rgb.shape[0], 2)
    return _once_each((*upright, *networks.detect(rgb, upside_down)))


def search_regions(
    networks: FaceNetworks, rgb: Pixels, regions: Iterable[Region]
) -> tuple[Detection, ...]:
    """The faces in some regions of the picture, each once."""
    return _once_each(face for region in regions for face in networks.detect(rgb, region))


def in_order_of_choice(
    faces: Iterable[Detection], width_px: int, height_px: int, last: Region | None
) -> list[Detection]:
    """The faces, the one to follow first.

    Where a face was followed before, that is the one nearest to where it was, if any is
    within its own size. Otherwise it is the largest, a face in the corner of the picture
    counting for half of one in the middle.
    """
    middle = whole_frame(width_px, height_px)
    corner_px = math.hypot(width_px, height_px) / 2

    def rank(face: Detection) -> tuple[bool, float]:
        if last is not None and (away_px := _away_px(face, last)) < last.size_px:
            return True, -away_px
        return False, face.width_px * (1 - 0.5 * _away_px(face, middle) / corner_px)

    return sorted(faces, key=rank, reverse=True)


def _centres(extent_px: int, side_px: float) -> list[float]:
    free_px = extent_px - side_px
    if free_px <= 0:
        return [(extent_px - 1) / 2]
    steps = math.ceil(free_px / (side_px * _STEP))
    first_px = (side_px - 1) / 2
    return [first_px + free_px * step / steps for step in range(steps + 1)]


def _away_px(face: Detection, region: Region) -> float:
    return math.hypot(face.centre_x_px - region.centre_x_px, face.centre_y_px - region.centre_y_px)


def _once_each(faces: Iterable[Detection]) -> tuple[Detection, ...]:
    kept: list[Detection] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(not _same(face, other) for other in kept):
            kept.append(face)
    return tuple(kept)


def _same(one: Detection, other: Detection) -> bool:
    away_px = math.hypot(one.centre_x_px - other.centre_x_px, one.centre_y_px - other.centre_y_px)
    return away_px < 0.5 * max(one.width_px, other.width_px)
