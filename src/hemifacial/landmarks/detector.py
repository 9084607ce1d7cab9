"""The answer of the face detector, decoded.

BlazeFace, short range (Bazarevsky et al. 2019, arXiv 1907.05047): a single-shot detector
over a picture of 128 by 128 pixels. Its 896 answers stand on two grids, two on each cell
of 16 by 16 and six on each of 8 by 8; every answer is a box and six keypoints, measured
from the middle of its cell in pixels of the picture, and a logit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from hemifacial.landmarks.region import Region, to_frame

__all__ = ["DETECTOR_SIDE", "KEYPOINTS", "Detection", "decode", "region_of_detection"]

DETECTOR_SIDE = 128
KEYPOINTS = ("right_eye", "left_eye", "nose_tip", "mouth", "right_ear", "left_ear")

_GRIDS = ((16, 2), (8, 6))  # cells along a side, answers on each cell
_LEAST_SCORE = 0.5
_REGION_SCALE = 1.5
_SAME_FACE_OVERLAP = 0.3

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Detection:
    """A face that the detector saw, in pixels of the frame.

    `keypoints_px` is (6, 2), named by `KEYPOINTS`, sides the patient's own. The box lies
    along the sides of the region that was searched. `score` is from 0 to 1.
    """

    centre_x_px: float
    centre_y_px: float
    width_px: float
    height_px: float
    keypoints_px: npt.NDArray[np.float32]
    score: float


def decode(
    offsets: npt.NDArray[np.float32], logits: npt.NDArray[np.float32], region: Region
) -> tuple[Detection, ...]:
    """The faces in the detector's raw answer, the surest first.

    Parameters
    ----------
    offsets
        (896, 16): box centre, box size and six keypoints, in pixels of the picture.
    logits
        (896,).
    region
        The part of the frame that the picture showed.
    """
    # A logit of 100 is certainty; beyond it the exponential overflows.
    scores = 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -100, 100)))
    kept = np.flatnonzero(scores >= _LEAST_SCORE)
    points = offsets[kept].astype(np.float64).reshape(-1, 8, 2) / DETECTOR_SIDE
    points[:, [0, 2, 3, 4, 5, 6, 7]] += _cell_middles()[kept, None]
    return tuple(
        _in_frame(points_of_face, score, region)
        for points_of_face, score in _merged(points, scores[kept])
    )


def region_of_detection(detection: Detection) -> Region:
    """Where to look for the mesh of a detected face: 1.5 times its box, turned to its eyes."""
    right_eye, left_eye = detection.keypoints_px[0], detection.keypoints_px[1]
    return Region(
        centre_x_px=detection.centre_x_px,
        centre_y_px=detection.centre_y_px,
        size_px=max(detection.width_px, detection.height_px) * _REGION_SCALE,
        rotation_rad=math.atan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]),
    )


@cache
def _cell_middles() -> _Floats:
    grids = []
    for cells, answers in _GRIDS:
        middles = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        grids.append(np.repeat(np.column_stack([x.ravel(), y.ravel()]), answers, axis=0))
    return np.concatenate(grids)


def _merged(points: _Floats, scores: _Floats) -> list[tuple[_Floats, float]]:
    # Answers that overlap the surest one are one face, whose place is their mean weighted
    # by score; keeping the surest alone would let it hop between neighbouring cells.
    faces = []
    left = np.argsort(-scores, kind="stable")
    while left.size:
        same = _overlap(points[left[0]], points[left]) > _SAME_FACE_OVERLAP
        same[0] = True
        members = left[same]
        weights = scores[members] / scores[members].sum()
        faces.append((np.tensordot(weights, points[members], axes=1), float(scores[left[0]])))
        left = left[~same]
    return faces


def _overlap(one: _Floats, many: _Floats) -> _Floats:
    low = np.maximum(one[0] - one[1] / 2, many[:, 0] - many[:, 1] / 2)
    high = np.minimum(one[0] + one[1] / 2, many[:, 0] + many[:, 1] / 2)
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = one[1].prod() + many[:, 1].prod(axis=1) - shared
    return np.asarray(shared / np.maximum(union, 1e-12))


def _in_frame(points: _Floats, score: float, region: Region) -> Detection:
    centre_x_px, centre_y_px = to_frame(points[0], region).tolist()
    width_px, height_px = (points[1] * region.size_px).tolist()
    return Detection(
        centre_x_px=centre_x_px,
        centre_y_px=centre_y_px,
        width_px=width_px,
        height_px=height_px,
        keypoints_px=to_frame(points[2:], region).astype(np.float32),
        score=score,
    )
