"""Charts inside a page: SVG that can stand beside other SVG and can do nothing but be seen."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.etree import ElementTree as ET

from matchsim.errors import InputError, Problem, shown

__all__ = ["Picture", "inlined"]

SVG = "http://www.w3.org/2000/svg"
LINK = "{http://www.w3.org/1999/xlink}href"
# What matplotlib draws with. Everything else, such as script and style, is left out.
ELEMENTS = frozenset(
    {"svg", "defs", "g", "path", "use", "text", "tspan", "clipPath", "rect", "circle", "image", "pattern"}
    | {"linearGradient", "radialGradient", "stop", "marker", "line", "polyline", "polygon", "ellipse"}
)
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")


class Picture(NamedTuple):
    """A chart as it stands on the page: its title, and SVG for use inside HTML."""

    title: str
    svg: str


def inlined(text: str, name: str) -> Picture:
    """A chart for use inside HTML.

    Parameters
    ----------
    text
        The file as matplotlib wrote it.
    name
        Of the chart; ids get it as a prefix, because two charts may share ids. The picture's label is
        ``<name>-title`` and ``<name>-told``, which must stand on the page.

    Raises
    ------
    InputError
        When `text` is no SVG.
    """
    try:
        # Bombs of entities are refused by expat since 2.4.1, and matplotlib's files have none.
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise _no_svg(name, str(error)) from None
    if root.tag != f"{{{SVG}}}svg":
        raise _no_svg(name, f"its top is {shown(root.tag)}")
    title = root.findtext(f"{{{SVG}}}title") or name
    return Picture(title, ET.tostring(_copied(root, name), encoding="unicode"))


def _no_svg(name: str, why: str) -> InputError:
    return InputError(
        Problem(f"chart {name}: is no SVG ({why})", remedy="run matchsim chart, or the run, again")
    )


def _copied(element: ET.Element, name: str) -> ET.Element:
    """`element` without namespaces, with what is allowed inside it."""
    copy = ET.Element(element.tag.rpartition("}")[2], dict(_attributes(element, name)))
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_copied(child, name) for child in element if _is_allowed(child))
    if copy.tag == "svg":
        # The size is the page's affair; the shape is in viewBox.
        copy.attrib.pop("width", None)
        copy.attrib.pop("height", None)
        copy.attrib |= {"role": "img", "aria-labelledby": f"{name}-title {name}-told"}
    return copy


def _is_allowed(element: ET.Element) -> bool:
    return isinstance(element.tag, str) and (
        element.tag.startswith(f"{{{SVG}}}") and element.tag.rpartition("}")[2] in ELEMENTS
    )


def _attributes(element: ET.Element, name: str) -> list[tuple[str, str]]:
    kept = []
    for key, value in element.attrib.items():
        if key == "id":
            kept.append(("id", f"{name}-{value}"))
        elif key in (LINK, "href"):
            if value.startswith("#"):
                kept.append(("href", f"#{name}-{value[1:]}"))
            elif value.startswith("data:image/png;"):
                kept.append(("href", value))
        elif not key.startswith(("on", "{")):
            kept.append((key, _REFERENCE.sub(rf"url(#{name}-\1)", value)))
    return kept
