"""How the commands on a video of a face are called: measure it, draw on it, de-identify it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.options import AsJson, Criteria, FaceVideo, Mirrored, Model, named_path
from hemifacial.cli.printing import print_json, print_result

__all__ = ["annotate", "deidentify", "face"]


def face(
    video: FaceVideo,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write; by default NAME.hemifacial where you are.",
            parser=named_path,
            metavar="PATH",
        ),
    ] = None,
    mirrored: Mirrored = False,
    stills: Annotated[
        bool, typer.Option("--stills/--without-stills", help="Pictures of the face in the report.")
    ] = True,
    criteria: Criteria = None,
    phases: Annotated[
        Path | None,
        typer.Option(
            help="A table of the examination: onset, duration (s), phase; else phases are found."
        ),
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure spasms and blinks on a video, right and left by the patient."""
    from hemifacial import terminal
    from hemifacial.commands.face import measure_face
    from hemifacial.face.measure import Options

    options = Options(mirrored=mirrored, own_criteria=criteria, model=model)
    folder = out or Path(f"{video.stem}.hemifacial")
    with terminal.progress_bar(f"Measuring {video.name}") as progress:
        result = measure_face(
            video, folder, options, stills=stills, phases=phases, progress=progress
        )
    print_result(result, folder, as_json)


def annotate(
    folder: Annotated[Path, typer.Argument(help="The result folder of the recording.")],
    video: Annotated[Path, typer.Argument(help="The recording that was measured.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Video to write; by default NAME.annotated.mp4 where you are.",
            parser=named_path,
            metavar="PATH",
        ),
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Draw what was found on the recording, as it stands after review; without sound."""
    from hemifacial import terminal
    from hemifacial.commands.face import annotate as draw

    out = out or Path(f"{video.stem}.annotated.mp4")
    with terminal.progress_bar("Drawing") as progress:
        frames = draw(folder, video, out, model=model, progress=progress)
    terminal.narrate("The annotated video shows the face, and has no sound.")
    if as_json:
        print_json({"video": str(out), "frames": frames})
    else:
        print(out)


def deidentify(
    video: FaceVideo,
    out: Annotated[
        Path, typer.Option(help="New folder to write.", parser=named_path, metavar="PATH")
    ],
    neutral_shape: Annotated[
        bool,
        typer.Option(
            "--neutral-shape", help="Show the movements on a face that is nobody's, from the front."
        ),
    ] = False,
    mirrored: Mirrored = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Write the face's landmarks and a video of their mesh: no pixel, sound or metadata."""
    from hemifacial import terminal
    from hemifacial.commands.face import deidentify as write

    with terminal.progress_bar("De-identifying") as progress:
        export = write(
            video,
            out,
            neutral_shape=neutral_shape,
            mirrored=mirrored,
            model=model,
            progress=progress,
        )
    terminal.narrate((out / "README.txt").read_text(encoding="utf-8"))
    if as_json:
        print_json({**asdict(export), "folder": str(out)})
    else:
        print(out)
