"""How far patches of skin have moved, from the picture itself.

The mesh does not see chin, cheek and upper lip: it puts its points where those of a face would be.
So the face is laid upright at a fixed size, and small patches of skin are looked for in it, each by
the least-squares shift of its own texture against a reference picture (Lucas and Kanade 1981, on a
pyramid: Bouguet 2001). What the whole head does between the two pictures, a turn or a nod included,
is fitted to skin that lies on bone and taken away.

Measured on planted twitches of 1 mm (docs/validation.md): each patch shows 0.7 to 0.9 of them,
where dense inverse search flow (DIS) at the same size shows 0.3 to 0.7 and the mesh next to
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.face.regions import PATCH_POINTS, STEADY
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import Mesh
from hemifacial.landmarks.region import Pixels, block_means

__all__ = [
    "CANTHAL_DISTANCE_PX",
    "N_PATCHES",
    "SkinPicture",
    "SkinSeen",
    "first_picture",
    "look",
    "next_picture",
    "normal_of",
]

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

N_PATCHES = len(PATCH_POINTS)
CANTHAL_DISTANCE_PX = 150.0
"""Between the outer canthi in the stabilised picture: about 0.6 mm a pixel."""

_SIZE_PX = (290, 345)
_MIDDLE_PX = (145.0, 122.0)  # where the middle of the steady points comes to lie
# 13 mm: the smallest that keeps its hold on bare skin, the largest that lets a twitch be.
_WINDOW_PX = 21
_LEVELS = 2
_SPOTS_PX = np.array([[0, -5], [-5, 4], [5, 4]], dtype=float)
"""The places of a patch around its middle."""
_LEAST_TEXTURE = 1e-5
_LARGEST_CHANGE = 0.6  # mean difference between a place and where it was found, over its texture
_TEXTURE_FLOOR = 4.0  # grey levels: what sensor and codec add by themselves
_FARTHEST_PX = 14.0  # 8 mm: skin does not go further from where the mesh says
_LARGEST_SPREAD_PX, _LARGEST_SPREAD = 2.0, 0.3  # of the places of one patch: in px, and of its way
_FIT_ROUNDS = 4
_RIDGE = 1e-3  # keeps the six fields apart where few steady points are seen
_STOP = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03)


@dataclass(frozen=True, kw_only=True, eq=False)
class SkinPicture:
    """A stabilised picture against which patches of skin are looked for.

    `places_px` is (p, 2), some places for each patch, then the steady points; `middles_px`
    (patches, 2); `texture` (p,), the spread of grey levels around each place; `fields` (p, 2, 6),
    what each small movement of the head does to them; `rigid_px` (22, 2), where the rigid points
    of the mesh lie; `normal` (3,), where the face looked; `grey_level` the mean of the picture;
    `carried_px` (patches, 2), how far the patches had moved already when it was taken.
    """

    grey: Grey
    places_px: NDArray[np.float32]
    middles_px: Floats
    texture: Floats
    fields: Floats
    rigid_px: Floats
    normal: Floats
    grey_level: float
    carried_px: Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class SkinSeen:
    """One frame against a reference.

    `moved_px` is (patches, 2), x right and y down in pixels of the stabilised picture, NaN where a
    patch was not found; `mesh_px` the same as the mesh says it, for every patch; `residual_px` how
    far the steady points disagree with one movement of the head.
    """

    moved_px: Floats
    mesh_px: Floats
    residual_px: float


def first_picture(rgb: Pixels, seen: Mesh) -> SkinPicture:
    """The picture of a face that sets the stabilised size and place."""
    points = seen.points_px.astype(np.float64)
    right, left = (points[i] for i in mesh.OUTER_CANTHUS.values())
    across = left - right
    scale = CANTHAL_DISTANCE_PX / float(np.linalg.norm(across))
    turn = np.arctan2(across[1], across[0])
    linear = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    middle = points[mesh.RIGID, :2].mean(axis=0)
    into = np.column_stack([linear, _MIDDLE_PX - linear @ middle])
    return _picture(rgb, points, into, np.zeros((N_PATCHES, 2)))


def next_picture(
    rgb: Pixels, seen: Mesh, first: SkinPicture, carried_px: Floats | None = None
) -> SkinPicture:
    """A picture of the same face at another time, laid over the first as well as a turn allows.

    `carried_px` is how far the patches had moved by then; nothing if not given.
    """
    points = seen.points_px.astype(np.float64)
    into = _similarity(points[mesh.RIGID, :2], first.rigid_px)
    return _picture(
        rgb, points, into, np.zeros((N_PATCHES, 2)) if carried_px is None else carried_px
    )


def look(rgb: Pixels, seen: Mesh, reference: SkinPicture) -> SkinSeen:
    """How far the patches of skin have moved since the first picture, by way of the reference.

    Parameters
    ----------
    rgb
        The frame.
    seen
        The mesh of that frame. It says where to begin to look; how far skin has moved is read from
        the picture.

    Notes
    -----
    The shift is that of the middle of a window of 13 mm, so that a movement that is narrower than
    the window reads smaller than it is (`seen_share_...` in ``criteria.tsv``).
    """
    points = seen.points_px.astype(np.float64)
    into = _similarity(points[mesh.RIGID, :2], reference.rigid_px)
    grey = _alike(_stabilised(rgb, into), reference.grey_level)
    middles = points[PATCH_POINTS, :2] @ into[:, :2].T + into[:, 2]
    expected = middles - reference.middles_px
    start = reference.places_px.copy()
    start[: -len(STEADY)] += np.repeat(expected, len(_SPOTS_PX), axis=0).astype(np.float32)
    found, status, change = cv2.calcOpticalFlowPyrLK(
        reference.grey,
        grey,
        reference.places_px,
        start,
        winSize=(_WINDOW_PX, _WINDOW_PX),
        maxLevel=_LEVELS,
        criteria=_STOP,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
        minEigThreshold=_LEAST_TEXTURE,
    )
    flow = (found - reference.places_px).astype(np.float64)
    lost = (status[:, 0] == 0) | (change[:, 0] > _LARGEST_CHANGE * reference.texture)
    flow[lost] = np.nan
    return _without_head(flow, expected, reference)


def normal_of(points: Floats) -> Floats:
    """Where a face looks: the normal of the plane through its rigid points, shape (3,)."""
    rigid = points[mesh.RIGID] - points[mesh.RIGID].mean(axis=0)
    right = points[mesh.LEVEL_PAIRS[:, 1]].mean(axis=0) - points[mesh.LEVEL_PAIRS[:, 0]].mean(
        axis=0
    )
    right /= np.linalg.norm(right)
    down = rigid[np.argmax(rigid[:, 1])] - rigid[np.argmin(rigid[:, 1])]
    normal = np.cross(right, down)
    return np.asarray(normal / np.linalg.norm(normal))


def _picture(rgb: Pixels, points: Floats, into: Floats, carried_px: Floats) -> SkinPicture:
    scale = float(np.sqrt(abs(np.linalg.det(into[:, :2]))))
    flat = points[:, :2] @ into[:, :2].T + into[:, 2]
    depth = points[:, 2] * scale
    spots = (flat[PATCH_POINTS][:, None] + _SPOTS_PX).reshape(-1, 2)
    places = np.concatenate([spots, flat[STEADY]])
    depths = np.concatenate([np.repeat(depth[PATCH_POINTS], len(_SPOTS_PX)), depth[STEADY]])
    grey = _stabilised(rgb, into)
    return SkinPicture(
        grey=grey,
        places_px=places.astype(np.float32),
        middles_px=flat[PATCH_POINTS],
        texture=_texture(grey, places),
        fields=_fields(places, depths),
        rigid_px=flat[mesh.RIGID],
        normal=normal_of(points),
        grey_level=float(grey.mean()),
        carried_px=carried_px,
    )


def _texture(grey: Grey, places: Floats) -> Floats:
    """How much the grey levels around each place differ from their mean, at least the floor."""
    window = (_WINDOW_PX, _WINDOW_PX)
    picture = grey.astype(np.float32)
    apart = cv2.blur(np.abs(picture - cv2.blur(picture, window)), window)
    columns, rows = np.rint(places).astype(int).T
    height, width = grey.shape
    values = apart[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    return np.asarray(np.maximum(values, _TEXTURE_FLOOR), dtype=np.float64)


def _stabilised(rgb: Pixels, into: Floats) -> Grey:
    """The face laid upright; where the video is finer, blocks of pixels are averaged first."""
    scale = float(np.sqrt(abs(np.linalg.det(into[:, :2]))))
    back = np.linalg.inv(into[:, :2])
    corners = np.array([[0, 0], [_SIZE_PX[0], 0], [0, _SIZE_PX[1]], list(_SIZE_PX)])
    reach = (corners - into[:, 2]) @ back.T
    height, width = rgb.shape[:2]
    block = max(1, int(1 / scale + 0.25))
    # The blocks lie on a grid that is fixed to the frame, or the averages would flicker.
    low = np.clip(reach.min(axis=0) - 2, 0, None).astype(int) // block * block
    high = np.minimum(np.ceil(reach.max(axis=0)) + 3, [width, height]).astype(int)
    part = rgb[low[1] : high[1], low[0] : high[0]]
    if 0 in part.shape:
        return np.zeros(_SIZE_PX[::-1], dtype=np.uint8)
    grey = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    shifted = np.column_stack([into[:, :2], into[:, 2] + into[:, :2] @ low])
    if block > 1 and min(grey.shape) >= block:
        grey = block_means(grey, block)
        offset = shifted[:, 2] + shifted[:, :2] @ np.full(2, (block - 1) / 2)
        shifted = np.column_stack([shifted[:, :2] * block, offset])
    laid = cv2.warpAffine(
        grey, shifted, _SIZE_PX, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(laid, dtype=np.uint8)


def _alike(grey: Grey, level: float) -> Grey:
    """The picture as bright as the reference, so that a lamp is not taken for a movement."""
    own = float(grey.mean())
    if own < 1 or abs(own - level) < 1:
        return grey
    return np.asarray(cv2.convertScaleAbs(grey, alpha=level / own), dtype=np.uint8)


def _similarity(source: Floats, target: Floats) -> Floats:
    """The turn, scale and shift that lay one set of points over another, (2, 3)."""
    middle, onto = source.mean(axis=0), target.mean(axis=0)
    a, b = source - middle, target - onto
    power = float((a**2).sum())
    along = float((a * b).sum()) / power
    beside = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / power
    linear = np.array([[along, -beside], [beside, along]])
    return np.column_stack([linear, onto - linear @ middle])


def _without_head(flow: Floats, expected: Floats, reference: SkinPicture) -> SkinSeen:
    """What is left of the flow when one small movement of a rigid head is taken away.

    A head that turns, nods, tilts, comes nearer and shifts moves each place by a sum of six known
    fields, since the mesh says how deep the places lie. Steady points that disagree lose their
    weight (Cauchy's, as in doi:10.1080/03610927708827533).
    """
    count = len(STEADY)
    fields = reference.fields
    known = np.isfinite(flow[-count:, 0])
    if np.count_nonzero(known) < count // 2:
        nothing = np.full((N_PATCHES, 2), np.nan)
        lost = expected + reference.carried_px
        return SkinSeen(moved_px=nothing, mesh_px=lost, residual_px=float("nan"))
    shape, target = fields[-count:][known], flow[-count:][known]
    columns, flat = shape.reshape(-1, 6), target.ravel()
    weight: Floats = np.ones(len(target))
    off: Floats = np.zeros(len(target))
    amount: NDArray[np.floating] = np.zeros(6)
    for _ in range(_FIT_ROUNDS):
        weighed = columns * np.repeat(weight, 2)[:, None]
        amount = np.linalg.solve(weighed.T @ columns + _RIDGE * np.eye(6), weighed.T @ flat)
        off = np.hypot(*(target - shape @ amount).T)
        weight = 1 / (1 + (off / (2 * _median(off) + 1e-6)) ** 2)
    rest = (flow[:-count] - fields[:-count] @ amount).reshape(N_PATCHES, -1, 2)
    mesh_px = expected - (fields[:-count] @ amount).reshape(N_PATCHES, -1, 2).mean(axis=1)
    moved = _of_patches(rest)
    moved[~(np.hypot(*(moved - mesh_px).T) <= _FARTHEST_PX)] = np.nan
    carried = reference.carried_px
    return SkinSeen(moved_px=moved + carried, mesh_px=mesh_px + carried, residual_px=_median(off))


def _of_patches(rest: Floats) -> Floats:
    """(patches, 2), the median of each patch's places; NaN where they do not agree."""
    places = rest.shape[1]
    count = np.count_nonzero(np.isfinite(rest[:, :, 0]), axis=1)
    ordered = np.sort(rest, axis=1)  # NaN last
    patch = np.arange(len(rest))
    moved = (ordered[patch, np.maximum(count - 1, 0) // 2] + ordered[patch, count // 2]) / 2
    moved[2 * count <= places] = np.nan
    size = np.hypot(*moved.T)
    apart = np.hypot(*np.moveaxis(rest - moved[:, None], 2, 0))
    apart.sort(axis=1)
    agree = apart[:, places // 2] <= _LARGEST_SPREAD_PX + _LARGEST_SPREAD * size
    moved[~agree] = np.nan
    return np.asarray(moved)


def _median(values: Floats) -> float:
    return float(np.partition(values, values.size // 2)[values.size // 2])


def _fields(places: Floats, depth: Floats) -> Floats:
    """(p, 2, 6): what a unit of each small movement of the head does to each place."""
    x, y = (places - places.mean(axis=0)).T / CANTHAL_DISTANCE_PX
    z = (depth - depth.mean()) / CANTHAL_DISTANCE_PX
    one, none = np.ones_like(x), np.zeros_like(x)
    across = np.stack([one, none, x, -y, z, none], axis=1)
    down = np.stack([none, one, y, x, none, z], axis=1)
    return np.stack([across, down], axis=1)
