"""What may be chosen in a field that holds a text: by the type of the fact and its field.

The words come from the tables that the rules read, so that what is chosen is what is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hemifacial.anatomy import Kind, structures

__all__ = ["choices_for"]

Options = tuple[tuple[str, str], ...]


def _of_kind(kind: Kind) -> Options:
    return tuple((one.word, one.label) for one in structures().values() if one.kind is kind)


def _regions() -> Options:
    return _of_kind(Kind.REGION)


def _vessels() -> Options:
    return _of_kind(Kind.VESSEL)


def _zones() -> Options:
    return _of_kind(Kind.ZONE)


def _face() -> Options:
    return (*_of_kind(Kind.REGION), *_of_kind(Kind.MUSCLE))


def _drugs() -> Options:
    from hemifacial.care.drugs.catalogue import drugs

    return tuple((one.word, one.label) for one in drugs().values())


def _steps() -> Options:
    from hemifacial.care.decompression.tables import rows

    return tuple((row["word"], row["label"]) for row in rows("steps.tsv"))


def _complications() -> Options:
    from hemifacial.care.decompression.complications import complication_kinds

    return tuple((word, word.replace("_", " ")) for word in complication_kinds())


def _side_effects() -> Options:
    from hemifacial.care.toxin.tables import ToxinTables

    return tuple((one.word, one.label) for one in ToxinTables.read().side_effects.values())


def _toxin_circumstances() -> Options:
    from hemifacial.care.toxin.tables import ToxinTables

    return tuple((one.word, one.label) for one in ToxinTables.read().circumstances.values())


def _products() -> Options:
    from hemifacial.care.toxin.tables import ToxinTables

    return tuple((one.word, one.brand) for one in ToxinTables.read().products.values())


def _places() -> Options:
    from hemifacial.care.toxin.tables import ToxinTables

    return tuple((one.word, one.label) for one in ToxinTables.read().places.values())


def _jurisdictions() -> Options:
    from hemifacial.care.toxin.tables import ToxinTables

    found = sorted({one.jurisdiction for one in ToxinTables.read().labels})
    return tuple((one, one) for one in found)


def _conditions() -> Options:
    from hemifacial.care.differential.tables import conditions

    return tuple((one.word, one.label) for one in conditions().values())


def _muscles() -> Options:
    return _of_kind(Kind.MUSCLE)


def _laboratory() -> Options:
    return (("sodium", "sodium"), ("creatinine", "creatinine"), ("leucocytes", "leucocytes"))


def _units() -> Options:
    return (("mmol/L", "mmol/L"), ("µmol/L", "µmol/L"), ("10^9/L", "10^9/L"))


def _measures() -> Options:
    return (
        ("spasm", "Spasm: free, better or present"),
        ("kondo_e", "Kondo, efficacy"),
        ("kondo_c", "Kondo, complication"),
        ("smc", "SMC grade"),
        ("house_brackmann", "House-Brackmann grade"),
        ("hearing_class", "Hearing class (AAO-HNS)"),
    )


_CHOICES: Mapping[tuple[str, str], tuple[Callable[[], Options], bool]] = {
    # type, field: what may be chosen, and whether anything else may be typed
    ("Patient", "onset_site"): (_regions, False),
    ("AdverseEvent", "sites"): (_face, False),
    ("Outcome", "measure"): (_measures, True),
    ("DrugChange", "drug"): (_drugs, True),
    ("Reaction", "drug"): (_drugs, True),
    ("LaboratoryValue", "what"): (_laboratory, True),
    ("LaboratoryValue", "unit"): (_units, True),
    ("Operation", "vessels"): (_vessels, False),
    ("Operation", "zones"): (_zones, False),
    ("Step", "step"): (_steps, False),
    ("Complication", "kind"): (_complications, False),
    ("Session", "product"): (_products, True),
    ("Session", "jurisdiction"): (_jurisdictions, True),
    ("Session", "indication"): (_conditions, True),
    ("Session", "circumstances"): (_toxin_circumstances, False),
    ("Injection", "muscle"): (_muscles, False),
    ("Injection", "place"): (_places, True),
    ("ToxinDose", "product"): (_products, True),
    ("SideEffect", "kind"): (_side_effects, False),
    ("DrugTaken", "drug"): (_drugs, True),
}


def choices_for(kind: type[Any], name: str) -> tuple[Options, bool]:
    """Value and label of what may be chosen, and whether another text may be typed too."""
    found = _CHOICES.get((kind.__name__, name))
    return ((), False) if found is None else (found[0](), found[1])
