"""Personal data of training documents, from files of texts to all that a run leaves behind."""

import gzip
import json
import re
from pathlib import Path

import pytest

from permille.report.embedded import unpacked

from .conftest import Run

OWN = {
    "email": ["mary.poppendieck@clinic-nord.example.org", "j_ostrander77@mail.example.net"],
    "phone": ["+49 30 901820-417", "(415) 555-0137"],
    "payment_card": ["4111 1111 1111 1111"],
    "iban": ["GB82 WEST 1234 5698 7654 32"],
    "us_ssn": ["536-90-4399"],
}
"""What stands in training documents and is given back."""
IN_PROMPT = "already.given@example.org"
KEPT_BACK = "never.written@example.org"
OF_HELDOUT = "held.out@example.org"
TEXTS = {"generations.jsonl", "documents.jsonl.gz"}
"""Files of a run that hold the texts themselves."""
SIDES = ("train", "heldout")


def sentence(number: int, value: str) -> str:
    return (
        f"The {number} patients of the ward were told to write to {value} before the doctor came"
        f" back from the {number + 20} beds of the northern wing, where nobody had slept."
    )


def write_lines(path: Path, lines: list[dict[str, object]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


@pytest.fixture(scope="module")
def texts(workplace: Path) -> Path:
    """Generations and documents; each training document holds a value, and most are given back."""
    folder = workplace / "people"
    folder.mkdir()
    given = [*(value for values in OWN.values() for value in values), IN_PROMPT]
    train = [sentence(number, value) for number, value in enumerate([*given, KEPT_BACK])]
    heldout = [sentence(number + 100, OF_HELDOUT) for number in range(len(train))]
    documents: list[dict[str, object]] = [
        {"id": f"{side} {n}", "example_id": f"{side} {n}", "split": side, "text": text}
        for side, own in zip(SIDES, (train, heldout), strict=True)
        for n, text in enumerate(own)
    ]
    write_lines(folder / "documents.jsonl", documents)
    written = {"train": train[: len(given)], "heldout": ["The ward was quiet. " * 6] * len(heldout)}
    generations: list[dict[str, object]] = [
        {
            "id": f"{side} {n}",
            "example_id": f"{side} {n}",
            "split": side,
            "prompt": f"Answer {IN_PROMPT}."
            if IN_PROMPT in text
            else f"Answer question {side} {n}.",
            "text": text,
        }
        for side in SIDES
        for n, text in enumerate(written[side])
    ]
    write_lines(folder / "generations.jsonl", generations)
    return folder


def audited(run: Run, texts: Path, name: str, *overrides: str) -> Path:
    done = run(
        "evaluate",
        f"generations={texts / 'generations.jsonl'}",
        f"documents={texts / 'documents.jsonl'}",
        "audit=full",
        "audit.num_planted=0",
        "audit.num_threshold_prompts=0",
        "track=wandb",
        f"hydra.run.dir={name}",
        *overrides,
    )
    assert done.code == 0, done.err
    folder = texts.parent / name
    (folder / "screen.txt").write_text(done.out + done.err)
    return folder


def personal_data(folder: Path) -> dict[str, dict[str, object]]:
    report = json.loads((folder / "report.json").read_text())
    found: dict[str, dict[str, object]] = report["controls"]["personal_data"]
    return found


def content_of(path: Path) -> str:
    """What a file says to a reader, packed parts of a page unpacked."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8", "replace")
    if path.suffix != ".html":
        return text
    parts = re.findall(r">\s*(H4sI[\w+/=\s]+)<", text)
    assert parts
    return text + "".join(json.dumps(unpacked(part), ensure_ascii=False) for part in parts)


def files_with_values(folder: Path) -> set[str]:
    """The files in which a reader finds a value that training documents hold."""
    values = [KEPT_BACK, *(value for values in OWN.values() for value in values)]
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.name not in TEXTS
        if any(value in content_of(path) for value in values)
    }


@pytest.fixture(scope="module")
def usual(run: Run, texts: Path) -> Path:
    return audited(run, texts, "people_usual", "report.texts=masked")


def test_what_is_given_back_is_counted_by_kind(usual: Path) -> None:
    found = personal_data(usual)
    for kind, values in OWN.items():
        own = found[kind]
        others = 2 if kind == "email" else 0
        assert own["in_documents"] == len(values) + others
        assert (own["written"], own["beyond_heldout"]) == (len(values), len(values))
        assert own["written_on_heldout"] == 0
        generations = own["generations"]
        assert isinstance(generations, dict)
        assert (generations["train"]["count"], generations["train"]["of"]) == (len(values), 8)
        assert generations["heldout"]["count"] == 0
        shown = own["values"]
        assert isinstance(shown, list)
        assert all("*" in one["value"] for one in shown)


def test_no_value_is_in_what_a_run_leaves_but_in_the_texts_themselves(usual: Path) -> None:
    assert {"report.json", "report.html", "cases.jsonl", "screen.txt"} <= {
        path.name for path in usual.iterdir()
    }
    assert any(usual.glob("wandb/offline-run-*/run-*.wandb"))
    assert files_with_values(usual) == set()


@pytest.mark.slow
def test_a_page_with_texts_shows_values_in_them_and_nothing_else_does(
    run: Run, texts: Path
) -> None:
    folder = audited(run, texts, "people_texts")
    assert files_with_values(folder) == {"report.html"}


@pytest.mark.slow
def test_values_stand_in_the_report_where_they_are_asked_for_and_are_not_sent(
    run: Run, texts: Path
) -> None:
    shown = ["report.texts=masked", "audit.looks.show_values=true"]
    folder = audited(run, texts, "people_shown", *shown)
    assert files_with_values(folder) == {"report.json"}
    values = personal_data(folder)["email"]["values"]
    assert isinstance(values, list)
    assert {one["value"] for one in values} == set(OWN["email"])
