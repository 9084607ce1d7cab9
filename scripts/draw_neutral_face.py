"""Draw a face that is nobody's, and write down where the landmark network sees its points.

``.venv/bin/python scripts/draw_neutral_face.py`` writes
``src/hemifacial/face/exports/neutral_face.tsv``: the resting shape on which `hemifacial deidentify
--neutral-shape` shows a patient's movements. The picture is made of ellipses and polygons by
this file alone, with the proportions of an adult face by eye; no photograph and no person's
measurements went into it. The two halves of what the network sees are averaged, so that the
face is symmetric, and the irises set to 11.7 mm, by which millimetres are known.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker

__all__ = ["draw", "main", "neutral_points_mm"]

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src" / "hemifacial" / "face" / "exports" / "neutral_face.tsv"
PX_PER_MM = 8
SIZE_PX = 1760
EYES_PX = (880, 780)
"""The point between the eyes, from which everything is placed in mm: x right, y down."""

SKIN, SHADE, CREASE, DARK = (198, 160, 140), (178, 140, 121), (150, 110, 95), (70, 50, 40)
Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]


def main() -> int:
    """Write the table anew."""
    rows = [
        f"{index}\t" + "\t".join(f"{value:.2f}" for value in point)
        for index, point in enumerate(neutral_points_mm())
    ]
    TABLE.write_text("\n".join(["point\tx_mm\ty_mm\tz_mm", *rows, ""]), encoding="utf-8")
    print(TABLE)
    return 0


def neutral_points_mm() -> NDArray[np.float64]:
    """The (478, 3) points of the drawn face in mm around its rigid points; x right, y down."""
    picture = draw()
    tracker = FaceTracker(FaceNetworks())
    for _ in range(3):  # the region in which the network looks settles
        seen = tracker.follow(picture)
    if seen is None:
        raise SystemExit("the network sees no face in the drawing")
    points = seen.points_px.astype(np.float64) / PX_PER_MM
    points -= points[mesh.RIGID].mean(axis=0)
    points = (points + points[mesh.MIRROR] * [-1, 1, 1]) / 2
    for side in (Side.RIGHT, Side.LEFT):
        ring, centre = list(mesh.IRIS_RING[side]), points[mesh.IRIS_CENTRE[side]]
        one, other = mesh.IRIS_WIDTH[side]
        width_mm = np.hypot(*(points[one] - points[other])[:2])
        wanted_mm = FaceCriteria.read()["iris_diameter_mm"]
        points[ring] = centre + (points[ring] - centre) * wanted_mm / width_mm
    return np.asarray(points - points[mesh.RIGID].mean(axis=0))


def draw() -> Picture:
    """The face from the front, (1760, 1760, 3)."""
    picture = np.full((SIZE_PX, SIZE_PX, 3), (150, 160, 170), np.uint8)
    _ellipse(picture, (0, -8), (80, 100), (60, 45, 38))  # hair
    _shape(picture, [(-52, 60), (52, 60), (52, 140), (-52, 140)], SHADE)  # neck
    for side in (-1, 1):
        _ellipse(picture, (side * 72, 18), (9, 30), SHADE)
    _ellipse(picture, (0, 12), (68, 94), SKIN)
    _shade_to_the_sides(picture)
    for side in (-1, 1):
        _draw_brow(picture, side)
        _draw_eye(picture, side)
    _draw_nose(picture)
    _draw_mouth(picture)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.7 * PX_PER_MM), dtype=np.uint8)


def _shade_to_the_sides(picture: Picture) -> None:
    rows, columns = np.mgrid[0:SIZE_PX, 0:SIZE_PX]
    across = (columns - EYES_PX[0]) / PX_PER_MM / 68
    down = ((rows - EYES_PX[1]) / PX_PER_MM - 12) / 94
    away = across**2 + down**2
    light = np.where(away <= 1, 1.06 - 0.28 * np.clip(away, 0, 1) ** 2, 1.0)
    picture[:] = np.clip(picture * light[:, :, np.newaxis], 0, 255).astype(np.uint8)


def _draw_brow(picture: Picture, side: int) -> None:
    upper = [(14, -18), (24, -23), (38, -23), (50, -17)]
    lower = [(38, -20), (24, -19.5), (14, -14)]
    _shape(picture, [(side * x, y) for x, y in upper + lower], (75, 55, 45))


def _draw_eye(picture: Picture, side: int) -> None:
    middle = side * 31.5
    turns = np.linspace(0, np.pi, 40)
    upper = [(middle + 15.3 * np.cos(t), -5.6 * np.sin(t)) for t in turns]
    lower = [(middle - 15.3 * np.cos(t), 4.8 * np.sin(t)) for t in turns]
    _ellipse(picture, (middle, -2), (20, 11), SHADE)
    behind = np.full_like(picture, (238, 234, 230))
    _ellipse(behind, (middle, -0.6), (5.85, 5.85), DARK)
    _ellipse(behind, (middle, -0.6), (2.2, 2.2), (15, 12, 10))
    opening = np.zeros_like(picture)
    _shape(opening, upper + lower, (255, 255, 255))
    picture[:] = np.where(opening > 127, behind, picture)
    _line(picture, upper, DARK, 0.9)
    _line(picture, lower, CREASE, 0.4)
    _line(picture, [(middle + 15.5 * np.cos(t), -1 - 8.5 * np.sin(t)) for t in turns], CREASE, 0.5)


def _draw_nose(picture: Picture) -> None:
    turns = np.radians(np.linspace(-80, 80, 30))
    for side in (-1, 1):
        wing = [(side * (13 + 5 * np.cos(t)), 41 + 6.5 * np.sin(t)) for t in turns]
        _line(picture, wing, CREASE, 0.6)
        _line(picture, [(side * 8, 2), (side * 9, 34)], SHADE, 1.5)
        _line(picture, [(side * 19, 42), (side * 29, 60)], SHADE, 0.8)
    _line(picture, [(0, 0), (0, 34)], (215, 180, 160), 4)
    _ellipse(picture, (0, 40), (8, 6), (208, 170, 150))
    for side in (-1, 1):
        _ellipse(picture, (side * 6.5, 45.5), (4.2, 1.8), (95, 60, 52))


def _draw_mouth(picture: Picture) -> None:
    upper = [(-25.5, 66), (-14, 62.3), (-5, 59.3), (0, 60.6), (5, 59.3), (14, 62.3), (25.5, 66)]
    lower: list[tuple[float, float]] = [(15, 72.3), (5, 75), (-5, 75), (-15, 72.3)]
    _shape(picture, [*upper, *lower], (172, 98, 92))
    _line(picture, [(-25.5, 66), (-12, 66.2), (0, 66.6), (12, 66.2), (25.5, 66)], DARK, 0.9)
    turns = np.radians(np.linspace(20, 160, 30))
    _line(picture, [(14 * np.cos(t), 82 + 4 * np.sin(t)) for t in turns], CREASE, 0.8)


def _at(x_mm: float, y_mm: float) -> tuple[int, int]:
    return round(EYES_PX[0] + x_mm * PX_PER_MM), round(EYES_PX[1] + y_mm * PX_PER_MM)


def _points(places_mm: list[tuple[float, float]]) -> NDArray[np.int32]:
    return np.array([_at(x, y) for x, y in places_mm], dtype=np.int32)


def _ellipse(
    picture: Picture, centre_mm: tuple[float, float], half_mm: tuple[float, float], colour: Colour
) -> None:
    axes = round(half_mm[0] * PX_PER_MM), round(half_mm[1] * PX_PER_MM)
    cv2.ellipse(picture, _at(*centre_mm), axes, 0, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)


def _shape(picture: Picture, places_mm: list[tuple[float, float]], colour: Colour) -> None:
    cv2.fillPoly(picture, [_points(places_mm)], colour, cv2.LINE_AA)


def _line(
    picture: Picture, places_mm: list[tuple[float, float]], colour: Colour, wide_mm: float
) -> None:
    wide_px = max(1, round(wide_mm * PX_PER_MM))
    cv2.polylines(picture, [_points(places_mm)], False, colour, wide_px, cv2.LINE_AA)


if __name__ == "__main__":
    raise SystemExit(main())
