"""Findings of a whole face against known answers: rates, spread, lags, locking, symmetry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.face.findings.coordination import lag_s
from hemifacial.face.findings.quality import quality_of
from hemifacial.face.measure import without_unseen
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.review import reviewed
from hemifacial.face.states import State
from hemifacial.face.summary import summarise
from hemifacial.findings import Status
from whole_face import CRITERIA, WholeFace, hump, one

RIGHT, LEFT, BOTH = Side.RIGHT, Side.LEFT, Side.BOTH
DOCS = Path(__file__).resolve().parents[1] / "docs"


def test_bursts_kinds_and_durations() -> None:
    face = WholeFace(seconds=60)
    for k in range(4):
        face.spasm("right", 10 + 0.4 * k, 0.2)
    face.spasm("right", 30, 2.0).spasm("right", 40, 0.6)
    found = face.findings()
    assert one(found, "burst_count", RIGHT).value == 1
    assert one(found, "burst_rate", RIGHT).value == pytest.approx(1.0)
    assert one(found, "intraburst_rate", RIGHT).value == pytest.approx(3 / 1.2)
    assert one(found, "clonic_share", RIGHT).value == pytest.approx(400 / 6)
    tonic = one(found, "tonic_share", RIGHT)
    assert (tonic.value, tonic.n) == (pytest.approx(100 / 6), 6)
    assert one(found, "spasm_duration_median", RIGHT).value == pytest.approx(0.2)
    assert one(found, "spasm_duration_upper_quartile", RIGHT).value == pytest.approx(0.5)
    assert one(found, "spasm_count", LEFT).value == 0
    assert one(found, "tonic_share", LEFT).status is Status.NOT_JUDGED


def test_rate_of_a_burst_is_less_sure_than_that_of_spasms_apart() -> None:
    burst, apart = WholeFace(), WholeFace()
    for k in range(8):
        burst.spasm("left", 10 + 0.4 * k)
        apart.spasm("left", 4 + 7.0 * k)
    rates = [one(face.findings(), "spasm_rate", LEFT) for face in (burst, apart)]
    assert rates[0].value == rates[1].value == 8
    assert (rates[0].high or 0) > 2 * (rates[1].high or 0)
    assert "clusters" in rates[0].interval


def test_time_in_spasm_has_an_interval_within_0_and_100() -> None:
    found = one(WholeFace().spasm("right", 5, 20.0).findings(), "time_in_spasm", RIGHT)
    assert found.value == pytest.approx(100 / 3, abs=0.1)
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 100 / 3 < found.high <= 100


def test_closed_time_is_told_apart_by_what_closes_the_eye() -> None:
    face = WholeFace(seconds=60).spasm("right", 10, 3.0, 8.0, "eyelids")
    face.both("blink_complete", 30, 0.3, 8.5, "eyelids")
    found = face.findings()
    closed = {side: one(found, "eye_closed_time", side).value for side in (RIGHT, LEFT)}
    in_spasm = one(found, "eye_closed_time_in_spasm", RIGHT).value or 0
    in_blinks = one(found, "eye_closed_time_in_blinks", RIGHT).value or 0
    assert in_spasm == pytest.approx(100 * 2.95 / 60, abs=0.3)
    assert closed[RIGHT] == pytest.approx(in_spasm + in_blinks)
    assert closed[LEFT] == pytest.approx(in_blinks, abs=1e-6)
    assert one(found, "eye_closed_time_in_spasm", LEFT).value == 0
    assert one(found, "palpebral_aperture_median", RIGHT).value == pytest.approx(9.0)


def test_spread_says_which_regions_take_part() -> None:
    face = WholeFace().spasm("right", 10, 0.2, 4.0, "eyelids")
    face.spasm("right", 20, 0.2, 4.0, "eyelids", "mouth_corner", "chin")
    found = face.findings()
    shares = {site: one(found, "site_involvement", RIGHT, sites=(site,)).value for site in REGIONS}
    assert shares == {
        "eyelids": 100, "brow": 0, "cheek": 0, "upper_lip": 0, "mouth_corner": 50, "chin": 50,
        "jaw_line": 0,
    }  # fmt: skip
    assert one(found, "sites_per_spasm", RIGHT).value == 2


def test_region_that_was_not_measured_is_not_said_to_be_spared() -> None:
    face = WholeFace().spasm("right", 10, 0.2, 4.0, "eyelids")
    for side in ("right", "left"):
        del face.values[f"chin_excursion_{side}"]
    sites = {f.sites for f in face.findings() if f.quantity == "site_involvement"}
    assert ("chin",) not in sites
    assert len(sites) == len(REGIONS) - 1


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 240.0])
@pytest.mark.parametrize("lag_ms", [-12.0, 0.0, 7.0, 25.0])
def test_lag_is_found_between_samples(rate_hz: float, lag_ms: float) -> None:
    chance = np.random.default_rng(2)
    found = []
    for _ in range(20):
        times_s = np.arange(0, 0.8, 1 / rate_hz) + chance.uniform(0, 1 / rate_hz)
        lids = 6 * hump(times_s, 0.2, 0.3, rise_s=0.1)
        mouth = 3 * hump(times_s, 0.2 + lag_ms / 1000, 0.3, rise_s=0.1)
        noise = chance.normal(0, 0.03, (2, times_s.size))
        lag = lag_s(
            times_s, lids + noise[0], mouth + noise[1], largest_s=0.1, least_correlation=0.6
        )
        assert lag is not None
        found.append(1000 * lag)
    # A tenth of a frame; at 240 frames a second noise, not the frame, sets the limit.
    assert np.median(found) == pytest.approx(lag_ms, abs=max(1.0, 0.1 * 1000 / rate_hz))


def test_lag_of_what_does_not_go_together_is_none() -> None:
    times_s = np.arange(0, 0.8, 1 / 60)
    lids = hump(times_s, 0.2, 0.3)
    noise = np.random.default_rng(1).normal(0, 1, times_s.size)
    asked = {"largest_s": 0.1, "least_correlation": 0.6}
    assert lag_s(times_s, lids, noise, **asked) is None
    assert lag_s(times_s, lids, np.zeros_like(lids), **asked) is None
    assert lag_s(times_s, lids, np.where(times_s > 0.4, np.nan, lids), **asked) is None
    assert lag_s(times_s[:4], lids[:4], lids[:4], **asked) is None


def test_lag_is_a_finding_with_its_interval() -> None:
    face = WholeFace(rate_hz=120)
    for k in range(8):
        face.spasm("right", 4 + 6.0 * k, 0.3, 5.0, "eyelids")
        face.put[-1] = replace(face.put[-1], sites=("eyelids", "mouth_corner"))
        face.move("mouth_corner_excursion_right", 4.010 + 6.0 * k, 0.3, 4.0)
    lag = one(face.findings(), "lid_mouth_lag", RIGHT)
    assert lag.value == pytest.approx(10, abs=1.0)
    assert (lag.n, lag.unit) == (8, "ms")
    assert lag.low is not None
    assert lag.low <= 10.5
    assert one(face.findings(), "lid_mouth_lag", LEFT).value is None


@pytest.mark.parametrize(
    ("own_mm", "other_mm", "share"),
    [(2.0, 0.0, 100), (0.5, 0.0, 0), (-2.0, 0.0, 0), (2.0, 2.0, 0)],
    ids=["rises", "hardly", "falls", "both rise"],
)
def test_other_babinski_is_a_brow_that_rises_by_itself(
    own_mm: float, other_mm: float, share: float
) -> None:
    face = WholeFace()
    for k in range(3):
        face.spasm("left", 10 + 10.0 * k, 0.5, 6.0, "eyelids")
        face.move("brow_height_left", 10 + 10.0 * k, 0.5, own_mm)
        face.move("brow_height_right", 10 + 10.0 * k, 0.5, other_mm)
    found = one(face.findings(), "other_babinski_share", LEFT)
    assert (found.value, found.n) == (share, 3)
    assert found.high is not None


def test_other_babinski_is_not_judged_without_brows() -> None:
    face = WholeFace().spasm("left", 10, 0.5, 6.0, "eyelids")
    for side in ("right", "left"):
        del face.values[f"brow_height_{side}"]
    found = one(face.findings(), "other_babinski_share", LEFT)
    assert found.status is Status.NOT_JUDGED
    assert "brows" in found.note


def test_locking_is_held_against_chance() -> None:
    locked, free = WholeFace(seconds=120), WholeFace(seconds=120)
    for k in range(10):
        for face in (locked, free):
            face.both("expression", 5 + 11.0 * k, 1.0, 4.0, "mouth_corner")
        locked.spasm("right", 5.2 + 11.0 * k, 0.3, 4.0, "eyelids")
        free.spasm("right", 9.0 + 11.0 * k, 0.3, 4.0, "eyelids")
    chance = one(locked.findings(), "voluntary_locking_by_chance", RIGHT)
    assert chance.value == pytest.approx(100 * 10 / 120, abs=0.1)
    share = one(locked.findings(), "voluntary_locking_share", RIGHT)
    assert share.value == 100
    assert share.note.startswith("more than chance")
    apart = one(free.findings(), "voluntary_locking_share", RIGHT)
    assert apart.value == 0
    assert apart.note.startswith("no more than chance")


def test_symmetry_at_rest_and_moving() -> None:
    face = WholeFace()
    face.resting = {"brow_height": (32.0, 30.0), "mouth_corner_height": (-41.5, -40.0)}
    for k in range(6):
        face.both("expression", 5 + 9.0 * k, 1.0, 4.0, "mouth_corner")
        face.move("mouth_corner_excursion_right", 5 + 9.0 * k, 1.0, 1.0)
    found = face.findings()
    assert one(found, "palpebral_aperture_ratio", BOTH).value == pytest.approx(1.0)
    assert one(found, "brow_height_difference", BOTH).value == pytest.approx(2.0)
    assert one(found, "mouth_corner_height_difference", BOTH).value == pytest.approx(-1.5)
    ratio = one(found, "movement_ratio", BOTH, sites=("mouth_corner",))
    assert (ratio.value, ratio.n) == (pytest.approx(1.25, rel=1e-3), 6)
    assert one(found, "largest_mouth_excursion", RIGHT).value == pytest.approx(5.0, rel=1e-3)


def test_every_place_says_what_could_have_been_seen() -> None:
    found = WholeFace().findings()
    for quantity, mm in (
        ("noise_floor", 0.05),
        ("detection_threshold", 1.0),
        ("smallest_detectable_movement", 1.2),
    ):
        assert one(found, quantity, LEFT, sites=("chin",)).value == pytest.approx(mm)
    # What could be found in the least sensitive region: the threshold is what the video shows.
    assert one(found, "largest_spasm", LEFT).detection_limit == 1.8
    assert one(found, "spasm_rate", LEFT).high == pytest.approx(3.689, abs=1e-3)
    assert one(found, "spasm_count", LEFT).note == (
        "Called from 1.0 mm (eyelids, brow, cheek, upper lip, chin, jaw line), "
        "1.5 mm (corner of the mouth)"
    )


def test_mirrored_face_has_the_findings_of_the_other_side() -> None:
    def made(side: str, other: str) -> WholeFace:
        face = WholeFace().spasm(side, 10, 1.5, 5.0, "eyelids", "mouth_corner")
        face.spasm(other, 30, 0.2).both("blink_complete", 40, 0.3, 8.0, "eyelids")
        return face

    plain, turned = made("right", "left").findings(), made("left", "right").findings()
    for finding in plain:
        if finding.side in (RIGHT, LEFT) and finding.unit != "1":
            there = one(turned, finding.quantity, finding.side.opposite, sites=finding.sites)
            assert (there.value, there.low, there.high) == (
                finding.value, finding.low, finding.high,
            )  # fmt: skip


def test_nothing_judged_is_said_of_each_side() -> None:
    face = WholeFace(seconds=10)
    face.state[:] = State.UNJUDGED
    found = face.findings()
    for quantity in ("spasm_rate", "eye_closed_time"):
        assert one(found, quantity, RIGHT).status is Status.NOT_JUDGED
    assert one(found, "blink_rate", BOTH).status is Status.NOT_JUDGED


def test_older_folder_without_new_signals_still_has_findings() -> None:
    face = WholeFace().spasm("right", 10)
    stems = ("eye_closure", "palpebral_aperture", "mouth_corner_excursion")
    names = ["state", *(f"{stem}_{side}" for stem in stems for side in ("right", "left"))]
    old = face.signals()[names]
    found = summarise(old, face.events(), CRITERIA)
    assert one(found, "spasm_count", RIGHT).value == 1
    assert one(found, "brow_height_difference", BOTH).status is Status.NOT_JUDGED


@pytest.mark.parametrize(
    ("about", "quantity", "words"),
    [
        ({"edge_width_px": 10.0}, "edge_width", "Blurred: an edge is 3.0 mm wide"),
        ({"brightness": 20.0}, "face_brightness", "dark: brightness 20"),
        ({"brightness": 240.0}, "face_brightness", "overexposed: brightness 240"),
        ({"clipped_share": 0.2}, "clipped_share", "20 % of the face"),
        ({"median_turn_deg": 25.0}, "head_turn", "turned by 25 degrees"),
        ({"other_face_seen": 4.0}, "other_face_time", "Another face was seen for 4.0 s"),
    ],
)
def test_what_limits_a_recording_is_said(
    about: dict[str, float], quantity: str, words: str
) -> None:
    face = WholeFace(seconds=5)
    face.about = about
    found = one(tuple(quality_of(face.signals(), CRITERIA)), quantity)
    assert found.quality == "limited"
    assert words in found.note
    face.about = {"edge_width_px": 2.0, "brightness": 120.0, "clipped_share": 0.0}
    good = [f for f in quality_of(face.signals(), CRITERIA) if f.quantity == quantity]
    assert all(f.quality == "good" and not f.note for f in good)


def test_picture_that_was_not_looked_at_is_not_judged_upon() -> None:
    found = {f.quantity for f in quality_of(WholeFace(seconds=5).signals(), CRITERIA)}
    assert not found & {"edge_width", "face_brightness", "head_turn", "other_face_time"}


def test_added_event_without_regions_is_measured_at_all_of_them() -> None:
    face = WholeFace().move("chin_excursion_left", 20, 0.4, 3.0)
    face.move("cheek_excursion_left", 20, 0.4, 2.0).move("brow_excursion_left", 20, 0.4, 0.3)
    result = face.result()
    new = replace(
        WholeFace().spasm("left", 20, 0.4).put[0],
        sites=(), peak_time_s=None, amplitude=None, amplitude_unit="", confidence=None,
    )  # fmt: skip
    line = Correction(
        action=Action.ADD, before=None, after=new, who="A", when="2026-11-22T14:00:00+00:00"
    )
    standing, _ = reviewed(result, [line])
    added = next(event for event in standing.events if event.family == "spasm")
    assert added.sites == ("cheek", "chin")
    assert added.amplitude == pytest.approx(3.0, abs=0.01)
    assert added.peak_time_s == pytest.approx(20.2, abs=0.15)


@given(st.floats(0.1, 5.0), st.sampled_from(REGIONS))
def test_moved_event_has_the_size_of_its_own_region(mm: float, site: str) -> None:
    face = WholeFace(seconds=20, rate_hz=30).spasm("right", 5, 0.3, 4.0, site)
    face.move(signal_of(site, RIGHT), 12, 0.5, mm)
    before = face.put[0]
    after = replace(before, onset_s=12.0, duration_s=0.5)
    line = Correction(
        action=Action.MOVE, before=before, after=after, who="A", when="2026-11-22T14:00:00+00:00"
    )
    standing, _ = reviewed(face.result(), [line])
    moved = next(event for event in standing.events if event.family == "spasm")
    assert moved.sites == (site,)
    assert moved.amplitude == pytest.approx(mm, abs=0.002)


@pytest.mark.parametrize("page", ["findings.md", "face_phases.md", "compare.md"])
def test_criteria_are_explained_on_their_page(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    own = [n for n, limit in CRITERIA.limits.items() if limit.source.startswith(f"docs/{page}")]
    assert own
    assert [name for name in own if f"`{name}`" not in text] == []


def test_skin_that_was_lost_for_a_part_of_the_time_is_said() -> None:
    face = WholeFace(seconds=20)
    face.values["cheek_excursion_left"][face.times_s < 12] = np.nan
    judged = one(tuple(quality_of(face.signals(), CRITERIA)), "judged_time")
    assert judged.quality == "limited"
    assert "Seen only for part of the judged time: left cheek 40 %." in judged.note


def test_places_away_from_rest_share_one_sentence() -> None:
    face = WholeFace(seconds=20)
    for side in ("right", "left"):
        face.values[f"mouth_corner_excursion_{side}"][face.times_s < 12] = 5.0
    note = one(tuple(quality_of(face.signals(), CRITERIA)), "judged_time").note
    assert "right corner of the mouth 60 %, left corner of the mouth 60 %." in note
    assert note.count("may be exchanged") == 1


def test_a_region_that_was_never_seen_is_not_said_to_be_without_spasm() -> None:
    face = WholeFace(seconds=20)
    for side in ("right", "left"):
        face.values[f"chin_excursion_{side}"][:] = np.nan
    signals = without_unseen(face.signals())
    assert "chin_excursion_right" not in signals
    assert "cheek_excursion_right" in signals
    findings = summarise(signals, (), CRITERIA)
    assert not [one for one in findings if "chin" in one.sites and one.value is not None]
    assert "chin" not in one(findings, "spasm_count", LEFT).note


def test_where_nothing_was_judged_no_region_is_taken_out() -> None:
    face = WholeFace(seconds=20)
    face.state[:] = State.UNJUDGED
    for values in face.values.values():
        values[:] = np.nan
    assert set(without_unseen(face.signals())) == set(face.signals())
