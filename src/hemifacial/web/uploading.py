"""A recording comes in as the plain body of a PUT, piece by piece, and joins the line.

A recording of several files comes in one body, file after file: their names in one header, parted
by commas, the main file first, and how many bytes each has in another.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from hemifacial.case import Record
from hemifacial.case.clinic_day import today
from hemifacial.errors import HemifacialError, InputError, UsageError
from hemifacial.web.files import PARTS, Files, Incoming, suffix_of
from hemifacial.web.job import Job
from hemifacial.web.office import Office
from hemifacial.web.pieces import Piece
from hemifacial.web.together import keep_together, needs_company

__all__ = ["NAME_HEADER", "SIZES_HEADER", "receive"]

NAME_HEADER = "X-File-Name"
SIZES_HEADER = "X-File-Sizes"
_LONGEST_NAME = 200
_MOST_FILES = 40


async def receive(request: Request, office: Office) -> Response:
    """Take a recording of a patient and put it into the line; the number of its job."""
    try:
        job = await _received(request, office)
    except HemifacialError as error:
        status = 413 if "larger than" in error.problem else 400
        return _told(status, problem=error.problem, next_step=error.next_step)
    except OSError as error:
        return _told(
            507,
            problem=f"The recording could not be stored: {error.strerror}.",
            next_step="Check the free space and the rights of the record's folder.",
        )
    except ClientDisconnect:
        return _told(400, problem="The browser went away while it sent the recording.")
    return _told(201, job=job.number)


async def _received(request: Request, office: Office) -> Job:
    on = request.query_params.get("on", "")
    if on:
        _check_day(on)
    if not office.signer:
        raise UsageError("Nobody has been chosen who signs.", next_step="Choose who signs first.")
    code = request.path_params["code"]
    first = await office.records.run_async(lambda record: _first_entry(record, code))
    names = [_base_name(unquote(one)) for one in request.headers.get(NAME_HEADER, "").split(",")]
    sizes = _sizes(request.headers.get(SIZES_HEADER, ""), names)
    sha256, suffix = await _kept(request, office, names, sizes)
    job = Job(
        number=0,
        sha256=sha256,
        suffix=suffix,
        patient_entry=first,
        by=office.signer,
        received_on=today().isoformat(),
        on=on,
        mirrored=request.query_params.get("mirrored", "") == "yes",
    )
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return office.jobs.add(job, name=f"{names[0]}{more}" if names[0] else job.short)


async def _kept(
    request: Request, office: Office, names: Sequence[str], sizes: Sequence[int]
) -> tuple[str, str]:
    """Receive and keep it; its SHA-256, and the suffix that it is kept with."""
    announced = request.headers.get("content-length", "")
    with ExitStack() as stack:
        incoming = [
            stack.enter_context(office.files.incoming(largest_bytes=office.largest_upload_bytes))
            for _ in names
        ]
        incoming[0].expect(max(sum(sizes), int(announced) if announced.isdigit() else 0))
        if sizes:
            await _receive_several(request, incoming, sizes)
        else:
            async for piece in request.stream():
                await run_in_threadpool(incoming[0].write, piece)
        suffix = suffix_of(names[0])
        if not sizes and not needs_company(PurePosixPath(names[0].lower()).suffix):
            return await run_in_threadpool(incoming[0].finish, suffix), suffix
        return await run_in_threadpool(_together, office.files, names, incoming), PARTS


async def _receive_several(
    request: Request, incoming: Sequence[Incoming], sizes: Sequence[int]
) -> None:
    """Part the body into its files."""
    number, room = 0, sizes[0]
    async for piece in request.stream():
        rest = memoryview(piece)
        while rest:
            while not room and number + 1 < len(sizes):
                number += 1
                room = sizes[number]
            if not room:
                raise InputError("More was sent than the files were said to hold.")
            await run_in_threadpool(incoming[number].write, bytes(rest[:room]))
            rest, room = rest[room:], room - min(room, len(rest))
    if room or any(sizes[number + 1 :]):
        raise InputError("Not all of the files was sent.", next_step="Drop them again.")


def _together(files: Files, names: Sequence[str], incoming: Sequence[Incoming]) -> str:
    pieces = []
    for name, one in zip(names, incoming, strict=True):
        path, sha256 = one.whole(called=name)
        pieces.append(Piece(name=name, path=path, sha256=sha256))
    return keep_together(files, pieces)


def _sizes(text: str, names: Sequence[str]) -> list[int]:
    """How many bytes each file has; empty where one file comes, which says it by itself."""
    found = text.split(",") if text else []
    numbers = all(one.isascii() and one.isdigit() and len(one) < 16 for one in found)
    told = len(found) == len(names) or (len(names) == 1 and not found)
    if not numbers or not told or len(names) > _MOST_FILES:
        raise InputError("The files of the recording are not told as they should be.")
    return [int(one) for one in found]


def _first_entry(record: Record, code: str) -> int:
    return record.entries(code)[0].number


def _base_name(name: str) -> str:
    """The name without folders, only to be shown while the program runs; it is no path."""
    return PurePosixPath(name.replace("\\", "/")).name[:_LONGEST_NAME]


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "The day of the recording is no date.", next_step="Choose it again."
        ) from error


def _told(status: int, **values: Any) -> Response:
    return JSONResponse({"next_step": "", **values} if "problem" in values else values, status)
