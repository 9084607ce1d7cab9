"""How the commands that make recordings with a known truth are called: twin face, demo."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.options import AsJson, Model, named_path
from hemifacial.cli.printing import print_json

__all__ = ["demo", "twin_electro", "twin_face"]


def twin_face(
    base: Annotated[Path, typer.Argument(help="A still or a clip of a face, not mirrored.")],
    out: Annotated[
        Path,
        typer.Option(
            help="Video to write; its truth is written beside it.",
            parser=named_path,
            metavar="PATH",
        ),
    ] = Path("planted/planted.mp4"),
    plan: Annotated[
        Path | None, typer.Option(help="Events to plant, as an events table; else a varied plan.")
    ] = None,
    side: Annotated[
        str, typer.Option(help="Patient's side of the spasms: right or left.")
    ] = "right",
    smallest_mm: Annotated[float, typer.Option(help="Size of the smallest spasm.")] = 3.0,
    region: Annotated[
        list[str] | None,
        typer.Option(
            help="Spasms of this region alone, e.g. chin; several may be given.", metavar="REGION"
        ),
    ] = None,
    healthy: Annotated[
        bool, typer.Option("--healthy", help="Blinks, expressions and speech; no spasm.")
    ] = False,
    warp: Annotated[
        str, typer.Option(help="How skin is moved: mesh, or free of the face mesh.")
    ] = "mesh",
    lids: Annotated[
        str, typer.Option(help="composed, or transplanted from a blink of the clip.")
    ] = "composed",
    seconds: Annotated[
        float | None, typer.Option(help="Length of the video; 20 of a still, the whole of a clip.")
    ] = None,
    rate_hz: Annotated[float, typer.Option(help="Frames per second, of a still.")] = 60.0,
    height_px: Annotated[int | None, typer.Option(help="Height of the video.")] = None,
    crop_to_head: Annotated[
        bool, typer.Option("--crop-to-head", help="Cut a still to head and shoulders.")
    ] = False,
    sway_mm: Annotated[
        float | None, typer.Option(help="How far the head sways; 1 of a still, 0 of a clip.")
    ] = None,
    head_alone: Annotated[
        bool, typer.Option("--head-alone", help="The head sways; the background stands still.")
    ] = False,
    turn_deg: Annotated[
        float, typer.Option(help="How far the head turns and nods, with --head-alone.")
    ] = 0.0,
    exposure_s: Annotated[
        float, typer.Option(help="Exposure of a picture, for motion blur, of a still.")
    ] = 0.0,
    defocus_px: Annotated[float, typer.Option(help="Blur of a lens out of focus.")] = 0.0,
    noise_sd: Annotated[float, typer.Option(help="Sensor noise in grey levels of 255.")] = 2.0,
    crf: Annotated[int, typer.Option(help="Compression of H.264, 0 (none) to 51.")] = 20,
    seed: Annotated[int, typer.Option(help="Same seed, same video.")] = 0,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Plant spasms and blinks into a real face; the truth is written beside the video."""
    from hemifacial import terminal
    from hemifacial.commands.twin import camera_for, plant_face
    from hemifacial.twin.face_model import FaceModel

    face_model = FaceModel(warp=warp, lids=lids)
    transplanted = face_model.lids == "transplanted"
    camera = replace(
        camera_for(base, seconds=seconds, sway_mm=sway_mm, as_still=transplanted),
        rate_hz=rate_hz,
        height_px=height_px,
        crop_to_head=crop_to_head,
        head_alone=head_alone,
        turn_deg=turn_deg,
        exposure_s=exposure_s,
        defocus_px=defocus_px,
        noise_sd=noise_sd,
        crf=crf,
        seed=seed,
    )
    with terminal.progress_bar("Planting") as progress:
        planted = plant_face(
            base,
            out,
            camera,
            plan=plan,
            side=side,
            smallest_mm=smallest_mm,
            regions=region or (),
            healthy=healthy,
            face_model=face_model,
            model=model,
            progress=progress,
        )
    if as_json:
        print_json({"video": str(planted.video), "truth": str(planted.truth)})
    else:
        print(planted.video)
        print(planted.truth)


def twin_electro(
    out: Annotated[
        Path, typer.Option(help="New folder to write.", parser=named_path, metavar="PATH")
    ] = Path("made_up"),
    side: Annotated[str, typer.Option(help="Patient's side: right or left.")] = "right",
    spread: Annotated[
        bool, typer.Option("--spread/--without-spread", help="Whether there is a lateral spread.")
    ] = True,
    sweeps: Annotated[int, typer.Option(help="Stimuli of each branch and intensity.")] = 10,
    intensity_ma: Annotated[
        list[float] | None, typer.Option(help="In mA; several may be given. 20 by default.")
    ] = None,
    kind: Annotated[str, typer.Option(help="edf, bdf, xdf or bids_emg.")] = "edf",
    seed: Annotated[int, typer.Option(help="Same seed, same recording.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Make an EMG recording of a lateral spread study; the truth is written beside it."""
    from hemifacial.commands.twin import write_electro

    written = write_electro(
        out,
        side=side,
        spread=spread,
        sweeps=sweeps,
        intensities_ma=tuple(intensity_ma or ()),
        kind=kind,
        seed=seed,
    )
    if as_json:
        print_json({"recording": str(written)})
    else:
        print(written)


def demo(
    out: Annotated[
        Path, typer.Option(help="Folder to write.", parser=named_path, metavar="PATH")
    ] = Path("hemifacial-demo"),
    as_json: AsJson = False,
) -> None:
    """Measure a video with planted spasms and a made-up EMG recording, and keep a made-up case."""
    from hemifacial import demo as demonstration
    from hemifacial import terminal
    from hemifacial.commands.results import document

    shown = demonstration.run(out)
    if as_json:
        found = document(shown.result)
        print_json({"result": found, "score": asdict(shown.score)})
    else:
        terminal.print_result(shown.result, shown.result_folder)
        terminal.narrate("Planted against found:")
        terminal.print_score(shown.score)
        terminal.print_result(shown.electro, shown.electro_folder)
    terminal.narrate(f"A made-up patient: {shown.case_page}")
    terminal.narrate(f"Report: {shown.electro_folder / 'report.html'}")
    terminal.narrate(f"Report: {shown.result_folder / 'report.html'}")
