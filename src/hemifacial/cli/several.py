"""How the commands on several recordings are called: compare, batch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hemifacial.anatomy import Side
from hemifacial.cli.options import AsJson, Criteria, Model, named_path
from hemifacial.cli.printing import print_json
from hemifacial.errors import CheckFailed, UsageError

__all__ = ["batch", "compare"]


def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Result folders of one patient, that to compare with first."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for a page, a table and a JSON file.", parser=named_path, metavar="PATH"
        ),
    ] = None,
    side: Annotated[
        str | None,
        typer.Option(help="Affected side, right or left; else that of the first video."),
    ] = None,
    criteria: Criteria = None,
    as_json: AsJson = False,
) -> None:
    """Compare videos of one patient: what changed by more than the videos can be wrong."""
    from hemifacial import terminal
    from hemifacial.commands.compare import compare_folders

    if side not in (None, "right", "left"):
        raise UsageError(f"--side is {side!r}", next_step="Give right or left, the patient's own.")
    compared = compare_folders(
        folders, out=out, own_criteria=criteria, affected_side=Side(side) if side else None
    )
    if as_json:
        from hemifacial.report.compare_page import as_document

        print_json(as_document(compared))
    else:
        terminal.print_comparison(compared)
    if out is not None:
        terminal.narrate(f"Report: {out / 'comparison.html'}")


def batch(
    manifest: Annotated[
        Path, typer.Argument(help="A table: file, subject, visit; mirrored, phases if needed.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write.", parser=named_path, metavar="PATH")],
    blind: Annotated[
        bool,
        typer.Option("--blind", help="Random names and order; the key is written beside --out."),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Of the random names and order.")] = None,
    jobs: Annotated[int, typer.Option(help="Recordings measured at once.")] = 1,
    stills: Annotated[
        bool, typer.Option("--stills/--without-stills", help="Pictures of the face in the reports.")
    ] = True,
    criteria: Criteria = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure all recordings of a manifest into one table; run it again to go on."""
    from hemifacial import terminal
    from hemifacial.commands.batch.one import Settings
    from hemifacial.commands.batch.run import key_path, run
    from hemifacial.commands.batch.tables import TABLE

    settings = Settings(own_criteria=criteria, stills=stills, model=model, blind=blind)
    try:
        with terminal.progress_bar(f"Measuring {manifest.name}") as progress:
            done = run(manifest, out, settings, seed=seed, jobs=jobs, report=progress)
    except KeyboardInterrupt:
        terminal.narrate(f"What is measured stands in {out}; run it again to go on.")
        raise
    if as_json:
        print_json(
            {
                "table": str(out / TABLE),
                "key": str(key_path(out)) if blind else None,
                "recordings": [
                    {
                        "recording": one.entry.recording,
                        "folder": str(one.folder),
                        "kept": one.was_kept,
                        "problem": one.problem or None,
                    }
                    for one in done.outcomes
                ],
            }
        )
    else:
        print(out / TABLE)
    kept = sum(one.was_kept for one in done.outcomes)
    measured = len(done.outcomes) - kept - len(done.failed)
    terminal.narrate(
        f"{measured} measured, {kept} kept from before, {len(done.failed)} not measured"
    )
    if blind:
        terminal.narrate(f"Key, not for whoever reads the results: {key_path(out)}")
    for one in done.failed:
        terminal.narrate(f"{one.entry.recording}: {one.problem}")
    if done.failed:
        raise CheckFailed(
            f"{len(done.failed)} of {len(done.outcomes)} recordings could not be measured",
            next_step="Mend or leave out their rows, and run it again; the others are kept.",
        )
