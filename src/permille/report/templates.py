"""The HTML templates. Everything that goes into them is escaped, so texts stay data."""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from permille.report.claim import interval_text


def render(template: str, values: Mapping[str, object]) -> str:
    """Return the page that `template` makes of `values`.

    The filter `own` passes our own markup, `interval` writes a ratio with its interval.
    """
    environment = Environment(
        loader=PackageLoader("permille.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # our own drawings, styles and programs; matplotlib escaped the texts in the drawings
    environment.filters["own"] = Markup
    environment.filters["interval"] = interval_text
    return environment.get_template(template).render(values)
