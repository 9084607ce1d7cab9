"""The command ``hemifacial``: results to stdout, narration and progress to stderr.

Exit status 0 is fine, 1 a failed check, 2 wrong usage, 3 bad input. Whatever is heavy is
imported inside the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.errors import CheckFailed, HemifacialError, UsageError

if TYPE_CHECKING:
    from hemifacial.findings import Result

__all__ = ["main"]


class _Commands(TyperGroup):
    """The commands; typer by itself ends an interrupt and a closed pipe silently, as failures."""

    def invoke(self, ctx: Any) -> Any:
        try:
            ended = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            print("\nhemifacial: stopped; nothing was written", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            _drop_output()  # the reader of our output has gone, which is no error of ours
            raise typer.Exit(0) from None
        return ended


def _drop_output() -> None:
    """What is still in the buffer must go somewhere, or Python complains when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _named(text: str | Path) -> Path:
    """A path to write; an empty name would mean the folder that one stands in."""
    if not str(text).strip():
        raise typer.BadParameter("the name is empty; give a name, or . for this folder")
    return Path(text)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Measure hemifacial spasm. Research software, not a medical device.",
)
twin = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make recordings in which the truth is known.",
)
app.add_typer(twin, name="twin")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Model = Annotated[Path | None, typer.Option(help="The file face_landmarker.task.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command and end with its exit status; never with a traceback for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack a letter
    try:
        app(prog_name="hemifacial")
    except HemifacialError as error:
        print(f"hemifacial: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        print(f"hemifacial: {error.filename or 'the output'}: {error.strerror}", file=sys.stderr)
        print("  Next: Check the free space, the path and its rights.", file=sys.stderr)
        if error.filename is None:
            _drop_output()
        raise SystemExit(3) from None


@app.command()
def face(
    video: Annotated[Path, typer.Argument(help="A phone or clinic video of the face.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder to write; by default NAME.hemifacial where you are.",
            parser=_named,
            metavar="PATH",
        ),
    ] = None,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The video is a mirror image (some selfie cameras).")
    ] = False,
    stills: Annotated[
        bool, typer.Option("--stills/--without-stills", help="Pictures of the face in the report.")
    ] = True,
    criteria: Annotated[
        Path | None, typer.Option(help="A table with a clinic's own criteria.")
    ] = None,
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
    from hemifacial import commands, terminal
    from hemifacial.face.measure import Options

    options = Options(mirrored=mirrored, own_criteria=criteria, model=model)
    folder = out or Path(f"{video.stem}.hemifacial")
    with terminal.progress_bar(f"Measuring {video.name}") as progress:
        result = commands.measure_face(
            video, folder, options, stills=stills, phases=phases, progress=progress
        )
    _print_result(result, folder, as_json)


@app.command()
def review(
    folder: Annotated[Path, typer.Argument(help="A result folder.")],
    corrections: Annotated[
        Path | None, typer.Option(help="The review.json that the report saved.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Apply a person's corrections: findings are made anew, what was measured stays as it is."""
    from hemifacial import commands, terminal

    result, applied = commands.review(folder, corrections)
    terminal.narrate(f"{len(applied.applied)} corrections stand")
    for line in applied.not_applied:
        terminal.narrate(
            f"The correction of {line.when} by {line.who} finds no event; look at the report"
        )
    _print_result(result, folder, as_json)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="A result folder.")],
    out: Annotated[
        Path,
        typer.Option("--without-stills", help="Page to write.", parser=_named, metavar="PATH"),
    ],
) -> None:
    """Write the report again without pictures of the face, to be passed on."""
    from hemifacial import commands, terminal

    commands.report_without_stills(folder, out)
    terminal.narrate(f"Report without pictures: {out}")


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A result folder.")], as_json: AsJson = False
) -> None:
    """Hold a result folder against the contract, and its findings against its own events."""
    from hemifacial import commands

    mistakes = commands.check(folder)
    if as_json:
        _print_json({"folder": str(folder), "mistakes": mistakes})
    else:
        print("\n".join(mistakes) or f"{folder}: in order")
    if mistakes:
        count = f"{len(mistakes)} mistake" + ("s" if len(mistakes) > 1 else "")
        raise CheckFailed(f"{folder}: {count}", next_step="Measure the recording again.")


@app.command()
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
    from hemifacial import commands, terminal

    scored = commands.score(truth, found, duration, families=family)
    if as_json:
        _print_json(asdict(scored))
    else:
        terminal.print_score(scored)


@app.command()
def compare(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Result folders of one patient, that to compare with first."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for a page, a table and a JSON file.", parser=_named, metavar="PATH"
        ),
    ] = None,
    side: Annotated[
        str | None,
        typer.Option(help="Affected side, right or left; else that of the first video."),
    ] = None,
    criteria: Annotated[
        Path | None, typer.Option(help="A table with a clinic's own criteria.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare videos of one patient: what changed by more than the videos can be wrong."""
    from hemifacial import comparing, terminal

    if side not in (None, "right", "left"):
        raise UsageError(f"--side is {side!r}", next_step="Give right or left, the patient's own.")
    compared = comparing.compare_folders(
        folders, out=out, own_criteria=criteria, affected_side=Side(side) if side else None
    )
    if as_json:
        from hemifacial.report.compare_page import as_document

        _print_json(as_document(compared))
    else:
        terminal.print_comparison(compared)
    if out is not None:
        terminal.narrate(f"Report: {out / 'comparison.html'}")


@app.command()
def batch(
    manifest: Annotated[
        Path, typer.Argument(help="A table: file, subject, visit; mirrored, phases if needed.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write.", parser=_named, metavar="PATH")],
    blind: Annotated[
        bool,
        typer.Option("--blind", help="Random names and order; the key is written beside --out."),
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Of the random names and order.")] = None,
    jobs: Annotated[int, typer.Option(help="Recordings measured at once.")] = 1,
    stills: Annotated[
        bool, typer.Option("--stills/--without-stills", help="Pictures of the face in the reports.")
    ] = True,
    criteria: Annotated[
        Path | None, typer.Option(help="A table with a clinic's own criteria.")
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Measure all recordings of a manifest into one table; run it again to go on."""
    from hemifacial import batch as batches
    from hemifacial import terminal

    settings = batches.Settings(own_criteria=criteria, stills=stills, model=model, blind=blind)
    try:
        with terminal.progress_bar(f"Measuring {manifest.name}") as progress:
            done = batches.run(manifest, out, settings, seed=seed, jobs=jobs, report=progress)
    except KeyboardInterrupt:
        terminal.narrate(f"What is measured stands in {out}; run it again to go on.")
        raise
    if as_json:
        _print_json(
            {
                "table": str(out / batches.TABLE),
                "key": str(batches.key_path(out)) if blind else None,
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
        print(out / batches.TABLE)
    kept = sum(one.was_kept for one in done.outcomes)
    measured = len(done.outcomes) - kept - len(done.failed)
    terminal.narrate(
        f"{measured} measured, {kept} kept from before, {len(done.failed)} not measured"
    )
    if blind:
        terminal.narrate(f"Key, not for whoever reads the results: {batches.key_path(out)}")
    for one in done.failed:
        terminal.narrate(f"{one.entry.recording}: {one.problem}")
    if done.failed:
        raise CheckFailed(
            f"{len(done.failed)} of {len(done.outcomes)} recordings could not be measured",
            next_step="Mend or leave out their rows, and run it again; the others are kept.",
        )


@app.command()
def annotate(
    folder: Annotated[Path, typer.Argument(help="The result folder of the recording.")],
    video: Annotated[Path, typer.Argument(help="The recording that was measured.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Video to write; by default NAME.annotated.mp4 where you are.",
            parser=_named,
            metavar="PATH",
        ),
    ] = None,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Draw what was found on the recording, as it stands after review; without sound."""
    from hemifacial import commands, terminal

    out = out or Path(f"{video.stem}.annotated.mp4")
    with terminal.progress_bar("Drawing") as progress:
        frames = commands.annotate(folder, video, out, model=model, progress=progress)
    terminal.narrate("The annotated video shows the face, and has no sound.")
    if as_json:
        _print_json({"video": str(out), "frames": frames})
    else:
        print(out)


@app.command()
def deidentify(
    video: Annotated[Path, typer.Argument(help="A phone or clinic video of the face.")],
    out: Annotated[Path, typer.Option(help="New folder to write.", parser=_named, metavar="PATH")],
    neutral_shape: Annotated[
        bool,
        typer.Option(
            "--neutral-shape", help="Show the movements on a face that is nobody's, from the front."
        ),
    ] = False,
    mirrored: Annotated[
        bool, typer.Option("--mirrored", help="The video is a mirror image (some selfie cameras).")
    ] = False,
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """Write the face's landmarks and a video of their mesh: no pixel, sound or metadata."""
    from hemifacial import commands, terminal

    with terminal.progress_bar("De-identifying") as progress:
        export = commands.deidentify(
            video,
            out,
            neutral_shape=neutral_shape,
            mirrored=mirrored,
            model=model,
            progress=progress,
        )
    terminal.narrate((out / "README.txt").read_text(encoding="utf-8"))
    if as_json:
        _print_json({**asdict(export), "folder": str(out)})
    else:
        print(out)


@twin.command("face")
def twin_face(
    base: Annotated[Path, typer.Argument(help="A still or a clip of a face, not mirrored.")],
    out: Annotated[
        Path,
        typer.Option(
            help="Video to write; its truth is written beside it.", parser=_named, metavar="PATH"
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
    from hemifacial import commands, terminal
    from hemifacial.twin.face_model import FaceModel

    face_model = FaceModel(warp=warp, lids=lids)
    transplanted = face_model.lids == "transplanted"
    camera = replace(
        commands.camera_for(base, seconds=seconds, sway_mm=sway_mm, as_still=transplanted),
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
        planted = commands.plant_face(
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
        _print_json({"video": str(planted.video), "truth": str(planted.truth)})
    else:
        print(planted.video)
        print(planted.truth)


@app.command()
def demo(
    out: Annotated[
        Path, typer.Option(help="Folder to write.", parser=_named, metavar="PATH")
    ] = Path("hemifacial-demo"),
    as_json: AsJson = False,
) -> None:
    """Plant spasms into a photograph, measure the video, and hold found against planted."""
    from hemifacial import commands, terminal
    from hemifacial import demo as demonstration

    shown = demonstration.run(out)
    if as_json:
        found = commands.document(shown.result)
        _print_json({"result": found, "score": asdict(shown.score)})
    else:
        terminal.print_result(shown.result, shown.result_folder)
        terminal.narrate("Planted against found:")
        terminal.print_score(shown.score)
    terminal.narrate(f"Report: {shown.result_folder / 'report.html'}")


def _print_result(result: Result, folder: Path, as_json: bool) -> None:
    from hemifacial import commands, terminal

    if as_json:
        _print_json(commands.document(result))
    else:
        terminal.print_result(result, folder)


def _print_json(document: object) -> None:
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    json.dump(document, sys.stdout, indent=2, ensure_ascii=plain)
    print()
