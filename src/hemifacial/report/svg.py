"""matplotlib's SVG made fit for a page that allows no inline style, and for linking."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

__all__ = ["plain_svg"]

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_LONG_DECIMAL = re.compile(r"(\d+\.\d{2})\d+")
_FONT = re.compile(r"(?:(?P<weight>bold|\d{3}) )?(?P<size>[\d.]+)px")


def plain_svg(
    source: str, *, name: str, title: str, words: str, marks: Mapping[str, tuple[str, str]]
) -> str:
    """The figure with attributes in place of styles, named parts and a text for who cannot see it.

    Parameters
    ----------
    source
        What matplotlib wrote.
    name
        Put before every id, since several figures share one page.
    title, words
        Name and description of the figure for a screen reader.
    marks
        By ``gid``: the event that this part shows and its description (a tool-tip).

    Notes
    -----
    A ``style`` attribute is refused by the page's Content-Security-Policy, which is what
    keeps an injected style out; the same words as presentation attributes are allowed.
    """
    ET.register_namespace("", _SVG)
    root = ET.fromstring(source.encode("utf-8"))
    _drop(root, {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"})
    for element in root.iter():
        if element.get("id") in marks:
            event_id, text = marks[element.attrib["id"]]
            element.set("data-event", event_id)
            label = ET.Element(f"{{{_SVG}}}title")
            label.text = text
            element.insert(0, label)
        _plain_style(element)
        _plain_names(element, name)
        if "d" in element.attrib:
            element.set("d", " ".join(_LONG_DECIMAL.sub(r"\1", element.attrib["d"]).split()))
    _describe(root, name, title, words)
    return ET.tostring(root, encoding="unicode") + "\n"


def _drop(parent: ET.Element, tags: set[str]) -> None:
    for child in list(parent):
        if child.tag in tags:
            parent.remove(child)
        else:
            _drop(child, tags)


def _plain_style(element: ET.Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":
            font = _FONT.search(value)
            if font is not None:
                element.set("font-size", font["size"])
                if font["weight"]:
                    element.set("font-weight", font["weight"])
        elif key:
            element.set(key, value)
    element.attrib.pop("font-family", None)


def _plain_names(element: ET.Element, name: str) -> None:
    if "id" in element.attrib:
        element.set("id", f"{name}-{element.attrib['id']}")
    for key, value in list(element.attrib.items()):
        if key in ("href", f"{{{_XLINK}}}href"):
            # Plain `href` is what SVG 2 and every browser of the last years read.
            del element.attrib[key]
            element.set("href", value.replace("#", f"#{name}-", 1))
        elif "url(#" in value:
            element.set(key, _REFERENCE.sub(rf"url(#{name}-\1)", value))


def _describe(root: ET.Element, name: str, title: str, words: str) -> None:
    # What matplotlib's own style sheet said, and the page's fonts, as attributes of the whole.
    root.attrib.update(
        {
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-words",
            "font-family": _FONTS,
            "stroke-linejoin": "round",
            "stroke-linecap": "butt",
        }
    )
    for place, (tag, text) in enumerate((("title", title), ("desc", words))):
        element = ET.Element(
            f"{{{_SVG}}}{tag}", {"id": f"{name}-{'title' if not place else 'words'}"}
        )
        element.text = text
        root.insert(place, element)
