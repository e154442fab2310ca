"""`benchmarks/fit_align.py` on a corpus written from a seed."""

import importlib
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from permille.align.weights import Learned
from permille.core.errors import DataError
from permille.core.records import Alignment, Kind

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
PAIRS = 16


@pytest.fixture
def fit_align(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("fit_align")


class Writer:
    """Writes sentences of words of its own, and the same again with some words changed."""

    def __init__(self) -> None:
        self.rng = Random(0)
        self.words = ["".join(self.rng.choices("aeioukstrlmn", k=6)) for _ in range(3000)]

    def sentence(self) -> str:
        return " ".join(self.rng.choices(self.words, k=12)).capitalize() + "."

    def text(self, count: int) -> str:
        return " ".join(self.sentence() for _ in range(count))

    def changed(self, text: str, share: float) -> str:
        words = text.split()
        for at in self.rng.sample(range(len(words)), int(share * len(words))):
            words[at] = self.rng.choice(self.words)
        return " ".join(words)

    def on_subject_of(self, text: str) -> str:
        """Use a third of its words from a text, in no order."""
        words = text.replace(".", "").lower().split()
        mixed = self.rng.choices(words, k=40) + self.rng.choices(self.words, k=80)
        self.rng.shuffle(mixed)
        return " ".join(mixed) + "."

    def summary(self, text: str) -> str:
        """Take two words in turn of every tenth."""
        words = text.replace(".", "").lower().split()
        return " ".join(" ".join(words[at : at + 2]) for at in range(0, len(words), 10)) + "."


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpus")
    writer = Writer()
    for folder in ("susp", "src", *FOLDERS):
        (root / folder).mkdir()
    for number in range(3 * PAIRS):
        folder = FOLDERS[number % 3]
        source = writer.text(50)
        start = source.index(".") + 2 if folder == FOLDERS[1] else 0
        passage = source[start : start + 600] if start else source
        case = {
            FOLDERS[0]: "",
            FOLDERS[1]: writer.changed(passage, 0.25),
            FOLDERS[2]: writer.summary(source),
        }[folder]
        # what is reworded and not annotated is what a filter has to learn to leave out
        others = writer.changed(source[:400], 0.4) if number % 6 == 0 else ""
        before = (writer.text(10) if case else others + writer.on_subject_of(source)) + "\n"
        names = f"suspicious-document{number:05}", f"source-document{number:05}"
        (root / "susp" / f"{names[0]}.txt").write_text(before + case + "\n" + writer.text(10))
        (root / "src" / f"{names[1]}.txt").write_text(source)
        with (root / folder / "pairs").open("a") as listed:
            listed.write(f"{names[0]}.txt {names[1]}.txt\n")
        feature = (
            f'<feature name="plagiarism" this_offset="{len(before)}" this_length="{len(case)}" '
            f'source_reference="{names[1]}.txt" source_offset="{start}" '
            f'source_length="{len(passage)}"/>'
        )
        (root / folder / f"{names[0]}-{names[1]}.xml").write_text(
            f'<document reference="{names[0]}.txt">{feature if case else ""}</document>'
        )
    return root


FOLDERS = ("01-no-plagiarism", "03-random-obfuscation", "05-summary-obfuscation")


def test_a_corpus_without_anything_false_to_learn_from_is_refused(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    logistic = importlib.import_module("align_learning").logistic
    with pytest.raises(DataError, match=r"true and false candidates .* got 3 alike"):
        logistic(np.ones((3, 2)), [True, True, True], [1, 1, 1])


def test_what_was_learned_is_the_same_again_and_from_its_json(fit_align, corpus_dir):
    corpus = fit_align.PanCorpus(corpus_dir)
    examples = fit_align.read_examples(corpus, corpus.pairs, fit_align.CONFIG)
    short = fit_align.read_short_examples(corpus, corpus.pairs)
    first, second = (fit_align.fit(examples, short).to_dict() for _ in range(2))
    assert first == second
    assert Learned.from_dict(first).to_dict() == first


def test_a_half_is_aligned_with_what_the_other_half_taught(fit_align, corpus_dir, monkeypatch):
    corpus = fit_align.PanCorpus(corpus_dir)
    examples = fit_align.read_examples(corpus, corpus.pairs, fit_align.CONFIG)
    short = fit_align.read_short_examples(corpus, corpus.pairs)
    halves = {example.half for example in examples}
    assert halves == {0, 1}
    taught_by = iter(({1}, {0}))

    def fit(long: list[Any], brief: list[Any]) -> set[int]:
        seen = {example.half for example in (*long, *brief)}
        assert seen == next(taught_by)
        return seen

    def align_pair(pair: Any, config: Any, learned: set[int]) -> Any:
        (example,) = (each for each in examples if each.pair is pair)
        assert learned == {1 - example.half}
        return Alignment(Kind.NONE)

    monkeypatch.setattr(fit_align, "fit", fit)
    monkeypatch.setattr(fit_align, "align_pair", align_pair)
    found = fit_align.crossfit(examples, short)
    assert list(found) == corpus.pairs


def test_short_texts_hold_their_cases(fit_align, corpus_dir):
    corpus = fit_align.PanCorpus(corpus_dir)
    for example in fit_align.read_short_examples(corpus, corpus.pairs):
        num_words = len(example.pair.worded.texts[0])
        assert all(0 <= case[0] < case[1] <= num_words for case in example.cases)


def test_a_short_text_of_one_part_is_not_in_the_other_part(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    parts_of = importlib.import_module("short_texts").parts_of
    text = " ".join(map(str, range(1000)))
    part, other = parts_of(text, Random(0))
    assert part in text
    assert other in text
    assert part not in other
    assert parts_of(text[:300], Random(0)) is None


def test_common_stems_come_first_in_the_rarity_table(fit_align):
    texts = ["the cat", "the dog", "the", "the bird", *["the"] * 300]
    table = fit_align.rarity_table(texts)
    assert table["documents"] == 304
    assert [len(steps) for steps in table["steps"]] == [1, 0, 0, 0, 0, 0, 0]


def test_a_folder_that_is_no_corpus_is_refused_in_a_line(fit_align, tmp_path, capsys):
    assert fit_align.main(["--corpus", str(tmp_path), "--check"]) == 1
    assert "want a PAN corpus" in capsys.readouterr().err
