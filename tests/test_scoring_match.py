"""Which events are paired: the rules one by one, second implementations, properties."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from hemifacial.anatomy import Side
from hemifacial.findings import Event
from hemifacial.scoring import match, may_pair, score
from hemifacial.scoring.assignment import cheapest_assignment
from scoring_events import counts, other, partners, spasm

# --- When two events are one --------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other_one", "same"),
    [
        (spasm(1.0), spasm(1.1), True),
        (spasm(1.0), spasm(1.101), False),
        (spasm(0.3), spasm(0.4), True),  # 0.4 - 0.3 is 0.10000000000000003 in doubles
        (spasm(1.0, 0.0), spasm(1.1, 0.0), True),
        (spasm(1.0, 0.4), spasm(1.13, 0.4), False),  # share half, but neither is long
        (spasm(1.0, 0.5), spasm(1.12, 0.5), False),  # longer than 0.5 s, not as long
        (spasm(1.0, 0.6), spasm(1.2, 0.6), True),  # 0.4 of 0.8 s: exactly half
        (spasm(1.0, 0.6), spasm(1.201, 0.6), False),
        (spasm(1.0, 0.51), spasm(1.11, 0.3), True),  # one of them long is enough
        (spasm(1.0, 10.0), spasm(4.0, 0.2), False),  # a long event does not swallow a short
        (spasm(1.0, 10.0), spasm(1.0, 0.2), True),  # same onset: seen, with a wrong duration
        (spasm(1.0, 2.0), spasm(3.0, 2.0), False),  # they touch
    ],
)
def test_time_rule(one: Event, other_one: Event, same: bool) -> None:
    assert may_pair(one, other_one) is same
    assert may_pair(other_one, one) is same
    assert bool(match([one], [other_one])) is same


def test_long_found_event_takes_one_of_ten_clonic_truths() -> None:
    truth = [spasm(10 + 0.3 * i, 0.15) for i in range(10)]
    figures = score(truth, [spasm(10.0, 3.0, event_id="f")]).family("spasm")
    assert counts(figures.tally) == (1, 10, 1, 1)


def test_families_are_not_mixed() -> None:
    truth = [spasm(1.0), other("spasm_burst", 1.0, 2.0, side=Side.RIGHT)]
    found = [other("blink_complete", 1.0), other("emg_burst", 1.0), other("stimulus", 1.0)]
    assert match(truth, found) == ()


def test_burst_is_not_counted_beside_its_children() -> None:
    burst = other("spasm_burst", 1.0, 2.0, side=Side.RIGHT)
    children = [spasm(1.0 + i / 4, parent_id=burst.event_id) for i in range(4)]
    whole = score([burst, *children], [burst, *children])
    assert counts(whole.family("spasm").tally) == (4, 4, 4, 4)
    assert counts(whole.family("burst").tally) == (1, 1, 1, 1)


# --- Sides --------------------------------------------------------------------------------


def test_right_side_goes_before_a_closer_onset() -> None:
    """A two-sided volley is not a lottery: each side finds its own."""
    truth = [spasm(1.00, event_id="R"), spasm(1.04, side=Side.LEFT, event_id="L")]
    found = [spasm(1.04, event_id="r"), spasm(1.00, side=Side.LEFT, event_id="l")]
    assert partners(match(truth, found)) == {("R", "r"), ("L", "l")}


def test_wrong_side_is_shown_where_a_pair_can_be_made() -> None:
    """`near` could take either truth; it takes the one that leaves the wrong side a partner."""
    truth = [spasm(1.00, event_id="early"), spasm(1.08, event_id="late")]
    found = [
        spasm(1.07, event_id="near"),
        spasm(1.17, side=Side.LEFT, event_id="left"),
    ]
    assert partners(match(truth, found)) == {("early", "near"), ("late", "left")}
    side = score(truth, found).family("spasm").side_accuracy
    assert (side.k, side.n) == (1, 2)


def test_right_side_goes_before_more_pairs() -> None:
    """Two pairs could be made, both on the wrong side; one right one is worth more."""
    truth = [spasm(1.00, event_id="R"), spasm(1.09, side=Side.LEFT, event_id="L")]
    found = [spasm(1.05, event_id="r"), spasm(0.92, side=Side.LEFT, event_id="l")]
    assert partners(match(truth, found)) == {("R", "r")}


def test_finding_on_both_sides_does_not_pay() -> None:
    truth = [spasm(float(i)) for i in range(1, 6)]
    doubled = [replace(e, side=side) for e in truth for side in (Side.LEFT, Side.RIGHT)]
    figures = score(truth, doubled).family("spasm")
    assert counts(figures.tally) == (5, 5, 5, 10)


@pytest.mark.parametrize("side", [Side.LEFT, Side.BOTH, Side.NOT_APPLICABLE])
def test_wrong_or_withheld_side_is_not_found(side: Side) -> None:
    figures = score([spasm(1.0)], [spasm(1.0, side=side)]).family("spasm")
    assert counts(figures.tally) == (0, 1, 0, 1)
    assert (figures.side_accuracy.k, figures.side_accuracy.n) == (0, 1)
    assert figures.tally.seen == 1
    assert figures.onset_error_s.median is None


def test_unilateral_blink_is_on_the_wrong_side() -> None:
    figures = score([other("blink_complete", 1.0)], [other("blink_complete", 1.0, side=Side.LEFT)])
    assert figures.family("blink").side_accuracy.value == 0


# --- Ties ---------------------------------------------------------------------------------


def test_equal_total_difference_keeps_the_order() -> None:
    truth = [spasm(1.00, event_id="a"), spasm(1.01, event_id="b")]
    found = [spasm(1.05, event_id="x"), spasm(1.06, event_id="y")]
    assert partners(match(truth, found)) == {("a", "x"), ("b", "y")}


def test_simultaneous_events_go_by_region_then_by_duration() -> None:
    truth = [
        spasm(1.0, event_id="brow", sites=("brow",)),
        spasm(1.0, event_id="chin", sites=("mentalis",)),
    ]
    found = [
        spasm(1.02, 0.3, event_id="chin", sites=("chin",)),
        spasm(1.03, 0.2, event_id="brow", sites=("frontalis",)),
    ]
    assert partners(match(truth, found)) == {("brow", "brow"), ("chin", "chin")}
    truth = [spasm(1.0, 0.1, event_id="short"), spasm(1.0, 0.4, event_id="long")]
    found = [spasm(1.0, 0.35, event_id="long"), spasm(1.0, 0.12, event_id="short")]
    assert partners(match(truth, found)) == {("short", "short"), ("long", "long")}


def test_order_is_kept_before_regions_and_regions_before_durations() -> None:
    brow, chin = ("brow",), ("chin",)
    truth = [spasm(1.00, event_id="a", sites=brow), spasm(1.01, event_id="b", sites=chin)]
    found = [spasm(1.05, event_id="x", sites=chin), spasm(1.06, event_id="y", sites=brow)]
    assert partners(match(truth, found)) == {("a", "x"), ("b", "y")}
    truth = [spasm(1.0, 0.1, event_id="a", sites=brow), spasm(1.0, 0.4, event_id="b", sites=chin)]
    found = [spasm(1.0, 0.1, event_id="x", sites=chin), spasm(1.0, 0.4, event_id="y", sites=brow)]
    assert partners(match(truth, found)) == {("a", "y"), ("b", "x")}


def test_a_site_without_a_region_agrees_with_itself_only() -> None:
    nerve, muscle = ("facial_nerve",), ("temporalis",)
    truth = [spasm(1.0, event_id="n", sites=nerve), spasm(1.0, event_id="m", sites=muscle)]
    found = [spasm(1.0, event_id="a", sites=nerve), spasm(1.0, event_id="b", sites=muscle)]
    assert partners(match(truth, found)) == {("n", "a"), ("m", "b")}


def test_a_tie_of_everything_does_not_depend_on_the_rows() -> None:
    truth = [spasm(1.0, event_id=name) for name in "abc"]
    found = [spasm(1.05, event_id=name) for name in "xyz"]
    results = {
        match(rows, columns)
        for rows in itertools.permutations(truth)
        for columns in itertools.permutations(found)
    }
    assert len(results) == 1


# --- Second implementations ---------------------------------------------------------------

SIDES = st.sampled_from([Side.LEFT, Side.RIGHT])
SITES = st.sampled_from([("eyelids",), ("chin",), ("eyelids", "chin"), ()])


@st.composite
def events(draw: st.DrawFn, most: int = 5, longest_ms: int = 900) -> list[Event]:
    """Spasms and blinks so close together that most could be taken for another."""
    drawn: list[Event] = []
    for i in range(draw(st.integers(0, most))):
        onset_s = draw(st.integers(0, 60)) / 100
        duration_s = draw(st.integers(0, longest_ms)) / 1000
        name = f"e{i}"
        if draw(st.integers(0, 4)) == 0:
            drawn.append(other("blink_partial", onset_s, duration_s, event_id=name))
        else:
            side, sites = draw(SIDES), draw(SITES)
            drawn.append(spasm(onset_s, duration_s, side, event_id=name, sites=sites))
    return drawn


def quality(pairs: Sequence[tuple[Event, Event]]) -> tuple[int, ...]:
    """The rules in their order, each to be made small, in milliseconds."""
    late = [round(1000 * (b.onset_s - a.onset_s)) for a, b in pairs]
    longer = [round(1000 * b.duration_s) - round(1000 * a.duration_s) for a, b in pairs]
    return (
        -sum(a.side == b.side for a, b in pairs),
        -len(pairs),
        sum(abs(ms) for ms in late),
        sum(ms * ms for ms in late),
        sum(not set(a.sites) & set(b.sites) for a, b in pairs),
        sum(abs(ms) for ms in longer),
    )


def allowed(a: Event, b: Event) -> bool:
    a0, b0 = round(1000 * a.onset_s), round(1000 * b.onset_s)
    a1, b1 = a0 + round(1000 * a.duration_s), b0 + round(1000 * b.duration_s)
    if a.family != b.family:
        return False
    union = len(set(range(a0, a1)) | set(range(b0, b1)))
    shared = len(set(range(a0, a1)) & set(range(b0, b1)))
    return abs(a0 - b0) <= 100 or (max(a1 - a0, b1 - b0) > 500 and 2 * shared >= union)


def best_by_brute_force(truth: list[Event], found: list[Event]) -> tuple[int, ...]:
    """The best quality over every way to give each true event a found one or none."""
    choices = [*range(len(found)), *([-1] * len(truth))]
    return min(
        quality([(t, found[j]) for t, j in zip(truth, chosen, strict=True) if j >= 0])
        for chosen in set(itertools.permutations(choices, len(truth)))
        if all(j < 0 or allowed(t, found[j]) for t, j in zip(truth, chosen, strict=True))
    )


@given(truth=events(most=4), found=events(most=4))
@settings(max_examples=60, deadline=None)
def test_pairs_are_the_best_of_all_ways(truth: list[Event], found: list[Event]) -> None:
    pairs = [(pair.truth, pair.found) for pair in match(truth, found)]
    assert all(allowed(a, b) for a, b in pairs)
    assert quality(pairs) == best_by_brute_force(truth, found)


@given(
    costs=st.lists(st.dictionaries(st.integers(0, 7), st.integers(-9, 4), max_size=8), max_size=8)
)
@settings(deadline=None)
def test_assignment_is_as_cheap_as_scipys(costs: list[dict[int, int]]) -> None:
    taken = cheapest_assignment(costs, 8)
    real = [j for j in taken if j is not None]
    assert len(set(real)) == len(real)
    total = sum(costs[i][j] for i, j in enumerate(taken) if j is not None)
    dense = np.full((len(costs), 8 + len(costs)), 1000.0)
    for i, row in enumerate(costs):
        dense[i, 8 + i] = 0
        for j, cost in row.items():
            dense[i, j] = cost
    rows, columns = linear_sum_assignment(dense)
    assert total == dense[rows, columns].sum()


def test_as_many_pairs_as_scipy_can_make() -> None:
    """A dense stretch, one side: the number of pairs is the largest possible."""
    draw = random.Random(7)
    truth = [spasm(draw.uniform(0, 15), draw.uniform(0, 0.9)) for _ in range(120)]
    found = [spasm(draw.uniform(0, 15), draw.uniform(0, 0.9)) for _ in range(120)]
    graph = csr_matrix([[int(allowed(a, b)) for b in found] for a in truth])
    most = int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())
    assert len(match(truth, found)) == most


# --- Properties ---------------------------------------------------------------------------


@given(truth=events(), found=events(), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_order_of_rows_means_nothing(truth: list[Event], found: list[Event], seed: int) -> None:
    shuffled = random.Random(seed)
    again = score(
        shuffled.sample(truth, len(truth)),
        shuffled.sample(found, len(found)),
        recording_duration_s=10,
    )
    assert again == score(truth, found, recording_duration_s=10)


@given(truth=events(), found=events(), shift_s=st.integers(0, 100_000))
@settings(max_examples=50, deadline=None)
def test_a_common_shift_means_nothing(truth: list[Event], found: list[Event], shift_s: int) -> None:
    def later(table: list[Event]) -> list[Event]:
        return [replace(event, onset_s=event.onset_s + shift_s) for event in table]

    assert partners(match(later(truth), later(found))) == partners(match(truth, found))


@given(truth=events(), found=events())
@settings(max_examples=50, deadline=None)
def test_exchanging_the_tables_exchanges_precision_and_recall(
    truth: list[Event], found: list[Event]
) -> None:
    forth, back = score(truth, found), score(found, truth)
    for one, swapped in zip(forth.families, back.families, strict=True):
        assert (one.tally.recall, one.tally.precision) == (
            swapped.tally.precision,
            swapped.tally.recall,
        )
        assert one.tally.f1 == swapped.tally.f1
        assert one.side_accuracy == swapped.side_accuracy


@given(truth=events(), found=events())
@settings(max_examples=50, deadline=None)
def test_every_event_is_in_one_place(truth: list[Event], found: list[Event]) -> None:
    (recording,) = score(truth, found).recordings
    names = sorted(event.event_id for event in truth)
    there = [*(pair.truth for pair in recording.pairs), *recording.missed]
    assert sorted(event.event_id for event in there) == names
    there = [*(pair.found for pair in recording.pairs), *recording.unpaired]
    assert sorted(event.event_id for event in there) == sorted(event.event_id for event in found)


@given(truth=events(most=8))
@settings(max_examples=50, deadline=None)
def test_a_table_against_itself_is_perfect(truth: list[Event]) -> None:
    itself = score(truth, truth, recording_duration_s=10)
    for family in itself.families:
        n = sum(event.family == family.tally.name for event in truth)
        assert counts(family.tally) == (n, n, n, n)
        assert family.tally.f1 == (1 if n else None)
        assert family.onset_error_s.p95_abs == (0 if n else None)
        assert family.duration_error_s.p95_abs == (0 if n else None)
        assert family.false_rate.count == 0


@given(truth=events(), found=events())
@settings(max_examples=50, deadline=None)
def test_a_far_false_event_lowers_precision_only(truth: list[Event], found: list[Event]) -> None:
    before = score(truth, found, recording_duration_s=60).family("spasm")
    after = score(truth, [*found, spasm(50.0)], recording_duration_s=60).family("spasm")
    assert after.tally.recall == before.tally.recall
    assert after.side_accuracy == before.side_accuracy
    assert after.onset_error_s == before.onset_error_s
    assert after.tally.precision.k == before.tally.precision.k
    assert after.tally.precision.n == before.tally.precision.n + 1
    assert after.false_rate.count == before.false_rate.count + 1


def test_a_wrong_time_scale_finds_nothing() -> None:
    """25 frames a second taken for 24: within seconds no clonic spasm has its partner."""
    truth = [spasm(float(i)) for i in range(3, 12)]
    stretched = [replace(event, onset_s=event.onset_s * 25 / 24) for event in truth]
    assert match(truth, truth) != ()
    assert match(truth, stretched) == ()


def test_equal_rows_are_as_many_events_as_rows() -> None:
    twice = [spasm(1.0), spasm(1.0)]
    assert counts(score(twice, twice[:1]).family("spasm").tally) == (1, 2, 1, 1)
    assert counts(score(twice[:1], twice).family("spasm").tally) == (1, 1, 1, 2)


# --- Size ---------------------------------------------------------------------------------


@pytest.mark.timeout(300)
def test_twenty_thousand_events_in_seconds() -> None:
    """A chain with no quiet moment: 5.5 h at one spasm a second, jittered."""
    draw = random.Random(3)
    n = 20_000
    truth = [spasm(i + draw.uniform(0, 1), draw.uniform(0.05, 1.5)) for i in range(n)]
    found = [replace(event, onset_s=event.onset_s + draw.gauss(0, 0.03)) for event in truth]
    started = time.process_time()
    figures = score(truth, found, recording_duration_s=n + 2).family("spasm")
    assert time.process_time() - started < 30
    assert figures.tally.recall.k > 0.99 * n


def test_a_dense_chain_does_not_explode() -> None:
    """Twenty events a second for a minute, far more than a face can do."""
    draw = random.Random(4)
    truth = [spasm(draw.uniform(0, 60), 0.05) for _ in range(1200)]
    found = [replace(event, onset_s=event.onset_s + draw.gauss(0, 0.06)) for event in truth]
    started = time.process_time()
    assert len(match(truth, found)) > 1150
    assert time.process_time() - started < 20
