"""The points of the face mesh by name, always by the patient's own side.

The mesh has 478 points: 468 on the skin, as MediaPipe's Face Mesh numbers them (Kartynnik
et al. 2019, arXiv 1907.06724), and 10 on the irises. Of a face that looks out of the picture
the patient's right is on the viewer's left, and has the lower `x`. Only the right side is
written down here; the left is its mirror image, point by point, by `MIRROR`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from hemifacial.anatomy import Side

__all__ = [
    "BROW_LOWER_EDGE",
    "BROW_UPPER_EDGE",
    "CHEEK",
    "CHIN",
    "EYE",
    "FACE_OVAL",
    "INNER_CANTHUS",
    "IRIS_CENTRE",
    "IRIS_RING",
    "IRIS_WIDTH",
    "LEVEL_PAIRS",
    "LIPS_INNER",
    "LIPS_MIDDLE",
    "LIPS_OUTER",
    "LOWER_LID",
    "LOWER_LID_MARGIN",
    "MEASURED",
    "MIRROR",
    "MOUTH_CORNER",
    "NOSE",
    "N_POINTS",
    "OUTER_CANTHUS",
    "RIGID",
    "UPPER_LID",
    "UPPER_LID_MARGIN",
]

N_POINTS = 478

_Indices = tuple[int, ...]

# Right-left, by the symmetry of the model's own resting shape (within 0.5 mm of it for every
# point); points on the midline are their own images and are not listed.
_RIGHT_LEFT = """
    3-248 7-249 20-250 21-251 22-252 23-253 24-254 25-255 26-256 27-257 28-258 29-259 30-260 31-261
    32-262 33-263 34-264 35-265 36-266 37-267 38-268 39-269 40-270 41-271 42-272 43-273 44-274
    45-275 46-276 47-277 48-278 49-279 50-280 51-281 52-282 53-283 54-284 55-285 56-286 57-287
    58-288 59-289 60-290 61-291 62-292 63-293 64-294 65-295 66-296 67-297 68-298 69-299 70-300
    71-301 72-302 73-303 74-304 75-305 76-306 77-307 78-308 79-309 80-310 81-311 82-312 83-313
    84-314 85-315 86-316 87-317 88-318 89-319 90-320 91-321 92-322 93-323 95-324 96-325 97-326
    98-327 99-328 100-329 101-330 102-331 103-332 104-333 105-334 106-335 107-336 108-337 109-338
    110-339 111-340 112-341 113-342 114-343 115-344 116-345 117-346 118-347 119-348 120-349 121-350
    122-351 123-352 124-353 125-354 126-355 127-356 128-357 129-358 130-359 131-360 132-361 133-362
    134-363 135-364 136-365 137-366 138-367 139-368 140-369 141-370 142-371 143-372 144-373 145-374
    146-375 147-376 148-377 149-378 150-379 153-380 154-381 155-382 156-383 157-384 158-385 159-386
    160-387 161-388 162-389 163-390 165-391 166-392 167-393 169-394 170-395 171-396 172-397 173-398
    174-399 176-400 177-401 178-402 179-403 180-404 181-405 182-406 183-407 184-408 185-409 186-410
    187-411 188-412 189-413 190-414 191-415 192-416 193-417 194-418 196-419 198-420 201-421 202-422
    203-423 204-424 205-425 206-426 207-427 208-428 209-429 210-430 211-431 212-432 213-433 214-434
    215-435 216-436 217-437 218-438 219-439 220-440 221-441 222-442 223-443 224-444 225-445 226-446
    227-447 228-448 229-449 230-450 231-451 232-452 233-453 234-454 235-455 236-456 237-457 238-458
    239-459 240-460 241-461 242-462 243-463 244-464 245-465 246-466 247-467 468-473 469-476 470-475
    471-474 472-477
"""


def _table(values: npt.ArrayLike) -> npt.NDArray[np.intp]:
    table = np.array(values, dtype=np.intp)
    table.setflags(write=False)
    return table


def _mirror() -> npt.NDArray[np.intp]:
    image = np.arange(N_POINTS)
    for pair in _RIGHT_LEFT.split():
        right, left = map(int, pair.split("-"))
        image[right], image[left] = left, right
    return _table(image)


MIRROR = _mirror()
"""The mirror image of each point, shape (478,): ``MIRROR[MIRROR] == arange(478)``."""


def _one(right: int) -> Mapping[Side, int]:
    return MappingProxyType({Side.RIGHT: right, Side.LEFT: int(MIRROR[right])})


def _several(*right: int) -> Mapping[Side, _Indices]:
    return MappingProxyType({Side.RIGHT: right, Side.LEFT: tuple(MIRROR[list(right)].tolist())})


OUTER_CANTHUS = _one(33)
INNER_CANTHUS = _one(133)

UPPER_LID_MARGIN = _several(33, 246, 161, 160, 159, 158, 157, 173, 133)
"""The whole upper lid margin from the outer canthus to the inner, both included."""
LOWER_LID_MARGIN = _several(33, 7, 163, 144, 145, 153, 154, 155, 133)
"""The whole lower lid margin; each point faces the one at its place in the upper."""

UPPER_LID = _several(160, 159, 158)
"""The middle third of the upper lid, from outside to inside."""
LOWER_LID = _several(144, 145, 153)
"""The middle third of the lower lid; each point faces the one at its place in the upper."""

EYE = MappingProxyType(
    {
        side: UPPER_LID_MARGIN[side] + LOWER_LID_MARGIN[side][-2:0:-1]
        for side in (Side.RIGHT, Side.LEFT)
    }
)
"""The outline of the palpebral fissure, once round."""

IRIS_CENTRE = _one(468)
IRIS_RING = _several(469, 470, 471, 472)
"""Inner, upper, outer and lower edge of the iris; the two vertical ones lie under the lids."""
IRIS_WIDTH = _several(469, 471)
"""The inner and the outer edge: their distance is the width of the iris, 11.7 mm in adults."""

BROW_UPPER_EDGE = _several(70, 63, 105, 66, 107)
"""From the tail of the brow to its head."""
BROW_LOWER_EDGE = _several(46, 53, 52, 65, 55)
"""From the tail of the brow to its head."""

MOUTH_CORNER = _one(61)
CHEEK = _several(50, 205, 187, 147)

NOSE = (168, 6, 197, 195, 5, 4, 1, 2)
"""From the bridge over the tip to the base, on the midline."""
CHIN = (199, 175, 152)
"""From the hollow under the lip to the lowest point, on the midline."""


def _once_round(top: int, right: _Indices, bottom: int) -> _Indices:
    left = tuple(MIRROR[list(right)].tolist())
    return (top, *right, bottom, *reversed(left))


LIPS_OUTER = _once_round(0, (37, 39, 40, 185, 61, 146, 91, 181, 84), 17)
"""The edge of the red of the lips, once round from the middle of the upper lip."""
LIPS_INNER = _once_round(13, (82, 81, 80, 191, 78, 95, 88, 178, 87), 14)
"""The line where the lips meet, once round from its middle above."""

LIPS_MIDDLE = (0, 13, 14, 17)
"""On the midline from above: edge of the upper lip, where the lips meet (two), lower edge."""

FACE_OVAL = _once_round(
    10,
    (109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148),
    152,
)
"""The outline of the face, once round from the top of the forehead."""

_RIGID_RIGHT = (133, 33, 244, 128, 188, 114, 174, 127, 234)
RIGID = _table([*_RIGID_RIGHT, *MIRROR[list(_RIGID_RIGHT)].tolist(), 6, 195, 5, 4])
"""22 points that expressions leave in place: canthi, root and ridge of the nose, temples.

Chosen on real clips: among points that stay within about 1 % of the distance between the outer
canthi during a smile, the set with which a resting face trembles least. The forehead would
make it calmer by another 3 %, but the brows move it; the lower lids lay as still as any, but a
spasm lifts them. The tip of the nose shifts when the head turns (4 % of that distance).
"""

LEVEL_PAIRS = _table([(index, MIRROR[index]) for index in (33, 133, 127, 234)])
"""Pairs right to left that are level in an upright head, shape (4, 2)."""


def _measured() -> npt.NDArray[np.intp]:
    points = {*RIGID.tolist(), *CHIN, *LIPS_MIDDLE}
    points.update(index for name in (IRIS_CENTRE, MOUTH_CORNER) for index in name.values())
    for name in (UPPER_LID, LOWER_LID, IRIS_WIDTH, BROW_UPPER_EDGE, BROW_LOWER_EDGE):
        points.update(index for indices in name.values() for index in indices)
    return _table(sorted(points))


MEASURED = _measured()
"""The points that measurements need, ascending: what a `FaceTrack` keeps."""
