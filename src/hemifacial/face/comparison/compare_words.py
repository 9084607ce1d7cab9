"""What must be said with a comparison, so that nobody takes it for more than it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hemifacial.anatomy import Side, structure
from hemifacial.face.comparison.comparable import Video, findings_of
from hemifacial.face.summary import METHOD_VERSION

__all__ = ["TWO_VIDEOS", "sentences"]

TWO_VIDEOS = (
    "Two videos show two videos: how often spasms come differs between hours and days, with "
    "sleep, stress, light and talking, and no interval here knows of that. A change that is "
    "detected is a change between these recordings, not the effect of what happened in between."
)


def sentences(
    videos: Sequence[Video],
    side: Side,
    thresholds_mm: Mapping[str, float],
    *,
    is_stated: bool,
    left_out: Sequence[str],
    count: int,
) -> tuple[str, ...]:
    """Everything to be said, in the order of the report.

    Parameters
    ----------
    videos
        With the thresholds that they share, see `hemifacial.face.comparison.comparable`.
    side, is_stated
        The affected side, and whether a person named it.
    left_out
        Regions that some of the videos measured and some did not.
    count
        How many changes were judged.
    """
    return (
        *_about_the_side(videos, side, stated=is_stated),
        *_about_thresholds(thresholds_mm, left_out),
        *_about_methods(videos),
        *_about_chance(count),
        TWO_VIDEOS,
    )


def _about_the_side(videos: Sequence[Video], side: Side, *, stated: bool) -> Iterator[str]:
    if side is Side.NOT_APPLICABLE:
        yield (
            f"No side is affected in the first video ({videos[0].name}): "
            "the sides have equally many spasms, so that none is followed."
        )
        return
    by_whom = "as stated" if stated else f"the one with more spasms in {videos[0].name}"
    yield f"The affected side is the patient's {side}, {by_whom}."
    for video in videos if stated else videos[1:]:
        own, other = (_count(video, one) for one in (side, side.opposite))
        if other > own:
            yield (
                f"In {video.name} the other side, the patient's {side.opposite}, has more spasms "
                f"({other} against {own}). Look whether this video is mirrored, or of another "
                "patient, before believing that the side has changed."
            )


def _count(video: Video, side: Side) -> int:
    return sum(int(finding.value or 0) for finding in findings_of(video, "spasm_count", side))


def _about_thresholds(thresholds_mm: Mapping[str, float], left_out: Sequence[str]) -> Iterator[str]:
    if thresholds_mm:
        each = ", ".join(
            f"{mm:.1f} mm at the {structure(site).label}" for site, mm in thresholds_mm.items()
        )
        yield f"Spasms of every video are counted from {each}: what the least good one could call."
    if left_out:
        labels = ", ".join(structure(site).label for site in left_out)
        yield f"Not compared, since not every video has it: {labels}."


def _about_methods(videos: Sequence[Video]) -> Iterator[str]:
    """What about the measurements themselves differs, so that a change may be theirs."""
    first = videos[0].result.provenance
    for video in videos:
        about = video.result.provenance
        if about.method_version != METHOD_VERSION:
            yield (
                f"{video.name} was measured with version {about.method_version} of the method, "
                f"this is version {METHOD_VERSION}: measure it again before you compare."
            )
        if video is videos[0]:
            continue
        if about.parameters.get("criteria") != first.parameters.get("criteria"):
            yield f"{video.name} was measured with other criteria than {videos[0].name}."
        if about.recorded_at and first.recorded_at and about.recorded_at < first.recorded_at:
            yield (
                f"{video.name} states an earlier date ({about.recorded_at}) than "
                f"{videos[0].name} ({first.recorded_at}), which is given first."
            )


def _about_chance(count: int) -> Iterator[str]:
    if count:
        yield (
            f"{count} changes were judged, each at 95 %: of those where nothing changed, about one "
            "in twenty is called a change all the same. Choose beforehand which one counts."
        )
