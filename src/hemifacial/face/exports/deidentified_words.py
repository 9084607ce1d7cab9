"""What a de-identified export says of itself: its columns, and what can still identify a person."""

from __future__ import annotations

__all__ = ["columns_described", "statement"]

_LEFT_OUT = """\
What is in this folder, and what can still identify a person

landmarks.parquet   478 points of the face in every frame
landmarks.json      what the columns mean
mesh.mp4            those points, drawn

Left out: every pixel of the recording, its sound, its name, its date and all other metadata.
Kept: the time of each frame from the start of the recording, and the movement of the face.
"""
_OWN = """\
THIS EXPORT STILL IDENTIFIES THE PERSON. The points keep the shape of the face, and a shape can be
held against a photograph, by a program and now and then by eye. Treat it as you treat the video:
pass it on only where the video itself could go. For anything else make the export anew with
--neutral-shape.
"""
_NEUTRAL = """\
The shape of the face is not in this export: the movements of each point, in mm and without those of
the head, were put onto a symmetric face that was drawn and is nobody's. What is left is how this
person moves:
- which side has spasms, how often and how large, which may be known of someone;
- how and when the person blinks, speaks and smiles: the video has the same times;
- a little of the shape, through errors of the network that change with pose and expression.
Whether that is anonymous in law is for your data protection officer to say, not for this program.

What the export no longer shows: the shape at rest, and so a difference between the sides at rest;
how wide this person's eyes are (an eye closes by its own millimetres in a face whose eyes are
10.6 mm open, so that lids may stay apart or cross a little); how the head was held.
"""


def statement(*, neutral_shape: bool) -> str:
    """The text of README.txt."""
    made = "Made with hemifacial deidentify. Research software, not a medical device.\n"
    return "\n".join((_LEFT_OUT, _NEUTRAL if neutral_shape else _OWN, made))


def columns_described(shape: str) -> dict[str, dict[str, object]]:
    """The columns of landmarks.parquet for the sidecar; N stands for the number of a point."""
    where = (
        "pixels of the upright frame, (0, 0) the centre of the pixel at the top left"
        if shape == "own"
        else "mm around the middle of the points that expressions leave in place"
    )
    unit = "px" if shape == "own" else "mm"
    return {
        "time": {"Description": "Time of the frame, 0 at the first", "Units": "s"},
        "x_N": {"Description": f"To the viewer's right, in {where}", "Units": unit},
        "y_N": {"Description": f"Downwards, in {where}", "Units": unit},
        "z_N": {"Description": "Away from the camera, as the network guesses it", "Units": unit},
        "state": {
            "Description": "What the frame allowed",
            "Levels": {"0": "a face is seen", "1": "no face", "2": "the frame is damaged"},
        },
    }
