"""Phases of an examination: read from a table, found from signals, and what is said of each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.errors import InputError
from hemifacial.face.findings.parts import in_phases, parts_of
from hemifacial.face.phases import find_phases, with_phases
from hemifacial.face.review import reviewed
from hemifacial.face.states import State
from hemifacial.findings import Event
from hemifacial.formats.events_table import write_events
from hemifacial.formats.protocol import phase_labels, read_phases
from whole_face import CRITERIA, SIDES, WholeFace, hump, one

RIGHT, LEFT = Side.RIGHT, Side.LEFT


def written(folder: Path, *lines: str) -> Path:
    path = folder / "phases.tsv"
    path.write_text("\n".join(("onset\tduration\tphase", *lines)) + "\n", encoding="utf-8")
    return path


# -- the table ---------------------------------------------------------------------------------


def test_phases_of_a_table(tmp_path: Path) -> None:
    path = written(tmp_path, "60\t5\tPucker", "0\t60\trest", "70.5\t4\tTight closure")
    phases = read_phases(path, recording_duration_s=80)
    assert [(p.phase, p.onset_s, p.duration_s, p.trial_type) for p in phases] == [
        ("rest", 0, 60, "phase"),
        ("pucker", 60, 5, "phase"),
        ("tight_closure", 70.5, 4, "phase"),
    ]
    assert all(phase.confidence is None for phase in phases)
    assert len({phase.event_id for phase in phases}) == 3


def test_events_table_will_do(tmp_path: Path) -> None:
    face = WholeFace().phase("rest", 0, 30).phase("smile", 30, 5).spasm("right", 10)
    write_events(tmp_path / "events.tsv", face.events())
    assert [p.phase for p in read_phases(tmp_path / "events.tsv")] == ["rest", "smile"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["0\t5\tgrin"], "line 2: 'grin' is not a phase"),
        (["0\t5\tunassigned"], "line 2: 'unassigned' is not a phase"),
        (["0\t5\t"], "line 2: '' is not a phase"),
        (["soon\t5\trest"], "line 2: onset is 'soon', not a number of seconds"),
        (["nan\t5\trest"], "line 2: onset is nan, not a time within a recording"),
        (["0\t0\trest"], "line 2: rest lasts 0 s; it must last more than 0"),
        (["-1\t5\trest"], "line 2: rest begins at -1 s, before the recording"),
        (["90\t5\trest"], "rest lies from 90 to 95 s, the recording lasts 80.0 s"),
        (["70\t30\trest"], "rest lies from 70 to 100 s"),
        (["0\t9\trest", "5\t5\tsmile"], "line 3: smile begins at 5 s, before rest ends at 9 s"),
        ([], "it names no phase"),
        (["0\t5\tgrin"] * 7, "and 2 more"),
    ],
)
def test_bad_table_names_its_rows(tmp_path: Path, lines: list[str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_phases(written(tmp_path, *lines), recording_duration_s=80)
    assert said in str(caught.value)
    assert "phases.tsv" in str(caught.value)
    assert "tight_closure" in caught.value.next_step


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2.*line 4"):
        read_phases(written(tmp_path, "0\t5\tgrin", "6\t5\trest", "x\t5\trest"))


def test_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "phases.tsv"
    path.write_text("onset\tphase\n0\trest\n", encoding="utf-8")
    with pytest.raises(InputError, match="the column duration is missing"):
        read_phases(path)


# -- found from the signals --------------------------------------------------------------------


def found(face: WholeFace) -> list[tuple[str, float, float]]:
    phases = find_phases(face.signals(), face.events(), CRITERIA)
    return [(p.phase, round(p.onset_s, 1), round(p.offset_s, 1)) for p in phases]


def only_tasks(face: WholeFace) -> list[str]:
    return [phase for phase, _, _ in found(face) if phase != "rest"]


def pucker(face: WholeFace, onset_s: float, lasts_s: float = 3.0) -> WholeFace:
    face.move("mouth_width", onset_s, lasts_s, -8.0)
    for side in SIDES:
        face.move(f"mouth_corner_excursion_{side}", onset_s, lasts_s, 4.0)
    return face


def smile(face: WholeFace, onset_s: float, lasts_s: float = 3.0) -> WholeFace:
    face.move("mouth_width", onset_s, lasts_s, 8.0)
    return face.both("expression", onset_s, lasts_s, 4.5, "mouth_corner")


def closure(face: WholeFace, onset_s: float, brow_mm: float, cheek_mm: float) -> WholeFace:
    face.both("closure_voluntary", onset_s, 3.0, 9.0, "eyelids")
    for side in SIDES:
        face.move(f"brow_height_{side}", onset_s, 3.0, brow_mm)
        face.move(f"cheek_excursion_{side}", onset_s, 3.0, cheek_mm)
    return face


def raised(face: WholeFace, onset_s: float, mm: float = 5.0) -> WholeFace:
    for side in SIDES:
        face.move(f"brow_height_{side}", onset_s, 2.0, mm)
    return face


def counting(face: WholeFace, onset_s: float, syllables: int = 8) -> WholeFace:
    for k in range(syllables):
        face.move("mouth_opening", onset_s + 0.6 * k, 0.4, 5.0)
    return face


def whole_examination() -> WholeFace:
    face = WholeFace(seconds=120)
    closure(face, 30, 0.0, 0.0)
    closure(face, 40, -3.0, 3.0)
    pucker(face, 50)
    smile(face, 60)
    raised(face, 70)
    return counting(face, 80)


def test_whole_examination_is_found() -> None:
    phases = found(whole_examination())
    assert [phase for phase, _, _ in phases] == [
        "rest",
        "gentle_closure",
        "tight_closure",
        "pucker",
        "smile",
        "brow_raise",
        "counting_aloud",
        "rest",
    ]
    assert phases[0][1:] == (0.0, 29.0)
    assert phases[-1][1] == pytest.approx(85.6, abs=0.3)
    assert phases[3][1:] == (pytest.approx(50, abs=0.15), pytest.approx(53, abs=0.15))


def test_found_phases_do_not_depend_on_the_frame_rate() -> None:
    slow, fast = (whole_examination_at(rate_hz) for rate_hz in (30.0, 120.0))
    assert [p for p, _, _ in slow] == [p for p, _, _ in fast]
    for one_phase, other in zip(slow, fast, strict=True):
        assert one_phase[1:] == pytest.approx(other[1:], abs=0.11)


def whole_examination_at(rate_hz: float) -> list[tuple[str, float, float]]:
    face = WholeFace(seconds=70, rate_hz=rate_hz)
    pucker(face, 20)
    return found(counting(smile(face, 30), 40))


def test_repeats_of_a_task_are_one_phase() -> None:
    face = pucker(pucker(pucker(WholeFace(seconds=90), 20), 25), 60)
    assert only_tasks(face) == ["pucker", "pucker"]
    assert found(face)[1][1:] == (pytest.approx(20, abs=0.15), pytest.approx(28, abs=0.15))


@pytest.mark.parametrize("side", ["right", "left"])
def test_one_sided_movement_is_no_task(side: str) -> None:
    """A spasm of one side widens the mouth, raises a brow and closes an eye."""
    face = WholeFace().spasm(side, 20, 3.0, 8.0, "mouth_corner", "eyelids", "cheek")
    face.move("mouth_width", 20, 3.0, 6.0).move(f"brow_height_{side}", 20, 3.0, 5.0)
    assert found(face) == [("rest", 0.0, 60.0)]


def test_closure_between_gentle_and_tight_is_neither() -> None:
    assert only_tasks(closure(WholeFace(), 30, -0.8, 1.0)) == []


def test_closure_without_brows_and_cheeks_cannot_be_told() -> None:
    face = closure(WholeFace(), 30, -3.0, 3.0)
    for name in list(face.values):
        if name.startswith(("brow_height", "cheek")):
            del face.values[name]
    assert only_tasks(face) == []


def test_brief_or_small_movements_are_no_task() -> None:
    face = WholeFace()
    pucker(face, 10, 0.5)
    raised(face, 20, 1.5)
    counting(face, 30, 3)
    assert only_tasks(face) == []


def test_open_mouth_is_no_counting() -> None:
    face = WholeFace(seconds=90)
    for k in range(6):
        face.move("mouth_opening", 10 + 5.0 * k, 3.0, 6.0)
    assert only_tasks(face) == []


def test_rest_is_long_and_judged() -> None:
    face = WholeFace(seconds=60)
    for k in range(6):
        smile(face, 5 + 9.0 * k, 1.5)
    assert "rest" not in [phase for phase, _, _ in found(face)]
    gap = WholeFace(seconds=60)
    gap.state[(gap.times_s > 20) & (gap.times_s < 25)] = State.NO_FACE
    assert [phase for phase, _, _ in found(gap)] == ["rest", "rest"]


def test_blinks_and_spasms_do_not_end_rest() -> None:
    face = WholeFace().spasm("left", 20, 1.5, 5.0, "eyelids")
    face.both("blink_complete", 40, 0.3, 9.0, "eyelids")
    assert found(face) == [("rest", 0.0, 60.0)]


def test_noise_alone_is_rest() -> None:
    face = WholeFace(seconds=120)
    chance = np.random.default_rng(3)
    for name in face.values:
        face.values[name] = face.values[name] + chance.normal(0, 0.1, face.times_s.size)
    assert found(face) == [("rest", 0.0, 120.0)]


def test_found_phases_say_that_they_were_found() -> None:
    phases = find_phases(whole_examination().signals(), (), CRITERIA)
    assert all(phase.confidence is not None and phase.confidence >= 0.5 for phase in phases)
    small = find_phases(raised(WholeFace(), 30, 2.7).signals(), (), CRITERIA)
    large = find_phases(raised(WholeFace(), 30, 8.0).signals(), (), CRITERIA)
    assert small[1].phase == large[1].phase == "brow_raise"
    assert (small[1].confidence or 0) < (large[1].confidence or 0)


# -- what is said of a phase -------------------------------------------------------------------


def test_every_event_gets_the_phase_it_begins_in() -> None:
    face = WholeFace().phase("rest", 0, 30).phase("pucker", 30, 10)
    face.spasm("right", 5).spasm("right", 29.9, 1.0).spasm("right", 35).spasm("right", 50)
    phases = [event.phase for event in face.events() if event.family == "spasm"]
    assert phases == ["rest", "rest", "pucker", "unassigned"]


def test_without_phases_nothing_is_said_of_any() -> None:
    face = WholeFace().spasm("right", 5)
    assert all(event.phase == "" for event in in_phases(face.events()))
    assert {finding.phase for finding in face.findings()} == {""}


def test_rates_are_of_the_time_of_their_phase() -> None:
    face = WholeFace().phase("rest", 0, 30).phase("pucker", 30, 10)
    face.spasm("right", 5).spasm("right", 31).spasm("right", 36)
    findings = face.findings()
    assert one(findings, "spasm_rate", RIGHT).value == pytest.approx(3)
    assert one(findings, "spasm_rate", RIGHT, phase="rest").value == pytest.approx(2)
    assert one(findings, "spasm_rate", RIGHT, phase="pucker").value == pytest.approx(12)
    assert one(findings, "spasm_rate", RIGHT, phase="unassigned").value == 0
    assert one(findings, "spasm_count", LEFT, phase="pucker").value == 0
    limit = one(findings, "largest_spasm", LEFT, phase="pucker")
    assert limit.detection_limit == 1.8


def test_time_of_the_parts_is_the_time_of_the_whole() -> None:
    face = WholeFace().phase("rest", 0.013, 29.7).phase("smile", 31.11, 7.3)
    face.state[(face.times_s > 10) & (face.times_s < 13)] = State.UNJUDGED
    whole, *parts = parts_of(face.signals(), face.events())
    assert sum(part.judged_s for part in parts) == pytest.approx(whole.judged_s)
    smile_part = next(part for part in parts if part.phase == "smile")
    assert smile_part.judged_s == pytest.approx(7.3)


def test_tonic_spasm_over_a_border_fills_both_phases() -> None:
    face = WholeFace().phase("rest", 0, 30).phase("pucker", 30, 10).spasm("left", 28, 6.0)
    findings = face.findings()
    assert one(findings, "time_in_spasm", LEFT, phase="rest").value == pytest.approx(100 * 2 / 30)
    assert one(findings, "time_in_spasm", LEFT, phase="pucker").value == pytest.approx(40)
    assert one(findings, "spasm_count", LEFT, phase="pucker").value == 0


def test_phase_that_could_not_be_judged_is_said() -> None:
    face = WholeFace().phase("rest", 0, 30).phase("smile", 40, 10).spasm("right", 45)
    face.state[face.times_s >= 40] = State.NO_FACE
    rate = one(face.findings(), "spasm_rate", RIGHT, phase="smile")
    assert rate.value is None


def test_phases_are_put_into_a_result_and_replaced() -> None:
    result = whole_examination().result()
    with_found = with_phases(result, CRITERIA)
    assert with_found.provenance.parameters["phases"] == "found"
    assert one(with_found.findings, "spasm_rate", RIGHT, phase="rest").value == 0
    stated = (
        Event(onset_s=0, duration_s=9, event_id="p1", trial_type="phase", phase="counting_aloud"),
    )
    again = with_phases(with_found, CRITERIA, stated)
    assert again.provenance.parameters["phases"] == "stated"
    assert [e.phase for e in again.events if e.family == "phase"] == ["counting_aloud"]
    assert {f.phase for f in again.findings} == {"", "counting_aloud", "unassigned"}


def test_spasm_that_a_person_adds_belongs_to_its_phase() -> None:
    result = with_phases(pucker(WholeFace(), 30, 8.0).result(), CRITERIA)
    new = WholeFace().spasm("right", 33).put[0]
    line = Correction(
        action=Action.ADD, before=None, after=new, who="A", when="2026-11-22T14:00:00+00:00"
    )
    standing, _ = reviewed(result, [line])
    assert one(standing.findings, "spasm_count", RIGHT, phase="pucker").value == 1
    assert one(standing.findings, "spasm_count", RIGHT, phase="rest").value == 0


def test_every_phase_has_a_name_for_a_reader() -> None:
    labels = phase_labels()
    assert next(iter(labels)) == "rest"
    assert list(labels)[-1] == "unassigned"
    assert all(labels.values())


def test_hump_is_what_it_says() -> None:
    times_s = np.arange(0, 3, 0.01)
    assert hump(times_s, 1.0, 1.0).max() == 1
    assert hump(times_s, 1.0, 1.0)[times_s < 1].max() == 0
