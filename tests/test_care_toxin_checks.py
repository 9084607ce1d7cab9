"""Checks of a session: at a limit nothing is said, above it the warning with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.care.toxin.checks import check_session
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.rows import Layer
from hemifacial.care.toxin.session import Injection, Session, Vial
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.errors import InputError

DAY = date(2026, 3, 2)


def injection(units: float, product: str = "botox", **more: Any) -> Injection:
    return Injection(
        **{
            "muscle": "orbicularis_oculi_orbital",
            "side": Side.LEFT,
            "dose": ToxinDose(product=product, units=units),
            **more,
        }
    )


def session(*units: float, product: str = "botox", day: date = DAY, **more: Any) -> Session:
    sites = tuple(injection(one, product) for one in units)
    return Session(**{"happened_on": day, "product": product, "injections": sites, **more})


def rules(warnings: tuple[CareWarning, ...]) -> set[str]:
    return {one.rule for one in warnings}


def earlier(days: int, *units: float, product: str = "botox") -> Session:
    return session(*units, product=product, day=DAY - timedelta(days=days))


def test_an_ordinary_session_says_nothing() -> None:
    sites = tuple(
        injection(2.5, muscle="orbicularis_oculi", layer=Layer.PRETARSAL, place=place)
        for place in ("upper_lid_medial", "upper_lid_lateral", "lower_lid_lateral")
    )
    now = session(injections=sites, jurisdiction="UK")
    assert check_session(now, earlier=[replace(now, happened_on=date(2025, 12, 1))]) == ()


@pytest.mark.parametrize(
    ("product", "where", "at", "above", "rule", "verified"),
    [
        ("botox", "US", (5.0,), (5.1,), "toxin_per_eye_site", True),
        ("botox", "US", (5.0,) * 40, (5.0,) * 40 + (0.1,), "toxin_cumulative", True),
        ("botox", "UK", (2.5,) * 10, (2.5,) * 10 + (0.1,), "toxin_first_per_eye", True),
        ("botox", "UK", (5.0,) * 20, (5.0,) * 20 + (0.1,), "toxin_cumulative", True),
        ("dysport", "SE", (40.0,) * 3, (40.0, 40.0, 41.0), "toxin_per_eye", False),
        ("xeomin", "EU", (5.0,) * 5, (5.0,) * 5 + (0.1,), "toxin_first_per_eye", False),
        ("xeomin", "EU", (5.0,) * 10, (5.0,) * 10 + (0.1,), "toxin_per_eye", False),
    ],
)
def test_at_the_limit_of_a_label_is_allowed_and_above_warned_of(
    product: str,
    where: str,
    at: tuple[float, ...],
    above: tuple[float, ...],
    rule: str,
    verified: bool,
) -> None:
    allowed = check_session(session(*at, product=product, jurisdiction=where))
    assert rule not in rules(allowed)
    warned = check_session(session(*above, product=product, jurisdiction=where))
    (found,) = [one for one in warned if one.rule == rule]
    assert found.severity is Severity.WARN
    assert found.verified is verified
    assert found.source
    assert f"({product}, {where}: " in found.text


@pytest.mark.parametrize(
    ("where", "days", "counts"),
    [("US", 29, True), ("US", 30, False), ("UK", 83, True), ("UK", 84, False)],
)
def test_cumulative_dose_counts_the_days_of_its_window(where: str, days: int, counts: bool) -> None:
    most = 40 if where == "US" else 20
    now = session(5.0, jurisdiction=where)
    said = check_session(now, earlier=[earlier(days, *([5.0] * most))])
    assert ("toxin_cumulative" in rules(said)) is counts


def test_another_product_never_counts_to_a_cumulative_dose() -> None:
    before = earlier(10, *([100.0] * 5), product="dysport")
    said = rules(check_session(session(5.0, jurisdiction="US"), earlier=[before]))
    assert "toxin_cumulative" not in said
    assert "toxin_product_switch" in said
    assert "toxin_dose_change" not in said


def test_each_eye_counts_by_itself_and_other_muscles_do_not() -> None:
    left = [injection(2.5) for _ in range(10)]
    right = [injection(2.5, side=Side.RIGHT) for _ in range(10)]
    lower = [injection(2.5, muscle="platysma")]
    both = session(injections=(*left, *right, *lower), jurisdiction="UK")
    assert "toxin_first_per_eye" not in rules(check_session(both))
    more = replace(both, injections=(*both.injections, injection(0.5, side=Side.RIGHT)))
    (found,) = [one for one in check_session(more) if one.rule == "toxin_first_per_eye"]
    assert found.subject == "right eye"
    # It is a limit of the first treatment.
    later = check_session(more, earlier=[earlier(100, 2.5)])
    assert "toxin_first_per_eye" not in rules(later)


@given(st.integers(0, 400))
def test_an_interval_is_short_below_84_days(days: int) -> None:
    said = check_session(session(5.0), earlier=[earlier(days, 5.0)])
    assert ("toxin_interval" in rules(said)) is (days < 84)


@given(st.floats(0.5, 40), st.floats(0.5, 40))
def test_dose_changes_up_to_twice_are_allowed(before: float, now: float) -> None:
    said = check_session(session(now), earlier=[earlier(100, before)])
    ratio = max(now / before, before / now)
    if abs(ratio - 2) > 1e-6:
        assert ("toxin_dose_change" in rules(said)) is (ratio > 2)


def test_exactly_twice_or_half_is_allowed() -> None:
    for before, now in ((12.5, 25.0), (25.0, 12.5), (0.1, 0.2)):
        said = check_session(session(now), earlier=[earlier(100, before)])
        assert "toxin_dose_change" not in rules(said)


def test_without_a_jurisdiction_every_label_is_asked() -> None:
    said = check_session(session(*([5.0] * 21)))
    assert {one.text.split(", ")[-1][:2] for one in said if one.rule == "toxin_cumulative"}
    assert "toxin_cumulative" in rules(said)


def test_a_label_without_limits_is_told_and_every_other_one_of_the_product_is_asked() -> None:
    """The Botox label of the EU has no limit here: those of the US and the UK hold instead."""
    said = check_session(session(*([5.1] * 21), jurisdiction="EU"))
    used = [one for one in said if one.rule == "toxin_label_used"]
    assert len(used) == 1
    assert used[0].severity is Severity.NOTE
    for words in ("in EU is known here", "US (Botox US prescribing", "UK (Botox UK summary"):
        assert words in used[0].text
    told = {(one.rule, one.text.rpartition("(")[2][:9]) for one in said}
    assert ("toxin_per_eye_site", "botox, US") in told
    assert ("toxin_cumulative", "botox, UK") in told
    assert ("toxin_first_per_eye", "botox, UK") in told
    # A label that has limits is held to alone, and nothing need be said of which it was.
    own = check_session(session(*([5.1] * 21), jurisdiction="UK"))
    assert "toxin_label_used" not in rules(own)
    assert "toxin_per_eye_site" not in rules(own)
    assert all(", US" not in one.text for one in own)


@pytest.mark.parametrize("product", ["prosigne", "myobloc", "daxxify", "nowhere"])
@pytest.mark.parametrize("where", ["", "US", "CN"])
def test_where_no_label_has_a_limit_it_is_a_warning(product: str, where: str) -> None:
    said = check_session(session(5.0, product=product, jurisdiction=where))
    (found,) = [one for one in said if one.rule == "toxin_no_limits_known"]
    assert found.severity is Severity.WARN
    assert "no dose of this session is held against one" in found.text
    assert "toxin_label_used" not in rules(said)


def test_no_product_and_no_country_leaves_a_hundredfold_dose_unsaid() -> None:
    tables = ToxinTables.read()
    countries = {one.jurisdiction for one in tables.labels} | {"", "XX"}
    for product in tables.products:
        for where in countries:
            said = check_session(session(5000.0, product=product, jurisdiction=where))
            of_doses = {one.rule for one in said} & {
                *(f"toxin_{kind}" for kind in ("per_eye_site", "per_eye", "first_per_eye")),
                *(f"toxin_{kind}" for kind in ("per_session", "cumulative", "no_limits_known")),
            }
            assert of_doses, (product, where)
            # Never by the label of another product.
            for one in said:
                if one.rule in of_doses and one.rule != "toxin_no_limits_known":
                    assert f"({product}, " in one.text


def test_a_label_that_only_has_an_interval_leaves_its_doses_to_the_others(tmp_path: Path) -> None:
    (tmp_path / "limits.tsv").write_text(
        "product\tjurisdiction\tkind\tvalue\tunit\twindow_days\tmeaning\tsource\tverified\n"
        "botox\tNO\tinterval\t100\tdays\t\tnot before\tour label\tno\n",
        encoding="utf-8",
    )
    tables = ToxinTables.read(tmp_path)
    now = session(*([5.1] * 21), jurisdiction="NO")
    said = check_session(now, earlier=[earlier(90, 5.0)], tables=tables)
    assert {"toxin_label_used", "toxin_cumulative", "toxin_interval"} <= rules(said)
    (interval,) = [one for one in said if one.rule == "toxin_interval"]
    assert "100 (botox, NO: not before)" in interval.text


def test_the_site_dose_of_another_label_is_told_once() -> None:
    """Where the label of the site speaks, the usual dose of the muscle does not repeat it."""
    one = injection(5.1, muscle="orbicularis_oculi", place="lower_lid_lateral")
    for where, by_label in (("EU", True), ("", True), ("US", True), ("UK", False)):
        said = rules(check_session(session(injections=(one,), jurisdiction=where)))
        assert ("toxin_per_eye_site" in said) is by_label, where
        assert ("toxin_site_dose" in said) is not by_label, where


def test_a_jurisdiction_in_small_letters_has_the_same_limits() -> None:
    said = check_session(session(*([5.0] * 21), jurisdiction=" uk "))
    assert "toxin_cumulative" in rules(said)
    assert "toxin_no_limits_known" not in rules(said)


def test_an_eye_without_a_place_is_told_to_be_unchecked() -> None:
    bare = injection(2.5, muscle="orbicularis_oculi", layer=Layer.PRETARSAL)
    (said,) = check_session(session(injections=(bare,), jurisdiction="UK"))
    assert (said.rule, said.subject) == ("toxin_site_unknown", "injection 1")
    placed = replace(bare, x=0.705, y=0.435)
    assert check_session(session(injections=(placed,), jurisdiction="UK")) == ()


def test_circumstances_that_the_session_states_are_checked() -> None:
    stated = session(2.5, jurisdiction="UK", circumstances=("hypersensitivity",))
    (said,) = (one for one in check_session(stated) if "circumstance" in one.rule)
    assert said.severity is Severity.STOP
    twice = check_session(stated, circumstances=["hypersensitivity"])
    assert [one.rule for one in twice].count("toxin_circumstance_hypersensitivity") == 1


def test_licence_age_and_products_that_no_table_has() -> None:
    said = check_session(session(5.0, jurisdiction="US"), age_years=11.9)
    assert {"toxin_off_label", "toxin_age"} <= rules(said)
    assert "toxin_age" not in rules(check_session(session(5.0, jurisdiction="US"), age_years=12))
    own = check_session(session(5.0, product="newtox"))
    assert "toxin_unknown_product" in rules(own)


@pytest.mark.parametrize(
    ("site", "rule"),
    [
        ({"place": "upper_lid_middle", "layer": Layer.PRETARSAL}, "toxin_site_ptosis"),
        ({"place": "upper_lid_medial"}, "toxin_site_ptosis"),
        ({"place": "upper_lid_medial", "layer": Layer.PRETARSAL}, None),
        ({"place": "upper_lid_medial", "layer": Layer.PRESEPTAL}, "toxin_site_ptosis"),
        ({"place": "upper_lid_lateral", "layer": Layer.PRESEPTAL}, "toxin_site_ptosis"),
        ({"place": "upper_lid_lateral", "layer": Layer.PRETARSAL}, None),
        ({"place": "lower_lid_medial"}, "toxin_site_diplopia"),
        ({"place": "lower_lid_lateral"}, None),
        ({"x": 0.605, "y": 0.435}, "toxin_site_diplopia"),
        ({"x": 0.395, "y": 0.435, "side": Side.RIGHT}, "toxin_site_diplopia"),
        ({"muscle": "zygomaticus_major"}, "toxin_site_lip_droop"),
        ({"muscle": "frontalis"}, "toxin_site_brow_ptosis"),
        ({"muscle": "mentalis"}, "toxin_site_drooling"),
        ({"muscle": "platysma"}, "toxin_site_dysphagia"),
    ],
)
def test_risky_sites(site: dict[str, Any], rule: str | None) -> None:
    one = injection(1.25, **{"muscle": "orbicularis_oculi", **site})
    said = rules(check_session(session(injections=(one,))))
    assert {word for word in said if word.startswith("toxin_site_")} == ({rule} if rule else set())


def test_a_dose_above_the_usual_of_its_muscle() -> None:
    for units, warned in ((2.5, False), (2.6, True)):
        now = session(injections=(injection(units, muscle="zygomaticus_major"),))
        assert ("toxin_site_dose" in rules(check_session(now))) is warned
    dysport = session(
        injections=(injection(20, "dysport", muscle="zygomaticus_major"),), product="dysport"
    )
    assert "toxin_site_dose" not in rules(check_session(dysport))


def test_the_side_of_a_point_on_the_map() -> None:
    for x, side, wrong in (
        (0.3, Side.LEFT, True),
        (0.3, Side.RIGHT, False),
        (0.49, Side.LEFT, False),
    ):
        now = session(injections=(injection(1.0, muscle="frontalis", x=x, y=0.2, side=side),))
        assert ("toxin_side_on_map" in rules(check_session(now))) is wrong
    odd = session(injections=(injection(1.0, muscle="frontalis", place="chin"),))
    assert "toxin_place" in rules(check_session(odd))


def vial(holds: float, used: float, wasted: float | None, **more: Any) -> Vial:
    doses: dict[str, Any] = {
        name: None if units is None else ToxinDose(product="botox", units=units)
        for name, units in (("holds", holds), ("used", used), ("wasted", wasted))
    }
    return Vial(lot="C1", **doses, **more)


@pytest.mark.parametrize(
    ("one", "found"),
    [
        (vial(50, 20, 30), set()),
        (vial(50, 20, 29), {"toxin_vial_account"}),
        (vial(50, 20, None), set()),
        (vial(10, 20, None), {"toxin_vial_account"}),
        (vial(50, 15, 35), {"toxin_vial_account"}),  # 20 were injected
        (vial(50, 20, 30, expires_on=DAY), set()),
        (vial(50, 20, 30, expires_on=DAY - timedelta(days=1)), {"toxin_vial_expired"}),
    ],
)
def test_vials(one: Vial, found: set[str]) -> None:
    said = check_session(session(5.0, 5.0, 5.0, 5.0, vials=(one,)))
    assert {word for word in rules(said) if "vial" in word} == found
    if "toxin_vial_expired" in found:
        assert said[0].severity is Severity.STOP


@given(st.floats(0.5, 5), st.floats(10, 100), st.floats(0.9, 1.1))
def test_units_fit_volume_and_dilution(units: float, per_ml: float, factor: float) -> None:
    one = injection(units, volume_ml=units / per_ml * factor)
    now = session(injections=(one,), per_ml=ToxinDose(product="botox", units=per_ml))
    off = abs(factor - 1) / max(factor, 1)
    if abs(off - 0.05) > 1e-6:
        assert ("toxin_volume" in rules(check_session(now))) is (off > 0.05)


def test_circumstances_stop_or_warn_with_their_source() -> None:
    tables = ToxinTables.read()
    said = check_session(session(5.0, jurisdiction="UK"), circumstances=list(tables.circumstances))
    assert {one.subject for one in said} == set(tables.circumstances)
    stops = {one.subject for one in said if one.severity is Severity.STOP}
    assert stops == {"hypersensitivity", "infection_at_site"}
    assert [one.severity for one in said[:2]] == [Severity.STOP] * 2
    with pytest.raises(InputError, match="there is no circumstance 'tired'"):
        check_session(session(5.0), circumstances=["tired"])


def test_every_row_of_every_table_names_its_source() -> None:
    tables = ToxinTables.read()
    for rows in (
        tables.products.values(),
        tables.labels,
        tables.limits,
        tables.places.values(),
        tables.usual_doses,
        tables.risks,
        tables.side_effects.values(),
        tables.circumstances.values(),
        tables.criteria.values(),
    ):
        assert all(one.source for one in rows)
    for risk in tables.risks:
        assert risk.side_effect in tables.side_effects
        assert risk.place in ("", *tables.places)
    products = [one.product for one in tables.labels]
    products += [one.product for one in tables.limits]
    products += [one.product for one in tables.usual_doses]
    assert set(products) <= set(tables.products)
    assert not any(one.verified for one in tables.circumstances.values())


def test_a_clinic_adds_its_own_product_and_limits(tmp_path: Path) -> None:
    (tmp_path / "products.tsv").write_text(
        "word\tbrand\tsubstance\tserotype\tunit_scale\tsource\tverified\n"
        "newtox\tNewtox\tnewtoxin\tA\ttens\tits label\tyes\n"
    )
    (tmp_path / "limits.tsv").write_text(
        "product\tjurisdiction\tkind\tvalue\tunit\twindow_days\tmeaning\tsource\tverified\n"
        "newtox\tEU\tper_session\t30\tunits\t\tmost in a session\tits label\tyes\n"
        "botox\tUS\tper_eye_site\t4\tunits\t\tour own\tour rule\tno\n"
    )
    tables = ToxinTables.read(tmp_path)
    for units, warned in ((30.0, False), (30.5, True)):
        said = check_session(session(units, product="newtox", jurisdiction="EU"), tables=tables)
        assert ("toxin_per_session" in rules(said)) is warned
        assert "toxin_unknown_product" not in rules(said)
    strict = check_session(session(4.5, jurisdiction="US"), tables=tables)
    assert [one.source for one in strict if one.rule == "toxin_per_eye_site"] == ["our rule"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("botox\tUS\tper_eye_site\t-4\tunits\t\tm\ts\tno", "line 2: -4 is not a finite number"),
        (
            "botox\tUS\tper_nose\t4\tunits\t\tm\ts\tno",
            "line 2: 'per_nose' is not a valid LimitKind",
        ),
        ("botox\tUS\tper_eye\t4\tunits\t\tm\t\tno", "line 2: a row names its source"),
        (
            "botox\tUS\tcumulative\t4\tunits\t\tm\ts\tno",
            "line 2: window_days goes with a cumulative",
        ),
    ],
)
def test_a_wrong_row_of_a_clinic_is_named(tmp_path: Path, row: str, message: str) -> None:
    head = "product\tjurisdiction\tkind\tvalue\tunit\twindow_days\tmeaning\tsource\tverified\n"
    (tmp_path / "limits.tsv").write_text(head + row + "\n")
    with pytest.raises(InputError, match=message):
        ToxinTables.read(tmp_path)
