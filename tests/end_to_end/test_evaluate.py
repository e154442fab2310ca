"""evaluate.py on a run, a checkpoint and texts."""

import json
import re
import shutil
from pathlib import Path

import pytest

from .conftest import TINY, Run, result_of

AUDITED = ("generations", "ratios", "controls", "utility", "attention")


def files_of(folder: Path) -> dict[str, tuple[int, int]]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.stat().st_size)
        for path in found
    }


def test_the_audit_of_a_run_gives_what_training_gave(
    run_anew: Run, trained: Path, workplace: Path
) -> None:
    before = files_of(trained)
    done = run_anew("evaluate", "run=trained", "hydra.run.dir=of_run")
    assert done.code == 0, done.err
    assert done.last_line["report"] == str(workplace / "of_run" / "report.json")
    of_run, of_training = result_of(workplace / "of_run"), result_of(trained)
    for key in AUDITED:
        assert of_run[key] == of_training[key]
    assert files_of(trained) == before


def test_a_setting_of_the_audit_is_changed(run: Run, trained: Path, workplace: Path) -> None:
    done = run("evaluate", "run=trained", "audit.prompt=input", "hydra.run.dir=whole")
    assert done.code == 0, done.err
    generations = result_of(workplace / "whole")["generations"]
    assert isinstance(generations, dict)
    assert generations["whole_input"] == generations["total"] == 24


def test_the_best_weights_are_audited_when_asked_for(
    run: Run, trained: Path, workplace: Path
) -> None:
    done = run("evaluate", "run=trained", "audit.weights=best", "hydra.run.dir=best")
    assert done.code == 0, done.err
    provenance = result_of(workplace / "best")["provenance"]
    assert isinstance(provenance, dict)
    assert provenance["model"]["weights"] == "best"


def test_a_checkpoint_is_audited_on_a_task(run: Run, trained: Path, workplace: Path) -> None:
    settings = [one for one in TINY if not one.startswith(("model", "trainer", "task="))]
    settings.append("task=dialogue")
    done = run(
        "evaluate", "checkpoint=trained/checkpoints/model", *settings, "hydra.run.dir=of_model"
    )
    assert done.code == 0, done.err
    of_model, of_training = result_of(workplace / "of_model"), result_of(trained)
    for key in ("generations", "ratios", "utility"):
        assert of_model[key] == of_training[key]


def test_texts_of_a_run_give_its_ratios_without_its_task(
    run: Run, trained: Path, workplace: Path
) -> None:
    done = run(
        "evaluate",
        "generations=trained/generations.jsonl",
        "documents=trained/documents.jsonl.gz",
        "report=off",
        "hydra.run.dir=of_texts",
    )
    assert done.code == 0, done.err
    of_texts = result_of(workplace / "of_texts")
    assert of_texts["task"] is None
    assert of_texts["ratios"] == result_of(trained)["ratios"]


def test_a_report_is_drawn_again_from_the_files_of_a_run(
    run: Run, trained: Path, workplace: Path
) -> None:
    shutil.copytree(trained, workplace / "copy")
    report = (workplace / "copy" / "report.json").read_bytes()
    done = run("evaluate", "run=copy", "redraw=true", "report=html")
    assert done.code == 0, done.err
    assert done.last_line["run"] == str(workplace / "copy")
    assert (workplace / "copy" / "report.html").is_file()
    assert (workplace / "copy" / "report.json").read_bytes() == report
    assert not (workplace / "copy" / "evaluate.log").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("broken", '{"id": "1", "text": "a"}\n{"id": "2", ', "line 2", id="JSON"),
        pytest.param("no_text", '{"id": "1", "txt": "a"}\n', 'line 1: .*"text"', id="no text"),
        pytest.param(
            "twice", '{"id": "1", "text": "a"}\n{"id": "1", "text": "b"}\n', "line 2", id="id twice"
        ),
        pytest.param("empty", "", "line 1: the file is empty", id="empty"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    run: Run, trained: Path, workplace: Path, name: str, content: str, message: str
) -> None:
    (workplace / f"{name}.jsonl").write_text(content)
    done = run(
        "evaluate",
        f"generations={name}.jsonl",
        "documents=trained/documents.jsonl.gz",
        f"hydra.run.dir=of_{name}",
    )
    assert done.code == 1
    assert len(done.errors) == 1
    assert f"{name}.jsonl" in done.errors[0]
    assert not (workplace / f"of_{name}" / "report.json").exists()
    failed = json.loads((workplace / f"of_{name}" / "failed.json").read_text())
    assert failed["error"] == done.errors[0]
    assert re.search(message, done.errors[0])
