"""What stands around every page: who signs, what is being measured, how safe the record is."""

from __future__ import annotations

from hemifacial.case import Record
from hemifacial.web.asked import Page
from hemifacial.web.office import Office
from hemifacial.web.rendering import rendered
from hemifacial.web.security import Keys

__all__ = ["problem_page", "whole_page"]


def whole_page(page: Page, office: Office, record: Record, keys: Keys) -> str:
    """A page with its frame."""
    return rendered(
        page.template,
        title=page.title,
        code=page.code,
        change_token=keys.change,
        origin=keys.origin,
        signer=office.signer,
        profiles=[one for one in record.profiles() if one.active],
        waiting=sum(one.job.state.is_open for one in office.jobs.all()),
        encrypted=record.encrypted,
        only_read=record.only_read,
        head=record.head,
        **page.shown,
    )


def problem_page(problem: str, next_step: str) -> str:
    """A page that says what went wrong and what next."""
    return rendered("problem.html.j2", problem=problem, next_step=next_step)
