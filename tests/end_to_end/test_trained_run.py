"""A run of train.py as people see it afterwards: its page in a browser, its files in W&B."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from permille.report.claim import claim

from ..report.browser import Opened, open_page, started
from ..track.offline import history, run_record, stored, summary
from .conftest import Run

NUM_EPOCHS = 30
MEMORIZING = (
    *("data=builtin", "data.num_train=16", "data.num_heldout=8", "model.vocab_size=400"),
    *(f"trainer.max_epochs={NUM_EPOCHS}", "model.batch_size=4", "attention.every_n_epochs=15"),
    "model.num_layers=1",
    *("audit.max_new_tokens=64", "audit.num_planted=4", "audit.num_threshold_prompts=4"),
    *("audit.every_n_epochs=15", "audit.epoch_num_prompts=8"),
    "track=wandb",
)
"""So little text, read so often, that the model gives it back: a run with cases."""


@pytest.fixture(scope="session")
def seen(run: Run, workplace: Path) -> Path:
    """The folder of a run that memorized, tracked offline."""
    done = run("train", *MEMORIZING, "hydra.run.dir=seen")
    assert done.code == 0, done.err
    return workplace / "seen"


@pytest.fixture(scope="session")
def report(seen: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((seen / "report.json").read_text())
    return found


@pytest.fixture(scope="session")
def texts(seen: Path) -> list[str]:
    """Pieces of what the model wrote, each of one case."""
    lines = (seen / "cases.jsonl").read_text().splitlines()
    cases = {
        case["generation_id"]: case["cases"][0]["generation"] for case in map(json.loads, lines)
    }
    assert cases
    found = []
    for line in map(json.loads, (seen / "generations.jsonl").read_text().splitlines()):
        if line["id"] in cases:
            start, end = cases[line["id"]]
            found.append(line["text"][start:end])
    return found


def sent(folder: Path) -> list[Path]:
    """Return the files that W&B would send."""
    return [path for path in folder.glob("wandb/offline-run-*/**/*") if path.is_file()]


def table(folder: Path, name: str) -> Mapping[str, Any]:
    (path,) = folder.glob(f"wandb/offline-run-*/files/media/table/memorization/{name}_*.json")
    found: Mapping[str, Any] = json.loads(path.read_text())
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started() as found:
        yield found


@pytest.fixture
def opened(browser: Any, seen: Path) -> Iterator[Opened]:
    found = open_page(browser, seen / "report.html")
    yield found
    found.page.context.close()


@pytest.mark.browser
def test_the_page_opens_with_no_word_on_the_console_and_asks_for_nothing(
    opened: Opened, seen: Path
) -> None:
    opened.page.wait_for_selector("#case-view .pair .text")
    assert opened.complaints == []
    assert opened.requests == [f"file://{seen / 'report.html'}"]


@pytest.mark.browser
def test_the_page_shows_what_the_report_says(
    opened: Opened, report: Mapping[str, Any], texts: list[str]
) -> None:
    ratio = report["ratios"]["any"]
    assert f"{ratio['count']}/{ratio['of']}" in opened.page.locator("main").inner_text()
    marked = opened.page.locator("#case-view .text mark").first.text_content()
    assert any(marked.lstrip("0123456789")[:40] in text for text in texts)


@pytest.mark.browser
def test_the_page_has_every_section_of_a_run_that_was_trained(opened: Opened) -> None:
    found = opened.page.locator("main h2").all_inner_texts()
    assert {"Cases", "Controls", "Training", "Attention"} <= set(found)


def test_losses_attention_and_memorization_are_scalars_by_epoch(seen: Path) -> None:
    points: dict[str, list[object]] = {}
    for line in history(seen):
        for name in line:
            points.setdefault(name, []).append(line.get("epoch"))
    every = set(range(NUM_EPOCHS))
    assert set(points["train/loss"]) == set(points["val/loss"]) == every
    for name in ("attention/cad", "attention/cad_heldout", "memorization/any_permille"):
        assert set(points[name]) == {14, 29}, name


def test_the_epoch_is_the_axis_of_every_chart(seen: Path) -> None:
    axes = [r.metric for r in stored(seen) if r.WhichOneof("record_type") == "metric"]
    assert ("*", "epoch") in [(axis.glob_name, axis.step_metric) for axis in axes]


def test_the_summary_is_the_headline(seen: Path, report: Mapping[str, Any]) -> None:
    found, ratio = summary(seen), report["ratios"]["any"]
    assert found["memorization/any_permille"] == ratio["permille"]
    assert [found["memorization/any_ci95_low"], found["memorization/any_ci95_high"]] == ratio[
        "ci95"
    ]
    assert found["generations/measurable"] == ratio["of"]
    assert found["val/rouge_l"] == report["utility"]["rouge_l"]
    assert found["claim"] == claim(report)


def test_tables_have_the_ratios_and_a_row_a_case_without_texts(
    seen: Path, report: Mapping[str, Any]
) -> None:
    ratios = {tuple(row[:2]): row[2:5] for row in table(seen, "ratios")["data"]}
    ratio = report["ratios"]["any"]
    assert ratios["training prompts", "any"] == [ratio[k] for k in ("count", "of", "permille")]
    cases = table(seen, "cases")
    assert len(cases["data"]) == len((seen / "cases.jsonl").read_text().splitlines())
    assert not {"generation", "document", "prompt"} & set(cases["columns"])


def test_plots_and_attention_are_pictures(seen: Path) -> None:
    pictures = {
        "_".join(path.relative_to(path.parents[1]).as_posix().split("_")[:-2])
        for path in seen.glob("wandb/offline-run-*/files/media/images/**/*.png")
    }
    assert {"plots/headline", "plots/training"} <= pictures
    assert any(name.startswith("attention/") for name in pictures)


def test_the_artifact_is_the_report_with_the_run_s_files(seen: Path) -> None:
    (artifact,) = (
        record.artifact
        for record in stored(seen)
        if record.WhichOneof("record_type") == "artifact" and record.artifact.type == "run"
    )
    files = {entry.path for entry in artifact.manifest.contents}
    assert files == {
        *("report.html", "report.json", "cases.jsonl", "metrics.jsonl"),
        *("config.yaml", "overrides.yaml", "environment.json"),
    }


def test_no_training_text_is_in_what_would_be_sent(seen: Path, texts: list[str]) -> None:
    contents = [path.read_bytes() for path in sent(seen)]
    assert contents
    for text in texts:
        assert not any(text.encode() in content for content in contents)


def test_the_run_is_found_by_its_tags_and_its_settings_have_no_secret(seen: Path) -> None:
    record = run_record(seen)
    assert {"task=dialogue", "model=mini", "audit=standard"} <= set(record.tags)
    config = {item.key: json.loads(item.value_json) for item in record.config.update}
    assert config["data"]["num_train"] == 16
    assert "@" not in json.dumps(config["retrieve"])
