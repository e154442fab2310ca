"""Links between files."""

from pathlib import Path

from permille.report.links import page_link


def test_a_link_leads_from_a_folder_to_a_file_whatever_its_name_holds(tmp_path: Path) -> None:
    page = tmp_path / "cells" / "a b#c?" / "report.html"
    page.parent.mkdir(parents=True)
    page.touch()
    assert page_link(page, tmp_path) == "cells/a%20b%23c%3F/report.html"
    assert page_link(page, tmp_path / "cells" / "other") == "../a%20b%23c%3F/report.html"


def test_there_is_no_link_to_what_is_not_there(tmp_path: Path) -> None:
    assert page_link(tmp_path / "report.html", tmp_path) is None
