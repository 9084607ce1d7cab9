"""Facts of a session and its response, the map of the face, and which site can have caused what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import cattrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.anatomy import Kind, Side, structures
from hemifacial.care.toxin.checks import check_session
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.face_map import last_sessions_map, session_map
from hemifacial.care.toxin.response import Grade, Reading, Response, SideEffect
from hemifacial.care.toxin.response_checks import check_response
from hemifacial.care.toxin.rows import Layer
from hemifacial.care.toxin.session import Guidance, Injection, Session, Vial
from hemifacial.care.toxin.sites import map_point, place_at, place_of, suspects
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.errors import InputError

DAY = date(2026, 3, 2)
MUSCLES = sorted(word for word, one in structures().items() if one.kind is Kind.MUSCLE)
PLACES = sorted(ToxinTables.read().places)
FRACTION = st.floats(0, 1)


def dose(units: float, product: str = "botox") -> ToxinDose[str]:
    return ToxinDose(product=product, units=units)


def at(muscle: str, units: float = 1.0, **more: Any) -> Injection:
    return Injection(**{"muscle": muscle, "side": Side.LEFT, "dose": dose(units), **more})


def session(*injections: Injection, day: date = DAY, product: str = "botox") -> Session:
    return Session(happened_on=day, product=product, injections=injections)


def converter() -> cattrs.Converter:
    made = cattrs.Converter()
    made.register_unstructure_hook(date, lambda day: day.isoformat())
    made.register_structure_hook(date, lambda text, _: date.fromisoformat(text))
    return made


SITES = st.builds(
    at,
    st.sampled_from(MUSCLES),
    st.floats(0, 50),
    side=st.sampled_from([Side.LEFT, Side.RIGHT]),
    layer=st.sampled_from(Layer),
    place=st.sampled_from(["", *PLACES]),
    volume_ml=st.none() | st.floats(0.01, 1),
)
SESSIONS = st.builds(
    Session,
    happened_on=st.dates(),
    product=st.just("botox"),
    injections=st.lists(SITES, min_size=1, max_size=4).map(tuple),
    injector=st.text(max_size=5),
    guidance=st.sampled_from(Guidance),
    vials=st.lists(
        st.builds(
            Vial,
            lot=st.text(max_size=5),
            expires_on=st.none() | st.dates(),
            holds=st.none() | st.builds(dose, st.floats(0, 500)),
        ),
        max_size=2,
    ).map(tuple),
    per_ml=st.none() | st.builds(dose, st.floats(1, 100)),
    pre_scores=st.lists(st.text(max_size=5), max_size=2).map(tuple),
)


@given(SESSIONS)
def test_a_session_comes_back_from_json_as_it_was(one: Session) -> None:
    made = converter()
    assert made.structure(made.unstructure(one), Session) == one


def test_a_response_comes_back_from_json_as_it_was() -> None:
    one = Response(
        session_on=DAY,
        wearing_off_on=DAY + timedelta(days=70),
        improvement_percent=80.0,
        readings=(Reading(measured_on=DAY, spasm_share=0.2, what="video"),),
        side_effects=(SideEffect(kind="ptosis", grade=Grade.MILD, sites=(1, 3)),),
    )
    made = converter()
    assert made.structure(made.unstructure(one), Response) == one


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: at("cheek"), "is no muscle"),
        (lambda: at("mentalis", side=Side.BOTH), "on the right or on the left"),
        (lambda: at("mentalis", x=0.5), "both x and y"),
        (lambda: at("mentalis", x=1.5, y=0.5), "not a fraction of the map"),
        (lambda: at("mentalis", volume_ml=0.0), "a volume of 0.0 ml"),
        (lambda: session(at("mentalis", dose=dose(5, "dysport"))), "a session is of one product"),
        (lambda: session(), "without an injection"),
        (lambda: Response(session_on=DAY, over_on=date(2020, 1, 1)), "before the session"),
        (lambda: Response(session_on=DAY, improvement_percent=120), "an improvement of 120 %"),
        (
            lambda: Response(
                session_on=DAY, wearing_off_on=date(2026, 5, 2), over_on=date(2026, 4, 2)
            ),
            "not in this order",
        ),
        (lambda: Reading(measured_on=DAY, spasm_share=float("nan")), "a spasm of nan"),
        (lambda: SideEffect(kind="ptosis", sites=(0,)), "counted from 1"),
    ],
)
def test_what_cannot_have_happened_is_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


@given(st.sampled_from(PLACES), st.sampled_from([Side.LEFT, Side.RIGHT]))
def test_a_point_in_the_middle_of_a_place_is_there(word: str, side: Side) -> None:
    place = ToxinTables.read().places[word]
    found = place_at(*map_point(place, side), side, muscle=place.muscle)
    assert found is not None
    assert found.word == word


@given(FRACTION, FRACTION)
def test_the_sides_of_the_map_are_mirror_images(x: float, y: float) -> None:
    left, right = place_at(x, y, Side.LEFT), place_at(1 - x, y, Side.RIGHT)
    assert (left and left.word) == (right and right.word)


def test_a_place_that_is_stated_holds_before_the_point() -> None:
    found = place_of(at("orbicularis_oculi", place="lower_lid_lateral", x=0.6, y=0.39))
    assert found is not None
    assert found.word == "lower_lid_lateral"
    assert place_of(at("mentalis")) is None
    # A point over the cheek is no place of another muscle.
    assert place_of(at("mentalis", x=0.74, y=0.6)) is None


def test_a_map_never_adds_products() -> None:
    place: dict[str, Any] = {"place": "lateral_canthus"}
    sessions = [
        session(at("orbicularis_oculi_orbital", 2.5, **place), day=DAY),
        session(at("orbicularis_oculi_orbital", 5, **place), day=DAY + timedelta(days=90)),
        session(
            at("orbicularis_oculi_orbital", dose=dose(15, "dysport"), **place),
            day=DAY + timedelta(days=180),
            product="dysport",
        ),
    ]
    spots = last_sessions_map(sessions)
    assert [(one.product, one.dose.units, len(one.given)) for one in spots] == [
        ("botox", 7.5, 2),
        ("dysport", 15, 1),
    ]
    assert (spots[0].x, spots[0].y) == (0.77, 0.405)


@given(st.lists(SITES, min_size=1, max_size=8))
def test_a_map_holds_every_unit_once(sites: list[Injection]) -> None:
    one = session(*sites)
    spots = session_map(one)
    assert sum(spot.dose.units for spot in spots) == pytest.approx(one.dose.units)
    assert sum(given.punctures for spot in spots for given in spot.given) == len(sites)
    keys = [(spot.product, spot.muscle, spot.side, spot.place, spot.x, spot.y) for spot in spots]
    assert len(set(keys)) == len(keys)


def test_only_the_last_five_sessions_are_laid_over_each_other() -> None:
    sessions = [
        session(at("mentalis", n + 1.0), day=DAY + timedelta(days=90 * n)) for n in range(8)
    ]
    (spot,) = last_sessions_map(sessions[::-1])
    assert [given.dose.units for given in spot.given] == [4, 5, 6, 7, 8]
    assert spot.x is None


def test_points_without_a_place_are_put_together_by_squares() -> None:
    near = [at("frontalis", x=0.9, y=0.05), at("frontalis", x=0.905, y=0.055)]
    (spot,) = session_map(session(*near))
    assert spot.x == pytest.approx(0.9025)
    far = session_map(session(near[0], at("frontalis", x=0.9, y=0.95)))
    assert len(far) == 2


def test_a_side_effect_is_tied_to_the_sites_that_can_cause_it() -> None:
    one = session(
        at("orbicularis_oculi", place="upper_lid_medial", layer=Layer.PRETARSAL),
        at("orbicularis_oculi", place="upper_lid_medial", layer=Layer.PRETARSAL, side=Side.RIGHT),
        at("orbicularis_oculi", place="lower_lid_medial"),
        at("zygomaticus_major"),
    )

    def numbers(kind: str, **more: Any) -> list[int]:
        return [found.number for found in suspects(one, SideEffect(kind=kind, **more))]

    assert numbers("ptosis") == [1, 2]
    assert numbers("ptosis", side=Side.LEFT) == [1]
    assert numbers("diplopia") == [3]
    assert numbers("lip_droop", side=Side.LEFT) == [4]
    assert numbers("dysphagia") == []
    assert numbers("bruising") == [1, 2, 3, 4]
    (named,) = suspects(one, SideEffect(kind="dysphagia", sites=(4,)))
    assert named.stated
    assert "no rule speaks of it" in named.why
    assert all(found.source for found in suspects(one, SideEffect(kind="ptosis")))


def test_a_response_says_what_cannot_wait() -> None:
    one = session(at("mentalis"))

    def said(**effect: Any) -> list[str]:
        response = Response(session_on=DAY, side_effects=(SideEffect(**effect),))
        return [found.subject for found in check_response(response, one)]

    assert said(kind="lagophthalmos") == ["lagophthalmos"]
    assert said(kind="bruising", grade=Grade.MILD) == []
    assert said(kind="bruising", grade=Grade.SEVERE) == ["bruising"]
    with pytest.raises(InputError, match="there is no side effect 'hiccup'"):
        said(kind="hiccup")
    with pytest.raises(InputError, match="the session has 1 injections"):
        said(kind="ptosis", sites=(2,))
    with pytest.raises(InputError, match="before the session"):
        said(kind="ptosis", began_on=date(2020, 1, 1))
    with pytest.raises(InputError, match="a response to the session of 2020-01-01"):
        check_response(Response(session_on=date(2020, 1, 1)), one)


def test_a_site_that_can_have_caused_a_side_effect_is_named_when_it_comes_again() -> None:
    lid = at("orbicularis_oculi", 2.5, place="lower_lid_medial")
    then = session(lid, at("frontalis", 2.5))
    response = Response(session_on=DAY, side_effects=(SideEffect(kind="diplopia"),))

    def again(*sites: Injection) -> list[str]:
        now = session(*sites, day=DAY + timedelta(days=90))
        found = check_session(now, earlier=[then], responses=[response])
        return [one.subject for one in found if one.rule == "toxin_site_again"]

    assert again(at("frontalis", 2.5), lid) == ["injection 2"]
    assert again(at("orbicularis_oculi", 1.25, place="lower_lid_medial")) == []
    assert again(at("orbicularis_oculi", 2.5, place="lower_lid_medial", side=Side.RIGHT)) == []
    assert again(at("orbicularis_oculi", 2.5, place="lower_lid_lateral")) == []
