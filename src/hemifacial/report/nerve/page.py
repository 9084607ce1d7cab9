"""`render_nerve`: what came of an experiment on the simulated nerve, as one page."""

from __future__ import annotations

from hemifacial.findings import Provenance
from hemifacial.report.electro.figure import Figure
from hemifacial.report.html import Report, asset, environment, markup, policy
from hemifacial.report.nerve.lesion_map import draw_lesion
from hemifacial.report.nerve.plot import draw_plot
from hemifacial.report.nerve.raster import draw_raster
from hemifacial.report.nerve.rows import (
    finding_rows,
    parameter_rows,
    target_counts,
    target_rows,
)
from hemifacial.report.nerve.space_time import draw_space_time
from hemifacial.report.nerve.wording import readable
from hemifacial.twin.nerve.outcome import Outcome

__all__ = ["render_nerve"]


def render_nerve(
    outcome: Outcome, provenance: Provenance, *, command: str, small: bool = False
) -> Report:
    """The report of an experiment: one HTML page without any outside part.

    Parameters
    ----------
    provenance
        Of the run: versions, when, and every parameter.
    command
        What runs it again.
    small
        Whether it was made with fewer points and fibres, which the page then says.
    """
    lesion = (draw_lesion(outcome.lesion),) if outcome.lesion else ()
    figures = (
        *(draw_plot(one) for one in outcome.plots),
        *(draw_raster(one) for one in outcome.rasters),
        *(draw_space_time(one) for one in outcome.space_times),
    )
    findings = finding_rows(outcome.findings)
    style = asset("report.css") + asset("nerve.css")
    html = (
        environment()
        .get_template("nerve.html.j2")
        .render(
            policy=policy(style),
            style=markup(style),
            provenance=provenance,
            title=readable(outcome.title),
            question=readable(outcome.question),
            summary=[readable(one) for one in outcome.sentences],
            small=small,
            lesion=_placed(lesion),
            figures=_placed(figures),
            targets=target_rows(outcome.targets),
            counts=target_counts(outcome.targets),
            noted=any(one.note for one in outcome.targets),
            findings=findings,
            columns={word for row in findings for word, value in row.items() if value},
            limits=asset("cannot_tell_nerve.txt").splitlines(),
            parameters=list(parameter_rows(provenance.parameters)),
            command=command,
        )
    )
    drawn = {f"{one.name}.svg": one.svg for one in (*lesion, *figures)}
    return Report(html=html, figures=drawn)


def _placed(figures: tuple[Figure, ...]) -> list[tuple[Figure, object]]:
    return [(one, markup(one.svg)) for one in figures]
