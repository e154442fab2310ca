"""What goes into a page is data."""

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from markupsafe import Markup

from permille.report.templates import breakable, render


def test_a_name_may_be_broken_after_dots_and_underscores_only_inside():
    assert breakable("a.b_c.") == "a.<wbr>b_<wbr>c."


def test_markup_in_a_name_is_shown_as_text():
    assert breakable("<b>.x") == "&lt;b&gt;.<wbr>x"
    assert isinstance(breakable("x"), Markup)


def test_a_value_that_a_page_needs_and_lacks_is_an_error():
    with pytest.raises(UndefinedError, match="is undefined"):
        render("comparison.html.j2", {})


def test_only_our_own_pages_are_templates():
    with pytest.raises(TemplateNotFound, match="passwd"):
        render("../../../../etc/passwd", {})
