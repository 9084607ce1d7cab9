"""Whatever the command line can enter, a form of the browser can: every field has its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

import pytest

from hemifacial.case.importing import columns_of
from hemifacial.case.kinds import KINDS, kind_of
from web_server import Served, record_with, served

PAGES = {
    "patient": "/new-patient",
    "toxin_session": "/patients/P1/injections",
    "drug_change": "/patients/P1/drugs",
    "scale": "/patients/P1/scales",
    "answers": "/patients/P1/differential",
}
"""The forms that have a page of their own; any other kind is entered at /enter/KIND."""

MEASURED = "comes from a recording that is dropped and measured, and is not typed"
CHOSEN_ONCE = "a session is of one product, which is chosen once for every dose"
WITHOUT: Mapping[tuple[str, str], str] = {
    # kind, field: why no form asks for it
    ("toxin_session", "injections.dose.product"): CHOSEN_ONCE,
    ("toxin_session", "per_ml.product"): CHOSEN_ONCE,
    ("toxin_session", "vials.holds.product"): CHOSEN_ONCE,
    ("toxin_session", "vials.used.product"): CHOSEN_ONCE,
    ("toxin_session", "vials.wasted.product"): CHOSEN_ONCE,
    ("answers", "balances.condition"): MEASURED,
    ("answers", "balances.value"): MEASURED,
    ("answers", "balances.evidence"): MEASURED,
}
NO_FORM = {"result": MEASURED, "recording": MEASURED}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(record_with(tmp_path_factory.mktemp("forms"))) as running:
        yield running


class Paths(HTMLParser):
    """The paths of a page's fields: what `name` says, and `data-path` where a script names it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        names = (told.get("data-path") or "").split()
        if tag in ("input", "select", "textarea"):
            names.append(told.get("name") or "")
        self.found |= {_plain(name) for name in names if name}


def _plain(path: str) -> str:
    """A path without the numbers of items, as a table calls its column."""
    return ".".join(part for part in path.split(".") if part != "#" and not part.isdigit())


def paths_of(server: Served, kind: str) -> set[str]:
    page = server.ask(PAGES.get(kind, f"/patients/P1/enter/{kind}"))
    assert page.status == 200, (kind, page.status)
    reader = Paths()
    reader.feed(page.text)
    found = reader.found
    if kind == "scale":  # items are numbered, and so is what a table calls them
        found = {re.sub(r"^item$", "items.NAME", one) for one in found}
    if kind == "answers":  # a field a question: its name is the question, its value the answer
        found |= {f"given.{one.rpartition('.')[2]}" for one in found if "." in one}
        found |= {"given.feature", "given.answer"} if "one_side_always" in found else set()
    return found


def entered_by_hand() -> list[str]:
    return [one.word for one in KINDS.values() if one.by_hand and not one.of_clinic]


@pytest.mark.parametrize("kind", [one for one in entered_by_hand() if one not in NO_FORM])
def test_every_field_of_a_kind_has_its_place_in_a_form(server: Served, kind: str) -> None:
    fields = set(columns_of(kind_of(kind)))
    reasons = {field for of, field in WITHOUT if of == kind}
    assert reasons <= fields, "a reason for a field that the kind does not have"
    lacking = fields - reasons - paths_of(server, kind)
    assert not lacking, f"{kind}: no form asks for {sorted(lacking)}"


def test_a_reason_stands_only_where_no_form_asks(server: Served) -> None:
    for (kind, field), why in WITHOUT.items():
        assert why
        assert field not in paths_of(server, kind), (kind, field)
    for kind in NO_FORM:
        assert server.ask(f"/patients/P1/enter/{kind}").status == 400


def test_what_can_be_chosen_is_what_the_rules_know(server: Served) -> None:
    from hemifacial.care.toxin.tables import ToxinTables

    page = server.ask("/patients/P1/injections").text
    for one in ToxinTables.read().circumstances.values():
        assert f'name="circumstances" value="{one.word}"' in page
        assert one.label in page
    assert page.count("data-many") == len(ToxinTables.read().circumstances)


SITE = {
    "injections.0.muscle": "frontalis",
    "injections.0.side": "left",
    "injections.0.dose.units": "2",
    "injections.0.dose.product": "botox",
    "happened_on": "2026-03-01",
    "product": "botox",
}


def test_circumstances_are_checked_before_there_is_a_dose_and_entered(server: Served) -> None:
    def check(**more: object) -> dict[str, object]:
        found = server.change("/patients/P1/injections/check", {"fields": more})
        assert found.status == 200, found.text
        return found.values

    early = check(circumstances=["hypersensitivity", "pregnancy"])
    assert [one["severity"] for one in early["warnings"]] == ["stop", "warn"]  # type: ignore[index,attr-defined]
    assert early["mistakes"]
    whole = check(**SITE, circumstances=["hypersensitivity"], jurisdiction="UK")
    assert whole["mistakes"] == []
    assert "the label of UK (Botox UK summary" in str(whole["said"])
    assert "label" not in str(check(**SITE)["said"])
    assert any("every label of botox" in one["text"] for one in check(**SITE)["warnings"])  # type: ignore[attr-defined]
    unknown = server.change("/patients/P1/injections/check", {"fields": {"circumstances": ["x"]}})
    assert unknown.status == 400
    fields = {**SITE, "circumstances": ["hypersensitivity"], "jurisdiction": "UK"}
    address = "/patients/P1/enter/toxin_session"
    assert server.change(address, {"fields": fields}).status == 400
    assert server.change(address, {"fields": fields, "why": "skin test negative"}).status == 200
    entry = server.office.records.run(lambda record: record.entries("P1")[-1])
    assert entry.body.circumstances == ("hypersensitivity",)
    # It lasts: the next session is stopped without anybody ticking it again.
    later = check(**{**SITE, "happened_on": "2026-08-01"})
    assert "toxin_circumstance_hypersensitivity" in str(later)


def test_answers_keep_who_told_them_and_the_age(server: Served) -> None:
    fields = {
        "tumour": "no",
        "tumour.by": "imaging",
        "tumour.evidence": "MRI of 2026-01-02",
        "palsy_before": "unknown",
        "palsy_before.by": "history",
        "palsy_before.evidence": "",
        "age_at_onset_years": "38,5",
    }
    found = server.change("/patients/P1/differential/check", {"fields": fields}).values
    assert any("38.5" in one["text"] for one in found["warnings"])
    assert server.change("/patients/P1/differential", {"fields": fields}).status == 200
    body = server.office.records.run(lambda record: record.entries("P1")[-1].body)
    assert [(one.feature, str(one.by), one.evidence) for one in body.given] == [
        ("tumour", "imaging", "MRI of 2026-01-02")
    ]
    assert body.age_at_onset_years == 38.5
    page = server.ask("/patients/P1/differential").text
    assert 'value="MRI of 2026-01-02"' in page
    bad = server.change("/patients/P1/differential/check", {"fields": {"age_at_onset_years": "x"}})
    assert "is no age" in bad.values["problem"]


def test_a_scale_of_which_only_the_total_is_known(server: Served) -> None:
    hfs_7 = {"scale": "hfs_7", "fields": {}, "total": "12", "rater": "Dr B", "on": "2026-02-02"}
    assert server.change("/patients/P1/scales", hfs_7).status == 200
    body = server.office.records.run(lambda record: record.entries("P1")[-1].body)
    assert (body.total, body.items, body.rater) == (12.0, {}, "Dr B")
    both = {**hfs_7, "fields": {"item.1": "2"}}
    assert "made of the items" in server.change("/patients/P1/scales", both).values["problem"]
    bad = server.change("/patients/P1/scales", {**hfs_7, "total": "many"})
    assert bad.values["problem"] == "The total is no number."
    assert server.change("/patients/P1/scales", {**hfs_7, "total": ""}).status == 400
    assert server.change("/patients/P1/scales", {**hfs_7, "total": "99"}).status == 200
    entry = server.office.records.run(lambda record: record.entries("P1")[-1])
    assert any("not within 0 to 28" in one.text for one in entry.warnings)
