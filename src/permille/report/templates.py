"""The HTML templates. Everything that goes into them is escaped, so texts stay data."""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(template: str, values: Mapping[str, object]) -> str:
    """Return the page that `template` makes of `values`; the filter `own` passes our own markup."""
    environment = Environment(
        loader=PackageLoader("permille.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # our own drawings, styles and programs; matplotlib escaped the texts in the drawings
    environment.filters["own"] = Markup
    return environment.get_template(template).render(values)
