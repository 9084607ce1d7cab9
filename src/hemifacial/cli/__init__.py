"""The command ``hemifacial``: results to stdout, narration and progress to stderr.

Exit status 0 is fine, 1 a failed check, 2 wrong usage, 3 bad input. Whatever is heavy is
imported inside the command that needs it, so that ``--help`` answers at once.
"""

from hemifacial.cli.program import app, main

__all__ = ["app", "main"]
