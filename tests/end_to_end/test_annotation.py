"""evaluate.py annotate=export and annotate=import, with two simulated people."""

import json
from pathlib import Path

import pytest

from .conftest import Run

LABELS = ["verbatim", "paraphrase", "idea", "none"]


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def exported(run: Run, trained: Path, workplace: Path) -> Path:
    done = run("evaluate", f"run={trained}", "annotate=export", "hydra.run.dir=exported")
    assert done.code == 0, done.err
    assert done.last_line["run"] == str(workplace / "exported")
    return workplace / "exported"


def test_items_say_nothing_of_what_the_program_found(exported: Path, trained: Path) -> None:
    items = lines_of(exported / "items.jsonl")
    assert {tuple(item) for item in items} == {("id", "generation", "document")}
    key = {line["id"]: line for line in lines_of(exported / "key.jsonl")}
    assert [item["id"] for item in items] == list(key)
    texts = {str(line["id"]): line["text"] for line in lines_of(trained / "generations.jsonl")}
    for item in items:
        assert item["generation"] == texts[str(key[item["id"]]["generation_id"])]
    assert {line["kind"] for line in key.values()} >= {"none"}
    page = (exported / "annotate.html").read_text()
    assert all(str(item["id"]) in page for item in items)


def test_two_people_of_known_error_rates_are_read_back(
    run: Run, trained: Path, exported: Path, workplace: Path
) -> None:
    key = lines_of(exported / "key.jsonl")
    for name, num_errors in (("A", 0), ("B", 1)):
        others = [next(one for one in LABELS if one != line["kind"]) for line in key]
        labels = [
            {"id": line["id"], "label": other if number < num_errors else line["kind"]}
            for number, (line, other) in enumerate(zip(key, others, strict=True))
        ]
        (workplace / f"{name}.jsonl").write_text("\n".join(map(json.dumps, labels)))
    arguments = ("annotate=import", "labels=[A.jsonl,B.jsonl]", "hydra.run.dir=imported")
    done = run("evaluate", f"run={trained}", *arguments)
    assert done.code == 0, done.err
    report = json.loads(Path(done.last_line["report"]).read_text())
    files = report["provenance"]["data"]["files"]
    sizes = [(workplace / f"{name}.jsonl").stat().st_size for name in "AB"]
    assert [(file["role"], file["bytes"]) for file in files] == [("labels", one) for one in sizes]
    found = report["annotation"]
    assert found["items"] == found["labeled_by_all"] == len(key)
    assert found["agreed_by_all"] == len(key) - 1
    assert found["people"]["A.jsonl"]["any"]["precision"]["permille"] in (None, 1000.0)
    assert set(found["agreed"]["verbatim"]) == {"precision", "recall", "corrected"}


def test_labels_of_another_run_are_refused(run: Run, trained: Path, workplace: Path) -> None:
    (workplace / "C.jsonl").write_text('{"id": "0123456789abcdef", "label": "none"}\n')
    done = run("evaluate", f"run={trained}", "annotate=import", "labels=[C.jsonl]")
    assert done.code == 1
    (error,) = done.errors
    assert error.startswith("C.jsonl: want labels of pairs of ")


def test_a_file_of_labels_that_is_not_there_is_named(run: Run, trained: Path) -> None:
    done = run("evaluate", f"run={trained}", "annotate=import", "labels=[nobody.jsonl]")
    assert done.code == 1
    assert done.errors == ["labels: want files, got nobody.jsonl, which is no file"]


def test_one_file_is_not_taken_as_two_people(
    run: Run, trained: Path, exported: Path, workplace: Path
) -> None:
    key = lines_of(exported / "key.jsonl")
    line = {"id": key[0]["id"], "label": key[0]["kind"]}
    (workplace / "twice.jsonl").write_text(json.dumps(line))
    labels = "labels=[twice.jsonl,twice.jsonl]"
    done = run("evaluate", f"run={trained}", "annotate=import", labels)
    assert done.code == 1
    assert "want a file for each person" in done.err
