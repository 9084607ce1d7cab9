"""Every address with the function that answers it: what is read, and what changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hemifacial.web.asked import Answer, Asked
from hemifacial.web.pages import (
    differential,
    documents,
    drugs,
    entries,
    entry,
    erasing,
    injections,
    operations,
    patient,
    patients,
    recordings,
    results,
    scales,
)

__all__ = ["ADDRESSES", "CHANGES"]

Answering = Callable[[Asked], Answer]

ADDRESSES: Mapping[str, Answering] = {
    "/": patients.patients,
    "/new-patient": patients.new_patient,
    "/line": recordings.line,
    "/line.json": recordings.line_values,
    "/patients/{code}": patient.patient,
    "/patients/{code}/enter/{kind}": entries.new_entry,
    "/patients/{code}/recordings": recordings.drop,
    "/patients/{code}/injections": injections.injections,
    "/patients/{code}/injections/due": injections.due,
    "/patients/{code}/drugs": drugs.drugs,
    "/patients/{code}/operations": operations.operations,
    "/patients/{code}/scales": scales.scale_page,
    "/patients/{code}/differential": differential.differential,
    "/patients/{code}/erase": erasing.erase_form,
    "/erased/{number}": erasing.erased,
    "/patients/{code}/documents/{what}": documents.documents,
    "/patients/{code}/documents/{what}/page": documents.document,
    "/entries/{number}": entry.entry_page,
    "/entries/{number}/replace": entry.replace_form,
    "/results/{number}": results.result,
    "/results/{number}/report": results.report,
    "/compare": results.comparison,
    "/compare/page": results.compare,
}

CHANGES: Mapping[str, Answering] = {
    "/signer": patients.choose_signer,
    "/new-patient": patients.enter_patient,
    "/line/{job}/cancel": recordings.cancel,
    "/line/{job}/again": recordings.measure_again,
    "/patients/{code}/recordings/sort": recordings.sort_files,
    "/patients/{code}/check/{kind}": entries.check,
    "/patients/{code}/enter/{kind}": entries.enter,
    "/patients/{code}/injections/check": injections.check_session,
    "/patients/{code}/scales/check": scales.check_scale,
    "/patients/{code}/scales": scales.enter_scale,
    "/patients/{code}/differential/check": differential.ranking,
    "/patients/{code}/differential": differential.enter_answers,
    "/patients/{code}/erase": erasing.erase,
    "/entries/{number}/replace": entry.replace,
    "/entries/{number}/withdraw": entry.withdraw,
    "/results/{number}/review": results.correct,
}
