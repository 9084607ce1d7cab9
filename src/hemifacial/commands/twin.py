"""What ``hemifacial twin`` does: plant events into a face, make an EMG recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.formats.destination import check_writable
from hemifacial.formats.events_table import read_events

if TYPE_CHECKING:
    from hemifacial.face.measure import Progress
    from hemifacial.twin.camera import Camera
    from hemifacial.twin.face import FaceModel, Planted

__all__ = ["camera_for", "plant_face", "write_electro"]

_MOST_SWEEPS = 200
_MOST_MA = 100.0


def plant_face(
    base: Path,
    video: Path,
    camera: Camera,
    *,
    plan: Path | None,
    healthy: bool = False,
    side: str = "right",
    smallest_mm: float = 3.0,
    regions: Sequence[str] = (),
    face_model: FaceModel | None = None,
    model: Path | None = None,
    progress: Progress | None = None,
) -> Planted:
    """Plant the events of a table, of a healthy face, or a varied plan, into a still or clip."""
    from hemifacial.formats.video_writer import check_ending
    from hemifacial.twin.face import TRUTH_EVENTS, default_plan, healthy_plan, plant

    if side not in (Side.RIGHT, Side.LEFT):
        raise UsageError(
            f"--side is {side!r}", next_step="Give right or left, the patient's own side."
        )
    if (plan is not None) + healthy + bool(regions) > 1:
        raise UsageError(
            "--plan, --healthy and --region each say what is planted",
            next_step="Give one of them.",
        )
    if plan is not None:
        events = read_events(plan).events
    elif healthy:
        events = healthy_plan(camera.seconds, camera.seed)
    else:
        events = default_plan(
            camera.seconds,
            camera.seed,
            side=Side(side),
            smallest_mm=smallest_mm,
            regions=regions,
        )
    if plan is not None and plan.resolve() in (
        video.resolve(),
        video.resolve().with_name(TRUTH_EVENTS),
    ):
        raise UsageError(
            f"{video}: the plan {plan} would be replaced", next_step="Choose another --out."
        )
    check_ending(video)
    check_writable(video.parent / video.stem)
    video.parent.mkdir(parents=True, exist_ok=True)
    return plant(
        base,
        events,
        video,
        camera=camera,
        face_model=face_model,
        model=model,
        progress=progress,
    )


def camera_for(
    base: Path, *, seconds: float | None, sway_mm: float | None, as_still: bool = False
) -> Camera:
    """The camera for a still or a clip; a clip has its own length and its own movement.

    `as_still` is for a clip of which only a frame is used: that of transplanted lids.
    """
    from hemifacial.formats.video import open_video
    from hemifacial.formats.video_source import check_readable, still_kind
    from hemifacial.twin.camera import Camera

    if still_kind(check_readable(base)) or as_still:
        return Camera(
            seconds=20.0 if seconds is None else seconds,
            sway_mm=1.0 if sway_mm is None else sway_mm,
        )
    with open_video(base) as video:
        whole_s = video.info.stated_duration_s or 20.0
    still_head = not sway_mm
    return Camera(
        seconds=whole_s if seconds is None else seconds,
        sway_mm=sway_mm or 0.0,
        sway_deg=0.0 if still_head else Camera().sway_deg,
    )


def write_electro(
    folder: Path,
    *,
    side: str,
    spread: bool,
    sweeps: int,
    intensities_ma: Sequence[float],
    kind: str,
    seed: int,
) -> Path:
    """A made-up study of the lateral spread in a new folder; the path of its recording."""
    from hemifacial.twin.electro.kinds import KINDS
    from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
    from hemifacial.twin.electro.recording import write_recording

    if side not in (Side.RIGHT, Side.LEFT):
        raise UsageError(
            f"--side is {side!r}", next_step="Give right or left, the patient's own side."
        )
    chosen = next((one for one in KINDS if one == kind), None)
    if chosen is None:
        raise UsageError(f"--kind is {kind!r}", next_step="Give one of " + ", ".join(KINDS) + ".")
    if not 1 <= sweeps <= _MOST_SWEEPS:
        raise UsageError(f"--sweeps is {sweeps}", next_step=f"Give 1 to {_MOST_SWEEPS}.")
    if any(not 0 < one <= _MOST_MA for one in intensities_ma):
        raise UsageError(
            f"--intensity-ma holds {', '.join(f'{one:g}' for one in intensities_ma)}",
            next_step=f"Give currents above 0 and up to {_MOST_MA:g} mA.",
        )
    base = LateralSpreadPlan(side=Side(side), sweeps=sweeps)
    if intensities_ma:
        base = replace(base, intensities_ma=tuple(intensities_ma))
    return write_recording(
        lateral_spread_plan(seed, spread=spread, base=base), folder, kind=chosen
    ).path
