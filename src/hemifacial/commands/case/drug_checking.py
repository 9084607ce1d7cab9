"""What the rules of drugs say of a fact before it is entered, beside all that stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case.clinic_day import today
from hemifacial.case.reading import Entry

__all__ = ["drug_change", "of_drugs"]


def drug_change(change: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    """A dose that is begun, changed or stopped."""
    from hemifacial.care.drugs.checks import check_order
    from hemifacial.case.drugs_known import drug_record

    return check_order(change, drug_record(standing, today()), today())


def of_drugs(body: Any, standing: Sequence[Entry]) -> tuple[CareWarning, ...]:
    """A value, an allele, a reaction or a circumstance: what it changes for what is taken."""
    from hemifacial.care.drugs.checks import check_standing
    from hemifacial.case.drugs_known import drug_record

    before = check_standing(drug_record(standing, today()), today())
    after = check_standing(drug_record(standing, today(), more=(body,)), today())
    old = {(one.rule, one.text) for one in before}
    return tuple(one for one in after if (one.rule, one.text) not in old)
