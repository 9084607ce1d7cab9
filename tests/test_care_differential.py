"""The ranked list: published cases, invariances, and brute force for what would change it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.care.differential.answers import (
    Answer,
    Answers,
    Balance,
    Given,
    answers_of,
    settled,
    with_findings,
)
from hemifacial.care.differential.ranking import Ranking, rank
from hemifacial.care.differential.red_flags import red_flags
from hemifacial.care.differential.scoring import effect, trace_of
from hemifacial.care.differential.tables import (
    By,
    conditions,
    points,
    questions,
    rows,
    weights,
)
from hemifacial.electro.spasm_emg.likelihoods import CONDITIONS
from hemifacial.face.suggestions.mimics import weights as mimic_weights
from hemifacial.findings import Finding, Status, quantities

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
FEATURES = list(questions())


def said(**answers: bool) -> Answers:
    return Answers(
        given=tuple(
            Given(feature=feature, answer=YES if yes else NO, by=By.HISTORY)
            for feature, yes in answers.items()
        )
    )


some = st.builds(
    Answers,
    given=st.lists(
        st.builds(
            Given,
            feature=st.sampled_from(FEATURES),
            answer=st.sampled_from(Answer),
            by=st.sampled_from(By),
        ),
        max_size=12,
    ).map(tuple),
    age_at_onset_years=st.none() | st.floats(0, 100),
)

# -- the table ---------------------------------------------------------------------------------


def test_every_question_of_the_table_weighs_every_condition() -> None:
    weighed = {feature for feature, _ in weights()}
    assert weighed <= set(questions())
    assert set(weights()) == set(product(weighed, conditions()))
    assert len(conditions()) == 10
    flags = {row["feature"] for row in rows("red_flags.tsv")}
    assert set(questions()) == weighed | flags


def test_the_questions_that_were_asked_for_are_there() -> None:
    assert {
        "ear_infection",
        "palsy_before",
        "nerve_injury_before",
        "tumour",
        "one_lid_weeks_stress",
        "jaw_or_tongue_moves",
    } <= set(questions())


def test_numbers_of_the_weights() -> None:
    assert [points(one) for one in ("++", "+", "0", "-", "--")] == [2, 1, 0, -1, -2]
    with pytest.raises(KeyError):
        points("+/-")


@pytest.mark.parametrize(
    "name",
    [
        "features.tsv",
        "questions.tsv",
        "red_flags.tsv",
        "finding_rules.tsv",
        "balance_rules.tsv",
        "criteria.tsv",
    ],
)
def test_every_row_has_a_source(name: str) -> None:
    for row in rows(name):
        assert row["source"]
        assert row["verified"] in ("yes", "no")
        if "general knowledge" in row["source"] or "this project, docs" in row["source"]:
            assert row["verified"] == "no"


# -- cases whose answer is known ----------------------------------------------------------------

CASES = {
    "hemifacial_spasm": said(
        one_side_always=True,
        upper_lower_together=True,
        other_babinski=True,
        starts_lower_lid=True,
        palsy_before=False,
    ),
    "postparalytic": said(one_side_always=True, palsy_before=True, only_with_movement=True),
    "blepharospasm": said(one_side_always=False, photophobia_trick=True, other_babinski=False),
    "tic": said(suppressible_urge=True, brief_irregular=True, in_sleep=False),
    "facial_myokymia": said(continuous_undulation=True, one_side_always=True, in_sleep=True),
    "eyelid_myokymia": said(one_lid_weeks_stress=True, upper_lower_together=False),
    "hemimasticatory_spasm": said(
        jaw_or_tongue_moves=True, pain_masseter_atrophy=True, facial_nerve_only=False
    ),
    "focal_seizure": said(altered_awareness=True, facial_nerve_only=False),
    "oromandibular_dystonia": said(
        jaw_or_tongue_moves=True, one_side_always=False, suppressible_urge=True
    ),
    "functional": said(inconsistent=True, begins_suddenly_goes_suddenly=True),
}


def test_there_is_a_case_of_every_condition() -> None:
    assert set(CASES) == set(conditions())


@pytest.mark.parametrize("condition", CASES)
def test_a_textbook_case_comes_first(condition: str) -> None:
    found = rank(CASES[condition])
    assert [one.condition for one in found.candidates if one.rank == 1] == [condition]


def test_the_first_sentence_says_that_it_is_no_diagnosis() -> None:
    for answers in (Answers(), *CASES.values()):
        sentence = rank(answers).sentence
        assert sentence.startswith("This is an order of conditions")
        assert "no diagnosis" in sentence
        assert "18 %" in sentence
    assert len(rank(CASES["tic"]).candidates) == len(conditions())


def test_nothing_said_ranks_nothing() -> None:
    found = rank(Answers())
    assert {one.rank for one in found.candidates} == {1}
    assert (found.trace, found.would_change, found.rests_on) == ((), (), ())
    assert found.missing
    assert "No answer has been given" in found.sentence


# -- invariances -------------------------------------------------------------------------------


@settings(max_examples=30)
@given(some, st.randoms())
def test_the_order_of_answers_changes_nothing(answers: Answers, random: object) -> None:
    shuffled = list(answers.given)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(replace(answers, given=tuple(shuffled))) == rank(answers)


@settings(max_examples=30)
@given(some, st.sampled_from(FEATURES), st.sampled_from(By))
def test_an_unknown_answer_changes_nothing(answers: Answers, feature: str, by: By) -> None:
    more = Given(feature=feature, answer=UNKNOWN, by=by)
    assert rank(replace(answers, given=(*answers.given, more))) == rank(answers)


@settings(max_examples=30)
@given(some)
def test_saying_it_twice_changes_no_point(answers: Answers) -> None:
    twice = replace(answers, given=answers.given * 2)
    assert rank(twice).candidates == rank(answers).candidates


@settings(max_examples=30)
@given(some)
def test_the_trace_adds_up_and_names_its_answers(answers: Answers) -> None:
    found = rank(answers)
    holding, disputed = settled(answers)
    for one in found.candidates:
        mine = [line.points for line in found.trace if line.condition == one.condition]
        assert one.points == pytest.approx(sum(mine))
        assert one.points == pytest.approx(one.for_points - one.against_points)
    assert all(line.feature in holding and line.source for line in found.trace)
    assert not set(disputed) & {line.feature for line in found.trace}
    by_points = [one.points for one in found.candidates]
    assert by_points == sorted(by_points, reverse=True)


@given(st.sampled_from(FEATURES), st.sampled_from(list(conditions())))
def test_yes_and_no_pull_apart(feature: str, condition: str) -> None:
    yes, no = effect(feature, YES, condition), effect(feature, NO, condition)
    assert yes * no <= 0
    assert abs(no) <= abs(yes)
    assert no == -questions()[feature].absence * yes


def test_answers_that_contradict_each_other_count_nothing_and_are_told() -> None:
    yes = Given(feature="one_side_always", answer=YES, by=By.HISTORY)
    no = Given(feature="one_side_always", answer=NO, by=By.VIDEO)
    found = rank(Answers(given=(yes, no)))
    assert found.disputed == ("one_side_always",)
    assert found.trace == ()
    assert "one_side_always" in found.unanswered
    # A red flag is looked into all the same.
    assert [one.rule for one in found.red_flags] == ["red_flag_one_side_always"]


# -- what is missing, and what would change it -------------------------------------------------


def lead(found: Ranking) -> float:
    return found.candidates[0].points - found.candidates[1].points


@settings(max_examples=25)
@given(some)
def test_the_missing_test_is_the_one_that_parts_the_first_two_most(answers: Answers) -> None:
    found = rank(answers)
    first, second = (one.condition for one in found.candidates[:2])
    parts = {
        feature: abs(
            (effect(feature, YES, first) - effect(feature, YES, second))
            - (effect(feature, NO, first) - effect(feature, NO, second))
        )
        for feature in found.unanswered
    }
    most = max(parts.values(), default=0.0)
    if most == 0:
        assert found.missing == ()
    else:
        assert found.missing[0].parts == pytest.approx(most)
        assert parts[found.missing[0].feature] == pytest.approx(most)


def first_alone_or_not(answers: Answers, first: str) -> bool:
    """Whether another condition is strictly ahead."""
    found = {one.condition: one.points for one in rank(answers).candidates}
    return max(found.values()) > found[first] + 1e-9


@settings(max_examples=25)
@given(some)
def test_the_smallest_change_does_it_and_no_smaller_one_would(answers: Answers) -> None:
    found = rank(answers)
    if not found.trace:
        return
    first = found.candidates[0].condition
    if found.would_change:
        # A disputed question is settled by the new answer, so its old answers are put aside.
        kept = [one for one in answers.given if one.feature not in found.disputed]
        more = [
            Given(feature=one.feature, answer=one.answer, by=By.EXAMINATION)
            for one in found.would_change
        ]
        assert first_alone_or_not(replace(answers, given=(*kept, *more)), first)
    if len(found.would_change) == 2:
        kept = [one for one in answers.given if one.feature not in found.disputed]
        for feature, answer in product(found.unanswered, (YES, NO)):
            one = Given(feature=feature, answer=answer, by=By.EXAMINATION)
            assert not first_alone_or_not(replace(answers, given=(*kept, one)), first)


def test_three_answers_are_checked_by_brute_force() -> None:
    answers = said(one_side_always=True, other_babinski=True, lateral_spread=True)
    found = rank(answers)
    assert found.candidates[0].condition == "hemifacial_spasm"
    n = len(found.would_change)
    assert n >= 2
    supposed = [
        Given(feature=feature, answer=answer, by=By.EXAMINATION)
        for feature in found.unanswered
        if (feature, "tic") in weights()
        for answer in (YES, NO)
    ]
    for size in range(1, min(n, 3)):
        for chosen in combinations(supposed, size):
            if len({one.feature for one in chosen}) == size:
                tried = replace(answers, given=(*answers.given, *chosen))
                assert not first_alone_or_not(tried, "hemifacial_spasm")


@settings(max_examples=25)
@given(some)
def test_it_rests_on_what_would_cost_it_its_place(answers: Answers) -> None:
    found = rank(answers)
    leading = [one for one in found.candidates if one.rank == 1]
    if len(leading) > 1:
        assert found.rests_on == ()
        return
    for feature in {line.feature for line in found.trace}:
        without = tuple(one for one in answers.given if one.feature != feature)
        ranks = rank(replace(answers, given=without)).candidates
        alone = [one.condition for one in ranks if one.rank == 1] == [leading[0].condition]
        assert (feature in found.rests_on) is not alone


# -- red flags ---------------------------------------------------------------------------------


@pytest.mark.parametrize("row", rows("red_flags.tsv"), ids=lambda row: row["feature"])
def test_every_red_flag_is_raised_by_its_answer_alone(row: dict[str, str]) -> None:
    for answer in Answer:
        given_ = Given(feature=row["feature"], answer=answer, by=By.HISTORY)
        rules = [one.rule for one in red_flags(Answers(given=(given_,)))]
        wanted = [f"red_flag_{row['feature']}"] if answer == row["answer"] else []
        assert rules == wanted


@pytest.mark.parametrize(("age", "told"), [(39.9, True), (40.0, False), (None, False)])
def test_a_young_beginning_asks_for_mri(age: float | None, told: bool) -> None:
    found = red_flags(Answers(age_at_onset_years=age))
    assert [one.rule for one in found] == (["red_flag_young"] if told else [])
    assert all("MRI" in one.next_step for one in found)


# -- findings of other wings -------------------------------------------------------------------


def finding(quantity: str, value: float | None, **more: object) -> Finding:
    return Finding(
        quantity=quantity,
        value=value,
        unit=quantities()[quantity].unit,
        method="m",
        method_version="1",
        status=Status.MEASURED if value is not None else Status.NOT_JUDGED,
        **more,  # type: ignore[arg-type]
    )


def answered(*findings: Finding) -> dict[str, tuple[Answer, By]]:
    found = answers_of(findings, evidence="r")
    return {one.feature: (one.answer, one.by) for one in found.given}


def test_rules_speak_of_quantities_that_exist() -> None:
    for name in ("finding_rules.tsv", "balance_rules.tsv"):
        for row in rows(name):
            assert row["quantity"] in quantities()
    assert {row["quantity"] for row in rows("balance_rules.tsv")} == {
        f"emg_evidence_{word}" for word in CONDITIONS
    }
    signs = {row["quantity"] for row in rows("finding_rules.tsv") if row["by"] == "video"}
    assert signs <= set(mimic_weights())


def test_a_sign_of_a_video_answers_its_question() -> None:
    assert answered(finding("sign_other_babinski", 1.0)) == {"other_babinski": (YES, By.VIDEO)}
    assert answered(finding("sign_other_babinski", 0.0)) == {"other_babinski": (NO, By.VIDEO)}
    assert answered(finding("sign_other_babinski", None)) == {}
    assert answered(finding("spasm_rate", 4.0)) == {}
    assert answered(finding("sign_sides_alternate", 0.0)) == {}


def test_one_lateral_spread_is_one_and_its_absence_needs_every_muscle() -> None:
    def spread(*values: float | None) -> dict[str, tuple[Answer, By]]:
        return answered(*(finding("lateral_spread_probability", value) for value in values))

    assert spread(0.999, 0.001) == {"lateral_spread": (YES, By.ELECTRO)}
    assert spread(0.001, 0.002) == {"lateral_spread": (NO, By.ELECTRO)}
    assert spread(0.001, 0.5) == {}
    assert spread(0.001, None) == {}
    assert spread(0.5) == {}


def test_the_balance_of_electromyography_is_taken_and_not_weighed_again() -> None:
    found = answers_of([finding("emg_evidence_hemifacial_spasm", 5.0)], evidence="r")
    assert found.given == ()
    (line,) = trace_of(found)
    assert (line.condition, line.points) == ("hemifacial_spasm", 2.0)
    both = answers_of([finding("emg_evidence_tic_or_functional", 1.0)], evidence="r")
    assert {one.condition for one in both.balances} == {"tic", "functional"}
    with pytest.raises(ValueError, match="no condition"):
        Balance(condition="cold", value=1.0)


def test_findings_stand_beside_what_people_said() -> None:
    answers = said(other_babinski=False)
    found = with_findings(answers, [finding("sign_other_babinski", 1.0)], evidence="sha256:cd")
    assert rank(found).disputed == ("other_babinski",)
    alone = with_findings(Answers(), [finding("sign_other_babinski", 1.0)], evidence="sha256:cd")
    assert {line.evidence for line in rank(alone).trace} == {("sha256:cd",)}


def test_unknown_questions_and_ages_are_refused() -> None:
    with pytest.raises(ValueError, match="no question"):
        Given(feature="mood", answer=YES, by=By.HISTORY)
    with pytest.raises(ValueError, match="no age"):
        Answers(age_at_onset_years=-1)


def test_answers_and_rankings_go_to_json_and_back() -> None:
    converter = make_converter()
    answers = CASES["hemifacial_spasm"]
    assert converter.loads(converter.dumps(answers), Answers) == answers
    found = rank(answers)
    assert converter.loads(converter.dumps(found), Ranking) == found
