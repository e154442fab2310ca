"""Drawings as part of a page: no style attributes, colors that follow the page's.

A strict Content-Security-Policy refuses style attributes, so they become SVG attributes; black
becomes the page's ink and the palette its variables, so that light and dark both can be read.
"""

import re
from html import escape

from matplotlib.figure import Figure

from permille.report.charts import COLORS, GRAY, to_svg

INK = "currentColor"
PAGE_COLORS = {
    "#000000": INK,
    GRAY: "var(--gray)",
    **{color.lower(): f"var(--c{place})" for place, color in enumerate(COLORS)},
}
_STYLE = re.compile(r'(<[\w:]+)([^<>]*?) style="([^"]*)"')
_COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")
_FONT_SIZE = re.compile(r"[\d.]+(?=px)")


def inline_svg(figure: Figure, label: str) -> str:
    """Return the figure as an SVG element for a page.

    Args:
        figure: The figure.
        label: What it shows, for those who do not see it.
    """
    text = re.sub(r"<style.*?</style>|<metadata>.*?</metadata>", "", to_svg(figure), flags=re.S)
    text = re.sub(r'<g id="[\w.]+"', "<g", text)
    text = _STYLE.sub(_with_attributes, text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{escape(label)}" ', 1)


def svg_file(figure: Figure) -> str:
    """Return the figure as the text of a file of its own, on white ground."""
    return to_svg(figure).replace("<svg ", '<svg style="background: #ffffff" ', 1)


def _with_attributes(match: re.Match[str]) -> str:
    """Write the declarations of an element's style attribute as attributes."""
    element, attributes, style = match.groups()
    found: dict[str, str] = {}
    for name, _, value in (one.strip().partition(": ") for one in style.split(";") if one.strip()):
        if name == "font":
            found["font-size"] = _FONT_SIZE.findall(value)[0]
        elif name != "font-family":
            found[name] = _COLOR.sub(lambda one: PAGE_COLORS.get(one[0].lower(), one[0]), value)
    if element == "<text":
        found.setdefault("fill", INK)
    written = "".join(f' {name}="{escape(value)}"' for name, value in found.items())
    return f"{element}{attributes}{written}"
