"""The referral letter: differential and indication with their sources, as a surgeon reads it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import open_browser, watched_page
from case_stories import TODAY, drug, hfs, rate, result, session, story
from hemifacial.anatomy import Side
from hemifacial.care.decompression.indication import Indication, Known
from hemifacial.care.decompression.tables import rows as indication_rows
from hemifacial.care.differential.answers import Answer, Answers, Given
from hemifacial.care.differential.ranking import rank
from hemifacial.care.differential.tables import By, questions
from hemifacial.care.scales.letter import LetterFacts, referral_letter
from hemifacial.commands.case.pages import letter_page
from hemifacial.findings import Finding
from hemifacial.report.case.letter import letter_facts

if TYPE_CHECKING:
    from playwright.sync_api import Browser

YES, NO = Answer.YES, Answer.NO
BY_HISTORY = {"one_side_always": YES, "palsy_before": NO, "in_sleep": YES, "facial_pain": NO}


def given(feature: str, answer: Answer, by: By = By.HISTORY, evidence: str = "") -> Given:
    return Given(feature=feature, answer=answer, by=by, evidence=evidence)


def answers(*more: Given, age: float | None = 50.0) -> tuple[str, Answers, date]:
    told = tuple(given(feature, answer) for feature, answer in BY_HISTORY.items())
    return "answers", Answers(given=(*told, *more), age_at_onset_years=age), date(2026, 5, 1)


def sign(quantity: str, value: float) -> Finding:
    return Finding(
        quantity=quantity, value=value, unit="1", side=Side.RIGHT, method="face", method_version="1"
    )


def indication(**said: Any) -> tuple[str, Indication, date]:
    return "indication", Indication(**said), date(2026, 5, 2)


MRI = given("vessel_on_mri", YES, By.IMAGING, "MRI of 2026-04-20, read by Dr R")
JAW = given("jaw_or_tongue_moves", NO, By.EXAMINATION)
READY = {
    "primary": Known.YES,
    "disabling": Known.NO,
    "unstable_illness": Known.NO,
    "other_ear_deaf": Known.YES,
    "mri_heavy_t2": Known.YES,
    "vessel_at_exit_zone": Known.YES,
    "hfs_7": 18,
}
WHOLE = [
    result(date(2026, 4, 1), rate(12.0), sign("sign_other_babinski", 1.0)),
    answers(MRI, JAW, given("other_babinski", NO, By.EXAMINATION)),
    indication(**READY),
    hfs(date(2026, 1, 10), 22),
    hfs(date(2026, 5, 1), 18),
    drug(date(2025, 11, 1), 400.0),
    session(date(2026, 2, 1)),
]


def told(folder: Path, facts: list[Any], **who: Any) -> LetterFacts:
    with story(folder, facts, **who) as record:
        entries = record.entries("P1")
    return letter_facts(entries, question="Operate?", to="", today=TODAY)


def text(statements: Any) -> str:
    return "\n".join(one.text for one in statements)


def test_answers_stand_where_a_reader_looks_for_them(tmp_path: Path) -> None:
    facts = told(tmp_path, WHOLE, birth_year=1975, onset_year=2025)
    assert "at about 50 years of age" in facts.history[0].text
    assert "It is always the same side" in facts.history[1].text
    assert "there was no facial palsy of that side before" in facts.history[1].text
    assert "jaw and tongue do not move with it" in text(facts.examination).lower()
    imaging = text(facts.imaging)
    assert "a vessel at the root exit zone (MRI of 2026-04-20, read by Dr R)" in imaging
    assert imaging.count("vessel at the root exit zone") == 1
    assert "Thin heavily T2-weighted MRI was done." in imaging
    assert "images themselves are not attached" in imaging
    letter = referral_letter(facts)
    assert letter.missing == ("Electrodiagnosis", "Hearing")


def test_the_order_of_conditions_is_that_of_care_with_its_sources(tmp_path: Path) -> None:
    facts = told(tmp_path, WHOLE)
    said = text(facts.differential)
    body = WHOLE[1][1]
    from hemifacial.care.differential.answers import with_findings

    ranking = rank(with_findings(body, WHOLE[0][1].findings, evidence="x"))
    first, second = ranking.candidates[:2]
    assert f"Best supported is {first.label} ({first.points:+g} points)" in said
    assert f"before {second.label} ({second.points:+g})" in said
    assert "no diagnosis" in said
    assert "Yaltho and Jankovic" in said
    for line in ranking.trace:
        if line.condition == first.condition and line.points > 0:
            phrase = questions()[line.feature].said_yes
            phrase = phrase if line.answer is YES else questions()[line.feature].said_no
            assert phrase in said
            assert line.source in said
    assert "Told both ways, so not counted: the brow rises while the eye closes" in said
    assert "examination: no, video: yes" in said
    assert all(one.question in said for one in ranking.missing)
    assert "Weights that were not verified: weights of experts, general knowledge" in said


def test_every_reason_names_what_it_rests_on(tmp_path: Path) -> None:
    facts = told(tmp_path, WHOLE)
    names = {one.key: one.what for one in facts.evidence}
    both = next(one for one in facts.differential if one.text.startswith("Told both ways"))
    assert [names[key] for key in both.evidence] == [
        "Video of the face, measured, v.mp4",
        "Answers to the questions of the differential",
    ]
    assert [names[key] for key in facts.indication[0].evidence] == ["Check before a decompression"]
    assert all("entry" in one.reference for one in facts.evidence)
    assert referral_letter(facts).sections[-1].title == "Before a decompression"


def test_signs_of_another_cause_come_with_their_source_and_what_they_ask_for(
    tmp_path: Path,
) -> None:
    hears = given("hearing_or_vertigo", YES)
    facts = told(tmp_path, [answers(hears, age=30.0)])
    said = text(facts.red_flags)
    assert "Hearing loss, tinnitus or vertigo. (general knowledge" in said
    assert "not verified" in said
    assert "It began at 30 years, before 40. (Medscape 1170722" in said
    assert said.count("This asks for: MRI of the brain") == 1
    calm = said.partition("speaks against another cause: ")[2]
    assert "there is no shock-like pain of the face" in calm
    assert "no facial palsy" in calm
    assert "hearing" not in calm


def test_the_age_follows_from_the_patient_where_nobody_told_it(tmp_path: Path) -> None:
    young = told(tmp_path, [answers(age=None)], birth_year=1990, onset_year=2020)
    assert "It began at 30 years" in text(young.red_flags)


def test_the_indication_is_told_with_what_speaks_against_it(tmp_path: Path) -> None:
    facts = told(tmp_path, WHOLE)
    first, *rest = (one.text for one in facts.indication)
    assert first.startswith("No cause other than a vessel is known; the spasm does not disable;")
    assert "the other ear is deaf" in first
    assert first.endswith("HFS-7 18.")
    against = "\n".join(rest)
    assert against.startswith("Stop: The other ear is deaf")
    assert "rates of complications.tsv; not verified)" in against
    assert "The spasm does not disable: the risk has to be worth it" in against
    assert "Not stated: whether the patient is fit for surgery, MR angiography" in against
    assert "House-Brackmann grade" in rest[-1]


def test_what_contradicts_itself_stands_twice(tmp_path: Path) -> None:
    facts = told(tmp_path, [answers(MRI), indication(vessel_at_exit_zone=Known.NO)])
    said = text(facts.imaging)
    assert "MRI shows a vessel at the root exit zone (MRI of" in said
    assert "MRI shows no vessel at the root exit zone." in said


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [("answers", Answers(), date(2026, 5, 1))],
        [("answers", Answers(given=(given("tumour", Answer.UNKNOWN),)), date(2026, 5, 1))],
        [indication()],
        [result(date(2026, 4, 1))],  # nothing of it is among what a letter shows
        [result(date(2026, 4, 1), sign("sign_other_babinski", 1.0)), answers()],
        [answers(age=None), answers(JAW)],
    ],
)
def test_a_letter_is_made_of_little_and_attaches_nothing_in_vain(
    tmp_path: Path, facts: list[Any]
) -> None:
    letter = referral_letter(told(tmp_path, facts))  # which refuses what nothing refers to
    assert letter.sections[0].title == "Question"


def test_many_sessions_are_told_in_a_sentence_and_the_last_three(tmp_path: Path) -> None:
    days = [date(2024, month, 1) for month in range(1, 11)]
    facts = told(
        tmp_path, [session(day, units) for day, units in zip(days, range(2, 12), strict=True)]
    )
    said = [one.text for one in facts.treatments]
    assert said[0] == (
        "10 sessions of Botox from 2024-01-01 to 2024-10-01, 4 to 22 units each; the last 3:"
    )
    assert [one[:10] for one in said[1:]] == ["2024-08-01", "2024-09-01", "2024-10-01"]
    (tmp_path / "few").mkdir()
    few = told(tmp_path / "few", [session(days[0]), session(days[1], product="dysport")])
    assert len(few.treatments) == 2


def test_every_question_and_every_point_of_the_check_has_its_words() -> None:
    phrases = []
    for one in questions().values():
        phrases += [one.said_yes, one.said_no]
    for row in indication_rows("indication.tsv"):
        phrases += [row["said_yes"], row["said_no"]]
    for phrase in phrases:
        assert phrase.strip()
        assert not phrase.endswith((".", "?"))
        assert ";" not in phrase
    assert len(set(phrases)) > 0.9 * len(phrases)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def test_the_letter_reads_and_prints_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    nasty = given("tumour", NO, By.IMAGING, "<b onclick=alert(1)>scan</b>")
    with story(tmp_path, [*WHOLE[:1], answers(nasty, MRI), *WHOLE[2:]]) as record:
        page = letter_page(record, "P1", question="Operate?", to="Neurosurgery")
    file = tmp_path / "letter.html"
    file.write_text(page.html, encoding="utf-8")
    with watched_page(browser, file, width_px=360) as watched:
        shown = watched.page
        heads = shown.locator("h2").all_inner_texts()
        wanted = [
            "Question",
            "History",
            "Imaging",
            "What else it could be",
            "Before a decompression",
        ]
        assert [one for one in heads if one in wanted] == wanted
        assert shown.locator("section", has_text="Stop: The other ear is deaf").count() == 1
        assert shown.get_by_text("<b onclick=alert(1)>scan</b>").count() == 1
        assert shown.evaluate("document.documentElement.scrollWidth") <= 360
        # Every number in brackets is one of the list of what is attached.
        numbers = {int(one.strip("[] ")) for one in shown.locator("sup").all_inner_texts()}
        assert numbers == set(range(1, shown.locator("ol li").count() + 1))
        assert len(shown.pdf(format="A4")) > 10_000
        assert watched.complaints == []
