"""Published counts stand once: signs of a video, of an EMG and the differential read the same."""

from __future__ import annotations

import re
from importlib.resources import files
from math import isclose

import pytest

from hemifacial.care.differential.tables import questions
from hemifacial.care.differential.tables import weights as ordinal
from hemifacial.electro.spasm_emg.likelihoods import rows
from hemifacial.face.suggestions.mimics import weights
from hemifacial.vocabulary import read_table
from hemifacial.vocabulary.published import likelihood_ratio, published

TABLES = {
    "hemifacial.face.suggestions": "mimic_signs.tsv",
    "hemifacial.electro.spasm_emg": "likelihoods.tsv",
    "hemifacial.care.differential": "questions.tsv features.tsv",
}


def test_a_ratio_of_counts() -> None:
    assert isclose(likelihood_ratio((20, 10, 5, 45)), (20 / 30) / (5 / 50))
    assert isclose(likelihood_ratio((20, 10, 5, 45), present=False), (10 / 30) / (45 / 50))
    assert isclose(likelihood_ratio((19, 9, 0, 41)), (19.5 / 29) / (0.5 / 42))
    emg = published()["synkinesis_by_emg"]
    assert (emg.cases_percent, emg.others_percent, emg.others_without_percent) == (
        "100",
        "31.8",
        "68.2",
    )
    video = published()["brow_rises_on_video"]
    assert (video.ratio, video.others_percent, video.cases_percent) == (None, "", "34.6")


def test_each_wing_reads_the_same_counts() -> None:
    emg = published()["synkinesis_by_emg"]
    (locked,) = weights()["sign_locked_to_movement"]
    assert (locked.cases, locked.positive_cases) == (emg.cases, emg.positive_cases)
    assert (locked.source, locked.verified) == (emg.source, emg.verified)
    (together,) = (one for one in rows() if one.ratio is not None)
    assert together.ratio == pytest.approx(locked.likelihood_ratio, rel=0.02)
    assert together.source.startswith(f"{emg.source}: 100 % against 31.8 %")
    video = published()["brow_rises_on_video"]
    assert any(
        one.positive_cases == video.positive_cases for one in weights()["sign_other_babinski"]
    )
    assert "Seen in 63 of 182 on video" in questions()["other_babinski"].why
    assert "Absent in 13 of 306 before" in questions()["lateral_spread"].why
    assert "13 of 306" in ordinal()["lateral_spread", "hemifacial_spasm"].source


def test_what_is_shared_is_written_nowhere_else() -> None:
    """Neither the numbers nor the source of a shared count stands in a table of one wing."""
    for package, names in TABLES.items():
        for name in names.split():
            text = files(package).joinpath(name).read_text(encoding="utf-8")
            for one in published().values():
                counts = f"\t{one.cases}\t{one.positive_cases}\t"
                assert counts not in text, (name, one.source)
                for number in (one.positive_cases, one.negative_cases):
                    assert f"{number} of {one.cases} " not in text, (name, one.source)
                assert not one.source.startswith("doi") or one.source not in text, name


def test_every_name_of_a_count_is_known_and_used() -> None:
    used = set()
    for package, names in TABLES.items():
        for name in names.split():
            for row in read_table(package, name):
                used |= {row["counts"]} if row.get("counts") else set()
                used |= {
                    found[1] for cell in row.values() for found in re.finditer(r"\{(\w+)\.", cell)
                }
    assert used == set(published())
    for one in published().values():
        assert one.source
        assert 0 <= one.positive_cases <= one.cases
