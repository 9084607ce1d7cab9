"""Which words a field takes that holds a text, and in which unit a number is.

The words come from the tables that the rules read. Both are asked for by the type of the fact and
the name of its field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hemifacial.anatomy import SIDES, Kind, structures

__all__ = ["unit_of", "words_of"]

Words = Callable[[], Iterable[str]]


def words_of(kind: str, name: str) -> tuple[tuple[str, ...], bool]:
    """The words for a field of a type, and whether any other text is taken too."""
    found = _WORDS.get((kind, name))
    return ((), True) if found is None else (tuple(map(str, found[0]())), found[1])


def unit_of(kind: str, name: str) -> str:
    """The unit of a field that holds a number; empty where none is known."""
    said = _UNITS.get((kind, name)) or _UNITS.get(("", name))
    if said is not None:
        return said
    endings = (unit for ending, unit in _ENDINGS.items() if name.endswith(ending))
    return next(endings, "")


def _of(*kinds: Kind) -> Words:
    return lambda: (one.word for one in structures().values() if one.kind in kinds)


def _anatomy() -> Iterable[str]:
    return structures()


def _toxin(table: str) -> Words:
    def words() -> Iterable[str]:
        from hemifacial.care.toxin.tables import ToxinTables

        found: Mapping[str, object] = getattr(ToxinTables.read(), table)
        return found

    return words


def _jurisdictions() -> Iterable[str]:
    from hemifacial.care.toxin.tables import ToxinTables

    return sorted({one.jurisdiction for one in ToxinTables.read().labels})


def _drugs() -> Iterable[str]:
    from hemifacial.care.drugs.catalogue import drugs

    return drugs()


def _steps() -> Iterable[str]:
    from hemifacial.care.decompression.operation import step_words

    return step_words()


def _complications() -> Iterable[str]:
    from hemifacial.care.decompression.complications import complication_kinds

    return complication_kinds()


def _features() -> Iterable[str]:
    from hemifacial.care.differential.tables import questions

    return questions()


def _conditions() -> Iterable[str]:
    from hemifacial.care.differential.tables import conditions

    return conditions()


def _scales() -> Iterable[str]:
    from hemifacial.care.scales.scale import scales

    return scales()


def _diary(which: str) -> Words:
    def words() -> Iterable[str]:
        from hemifacial.care.scales.diary import diary_words

        return diary_words(which)

    return words


def _quantities() -> Iterable[str]:
    from hemifacial.findings import quantities

    return quantities()


def _trial_types() -> Iterable[str]:
    from hemifacial.findings import trial_types

    return trial_types()


_MEASURES = ("spasm", "kondo_e", "kondo_c", "smc", "house_brackmann", "hearing_class")
_FACE = _of(Kind.REGION, Kind.MUSCLE)

_WORDS: Mapping[tuple[str, str], tuple[Words, bool]] = {
    # type, field: the words, and whether another text is taken too
    ("Patient", "onset_site"): (_of(Kind.REGION), True),
    ("AdverseEvent", "sites"): (_FACE, True),
    ("Scale", "scale"): (_scales, True),
    ("Outcome", "measure"): (lambda: _MEASURES, True),
    ("Session", "product"): (_toxin("products"), True),
    ("Session", "jurisdiction"): (_jurisdictions, True),
    ("Session", "indication"): (_conditions, True),
    ("Session", "circumstances"): (_toxin("circumstances"), True),
    ("ToxinDose", "product"): (_toxin("products"), True),
    ("Injection", "side"): (lambda: SIDES, False),
    ("Operation", "side"): (lambda: SIDES, False),
    ("Injection", "muscle"): (_of(Kind.MUSCLE), False),
    ("Injection", "place"): (_toxin("places"), True),
    ("SideEffect", "kind"): (_toxin("side_effects"), True),
    ("DrugChange", "drug"): (_drugs, True),
    ("Reaction", "drug"): (_drugs, True),
    ("DrugTaken", "drug"): (_drugs, True),
    ("Circumstances", "other_drugs"): (lambda: (), True),
    ("LaboratoryValue", "what"): (lambda: ("sodium",), True),
    ("LaboratoryValue", "unit"): (lambda: ("mmol/L",), True),
    ("Operation", "vessels"): (_of(Kind.VESSEL), False),
    ("Operation", "zones"): (_of(Kind.ZONE), False),
    ("Step", "step"): (_steps, False),
    ("Complication", "kind"): (_complications, False),
    ("ScaleAnswers", "scale"): (lambda: ("hfs_7",), False),
    ("Given", "feature"): (_features, False),
    ("Balance", "condition"): (_conditions, False),
    ("DiaryDay", "triggers"): (_diary("trigger"), False),
    ("DiaryDay", "side_effects"): (_diary("side_effect"), False),
    ("Finding", "quantity"): (_quantities, False),
    ("Finding", "sites"): (_anatomy, False),
    ("Event", "trial_type"): (_trial_types, False),
    ("Event", "sites"): (_anatomy, False),
}

_SAYS_UNIT = "as `unit` says"
_UNITS: Mapping[tuple[str, str], str] = {
    ("", "value"): _SAYS_UNIT,
    ("Balance", "value"): "sum of weights",
    ("", "low"): _SAYS_UNIT,
    ("", "high"): _SAYS_UNIT,
    ("", "detection_limit"): _SAYS_UNIT,
    ("", "amplitude"): "as `amplitude_unit` says",
    ("", "n"): "how many",
    ("", "confidence"): "0 to 1",
    ("", "birth_year"): "year",
    ("", "onset_year"): "year",
    ("", "onset_month"): "month, 1 to 12",
    ("", "total"): "points of the scale",
    ("Scale", "items"): "points of the item",
    ("Provenance", "parameters"): "as the method has it",
    ("ScaleAnswers", "items"): "points of the item",
    ("", "related_to"): "number of an entry",
    ("SideEffect", "sites"): "numbers of injections, from 1",
    ("", "units"): "units of the product",
    ("", "x"): "of the map's width, 0 to 1",
    ("", "y"): "of the map's height, 0 to 1",
    ("", "spasm_share"): "of that before, 1 as before",
    ("", "mg_per_day"): "mg a day",
    ("", "renal_clearance_ml_per_min"): "ml/min",
    ("", "house_brackmann"): "grade, 1 to 6",
    ("", "smc_grade"): "grade, 0 to 4",
    ("", "kondo_efficacy"): "grade, 0 to 3",
    ("", "kondo_complication"): "grade, 0 to 2",
    ("", "hfs_7"): "points, 0 to 28",
    ("", "spasm_count"): "spasms of the day",
    ("", "spasm_level"): "0 to 10",
    ("", "head_number"): "number of an entry",
}
_ENDINGS = {
    "_percent": "%",
    "_minutes": "min",
    "_years": "years",
    "_days": "days",
    "_ml": "ml",
    "_uv": "µV",
    "_ms": "ms",
    "_db": "dB",
    "_s": "s",
}
