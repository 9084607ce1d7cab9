"""Where words have room: lines of a heading, and labels that must not lie over each other."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["LETTER_PX", "Room", "shortened", "width_of", "wrapped"]

LETTER_PX = 5.9
"""Mean width of a letter at the size of letters of a figure."""


def width_of(words: str) -> float:
    """About how wide words are drawn."""
    return len(words) * LETTER_PX


def wrapped(words: str, room_px: float) -> list[str]:
    """Words in lines that have room."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) > room_px and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def shortened(words: str, room_px: float) -> str:
    """Words cut to the room, with a mark where they were cut."""
    most = max(int(room_px / LETTER_PX), 4)
    return words if len(words) <= most else words[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


@dataclass
class Room:
    """What has been drawn in a lane, as boxes; `take` refuses what would lie over one of them."""

    left: float
    right: float
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)

    def occupy(self, x: float, y: float, radius: float) -> None:
        """A mark stands here."""
        self.boxes.append((x - radius, y - radius, x + radius, y + radius))

    def take(self, x: float, y: float, wide: float, tall: float = 10.0) -> bool:
        """Whether words that begin at `x` on the line `y` have room; if so it is theirs."""
        box = (x, y - tall, x + wide, y + 2)
        if box[0] < self.left or box[2] > self.right:
            return False
        if any(
            box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
            for other in self.boxes
        ):
            return False
        self.boxes.append(box)
        return True
