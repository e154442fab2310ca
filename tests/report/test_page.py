"""The page of a run, as a file."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.report.config import ReportConfig, Texts
from permille.report.embedded import unpacked
from permille.report.page import flattened, reproducing_command, write_report

from .made_run import HOSTILE, make_attention, make_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path, 4)


def block(page: str, name: str) -> object:
    found = re.search(rf'<script type="application/octet-stream" id="{name}"[^>]*>(.*?)<', page)
    assert found is not None
    return unpacked(found[1])


def test_the_policy_allows_the_page_s_own_programs_and_nothing_else(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text()
    policy = unescape(re.search(r'Content-Security-Policy" content="(.*?)"', page)[1])
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'")
    assert "unsafe" not in policy
    inlined = re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", page, flags=re.S)
    assert len(inlined) == 5
    for text in inlined:
        assert b64encode(sha256(text.encode()).digest()).decode() in policy


def test_the_page_names_no_address_and_has_no_style_or_handler_attribute(run: Path) -> None:
    make_attention(run)
    page = write_report(run, ReportConfig()).read_text()
    assert set(re.findall(r"https?://[\w./]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", page, flags=re.S)
    assert re.findall(r"\s(?:style|on\w+)=", markup) == []


def test_hostile_texts_are_nowhere_in_the_markup(tmp_path: Path) -> None:
    page = write_report(make_run(tmp_path, 4, text=HOSTILE), ReportConfig()).read_text()
    assert "onerror" not in page
    assert "onerror" in str(block(page, "texts-0"))


def test_the_ratio_stands_against_the_dispersion_where_both_are_known_by_epoch(run: Path) -> None:
    make_attention(run)
    title = "CAD against the ratio, by epoch"
    assert title not in write_report(run, ReportConfig()).read_text()
    lines = [
        {"name": "memorization/any_permille", "value": 5.0 * epoch, "epoch": epoch, "step": epoch}
        for epoch in range(2)
    ]
    with (run / "metrics.jsonl").open("a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    assert title in write_report(run, ReportConfig()).read_text()


def test_no_text_is_in_the_page_where_none_is_wanted(run: Path) -> None:
    make_attention(run)
    page = write_report(run, ReportConfig(texts=Texts.none)).read_text()
    assert 'id="texts-0"' not in page
    assert "▁water" not in str(block(page, "attention-data"))
    assert len(block(page, "cases-data")) == 4


@pytest.mark.parametrize("texts", list(Texts))
def test_personal_data_that_report_json_lists_is_shown_with_texts_only(
    run: Path, texts: Texts
) -> None:
    report = json.loads((run / "report.json").read_text())
    values = [{"value": "jane.doe@example.org", "generations": 2}]
    report["controls"]["personal_data"] = {
        "email": {"in_documents": 3, "beyond_heldout": 1, "values": values},
        "person": {"missing": "no pipeline"},
    }
    (run / "report.json").write_text(json.dumps(report))
    page = write_report(run, ReportConfig(texts=texts)).read_text(encoding="utf-8")
    assert ("jane.doe" in page) is (texts is Texts.full)


def test_masked_texts_keep_their_length(tmp_path: Path) -> None:
    run = make_run(tmp_path, 4, text="ann@example.org ")
    plain, covered = (
        block(write_report(run, ReportConfig(texts=texts)).read_text(), "texts-0")
        for texts in (Texts.full, Texts.masked)
    )
    assert "ann@" in str(plain)
    assert "ann@" not in str(covered)
    assert [t["units"] for row in plain for t in row] == [
        t["units"] for row in covered for t in row
    ]


def test_cases_that_decide_a_kind_come_first_and_the_longest_is_the_worst(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text()
    cases = block(page, "cases-data")
    assert [case["kind"] for case in cases][:2] == ["verbatim", "verbatim"]
    assert cases[0]["chars"] >= cases[1]["chars"]
    assert 'href="#case=gen-0~doc-0"' in page or 'href="#case=gen-3~doc-3"' in page


def test_the_page_says_how_to_do_it_again(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text()
    assert "python train.py task=dialogue trainer.max_epochs=2" in page


def test_the_command_is_quoted_for_a_shell() -> None:
    report = {"provenance": {"program": "train", "overrides": ["task.tasks=[qa,sentiment]"]}}
    assert reproducing_command(report) == "python train.py 'task.tasks=[qa,sentiment]'"
    assert reproducing_command({}) is None


def test_equal_files_give_an_equal_page(run: Path) -> None:
    make_attention(run)
    first, second = (write_report(run, ReportConfig()).read_bytes() for _ in range(2))
    assert first == second


def test_nothing_half_written_stays(run: Path) -> None:
    write_report(run, ReportConfig())
    assert list(run.glob("*.tmp")) == []


def test_a_page_can_be_written_elsewhere(
    run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "page.html"
    assert write_report(run, ReportConfig(), target) == target
    assert not (run / "report.html").exists()
    # it would tell where the program lies on the machine that it was sent from
    assert "audit.md" not in target.read_text()
    assert "docs/audit.md#heldout" in write_report(run, ReportConfig()).read_text()


def test_the_page_says_how_a_generation_was_counted(run: Path) -> None:
    assert "under its strongest kind, of those long enough" in write_report(
        run, ReportConfig()
    ).read_text(encoding="utf-8")
    report = json.loads((run / "report.json").read_text())
    published = report | {"audit": "paper", "controls": {}}
    (run / "report.json").write_text(json.dumps(published))
    page = write_report(run, ReportConfig()).read_text(encoding="utf-8")
    assert "the kind of its first hit in retrieval order, of all prompts" in page
    assert "long enough to measure" not in page
    assert "held-out index is the null" not in page


def test_each_task_of_a_mixture_has_its_difference(run: Path) -> None:
    report = json.loads((run / "report.json").read_text())
    difference = {"any": {"permille": 4.0, "ci95": [-9.0, 17.0], "p": 0.6, "method": "newcombe"}}
    tasks = {
        "qa": {"ratios": report["ratios"], "controls": {"heldout": {"difference": difference}}}
    }
    (run / "report.json").write_text(json.dumps(report | {"tasks": tasks}))
    page = write_report(run, ReportConfig()).read_text(encoding="utf-8")
    assert "4.0 ‰ [-9.0, 17.0], covers 0" in page


def test_the_figures_of_the_training_stand_in_a_table_too(run: Path) -> None:
    page = write_report(run, ReportConfig()).read_text(encoding="utf-8")
    assert '<th scope="row">1, audited</th><td class="figure">1</td>' in page


def test_a_run_without_ratios_by_epoch_says_how_to_get_them(run: Path) -> None:
    said = "<code>audit.every_n_epochs=5</code>"
    assert said in write_report(run, ReportConfig()).read_text(encoding="utf-8")
    with (run / "metrics.jsonl").open("a") as file:
        for epoch in range(2):
            line = {"name": "memorization/any_permille", "value": 1.0, "epoch": epoch, "step": 1}
            file.write(json.dumps(line) + "\n")
    assert said not in write_report(run, ReportConfig()).read_text(encoding="utf-8")


def test_a_run_without_cases_has_a_page(tmp_path: Path) -> None:
    page = write_report(make_run(tmp_path, 0), ReportConfig()).read_text()
    assert block(page, "cases-data") == []


def test_attention_that_cannot_be_read_is_named(run: Path) -> None:
    (make_attention(run) / "epoch=001.npz").write_bytes(b"PK broken")
    with pytest.raises(DataError, match=r"epoch=001\.npz: cannot be read as the attention"):
        write_report(run, ReportConfig())


def test_nested_values_get_dotted_names() -> None:
    assert flattened({"a": {"b": {"c": 1}}, "d": []}) == {"a.b.c": 1, "d": ""}
    files = [{"role": "generations", "bytes": 1}, {"role": "documents", "bytes": 2}]
    shown = "role generations, bytes 1; role documents, bytes 2"
    assert flattened({"data": {"files": files}}) == {"data.files": shown}
