"""A drawing as SVG, element by element: no inline style, every part named for its event.

A ``style`` attribute is refused by the page's Content-Security-Policy, which is what keeps an
injected style out; presentation attributes say the same and are allowed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

__all__ = ["drawing", "path", "rectangle", "tag", "text"]

_SVG = "http://www.w3.org/2000/svg"
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def tag(name: str, *children: ET.Element | None, **attributes: object) -> ET.Element:
    """An element; ``stroke_width=1`` is written ``stroke-width="1"``, None is left out."""
    element = ET.Element(f"{{{_SVG}}}{name}")
    for key, value in attributes.items():
        if value is not None:
            element.set(key.rstrip("_").replace("_", "-"), _attribute(value))
    element.extend(child for child in children if child is not None)
    return element


def text(words: str, x: float, y: float, **attributes: object) -> ET.Element:
    """Letters at a place."""
    element = tag("text", x=x, y=y, **attributes)
    element.text = words
    return element


def rectangle(
    x: float, y: float, width: float, height: float, *, tip: str = "", **attributes: object
) -> ET.Element:
    """A rectangle; `tip` is what it says when it is pointed at."""
    element = tag("rect", x=x, y=y, width=width, height=height, **attributes)
    if tip:
        title = tag("title")
        title.text = tip
        element.append(title)
    return element


def path(data: str, **attributes: object) -> ET.Element:
    """A path; `data` are its commands."""
    return tag("path", d=data, **attributes)


def drawing(
    name: str, *children: ET.Element, width: float, height: float, title: str, words: str
) -> str:
    """The whole drawing as text, with a name and a description for who cannot see it.

    Parameters
    ----------
    name
        Put before the ids of title and description, since several drawings share one page.
    width, height
        Of the drawing in its own units; it scales to the room that it is given.
    title, words
        What a screen reader says.
    """
    ET.register_namespace("", _SVG)
    spoken = []
    for part, said in (("title", title), ("desc", words)):
        element = tag(part, id=f"{name}-{part}")
        element.text = said
        spoken.append(element)
    root = tag(
        "svg",
        *spoken,
        *children,
        viewBox=f"0 0 {_attribute(width)} {_attribute(height)}",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family=_FONTS,
        font_size=11,
    )
    return ET.tostring(root, encoding="unicode") + "\n"


def _attribute(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)
