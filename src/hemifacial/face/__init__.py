"""The face on video: how every region of either side moves, and what follows from it.

A video comes in by `measure`; ``following`` leaves a row of numbers a frame, the modules here make
signals and events of them, ``findings`` and ``suggestions`` say what they come to. ``comparison``
holds videos against each other, ``exports`` makes videos and tables to be passed on.
"""
