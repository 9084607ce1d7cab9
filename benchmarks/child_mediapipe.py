"""Child process: MediaPipe's FaceLandmarker over the frames of a file. Prints a JSON object.

Runs in ``.venv-peers`` and imports nothing of ours. Decoding and conversion to RGB are done before
the clock starts, a chunk of frames at a time, so that only the call is measured.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice

import av
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

CHUNK = 60  # frames: 370 MB at 1080p


def main() -> None:
    """As a face program would call it: video mode, one face, blendshapes and matrices."""
    path, model = sys.argv[1:]
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model),
        running_mode=vision.RunningMode.VIDEO,
        num_faces=1,
        output_face_blendshapes=True,
        output_facial_transformation_matrixes=True,
    )
    wall_s = cpu_s = 0.0
    count = faces = 0
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        pictures = images(path)
        while chunk := list(islice(pictures, CHUNK)):
            began_wall_s, began_cpu_s = time.perf_counter(), time.process_time()
            for stamp_ms, image in chunk:
                faces += len(landmarker.detect_for_video(image, stamp_ms).face_landmarks)
            wall_s += time.perf_counter() - began_wall_s
            cpu_s += time.process_time() - began_cpu_s
            count += len(chunk)
    said = {"wall_s": wall_s, "cpu_s": cpu_s, "frames": count, "faces": faces}
    print(json.dumps({**said, "version": mp.__version__}))


def images(path: str) -> Iterator[tuple[int, mp.Image]]:
    """Each frame and its time in whole milliseconds."""
    with av.open(path) as container:
        for frame in container.decode(video=0):
            # A picture whose rows are padded is read askew by MediaPipe: it sees no face in it.
            rgb = np.ascontiguousarray(frame.to_ndarray(format="rgb24"))
            yield round(1000 * frame.time), mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)


if __name__ == "__main__":
    main()
