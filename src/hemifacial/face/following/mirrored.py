"""Frames of a recording that was stored as a mirror image, turned back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from hemifacial.formats.video import Frame

__all__ = ["turned_back"]


def turned_back(frames: Iterable[Frame], *, mirrored: bool) -> Iterator[Frame]:
    """The frames so that the patient's right is on the viewer's left; as they are if they are."""
    for frame in frames:
        if mirrored:
            yield replace(frame, pixels=np.ascontiguousarray(frame.rgb[:, ::-1]))
        else:
            yield frame
