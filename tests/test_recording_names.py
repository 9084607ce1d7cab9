"""Names and units of channels: what they mean, and that nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.anatomy import SIDES, Side, structures
from hemifacial.errors import InputError
from hemifacial.formats.channel_names import ChannelNames, read_channel_names
from hemifacial.formats.electrical_units import microvolts_per_unit
from hemifacial.vocabulary import read_vocabulary

NOTHING = ("", Side.NOT_APPLICABLE)
ROWS = read_vocabulary("channel_names.tsv")
MUSCLES = [row["name"] for row in ROWS if row["site"]]
SIDE_WORDS = [(row["name"], Side(row["side"])) for row in ROWS if not row["site"]]


@pytest.mark.parametrize(
    ("name", "site", "side"),
    [
        ("R o.oculi", "orbicularis_oculi", Side.RIGHT),
        ("OrbOculi_L", "orbicularis_oculi", Side.LEFT),
        ("Mentalis-R", "mentalis", Side.RIGHT),
        ("ZYG L", "zygomaticus_major", Side.LEFT),
        ("Ment re", "mentalis", Side.RIGHT),
        ("o. oris li", "orbicularis_oris", Side.LEFT),
        ("RFrontalis", "frontalis", Side.RIGHT),
        ("EMG m. masseter links", "masseter", Side.LEFT),
        ("Left Orb. Oris", "orbicularis_oris", Side.LEFT),
        ("mentalis", "mentalis", Side.NOT_APPLICABLE),
    ],
)
def test_names_as_laboratories_write_them(name: str, site: str, side: Side) -> None:
    assert ChannelNames().of(name) == (site, side)


@pytest.mark.parametrize(
    "name",
    # A side alone, two sides, two muscles of one abbreviation, a muscle and more, other things.
    ["", "R", "R Ment L", "OO R", "Ment Zyg R", "R mentalis 2", "EMG1", "Temp", "EKG", "µ", "R-L"],
)
def test_nothing_is_guessed(name: str) -> None:
    assert ChannelNames().of(name) == NOTHING


@given(
    muscle=st.sampled_from(MUSCLES),
    word=st.sampled_from(SIDE_WORDS),
    sign=st.sampled_from([" ", "_", "-", ". ", " / "]),
    first=st.booleans(),
    case=st.sampled_from([str.lower, str.upper, str.title]),
)
def test_every_name_of_the_table_with_every_side(
    muscle: str, word: tuple[str, Side], sign: str, first: bool, case: type[str]
) -> None:
    parts = [word[0], muscle] if first else [muscle, word[0]]
    site = next(row["site"] for row in ROWS if row["name"] == muscle)
    assert ChannelNames().of(case(sign.join(parts))) == (site, word[1])


def test_the_table_names_words_of_the_anatomy_and_no_name_twice() -> None:
    names = [row["name"] for row in ROWS]
    assert len(set(names)) == len(names)
    assert {row["site"] for row in ROWS} - {""} <= set(structures())
    assert {side for _, side in SIDE_WORDS} == set(SIDES)


def test_a_clinics_own_table_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "ours.tsv"
    path.write_text(
        "name\tsite\tside\nch1\tmentalis\tleft\nzyg\tzygomaticus_minor\t\nD\t\tright\nOO 1\t\t\n",
        encoding="utf-8-sig",
    )
    names = read_channel_names(path)
    assert names.of("CH1") == ("mentalis", Side.LEFT)
    assert names.of("ZYG R") == ("zygomaticus_minor", Side.RIGHT)
    assert names.of("frontalis D") == ("frontalis", Side.RIGHT)
    assert names.of("R ch1") == NOTHING  # the table says left
    assert names.of("OO 1") == NOTHING
    assert names.of("Ment re") == ("mentalis", Side.RIGHT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has the columns name, site and side"),
        ("name,site\na,mentalis\n", "has the columns name, site and side"),
        ("name,site,side\na,nose,left\n", "line 2: 'nose' is no word of the anatomy"),
        ("name,site,side\na,mentalis,links\n", "line 2: 'links' is no side"),
        ("name,site,side\n-,mentalis,left\n", "line 2: the name is empty"),
        ("name,site,side\nCh.1,mentalis,\nch 1,masseter,\n", "'ch 1' stands more than once"),
    ],
)
def test_a_table_with_a_fault(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "ours.csv"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_channel_names(path)
    assert message in caught.value.problem
    assert str(path) in caught.value.problem
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("uV", 1.0),
        ("\u00b5V", 1.0),
        ("\u03bcV", 1.0),
        (" mV ", 1e3),
        ("V", 1e6),
        ("nV", 1e-3),
        ("microvolts", 1.0),
        ("degC", None),
        ("%", None),
        ("mmHg", None),
        ("counts", None),
        ("", None),
    ],
)
def test_units(unit: str, factor: float | None) -> None:
    assert microvolts_per_unit(unit, where="x") == factor


@pytest.mark.parametrize("unit", ["MV", "pV?", "uV/cm2", "volt-ish", "\ufffdV"])
def test_an_unknown_unit_is_refused_with_the_known_ones(unit: str) -> None:
    with pytest.raises(InputError) as caught:
        microvolts_per_unit(unit, where="a.edf, channel 'x'")
    assert caught.value.problem.startswith(f"a.edf, channel 'x': the unit {unit!r} is not known")
    assert "µV" in caught.value.problem
    assert "mmHg" in caught.value.problem
    assert caught.value.next_step


def test_no_unit_stands_twice() -> None:
    units = [row["unit"] for row in read_vocabulary("electrical_units.tsv")]
    assert len(set(units)) == len(units)
