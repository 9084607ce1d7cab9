"""How the command on an electrical recording is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.options import AsJson, Criteria, named_path
from hemifacial.cli.printing import print_result

__all__ = ["electro"]


def electro(
    recording: Annotated[
        Path,
        typer.Argument(help="EDF, BDF, BrainVision, XDF, BIDS-EMG, SmartEP, table."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write; by default NAME.hemifacial where you are.",
            parser=named_path,
            metavar="PATH",
        ),
    ] = None,
    study: Annotated[
        list[str] | None,
        typer.Option(
            help="lateral_spread, series, blink_reflex, f_wave, spasm_emg or baep; several may be "
            "given. By default what the recording holds.",
            metavar="STUDY",
        ),
    ] = None,
    stimuli: Annotated[
        Path | None,
        typer.Option(
            help="A table of the stimuli: onset (s), branch, side, intensity_ma, polarity."
        ),
    ] = None,
    names: Annotated[
        Path | None, typer.Option(help="A table of your names of channels: name, site, side.")
    ] = None,
    triggers: Annotated[
        Path | None,
        typer.Option(help="A table of what your triggers mean: trigger, branch, side ..."),
    ] = None,
    trigger_line: Annotated[
        str, typer.Option(help="A channel whose steps are triggers.", metavar="NAME")
    ] = "",
    artefact: Annotated[
        str,
        typer.Option(
            help="How the tail of the stimulus artefact is taken out: bridge, polarity, "
            "local_polynomial, or template (from stimuli below threshold). By default chosen.",
            metavar="WAY",
        ),
    ] = "",
    criteria: Criteria = None,
    as_json: AsJson = False,
) -> None:
    """Measure an electrical recording: evoked responses, spasm EMG, BAEP."""
    from hemifacial import terminal
    from hemifacial.commands.electro import Tables, measure_electro
    from hemifacial.electro.criteria import artefact_of
    from hemifacial.electro.measure import Options, studies_of

    options = Options(
        studies=studies_of(study or ()), own_criteria=criteria, artefact=artefact_of(artefact)
    )
    tables = Tables(names=names, stimuli=stimuli, triggers=triggers, trigger_line=trigger_line)
    folder = out or Path(f"{recording.stem}.hemifacial")
    with terminal.progress_bar(f"Measuring {recording.name}") as progress:
        result = measure_electro(recording, folder, options, tables, progress=progress)
    print_result(result, folder, as_json)
