"""How the experiments on the simulated nerve are called: twin nerve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemifacial.cli.options import AsJson, named_path
from hemifacial.cli.printing import print_json

if TYPE_CHECKING:
    from hemifacial.twin.nerve.outcome import Outcome

__all__ = ["twin_nerve"]


def twin_nerve(
    experiment: Annotated[
        str, typer.Argument(help="Its word; without one, all of them with their questions.")
    ] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="All experiments with their questions.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write; nerve_EXPERIMENT by default.", parser=named_path, metavar="PATH"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same result.")] = 0,
    small: Annotated[
        bool, typer.Option("--small", help="Fewer points and fibres, for a first look.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(help="Processes; as many as processors by default.")
    ] = None,
    dask: Annotated[
        str, typer.Option(help="Address of a Dask cluster to run on instead.", metavar="ADDRESS")
    ] = "",
    recording: Annotated[
        str,
        typer.Option(
            help="Write what electrodes see as well, as edf, bdf, xdf or bids: of lateral_spread a "
            "study, of spontaneous the needle EMG of a spasm.",
            metavar="KIND",
        ),
    ] = "",
    step_us: Annotated[float | None, typer.Option(help="Time step.")] = None,
    length_mm: Annotated[float | None, typer.Option(help="Length of the lesion.")] = None,
    lamellae: Annotated[float | None, typer.Option(help="Of myelin that is left in it.")] = None,
    sodium_density: Annotated[
        float | None, typer.Option(help="Sodium channels in it, as a share of a node's.")
    ] = None,
    potassium_density: Annotated[
        float | None, typer.Option(help="Slow potassium channels in it, as a share of a node's.")
    ] = None,
    leak_s_per_cm2: Annotated[float | None, typer.Option(help="Leak of its membrane.")] = None,
    mechanosensitive_s_per_cm2: Annotated[
        float | None, typer.Option(help="Current that stretch opens, driven by the pulse.")
    ] = None,
    calibre: Annotated[
        float | None, typer.Option(help="Of the axon, as a share of what it was.")
    ] = None,
    cleft_area_um2: Annotated[
        float | None,
        typer.Option(help="Cross-section of the cleft that fibres share; inf for none."),
    ] = None,
    shunt_us_per_mm: Annotated[
        float | None, typer.Option(help="What leaks out of the cleft.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run an experiment on a simulated, compressed facial nerve; a report and its data come out."""
    from hemifacial import terminal
    from hemifacial.commands import nerve
    from hemifacial.commands.nerve_solver import compile_solver, is_compiled

    if listed or not experiment:
        _print_list(as_json)
        return
    chosen = nerve.experiment_named(experiment)
    given = {
        "--step-us": step_us,
        "--length-mm": length_mm,
        "--lamellae": lamellae,
        "--sodium-density": sodium_density,
        "--potassium-density": potassium_density,
        "--leak-s-per-cm2": leak_s_per_cm2,
        "--mechanosensitive-s-per-cm2": mechanosensitive_s_per_cm2,
        "--calibre": calibre,
        "--cleft-area-um2": cleft_area_um2,
        "--shunt-us-per-mm": shunt_us_per_mm,
    }
    settings = nerve.settings_with(given, seed=seed, small=small)
    if recording:
        nerve.check_recording(chosen, recording)
    folder = Path(f"nerve_{chosen.word}") if out is None else out
    if not dask and not is_compiled():
        terminal.narrate("First run: the solver is compiled, which takes about half a minute.")
        compile_solver()
    try:
        with terminal.progress_bar(chosen.title) as progress:
            ran = nerve.run_experiment(
                chosen, settings, folder, workers=workers, dask=dask, progress=progress
            )
        written = None
        if recording:
            with terminal.progress_bar("Recording") as progress:
                written = nerve.write_recording(
                    chosen, settings, folder, recording, workers=workers, progress=progress
                )
    except KeyboardInterrupt:
        terminal.narrate(
            f"\nWhat is done is kept in {nerve.kept_beside(folder)}; "
            "the same command goes on from there."
        )
        raise
    if as_json:
        place = {} if written is None else {"recording": str(written)}
        print_json({"folder": str(folder), **place, **ran.document})
        return
    _print_outcome(ran.outcome, folder)
    if written is not None:
        print(f"Recording, with its truth beside it: {written}")


def _print_list(as_json: bool) -> None:
    from hemifacial.commands.nerve import experiments

    known = experiments()
    if as_json:
        print_json([{"word": one.word, "title": one.title, "question": one.question}
                    for one in known.values()])  # fmt: skip
        return
    width = max(map(len, known))
    for one in known.values():
        print(f"{one.word:<{width}}  {one.question}")


def _print_outcome(outcome: Outcome, folder: Path) -> None:
    from hemifacial.report.nerve.rows import target_counts, target_rows
    from hemifacial.report.nerve.wording import readable

    print(f"{outcome.title}: a simulation, no patient.")
    for sentence in outcome.sentences:
        print(readable(sentence))
    if outcome.targets:
        print(target_counts(outcome.targets))
    for row in target_rows(outcome.targets):
        said = f", simulated {row['simulated']}" if row["simulated"] else ""
        tuned = ", tuned" if row["tuned"].startswith("tuned") else ""
        print(f"  {row['verdict']}{tuned}: {row['what']}: published {row['target']}{said}")
    print(f"Report: {folder / 'report.html'}")
