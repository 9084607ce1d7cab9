"""What can go wrong, one class per decision a caller can take.

HemifacialError
├── UsageError      the command or call was put wrongly              (exit 2)
├── SetupError      something this machine lacks, e.g. the model     (exit 2)
├── InputError      the recording, table or folder cannot be used    (exit 3)
└── CheckFailed     everything ran, and the answer is "no"           (exit 1)
"""

from __future__ import annotations

__all__ = ["CheckFailed", "HemifacialError", "InputError", "SetupError", "UsageError"]


class HemifacialError(Exception):
    """An error whose text a clinician can act on.

    Parameters
    ----------
    problem
        What is wrong, with the file, the value and the limit.
    next_step
        What to do about it, as one imperative sentence.
    """

    exit_code = 1

    def __init__(self, problem: str, *, next_step: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.problem}\n  Next: {self.next_step}" if self.next_step else self.problem


class UsageError(HemifacialError):
    """The command or call was put wrongly."""

    exit_code = 2


class SetupError(HemifacialError):
    """Something that this machine lacks and a command can bring."""

    exit_code = 2


class InputError(HemifacialError):
    """The recording, table or folder that was given cannot be used."""

    exit_code = 3


class CheckFailed(HemifacialError):
    """Everything ran, and the answer is no."""

    exit_code = 1
