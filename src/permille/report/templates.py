"""The HTML templates. Everything that goes into them is escaped, so texts stay data."""

import re
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from permille.report.claim import interval_text, short_contrast


def render(template: str, values: Mapping[str, object]) -> str:
    """Return the page that `template` makes of `values`.

    The filter `own` passes our own markup, `interval` writes a ratio with its interval,
    `contrast` says also where that covers 0, `breakable` lets a dotted name go on in the next line
    after a dot or an underscore.
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
    environment.filters["contrast"] = short_contrast
    environment.filters["breakable"] = breakable
    return environment.get_template(template).render(values)


def breakable(name: str) -> Markup:
    """Return a name, escaped, that may be broken after each dot and underscore.

    >>> breakable("audit.num_prompts")
    Markup('audit.<wbr>num_<wbr>prompts')
    """
    return Markup(re.sub(r"([._])(?=.)", r"\1<wbr>", str(escape(name))))
