"""Scales, the diary, the sheet for patients and the letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.care.decompression.complications import rates_of
from hemifacial.care.decompression.relief import expected_relief
from hemifacial.care.scales.diary import (
    Diary,
    DiaryDay,
    check_of,
    diary_text,
    diary_words,
)
from hemifacial.care.scales.diary_file import read_diary
from hemifacial.care.scales.letter import (
    Evidence,
    LetterFacts,
    Statement,
    referral_letter,
)
from hemifacial.care.scales.plain_words import PlainFacts, patient_numbers, plain_words
from hemifacial.care.scales.scale import Direction, grades, scales
from hemifacial.care.scales.scoring import (
    Noticeable,
    ScaleAnswers,
    ScaleScore,
    change,
    least_change,
    score,
    score_warnings,
)
from hemifacial.care.warnings import Severity
from hemifacial.errors import InputError
from hemifacial.vocabulary import read_table

DAY = date(2026, 3, 2)
PACKAGE = "hemifacial.care.scales"


def answers(scale: str, *items: int | None, on: date = DAY) -> ScaleAnswers:
    return ScaleAnswers(scale=scale, items=items, on=on)


# -- scoring -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "items", "low", "high"),
    [
        ("hfs_7", 7, 0, 28),
        ("hfs_8", 8, 0, 32),
        ("hfs_30", 30, 0, 120),
        ("hfs_36", 36, 0, 144),
        ("phq_9", 9, 0, 27),
        ("jankovic", 2, 0, 8),
        ("smc", 1, 0, 4),
        ("house_brackmann", 1, 1, 6),
    ],
)
def test_ranges_of_published_scales(scale: str, items: int, low: int, high: int) -> None:
    found = scales()[scale]
    assert (found.items, found.total_low, found.total_high) == (items, low, high)
    lowest = score(answers(scale, *[found.item_low] * items))
    highest = score(answers(scale, *[found.item_high] * items))
    assert (lowest.total, highest.total) == (low, high)


@pytest.mark.parametrize("scale", scales())
def test_every_scale_scores_and_carries_no_wording(scale: str) -> None:
    found = scales()[scale]
    middle = score(answers(scale, *[found.item_low] * found.items))
    assert middle.of == found.total_high
    assert (middle.total is None) is (found.direction is Direction.PROFILE)
    assert found.source
    for grade in grades(scale):
        assert found.total_low <= grade.from_total <= found.total_high


@given(st.data())
def test_a_total_lies_between_its_ends_and_missing_answers_widen_them(data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([w for w, s in scales().items() if s.items > 1]))
    scale = scales()[word]
    item = st.none() | st.integers(scale.item_low, scale.item_high)
    items = data.draw(st.lists(item, min_size=scale.items, max_size=scale.items))
    found = score(answers(word, *items))
    missing = items.count(None)
    assert found.answered == scale.items - missing
    assert found.high - found.low == missing * (scale.item_high - scale.item_low)
    summed = scale.direction is not Direction.PROFILE
    assert (found.total is not None) is (summed and missing <= scale.missing_allowed)
    if found.total is not None:
        assert found.low <= found.total <= found.high
        assert found.filled == missing
    else:
        assert found.note


def test_a_missing_item_of_hfs_7_leaves_no_total() -> None:
    found = score(answers("hfs_7", 2, 2, None, 2, 2, 2, 2))
    assert (found.total, found.low, found.high) == (None, 12, 16)
    assert "1 of 7 missing" in found.note


def test_two_missing_items_of_phq_9_are_filled_and_said_so() -> None:
    found = score(answers("phq_9", 1, 1, 1, 1, 1, 1, 1, None, None))
    assert (found.total, found.filled) == (9.0, 2)
    assert "2 missing" in found.note
    assert score(answers("phq_9", *[None] * 3, *[1] * 6)).total is None


@pytest.mark.parametrize(
    ("total", "meaning"),
    [
        (4, "Minimal"),
        (5, "Mild"),
        (9, "Mild"),
        (10, "Moderate"),
        (15, "Moderately severe"),
        (20, "Severe"),
    ],
)
def test_steps_of_phq_9(total: int, meaning: str) -> None:
    items = [3] * (total // 3) + [total % 3] + [0] * 9
    found = score(answers("phq_9", *items[:9]))
    assert found.total == total
    assert found.grade is not None
    assert found.grade.meaning == meaning


def test_thoughts_of_self_harm_do_not_wait_for_a_total() -> None:
    (found,) = score_warnings(answers("phq_9", *[0] * 8, 1))
    assert found.severity is Severity.STOP
    assert score_warnings(answers("phq_9", *[None] * 8, 3))
    assert score_warnings(answers("phq_9", *[3] * 8, 0)) == ()
    (left_out,) = score_warnings(answers("phq_9", *[3] * 8, None))
    assert left_out.rule == "phq_9_self_harm_unanswered"
    assert left_out.severity is Severity.WARN
    assert score_warnings(answers("hfs_7", *[4] * 7)) == ()


def test_a_profile_is_not_summed() -> None:
    found = score(answers("eq_5d_5l", 1, 2, None, 4, 5))
    assert (found.profile, found.total) == ("12-45", None)


@pytest.mark.parametrize(
    ("scale", "items", "message"),
    [
        ("hfs_7", (1, 2, 3), "has 7 items, not 3"),
        ("hfs_7", (0, 0, 0, 0, 0, 0, 5), "item 7: 5 is not within 0 to 4"),
        ("house_brackmann", (0,), "not within 1 to 6"),
        ("mood", (1,), "no scale"),
    ],
)
def test_answers_out_of_range_are_refused(scale: str, items: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        answers(scale, *items)


# -- change ------------------------------------------------------------------------------------


def hfs_7(total: int, on: date = DAY) -> ScaleScore:
    items = [min(4, max(0, total - 4 * place)) for place in range(7)]
    found = score(answers("hfs_7", *items, on=on))
    assert found.total == total
    return found


@pytest.mark.parametrize(
    ("before", "after", "called"),
    [
        (14, 10, Noticeable.BETTER),
        (14, 11, Noticeable.BETTER),  # 3 points: the responder of the paper on it
        (14, 12, Noticeable.MAY_BE_BETTER),
        (14, 13, Noticeable.NO_NOTICEABLE_CHANGE),
        (14, 14, Noticeable.NO_NOTICEABLE_CHANGE),
        (14, 16, Noticeable.NO_NOTICEABLE_CHANGE),
        (14, 17, Noticeable.WORSE),
    ],
)
def test_hfs_7_against_the_smallest_change(before: int, after: int, called: Noticeable) -> None:
    found = change(hfs_7(before), hfs_7(after, DAY + timedelta(days=90)))
    assert found.called is called
    assert found.difference == after - before
    assert "by 2.63 points or more (95 % interval 1.92 to 3.33, 112 patients)" in found.text


def test_smallest_changes_are_those_published() -> None:
    for scale, values in (("hfs_7", (-2.63, -3.33, -1.92)), ("hfs_30", (-4.46, -5.41, -3.65))):
        found = least_change(scale)
        assert found is not None
        assert (found.value, found.low, found.high, found.n) == (*values, 112)
    assert least_change("phq_9") is None


def test_what_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="cannot be compared"):
        change(hfs_7(4), score(answers("smc", 2)))
    with pytest.raises(ValueError, match="comes before"):
        change(hfs_7(4), hfs_7(4, DAY - timedelta(days=1)))
    missing = score(answers("hfs_7", *[None] * 7))
    assert change(hfs_7(4), missing).called is Noticeable.CANNOT_TELL
    one, other = score(answers("smc", 2)), score(answers("smc", 0))
    assert change(one, other).called is Noticeable.CANNOT_TELL
    assert "was not read" in change(one, other).text


# -- the diary ---------------------------------------------------------------------------------

DIARY = Diary(
    patient="P-017",
    written_on=DAY,
    days=(
        DiaryDay(
            day=DAY - timedelta(days=1),
            spasm_count=40,
            spasm_level=6,
            triggers=("stress", "talking"),
            sleep_minutes=410,
            spasm_in_sleep=True,
            side_effects=("eyelid_droop",),
            note="Tag mit „vielen“ Zuckungen 😐\n",
        ),
        DiaryDay(day=DAY),
    ),
)


def read(text: str | bytes, **more: object) -> Diary:
    data = text.encode() if isinstance(text, str) else text
    about = {"name": "diary.json", "patient": "P-017", "today": DAY, **more}
    return read_diary(data, **about)  # type: ignore[arg-type]


def test_a_diary_comes_back_as_it_was() -> None:
    assert read(diary_text(DIARY)) == DIARY
    assert read(json.dumps(json.loads(diary_text(DIARY)), indent=3)) == DIARY
    assert read(b"\xef\xbb\xbf" + diary_text(DIARY).encode()) == DIARY


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            DiaryDay,
            day=st.dates(date(2025, 1, 1), DAY),
            spasm_count=st.none() | st.integers(0, 1000),
            spasm_level=st.none() | st.integers(0, 10),
            triggers=st.lists(st.sampled_from(list(diary_words("trigger"))), unique=True).map(
                tuple
            ),
            sleep_minutes=st.none() | st.integers(0, 1440),
            spasm_in_sleep=st.none() | st.booleans(),
            note=st.text(max_size=50),
        ),
        min_size=1,
        max_size=8,
        unique_by=lambda one: one.day,
    )
)
def test_any_diary_comes_back(days: list[DiaryDay]) -> None:
    try:
        for one in days:
            one.note.encode("utf-8")
    except UnicodeEncodeError:
        return
    diary = Diary(patient="P-017", written_on=DAY, days=tuple(sorted(days, key=lambda d: d.day)))
    assert read(diary_text(diary)) == diary


def test_the_check_is_what_another_program_would_write() -> None:
    """The canonical text by hand and its CRC-32, as a page in JavaScript makes them."""
    import zlib

    small = Diary(patient="A", written_on=DAY, days=(DiaryDay(day=DAY, note="ä"),))
    canonical = (
        '{"days":[{"day":"2026-03-02","note":"ä","side_effects":[],"sleep_minutes":null,'
        '"spasm_count":null,"spasm_in_sleep":null,"spasm_level":null,"triggers":[]}],'
        '"format":"hemifacial-diary","patient":"A","version":1,"written_on":"2026-03-02"}'
    )
    body = json.loads(diary_text(small))
    assert body["check"] == f"{zlib.crc32(canonical.encode()):08x}"
    assert body["check"] == check_of(body)


def changed(**more: object) -> str:
    return json.dumps({**json.loads(diary_text(DIARY)), **more})


def with_day(**more: object) -> str:
    """A diary with another first day and a check that fits it."""
    body = json.loads(diary_text(DIARY))
    body["days"][0].update(more)
    body["check"] = check_of(body)
    return json.dumps(body)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no diary, or cut off"),
        (diary_text(DIARY)[:-20], "no diary, or cut off"),
        (b"\xff\xfe\x00", "no diary, or cut off"),
        ("[" * 100000, "no diary, or cut off"),
        ("[]", "not a diary of this program"),
        ('{"format":"other"}', "not a diary of this program"),
        (changed(version=2), "of version 2"),
        (changed(version=True), "of version True"),
        (changed(patient="P-018"), "its check does not fit"),
        (changed(written_on="2026-03-01"), "its check does not fit"),
        (changed(more=1), "other entries"),
        (with_day(spasm_count=-1), "spasm count -1"),
        (with_day(spasm_count=1.5), "spasm_count"),
        (with_day(spasm_count=True), "spasm_count"),
        (with_day(spasm_level=11), "spasm level 11"),
        (with_day(sleep_minutes=1441), "sleep minutes 1441"),
        (with_day(triggers=["moon"]), "triggers"),
        (with_day(triggers=["stress", "stress"]), "triggers"),
        (with_day(triggers=[["stress"]]), "is no word"),
        (with_day(side_effects=["<script>"]), "side effects"),
        (with_day(note="x" * 1001), "1000 letters"),
        (with_day(day="2026-03-02"), "not in order"),
        (with_day(day="2026-13-02"), "damaged or changed"),
        (with_day(extra=1), "other entries"),
        ("x" * 1_000_001, "a diary has at most 1000000"),
    ],
)
def test_damaged_diaries_are_refused_with_one_message(text: str | bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        read(text)
    assert message in error.value.problem
    assert error.value.problem.startswith("diary.json: ")
    assert error.value.next_step


def test_the_diary_of_somebody_else_is_refused_and_not_named() -> None:
    with pytest.raises(InputError, match="another patient") as error:
        read(diary_text(DIARY), patient="P-018")
    assert "P-017" not in str(error.value)


def test_a_diary_of_the_future_is_refused() -> None:
    with pytest.raises(InputError, match="has not come yet"):
        read(diary_text(DIARY), today=DAY - timedelta(days=1))


@settings(max_examples=200)
@given(st.data())
def test_no_single_changed_letter_is_taken(data: st.DataObject) -> None:
    text = diary_text(DIARY)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="utf-8"))
    try:
        found = read(text[:place] + letter + text[place + 1 :])
    except InputError:
        return
    assert found == DIARY


@given(st.binary(max_size=300))
def test_whatever_comes_is_a_diary_or_one_message(data: bytes) -> None:
    with pytest.raises(InputError):
        read(data)


# -- the sheet for patients --------------------------------------------------------------------

FACTS = PlainFacts(
    side=Side.LEFT,
    seen=("The left eye closed 12 times in a minute.",),
    operated_on=DAY,
    injected_on=DAY,
    next_visit=DAY + timedelta(days=84),
    call="555-0100",
)


def words_of(facts: PlainFacts) -> str:
    return "\n".join(
        "\n".join((paragraph.title, *paragraph.sentences)) for paragraph in plain_words(facts)
    )


def test_the_sheet_says_what_it_is_and_when_to_call() -> None:
    paragraphs = plain_words(PlainFacts())
    assert paragraphs[0].title == "What this is"
    assert any("no diagnosis" in one for one in paragraphs[0].sentences)
    assert paragraphs[-1].title == "When to call"
    assert "same day if the eye does not close" in paragraphs[-1].sentences[0]
    assert "clear fluid" not in words_of(PlainFacts())
    assert "clear fluid" in words_of(FACTS)


def test_the_sheet_tells_what_was_seen_and_what_to_expect() -> None:
    said = words_of(FACTS)
    assert "left side of your face" in said
    assert "12 times in a minute" in said
    assert "before six months" in said
    assert "25 May 2026" in said
    assert "555-0100" in said
    assert "Your operation" not in words_of(replace(FACTS, operated_on=None))
    assert "Your operation was on 2 March 2026." in said


def test_only_the_options_that_were_asked_for() -> None:
    assert "The operation" not in words_of(PlainFacts(options=("toxin",)))
    with pytest.raises(ValueError, match="no option"):
        plain_words(PlainFacts(options=("leeches",)))


def test_every_number_has_its_figures_and_source() -> None:
    for one in patient_numbers():
        assert one.figures
        assert one.source
        assert one.words[-1] not in ".!"
    for paragraph in plain_words(FACTS):
        if paragraph.title in ("The operation", "Injections of botulinum toxin", "Tablets"):
            assert len(paragraph.sources) == len(paragraph.sentences)


def test_sentences_are_short_and_without_jargon() -> None:
    for paragraph in plain_words(FACTS):
        for sentence in paragraph.sentences:
            assert len(sentence.split()) <= 32
            assert not {"MVD", "BoNT", "HFS", "LSR", "palsy"} & set(sentence.split())


def test_numbers_of_the_sheet_are_those_of_the_life_table_and_the_rates() -> None:
    (soon,) = [
        one for one in patient_numbers() if (one.option, one.about) == ("decompression", "how_soon")
    ]
    shares = [point.of_all.value for point in expected_relief(0, spasm_persists=True).points[:4]]
    for share in shares:
        assert f"{100 * share:.0f}" in soon.words
    (late,) = [one for one in patient_numbers() if one.about == "late_weakness"]
    rates = [one.percent for one in rates_of("delayed_facial_palsy") if one.percent is not None]
    assert f"{min(rates):g} to {max(rates):g}" in late.figures


# -- the letter --------------------------------------------------------------------------------

VIDEO = Evidence(key="v1", what="video before", reference="sha256:ab", on=DAY)
LETTER = LetterFacts(
    patient="P-017",
    question="Would you operate?",
    video=(Statement(text="Left-sided spasm, 12 a minute.", evidence=("v1",)),),
    history=(Statement(text="Since 2019."),),
    evidence=(VIDEO,),
)


def test_a_letter_has_its_question_its_evidence_and_what_is_missing() -> None:
    found = referral_letter(LETTER)
    assert [one.title for one in found.sections] == ["Question", "History", "Video of the face"]
    assert found.attached == (VIDEO,)
    assert "Imaging" in found.missing
    assert "Video of the face" not in found.missing
    assert "Red flags" not in found.missing
    converter = make_converter()
    assert converter.loads(converter.dumps(LETTER), LetterFacts) == LETTER


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (replace(LETTER, evidence=()), "not attached: v1"),
        (replace(LETTER, video=()), "named nowhere: v1"),
        (replace(LETTER, evidence=(VIDEO, VIDEO)), "stands twice"),
    ],
)
def test_evidence_and_statements_belong_together(facts: LetterFacts, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        referral_letter(facts)


@pytest.mark.parametrize(
    "name",
    [
        "scales.tsv",
        "grades.tsv",
        "changes.tsv",
        "diary_limits.tsv",
        "patient_numbers.tsv",
        "advice.tsv",
    ],
)
def test_every_row_has_a_source(name: str) -> None:
    for row in read_table(PACKAGE, name):
        assert row["source"]
        assert row["verified"] in ("yes", "no")
