"""The face landmark network: where its model is, how it is run, one face followed through a video.

`mesh` names the points, `model` finds the file, `networks` runs it, `region` says where in the
frame the network looks, `track` follows a face. Nothing here smooths over time.
"""

__all__: list[str] = []
