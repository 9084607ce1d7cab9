"""The figures of a score against a table worked out by hand, and what they must not hide."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hemifacial.anatomy import Side
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event
from hemifacial.scoring import SCORED_FAMILIES, Pair, Score, pool, score, tables
from scoring_events import counts, other, partners, spasm

DATA = Path(__file__).parent / "data"


# --- A table worked out by hand -----------------------------------------------------------


def read_events(name: str) -> list[Event]:
    with (DATA / name).open(newline="", encoding="utf-8") as file:
        return [event_of(row) for row in csv.DictReader(file, delimiter="\t")]


def event_of(row: dict[str, str]) -> Event:
    stated = {key: value for key, value in row.items() if value != "n/a"}
    return Event(
        onset_s=float(row["onset"]),
        duration_s=float(row["duration"]),
        event_id=row["event_id"],
        trial_type=row["trial_type"],
        side=Side(row["side"]),
        sites=tuple(stated.get("sites", "").split("|")) if "sites" in stated else (),
        amplitude=float(stated["amplitude"]) if "amplitude" in stated else None,
        amplitude_unit=stated.get("amplitude_unit", ""),
        parent_id=stated.get("parent_id", ""),
    )


@pytest.fixture(scope="module")
def by_hand() -> Score:
    truth, found = read_events("score_truth.tsv"), read_events("score_found.tsv")
    return score(truth, found, recording_duration_s=60, name="by hand")


def test_hand_made_table_pairs(by_hand: Score) -> None:
    (recording,) = by_hand.recordings
    assert partners(recording.pairs) == {
        ("s1", "f1"),  # 50 ms late
        ("s2", "f2"),  # 100 ms early: on the limit, and the limit is in
        ("s4", "f4"),  # 300 ms late, but 1.5 s of 2.0 s are shared
        ("s6", "f6"),  # 10 ms late, on the wrong side
        ("s8", "f8"),  # 20 ms late
        ("b1", "c1"),  # the burst: its own family
        ("k1", "g1"),
        ("k2", "g2"),  # a blink with no side stated is of both
        ("k3", "g3"),
    }
    # f3 is 101 ms late for s3 and shares only 0.15 s of its 0.7 s.
    assert [event.event_id for event in recording.missed] == ["s3", "s5", "s7", "s9"]
    assert [event.event_id for event in recording.unpaired] == ["f3", "f10", "g4"]


def test_hand_made_table_spasms(by_hand: Score) -> None:
    spasms = by_hand.family("spasm")
    # s1 to s9 are nine; right are s1, s2, s4, s8. Found are seven: f1-f4, f6, f8, f10.
    assert counts(spasms.tally) == (4, 9, 4, 7)
    assert spasms.tally.f1 == pytest.approx(2 * 4 / (9 + 7))
    assert spasms.tally.seen == 5
    assert (spasms.side_accuracy.k, spasms.side_accuracy.n) == (4, 5)
    # s7 lies in 40-43 s without a face; it stays a miss and is named as such.
    assert spasms.tally.missed_unjudged == 1
    # False: f3, f6 (wrong side), f10. Judged: 60 s less 40-44 s, two gaps that overlap.
    assert spasms.false_rate.count == 3
    assert spasms.false_rate.per_min == pytest.approx(3 / (56 / 60))
    assert (spasms.controls, spasms.control_rate.per_min) == (0, None)


def test_hand_made_table_errors(by_hand: Score) -> None:
    spasms = by_hand.family("spasm")
    # Onset +50, -100, +300, +20 ms. Absolute 20, 50, 100, 300: 95 % is at rank 2.85.
    assert spasms.onset_error_s.n == 4
    assert spasms.onset_error_s.median == pytest.approx(0.035)
    assert spasms.onset_error_s.median_abs == pytest.approx(0.075)
    assert spasms.onset_error_s.p95_abs == pytest.approx(0.100 + 0.85 * 0.200)
    # Duration +50, 0, -500, +400 ms. Absolute 0, 50, 400, 500.
    assert spasms.duration_error_s.median == pytest.approx(0.025)
    assert spasms.duration_error_s.median_abs == pytest.approx(0.225)
    assert spasms.duration_error_s.p95_abs == pytest.approx(0.400 + 0.85 * 0.100)
    # Amplitude 1.8/2.0, 2.4/3.0, 3.0/6.0, 3.0/3.0.
    assert spasms.amplitude_ratio.n == 4
    assert spasms.amplitude_ratio.median == pytest.approx(0.85)


def test_hand_made_table_classes(by_hand: Score) -> None:
    of_type = {tally.name: counts(tally) for tally in by_hand.by_type}
    assert of_type["spasm_clonic"] == (3, 7, 2, 5)  # s8 was found, but as prolonged (f8)
    assert of_type["spasm_prolonged"] == (0, 1, 1, 1)
    assert of_type["spasm_tonic"] == (1, 1, 1, 1)
    assert of_type["spasm_burst"] == (1, 1, 1, 1)
    assert {tally.name: counts(tally) for tally in by_hand.by_size} == {
        "<1 mm": (0, 1, 0, 1),  # s5 missed; f3 is false and measures 0.9
        "1-2 mm": (0, 1, 0, 1),  # s3 missed; f10 is false and measures 1.2
        "2-3 mm": (1, 2, 1, 2),  # s1 (2.0: on the border, the larger class); s6 wrong side
        "3-5 mm": (2, 4, 2, 2),  # s2 and s8 found, f2 counted at its true 3.0; s7, s9 missed
        ">=5 mm": (1, 1, 1, 1),  # s4, f4 counted at its true 6.0
        "n/a": (0, 0, 0, 0),
    }
    assert {tally.name: counts(tally) for tally in by_hand.by_site} == {
        "eyelids": (3, 7, 3, 5),  # s1-f1 (orbicularis oculi is eyelids), s4-f4, s8-f8
        "mouth_corner": (1, 2, 1, 1),  # s2-f2 (zygomaticus major); f4 does not name it
        "chin": (0, 2, 0, 1),
    }
    assert (by_hand.site_agreement.k, by_hand.site_agreement.n) == (4, 4)


def test_hand_made_table_the_rest(by_hand: Score) -> None:
    assert counts(by_hand.family("blink").tally) == (3, 3, 3, 4)
    assert counts(by_hand.family("burst").tally) == (1, 1, 1, 1)
    assert {(cell.truth, cell.found): cell.n for cell in by_hand.confusion} == {
        ("spasm_clonic", "spasm_clonic"): 3,
        ("spasm_clonic", "spasm_prolonged"): 1,
        ("spasm_tonic", "spasm_tonic"): 1,
        ("spasm_burst", "spasm_burst"): 1,
        ("blink_complete", "blink_complete"): 1,
        ("blink_complete", "blink_partial"): 1,
        ("blink_partial", "blink_partial"): 1,
    }
    assert (by_hand.time.recording_s, by_hand.time.judged_s) == (60, 56)
    assert by_hand.time.share == pytest.approx(56 / 60)
    left_out = {(row.family, row.truth, row.found) for row in by_hand.not_scored}
    assert left_out == {("phase", 1, 0), ("gap", 0, 2)}


# --- Abstention and controls --------------------------------------------------------------


def test_abstaining_does_not_flatter() -> None:
    truth = [spasm(float(i)) for i in range(1, 11)]
    found = truth[:5]
    gap = other("no_face", 5.5, 10.0)
    without = score(truth, found, recording_duration_s=12)
    abstained = score(truth, [*found, gap], recording_duration_s=12)
    assert abstained.family("spasm").tally.recall == without.family("spasm").tally.recall
    assert without.family("spasm").tally.missed_unjudged == 0
    assert abstained.family("spasm").tally.missed_unjudged == 5
    assert abstained.time.judged_s == 5.5  # the gap ends with the recording


@pytest.mark.parametrize(
    ("event", "gaps", "unjudged"),
    [
        (spasm(10.0, 1.0), [(10.5, 5)], 1),  # half
        (spasm(10.0, 1.0), [(10.51, 5)], 0),
        (spasm(10.0, 1.0), [(9.0, 1.2), (10.6, 0.3)], 1),  # 0.2 and 0.3 together are half
        (spasm(10.0, 1.0), [(1.0, 2.0), (20.0, 5.0)], 0),
        (spasm(10.0, 0.0), [(9.0, 2.0)], 1),
        (spasm(10.0, 0.0), [(9.0, 1.0)], 0),  # the face is back
        (spasm(10.0, 1.0), [(10.2, 0.0)], 0),
    ],
)
def test_what_lies_in_unjudged_time(
    event: Event, gaps: list[tuple[float, float]], unjudged: int
) -> None:
    found = [other("unjudged", start, length) for start, length in gaps]
    assert score([event], found).family("spasm").tally.missed_unjudged == unjudged


def test_found_in_spite_of_a_gap_is_not_a_miss() -> None:
    figures = score([spasm(1.0)], [spasm(1.0), other("no_face", 0.5, 2.0)]).family("spasm")
    assert counts(figures.tally) == (1, 1, 1, 1)
    assert figures.tally.missed_unjudged == 0


def test_wrong_side_in_a_gap_is_named_as_unjudged() -> None:
    found = [spasm(1.0, side=Side.LEFT), other("unjudged", 0.5, 2.0)]
    tally = score([spasm(1.0)], found).family("spasm").tally
    assert (tally.recall.k, tally.seen, tally.missed_unjudged) == (0, 1, 1)


def test_gaps_within_gaps_and_before_the_start_count_once() -> None:
    gaps = [(-2.0, 3.0), (10.0, 8.0), (11.0, 2.0), (15.0, 4.0)]  # 0-1 s and 10-19 s
    found = [other("no_face", start, length) for start, length in gaps]
    figures = score([], found, recording_duration_s=30)
    assert figures.recordings[0].unjudged_s == ((0.0, 1.0), (10.0, 19.0))
    assert figures.time.judged_s == 20


def test_site_agreement_is_over_pairs_that_state_sites() -> None:
    truth = [spasm(1.0), spasm(2.0), spasm(3.0), spasm(4.0)]
    found = [
        spasm(1.0, sites=("orbicularis_oculi_orbital",)),
        spasm(2.0, sites=("chin",)),
        spasm(3.0, sites=()),
        spasm(4.0, side=Side.LEFT, sites=("chin",)),
    ]
    agreement = score(truth, found).site_agreement
    assert (agreement.k, agreement.n) == (1, 2)


def test_silent_control_has_an_upper_bound() -> None:
    quiet = score([], [], recording_duration_s=180).family("spasm")
    assert (quiet.controls, quiet.control_rate.count, quiet.control_rate.per_min) == (1, 0, 0)
    assert quiet.control_rate.high == pytest.approx(3.6889 / 3, abs=1e-4)
    assert (quiet.tally.recall.value, quiet.tally.precision.value, quiet.tally.f1) == (None,) * 3
    assert quiet.side_accuracy.value is None


def test_control_is_judged_by_the_family() -> None:
    """Blinks in the truth do not keep a recording from being a control for spasms."""
    blinks = [other("blink_complete", 1.0)]
    figures = score(blinks, [*blinks, spasm(2.0)], recording_duration_s=60)
    assert figures.family("spasm").control_rate.per_min == 1
    assert (figures.family("spasm").tally.precision.k, figures.family("spasm").tally.f1) == (0, 0)
    assert figures.family("blink").controls == 0


def test_nothing_found_is_a_score_of_zero_not_of_nothing() -> None:
    silent = score([spasm(1.0)], []).family("spasm").tally
    assert (silent.recall.value, silent.precision.value, silent.f1) == (0, None, 0)


def test_without_a_duration_there_is_no_rate() -> None:
    figures = score([], [spasm(1.0)])
    assert figures.family("spasm").false_rate.per_min is None
    assert figures.family("spasm").false_rate.count == 1
    assert (figures.time.judged_s, figures.time.share) == (None, None)


def test_wholly_unjudged_recording_has_no_rate() -> None:
    figures = score([], [other("no_face", 0.0, 10.0)], recording_duration_s=10)
    assert figures.time.share == 0
    assert figures.family("spasm").control_rate.per_min is None


def test_only_the_families_that_the_truth_speaks_of() -> None:
    found = [spasm(1.0), other("blink_complete", 2.0)]
    figures = score([spasm(1.0)], found, families=("spasm",))
    assert [family.tally.name for family in figures.families] == ["spasm"]
    assert [(row.family, row.found) for row in figures.not_scored] == [("blink", 1)]
    with pytest.raises(KeyError, match="blink"):
        figures.family("blink")


def test_amplitude_ratio_needs_one_unit_and_a_true_size() -> None:
    def ratio(true: float | None, true_unit: str, found: float | None, unit: str) -> float | None:
        a = spasm(1.0, amplitude=true, amplitude_unit=true_unit)
        return Pair(truth=a, found=replace(a, amplitude=found, amplitude_unit=unit)).amplitude_ratio

    assert ratio(2.0, "mm", 1.0, "mm") == 0.5
    assert ratio(2.0, "mm", 1.0, "uV") is None
    assert ratio(0.0, "mm", 1.0, "mm") is None
    assert ratio(None, "", 1.0, "mm") is None
    assert ratio(2.0, "mm", None, "mm") is None


def test_size_not_in_millimetres_is_unstated() -> None:
    event = spasm(1.0, amplitude=40.0, amplitude_unit="uV")
    sizes = {tally.name: counts(tally) for tally in score([event], [event]).by_size}
    assert sizes["n/a"] == (1, 1, 1, 1)
    assert sizes[">=5 mm"] == (0, 0, 0, 0)


# --- Pooling ------------------------------------------------------------------------------


def test_pool_adds_counts_and_keeps_recordings() -> None:
    ill = score([spasm(1.0), spasm(2.0)], [spasm(1.05)], recording_duration_s=60, name="ill")
    well = score([], [spasm(3.0)], recording_duration_s=120, name="well")
    both = pool([ill, well])
    spasms = both.family("spasm")
    assert counts(spasms.tally) == (1, 2, 1, 2)
    assert spasms.false_rate.per_min == pytest.approx(1 / 3)
    assert (spasms.controls, spasms.control_rate.per_min) == (1, 0.5)
    assert [recording.name for recording in both.recordings] == ["ill", "well"]
    assert both.time.recording_s == 180
    assert pool([both, well]).family("spasm").controls == 2


def test_pool_of_one_is_that_one(by_hand: Score) -> None:
    assert pool([by_hand]) == by_hand


def test_pool_never_pairs_across_recordings() -> None:
    apart = pool([score([spasm(1.0)], []), score([], [spasm(1.0)])])
    assert counts(apart.family("spasm").tally) == (0, 1, 0, 1)


def test_one_unknown_duration_leaves_the_pooled_rate_undefined() -> None:
    pooled = pool([score([], [], recording_duration_s=60), score([], [spasm(1.0)])])
    assert pooled.family("spasm").false_rate.per_min is None
    assert pooled.time.recording_s is None


# --- Faults -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (
            lambda: score([spasm(1.0, side=Side.NOT_APPLICABLE, event_id="x7")], []),
            InputError,
            r"(?s)1 event\(s\) of the truth .* state no side, first 'x7' at 1 s.*Next: give",
        ),
        (
            lambda: score([spasm(70.0, event_id="x7")], [], recording_duration_s=60),
            InputError,
            r"(?s)'x7' of the truth begins at 70 s, but the recording ends at 60 s.*seconds",
        ),
        (
            lambda: score([], [spasm(7000.0)], recording_duration_s=60),
            InputError,
            "of the found begins at 7000 s",
        ),
        (lambda: score([], [], recording_duration_s=0), InputError, "cannot last 0 s"),
        (lambda: score([], [], recording_duration_s=float("nan")), InputError, "cannot last nan"),
        (
            lambda: score([], [], families=("spasm", "emg")),
            UsageError,
            "(?s)'emg' cannot be scored.*Next: choose from spasm, burst, blink",
        ),
        (lambda: pool([]), UsageError, "0 recordings"),
        (
            lambda: pool([score([], []), score([], [], families=("spasm",))]),
            UsageError,
            "not all scored for the same families",
        ),
    ],
)
def test_faults_say_what_is_wrong(
    call: Callable[[], object], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        call()


# --- Words for people and machines --------------------------------------------------------


def test_tables_of_the_hand_made_score(by_hand: Score) -> None:
    shown = {table.heading: table for table in tables(by_hand)}
    assert all(len(row) == len(table.columns) for table in shown.values() for row in table.rows)
    spasms = shown["Found, with the right side"].rows[0]
    assert spasms[:4] == ("spasm", "4/9 = 44 % (19-73)", "4/7 = 57 % (25-84)", "0.50")
    assert spasms[4:] == ("4/5 = 80 % (38-96)", "1")
    (heading,) = (heading for heading in shown if heading.startswith("Errors"))
    assert shown[heading].rows[0][1:4] == ("4", "+35; 75, 270", "+25; 225, 485")
    assert ("spasm_clonic", "spasm_prolonged", "1") in shown["Kinds among pairs"].rows
    assert shown["Time judged"].rows == (("1", "60.0", "56.0", "93.3 %"),)
    assert [row[0] for row in shown["Not scored"].rows] == ["gap", "phase"]


def test_tables_of_nothing_say_so() -> None:
    shown = {table.heading: table for table in tables(score([], []))}
    assert shown["Found, with the right side"].rows == (("spasm", "n/a", "n/a", "n/a", "n/a", "0"),)
    assert shown["False events per minute judged"].rows == (("spasm", "n/a", "n/a", "1"),)
    assert shown["Time judged"].rows == (("1", "n/a", "n/a", "n/a"),)
    quiet = {table.heading: table for table in tables(score([], [], recording_duration_s=180))}
    assert quiet["False events per minute judged"].rows[0][2] == "0 in 3.0 min = 0.00 (0.00-1.23)"


def test_score_goes_into_json(by_hand: Score) -> None:
    back = json.loads(json.dumps(asdict(by_hand)))
    assert back["families"][0]["tally"]["recall"]["n"] == 9
    assert back["recordings"][0]["pairs"][0]["truth"]["side"] == "right"
    assert "Wilson" in back["intervals"]


def test_scoring_is_light_to_import() -> None:
    code = "import hemifacial.scoring, sys; print(sorted({'numpy', 'scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scored_families_are_words_of_the_vocabulary() -> None:
    nothing = score([], [])
    assert tuple(family.tally.name for family in nothing.families) == SCORED_FAMILIES
    assert len(nothing.by_type) == 9
