"""Fitting the lexical judge again."""

import gzip
import json

import pytest

from permille.core.errors import DataError
from permille.judge.fit import fit, main, read_mrpc, unrelated
from permille.judge.lexical import LexicalJudge, load_weights

SUBJECTS = ["The dog", "A nurse", "My uncle", "Her lawyer", "The mayor", "That company"]
VERBS = ["sold", "painted", "found", "hid"]
THINGS = ["an old piano", "the blue house", "12 letters", "a map of Rome", "the river bank"]


def corpus() -> list[dict]:
    rows = []
    for i, (subject, verb, thing) in enumerate(
        (s, v, t) for s in SUBJECTS for v in VERBS for t in THINGS
    ):
        sentence = f"{subject} {verb} {thing} on day {i % 7}."
        same = f"On day {i % 7}, {subject.lower()} {verb} {thing}."
        other = f"{SUBJECTS[i % 5]} never {VERBS[(i + 1) % 4]} {THINGS[(i + 2) % 5]} in {1900 + i}."
        rows.append({"sentence1": sentence, "sentence2": same, "label": 1})
        rows.append({"sentence1": sentence, "sentence2": other, "label": 0})
    return rows


def write(path, rows):
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    return path


def test_a_fit_learns_writes_and_is_read_back(tmp_path, capsys):
    source, out = write(tmp_path / "pairs.jsonl", corpus()), tmp_path / "weights.json"
    assert main(["--mrpc", str(source), "--out", str(out)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["accuracy"] > 0.95
    assert said["always_paraphrase_accuracy"] == 0.5
    assert said["out"] == str(out)
    judge = LexicalJudge(out)
    same, other = judge.probabilities(
        [
            ("A nurse hid the blue house on day 3.", "On day 3, a nurse hid the blue house."),
            ("A nurse hid the blue house on day 3.", "Her lawyer never sold 12 letters in 1980."),
        ]
    )
    assert same > 0.5 > other


def test_a_fit_repeats_to_the_last_digit(tmp_path):
    rows = read_mrpc(write(tmp_path / "pairs.jsonl", corpus()))
    assert fit(*rows) == fit(*rows)


def test_compressed_and_plain_files_read_the_same(tmp_path):
    plain = write(tmp_path / "pairs.jsonl", corpus())
    packed = tmp_path / "pairs.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_mrpc(plain) == read_mrpc(packed)


def test_unrelated_pairs_mix_different_pairs_whole_and_cut():
    pairs = [(f"a{i} b c d e f g h i j k", f"A{i} B C D E F G H I J K") for i in range(300)]
    drawn, origins = unrelated(pairs, seed=1)
    assert len(drawn) == len(origins) == len(pairs)
    assert drawn == unrelated(pairs, seed=1)[0] != unrelated(pairs, seed=2)[0]
    assert (origins[:, 0] != origins[:, 1]).all()
    whole = {sentence for pair in pairs for sentence in pair}
    shapes = [(first in whole, second in whole) for first, second in drawn]
    assert {shape: 60 < shapes.count(shape) < 140 for shape in set(shapes)} == {
        (True, True): True,
        (False, True): True,
        (False, False): True,
    }
    assert all(
        first.split()[0].lower() != second.split()[0].lower()
        for (first, second), shape in zip(drawn, shapes, strict=True)
        if shape[0] and shape[1]
    )
    assert all(
        1 <= len(first.split()) <= 8
        for (first, _), shape in zip(drawn, shapes, strict=True)
        if not shape[0]
    )


def test_the_stored_weights_come_out_again(shared):
    path = shared / "data" / "paraphrase" / "mrpc_train.jsonl.gz"
    again, stored = fit(*read_mrpc(path)), load_weights()
    assert again["cross_validation"] == pytest.approx(stored["cross_validation"], abs=0.002)
    assert again["weights"] == pytest.approx(stored["weights"], abs=0.01)
    assert again["pairs"] == stored["pairs"] == 4076


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param('{"sentence1": "a"}', r"2: want sentence1, sentence2 and label", id="key"),
        pytest.param("{broken", r"2: want sentence1, .* got b'\{broken'", id="json"),
        pytest.param('{"sentence1": "", "sentence2": "", "label": "x"}', r"2: want", id="label"),
    ],
)
def test_a_faulty_line_is_named(tmp_path, line, shown):
    path = write(tmp_path / "pairs.jsonl", corpus()[:1])
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(DataError, match=rf"pairs\.jsonl:{shown}"):
        read_mrpc(path)


def test_too_few_pairs_are_refused(tmp_path):
    path = write(tmp_path / "pairs.jsonl", corpus()[:12])
    with pytest.raises(DataError, match=r"want at least 10 pairs of each label .* got 6 .* 6"):
        read_mrpc(path)


def test_a_missing_file_is_one_line_and_exit_code_1(tmp_path, capsys):
    assert main(["--mrpc", str(tmp_path / "none.jsonl")]) == 1
    said = capsys.readouterr().err
    assert "none.jsonl: want JSON lines, plain or gz" in said
    assert said.count("\n") == 1
