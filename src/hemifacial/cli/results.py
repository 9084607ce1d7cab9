"""How the commands on a result folder are called: review, report, check, score."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.options import AsJson, ResultFolder, named_path
from hemifacial.cli.printing import print_json, print_result
from hemifacial.errors import CheckFailed

__all__ = ["check", "report", "review", "score"]


def review(
    folder: ResultFolder,
    corrections: Annotated[
        Path | None, typer.Option(help="The review.json that the report saved.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply a person's corrections: findings are made anew, what was measured stays as it is."""
    from hemifacial import terminal
    from hemifacial.commands.results import review as apply

    result, applied = apply(folder, corrections)
    terminal.narrate(f"{len(applied.applied)} corrections stand")
    for line in applied.not_applied:
        terminal.narrate(
            f"The correction of {line.when} by {line.who} finds no event; look at the report"
        )
    print_result(result, folder, as_json)


def report(
    folder: ResultFolder,
    out: Annotated[
        Path,
        typer.Option("--without-stills", help="Page to write.", parser=named_path, metavar="PATH"),
    ],
) -> None:
    """Write the report again without pictures of the face, to be passed on."""
    from hemifacial import terminal
    from hemifacial.commands.results import report_without_stills

    report_without_stills(folder, out)
    terminal.narrate(f"Report without pictures: {out}")


def check(folder: ResultFolder, as_json: AsJson = False) -> None:
    """Hold a result folder against the contract, and its findings against its own events."""
    from hemifacial.commands import check as checking

    mistakes = checking.check(folder)
    if as_json:
        print_json({"folder": str(folder), "mistakes": mistakes})
    else:
        print("\n".join(mistakes) or f"{folder}: in order")
    if mistakes:
        count = f"{len(mistakes)} mistake" + ("s" if len(mistakes) > 1 else "")
        raise CheckFailed(f"{folder}: {count}", next_step="Measure the recording again.")


def score(
    truth: Annotated[Path, typer.Argument(help="True events: a table or a result folder.")],
    found: Annotated[Path, typer.Argument(help="Found events: a table or a result folder.")],
    duration: Annotated[
        float | None, typer.Option(help="Length of the recording in s, if no sidecar says it.")
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(help="Score only this family, e.g. spasm; may be given several times."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Hold found events against true ones, or one rater against another."""
    from hemifacial import terminal
    from hemifacial.commands.score import score as hold

    scored = hold(truth, found, duration, families=family)
    if as_json:
        print_json(asdict(scored))
    else:
        terminal.print_score(scored)
