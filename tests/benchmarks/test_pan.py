"""`benchmarks/pan.py` on a corpus of two pairs, laid out as PAN's."""

import importlib
import json
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
COPIED = (
    "The ferry left the northern harbor at dawn with forty crates of oranges aboard. "
    "Its captain had counted them twice and signed the yellow ledger in red ink. "
    "By noon a thick fog had swallowed the lighthouse and every bell along the coast. "
    "Nobody on the pier could say afterwards which of the boats had turned back first. "
)
OWN = "Our committee met on Tuesday to discuss the budget of the new library building. "
OTHER = "Grandmother planted beans behind the shed because the soil there never froze. "


@pytest.fixture
def pan(monkeypatch: pytest.MonkeyPatch, shared: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("pan")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    root = tmp_path / "corpus"
    texts = {
        "susp/suspicious-document00001.txt": OWN * 2 + COPIED + OWN * 2,
        "susp/suspicious-document00002.txt": OWN * 8,
        "src/source-document00001.txt": OTHER * 2 + COPIED,
        "src/source-document00002.txt": OTHER * 8,
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    case = (
        f'<feature name="plagiarism" this_offset="{len(OWN * 2)}" this_length="{len(COPIED) - 1}"'
        f' source_reference="source-document00001.txt" source_offset="{len(OTHER * 2)}"'
        f' source_length="{len(COPIED) - 1}" />'
    )
    for folder, number, features in (
        ("01-no-plagiarism", 2, ""),
        ("02-no-obfuscation", 1, case),
    ):
        names = f"suspicious-document0000{number}", f"source-document0000{number}"
        (root / folder).mkdir()
        (root / folder / "pairs").write_text(f"{names[0]}.txt {names[1]}.txt\n", "utf-8")
        (root / folder / f"{names[0]}-{names[1]}.xml").write_text(
            f'<document reference="{names[0]}.txt">'
            f'<feature name="about" language="en" />{features}</document>',
            "utf-8",
        )
    return root


def last_line(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


@pytest.mark.parametrize("align", ["pan", "paper", "default"])
def test_a_copied_passage_is_found_and_scored(pan, corpus, tmp_path, capsys, align):
    out = tmp_path / "out"
    assert pan.main(["--corpus", str(corpus), "--align", align, "--out", str(out)]) == 0
    results = last_line(capsys)
    assert results["all"]["recall"] > 0.99
    assert results["all"]["precision"] > 0.99
    assert results["02-no-obfuscation"]["characters"]["plagdet"] > 0.99
    assert results["01-no-plagiarism"]["plagdet"] == 1
    assert results["false_alarm_pairs"] == 0
    assert results["pairs_per_s"] > 0


def test_every_pair_has_its_file_cases_or_none(pan, corpus, tmp_path, capsys):
    out = tmp_path / "out"
    pan.main(["--corpus", str(corpus), "--align", "pan", "--out", str(out)])
    files = {str(path.relative_to(out)): path.read_text("utf-8") for path in out.rglob("*.xml")}
    assert sorted(files) == [
        "01-no-plagiarism/suspicious-document00002-source-document00002.xml",
        "02-no-obfuscation/suspicious-document00001-source-document00001.xml",
    ]
    empty, full = (files[name] for name in sorted(files))
    assert empty == '<document reference="suspicious-document00002.txt" />'
    assert 'name="detected-plagiarism"' in full
    assert f'this_offset="{len(OWN * 2)}"' in full


def test_what_was_written_is_read_as_it_was(pan, corpus, tmp_path):
    reading = importlib.import_module("pan_corpus")
    opened = reading.PanCorpus(corpus)
    cases = opened.cases(opened.pairs[1])
    reading.write_passages(tmp_path / "one.xml", cases[0].suspicious_name, cases)
    assert len(cases) == 1
    assert reading.read_passages(tmp_path / "one.xml", "detected-plagiarism") == cases


def test_the_archive_scores_as_the_folder(pan, corpus, tmp_path, capsys):
    archive = tmp_path / "downloaded" / "corpus.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(corpus, "train_corpus")
    scores = []
    for path in (corpus, archive, archive.parent):
        pan.main(["--corpus", str(path), "--align", "pan", "--out", str(tmp_path / "out")])
        scores.append(last_line(capsys)["all"])
    assert scores[0] == scores[1] == scores[2]


def test_a_draw_of_pairs_follows_the_seed(pan, corpus, tmp_path, capsys):
    drawn = []
    for seed in range(8):
        out = tmp_path / str(seed)
        arguments = ["--corpus", str(corpus), "--align", "pan", "--out", str(out)]
        pan.main([*arguments, "--limit", "1", "--seed", str(seed)])
        assert last_line(capsys)["pairs"] == 1
        drawn.append([path.name for path in out.rglob("*.xml")])
    assert len({tuple(names) for names in drawn}) == 2


def test_a_folder_that_is_no_corpus_is_refused_in_a_line(pan, tmp_path, capsys):
    assert pan.main(["--corpus", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "want a PAN corpus" in capsys.readouterr().err


@pytest.mark.parametrize("is_packed", [True, False], ids=["cut off", "no archive"])
def test_a_broken_archive_is_refused_in_a_line(pan, corpus, tmp_path, capsys, is_packed):
    archive = tmp_path / "corpus.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(corpus, "train_corpus")
    whole = archive.read_bytes()
    archive.write_bytes(whole[: len(whole) // 2] if is_packed else b"no archive" * 99)
    assert pan.main(["--corpus", str(archive), "--out", str(tmp_path / "out")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{archive}: want a folder or a .tar.gz, got a file that is none or is")


def test_where_there_is_nothing_to_find_the_false_alarms_are_shown(pan, corpus, tmp_path, capsys):
    pan.main(["--corpus", str(corpus), "--align", "pan", "--out", str(tmp_path / "out")])
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if line.startswith("01-no-plagiarism"))
    assert " ".join(row.split()) == "01-no-plagiarism - - - - false-alarm pairs: 0"
    assert json.loads(lines[-1])["01-no-plagiarism"]["characters"].keys() == {
        *("plagdet", "recall", "precision", "granularity")
    }
