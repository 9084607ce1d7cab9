"""Kinds of entries: every body comes back as it was, old versions are read, mistakes are named."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import results
from hemifacial.anatomy import Side
from hemifacial.care.decompression.complications import Complication
from hemifacial.care.decompression.follow_up import Outcome as OperationOutcome
from hemifacial.care.decompression.hearing import Audiogram
from hemifacial.care.decompression.indication import Indication, Known
from hemifacial.care.decompression.operation import Operation, Step, WaveV
from hemifacial.care.decompression.outcome import Spasm
from hemifacial.care.differential.answers import Answers
from hemifacial.care.drugs.facts import (
    Allele,
    AlleleResult,
    ChangeKind,
    Circumstance,
    Circumstances,
    DrugChange,
    GeneticResult,
    LaboratoryValue,
    Reaction,
    ReactionKind,
)
from hemifacial.care.drugs.log import DrugTaken
from hemifacial.care.scales.diary import Diary, DiaryDay
from hemifacial.care.scales.scoring import ScaleAnswers
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.response import Reading, Response, SideEffect
from hemifacial.care.toxin.session import Injection, Session, Vial
from hemifacial.case import kinds
from hemifacial.case.acts import Backup, Clinic, Erasure, Profile, Withdrawal
from hemifacial.case.bodies import (
    AdverseEvent,
    MeasuredResult,
    Medium,
    Note,
    Outcome,
    Patient,
    Purpose,
    Recording,
    Scale,
    Severity,
    Sex,
    Visit,
)
from hemifacial.case.kinds import KINDS, Kind, decoded, encoded, kind_of, type_of
from hemifacial.corrections import Action, Correction
from hemifacial.errors import InputError, UsageError

DAY = date(2026, 1, 5)


def toxin_session(product: str = "botox") -> Session:
    dose = ToxinDose(product=product, units=2.5)
    return Session(
        happened_on=DAY,
        product=product,
        injections=(
            Injection(muscle="orbicularis_oculi", side=Side.LEFT, dose=dose, x=0.4, y=0.3),
            Injection(muscle="mentalis", side=Side.LEFT, dose=dose, volume_ml=0.05),
        ),
        vials=(Vial(lot="C1", used=ToxinDose(product=product, units=5)),),
        pre_scores=("entry 7",),
    )


def measured_result() -> MeasuredResult:
    result = results.small_result(results.event("e1"), results.event("e2", onset_s=2.0))
    rejected = Correction(
        action=Action.REJECT,
        before=result.events[0],
        after=None,
        who="Dr Example",
        when="2026-11-22T14:00:00+00:00",
        why="a blink",
    )
    return MeasuredResult(
        provenance=result.provenance,
        findings=result.findings,
        events=result.events,
        corrections=(rejected,),
        reviewed_findings=result.findings[:1],
        reviewed_events=result.events[1:],
    )


EXAMPLES: dict[str, Any] = {
    "clinic": Clinic(record_id="0" * 32, name="Clinic"),
    "profile": Profile(word="anna", name="Dr Ánna", role="neurologist"),
    "backup": Backup(file_name="a.db", head_number=3, head="ab"),
    "erasure": Erasure(runs=((3, 5), (9, 9))),
    "withdrawal": Withdrawal(),
    "patient": Patient(
        code="P-1", birth_year=1960, sex=Sex.FEMALE, side=Side.LEFT, onset_year=2019, onset_month=5
    ),
    "visit": Visit(purpose=Purpose.INJECTION, note="x"),
    "recording": Recording(sha256="a" * 64, medium=Medium.VIDEO, file_name="v.mp4"),
    "result": measured_result(),
    "scale": Scale(scale="hfs7", items={"1": 2, "2": None}, total=2),
    "adverse_event": AdverseEvent(
        what="ptosis", severity=Severity.MILD, sites=("eyelids",), ended_on=DAY, related_to=7
    ),
    "outcome": Outcome(measure="kondo", grade="E-0", side=Side.LEFT),
    "note": Note(text="words\nand more"),
    "toxin_session": toxin_session(),
    "toxin_response": Response(
        session_on=DAY,
        best_on=date(2026, 1, 20),
        readings=(Reading(measured_on=DAY, spasm_share=0.4),),
        side_effects=(SideEffect(kind="ptosis", sites=(1, 2)),),
    ),
    "drug_change": DrugChange(drug="baclofen", kind=ChangeKind.START, on=DAY, mg_per_day=15),
    "laboratory_value": LaboratoryValue(what="sodium", value=139, unit="mmol/L", on=DAY),
    "genetic_result": GeneticResult(allele=Allele.B1502, result=AlleleResult.NEGATIVE, on=DAY),
    "drug_reaction": Reaction(drug="carbamazepine", kind=ReactionKind.RASH),
    "indication": Indication(primary=Known.YES, house_brackmann=1),
    "operation": Operation(
        on=DAY,
        side=Side.LEFT,
        vessels=("anterior_inferior_cerebellar_artery",),
        steps=(Step(step="baseline", at=datetime(2026, 1, 5, 9, 30, tzinfo=UTC)),),
        wave_v=WaveV(longest_delay_ms=0.6),
        drugs_of_the_day=(
            DrugTaken(drug="baclofen", mg_per_day=15, since=DAY, at_this_dose_since=DAY),
        ),
    ),
    "complication": Complication(kind="delayed_facial_palsy", began_on=DAY, lasting=False),
    "operation_outcome": OperationOutcome(
        on=DAY,
        spasm=Spasm.FREE,
        smc_grade=0,
        hfs_7=ScaleAnswers(scale="hfs_7", items=(0, 1, 2, 3, 4, None, 0), on=DAY),
        audiogram=Audiogram(on=DAY, pure_tone_average_db=15, speech_discrimination_percent=96),
    ),
    "audiogram": Audiogram(on=DAY, pure_tone_average_db=15, speech_discrimination_percent=96),
    "answers": Answers(age_at_onset_years=50),
    "diary": Diary(
        patient="P-1", written_on=DAY, days=(DiaryDay(day=DAY, spasm_count=7, spasm_level=3),)
    ),
    "circumstances": Circumstances(present=(Circumstance.FALLS,), age_years=70),
}


@pytest.mark.parametrize("word", KINDS)
def test_every_kind_comes_back_as_it_was(word: str) -> None:
    if word not in EXAMPLES:
        pytest.fail(f"give an example of {word} in EXAMPLES")
    kind, body = KINDS[word], EXAMPLES[word]
    assert decoded(word, kind.version, json.loads(encoded(kind, body))) == body


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.builds(
        Scale,
        scale=texts.filter(str.strip),
        items=st.dictionaries(texts, st.none() | st.integers(-9, 99), max_size=8),
        total=st.floats(allow_nan=False, allow_infinity=False),
        side=st.sampled_from(Side),
        rater=texts,
        note=texts,
    )
)
def test_scales_of_any_content_come_back(body: Scale) -> None:
    kind = KINDS["scale"]
    assert decoded("scale", 1, json.loads(encoded(kind, body))) == body


@given(st.lists(results.events, max_size=4).map(tuple))
def test_events_of_any_content_come_back(events: tuple[Any, ...]) -> None:
    body = replace(measured_result(), events=events)
    assert decoded("result", 1, json.loads(encoded(KINDS["result"], body))) == body


def test_doses_of_two_products_stay_apart() -> None:
    plain = json.loads(encoded(KINDS["toxin_session"], toxin_session()))
    plain["injections"][0]["dose"]["product"] = "dysport"
    with pytest.raises(InputError, match="a session is of one product"):
        decoded("toxin_session", 1, plain)


@pytest.mark.parametrize(
    ("plain", "mistakes"),
    [
        ({"purpose": "holiday"}, ["is none of first, follow_up"]),
        ({"purpose": "first", "notes": "x"}, ["there is no notes"]),
        ({"note": 5}, ["is no text at .note"]),
        ([], ["not a visit"]),
    ],
)
def test_every_mistake_is_named_and_nothing_typed_is_repeated(
    plain: Any, mistakes: list[str]
) -> None:
    with pytest.raises(InputError) as told:
        decoded("visit", 1, plain)
    for mistake in mistakes:
        assert mistake in told.value.problem
    assert "holiday" not in str(told.value)
    assert "hemifacial case kinds visit" in told.value.next_step


def test_all_mistakes_come_at_once_with_their_places() -> None:
    plain = json.loads(encoded(KINDS["toxin_session"], toxin_session()))
    plain["injections"][1]["dose"]["units"] = "2.5"
    plain["happened_on"] = "yesterday"
    with pytest.raises(InputError) as told:
        decoded("toxin_session", 1, plain)
    assert "is no number at .injections[1].dose.units" in told.value.problem
    assert "is no date (2026-11-22) at .happened_on" in told.value.problem


@pytest.mark.parametrize(
    ("details", "mistake"),
    [
        ({"code": "Jane Doe"}, "the code of a patient is of letters"),
        ({"code": "JD-1961-03-12"}, "holds a full date"),
        ({"code": "12031961"}, "holds a full date"),
        ({"code": "P1", "birth_year": 61}, "birth_year is not within 1900 and this year"),
        ({"code": "P1", "birth_year": 1961, "onset_year": 1950}, "began before the birth"),
        ({"code": "P1", "onset_month": 5}, "goes with onset_year"),
    ],
)
def test_a_patient_is_pseudonymous_and_possible(details: dict[str, Any], mistake: str) -> None:
    with pytest.raises(ValueError, match=mistake):
        Patient(**details)
    with pytest.raises(InputError, match=mistake) as told:
        decoded("patient", 1, details)
    assert "Jane" not in str(told.value)


def test_a_recording_is_named_without_its_folder() -> None:
    with pytest.raises(ValueError, match="file_name holds a folder"):
        Recording(sha256="a" * 64, medium=Medium.VIDEO, file_name="jane/v.mp4")


def test_an_unknown_kind_lists_those_that_there_are() -> None:
    with pytest.raises(UsageError, match="no kind of entry 'visits'") as told:
        kind_of("visits")
    assert "visit" in told.value.next_step.split()


# -- versions ------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Weight:
    """A fact in its third form: grams became kilograms, then the day's time was added."""

    kilograms: float
    time_of_day: str


WEIGHT = Kind(
    word="weight",
    body=f"{__name__}:Weight",
    label="Weight",
    version=3,
    upgrades={
        1: lambda old: {"kilograms": old["grams"] / 1000},
        2: lambda old: {**old, "time_of_day": "not stated"},
    },
)


@pytest.mark.parametrize(
    ("version", "plain"),
    [
        (1, {"grams": 70500.0}),
        (2, {"kilograms": 70.5}),
        (3, {"kilograms": 70.5, "time_of_day": "not stated"}),
    ],
)
def test_every_earlier_version_is_read_as_the_newest(
    monkeypatch: pytest.MonkeyPatch, version: int, plain: dict[str, Any]
) -> None:
    monkeypatch.setattr(kinds, "KINDS", {**KINDS, "weight": WEIGHT})
    monkeypatch.setattr(kinds, "type_of", lambda kind: Weight if kind is WEIGHT else type_of(kind))
    expected = Weight(kilograms=70.5, time_of_day="not stated")
    assert decoded("weight", version, plain) == expected


def test_a_version_or_kind_of_a_newer_program_is_refused() -> None:
    for word, version in (("visit", 99), ("dream", 1)):
        with pytest.raises(InputError, match="of a newer program"):
            decoded(word, version, {})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_step_between_versions_is_there(kind: Kind) -> None:
    assert set(kind.upgrades) == set(range(1, kind.version))
