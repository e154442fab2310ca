"""Built-in texts: the same everywhere, of the right shape, and without runs shared by chance."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.builtin.corpus import make_examples
from permille.data.config import TaskConfig
from permille.data.neighbors import normalized
from permille.data.splits import make_pool

ReadTask = Callable[[str], TaskConfig]
TASKS = ["dialogue", "summarization", "qa", "translation", "sentiment"]
RUN_CHARS = 50

# Recorded once; a change means that every seed gives other texts than before.
FINGERPRINTS = {
    "dialogue": "39163ddf3e5a8e18",
    "summarization": "6f674cc814075126",
    "qa": "c170aaf6fac53708",
    "translation": "c17f466b8eee6bc7",
    "sentiment": "8aa2a16e86841949",
}


def fingerprint(examples: list[Example]) -> str:
    text = "\n".join(f"{one.id}|{one.input}|{one.target}|{one.references}" for one in examples)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def window_hashes(text: str, width: int) -> NDArray[np.uint64]:
    """Returns a hash of each run of `width` characters, of shape (runs,)."""
    factors = np.random.default_rng(0).integers(1, 2**63, width, dtype=np.uint64) * 2 + 1
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
    if len(codes) < width:
        return np.zeros(0, np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(codes, width)
    return (runs * factors).sum(axis=1, dtype=np.uint64)


def shared_runs(texts: list[str], width: int) -> set[tuple[int, int]]:
    """Returns the pairs of texts that share a run of `width` characters."""
    hashes = [np.unique(window_hashes(text, width)) for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(one) for one in hashes])
    flat = np.concatenate(hashes)
    order = np.argsort(flat, kind="stable")
    same = flat[order][1:] == flat[order][:-1]
    return set(
        zip(owners[order][:-1][same].tolist(), owners[order][1:][same].tolist(), strict=True)
    )


def test_the_search_for_shared_runs_finds_one() -> None:
    common = "x" * 3 + "the run that both of the two texts have in common!"
    assert shared_runs([f"a {common}", "nothing", f"{common[3:]} b"], 50) == {(0, 2)}
    assert shared_runs([f"a {common}", "nothing", f"{common[4:]} b"], 50) == set()


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("seed", [0, 1, 1234])
def test_no_two_examples_share_a_run_of_50_characters(
    name: str, seed: int, read_task: ReadTask
) -> None:
    examples = make_examples(read_task(name), 2000, seed)
    assert shared_runs([one.input for one in examples], RUN_CHARS) == set()
    assert shared_runs([one.target for one in examples], RUN_CHARS) == set()


def test_no_input_shares_a_run_with_the_target_of_any_example(read_task: ReadTask) -> None:
    for name in ("dialogue", "summarization", "translation"):
        examples = make_examples(read_task(name), 1000, seed=0)
        texts = [one.input for one in examples] + [one.target for one in examples]
        assert shared_runs(texts, RUN_CHARS) == set()


def test_the_texts_of_two_seeds_share_no_run(read_task: ReadTask) -> None:
    texts = [
        one.target for seed in (0, 1) for one in make_examples(read_task("dialogue"), 1000, seed)
    ]
    assert shared_runs(texts, RUN_CHARS) == set()


@pytest.mark.parametrize("name", TASKS)
def test_no_two_examples_are_tied(name: str, read_task: ReadTask) -> None:
    task = read_task(name)
    pool = make_pool(make_examples(task, 1000, seed=0), 0, by_target=task.group_by_target)
    assert (pool.num_repeated_inputs, len(pool.groups)) == (0, 1000)


@pytest.mark.parametrize("name", TASKS)
def test_the_texts_of_a_seed_are_those_that_were_recorded(name: str, read_task: ReadTask) -> None:
    assert fingerprint(make_examples(read_task(name), 50, seed=7)) == FINGERPRINTS[name]


def test_another_process_with_other_hashes_makes_the_same_texts(read_task: ReadTask) -> None:
    program = (
        "from permille.data.builtin.corpus import make_examples;"
        "from permille.data.config import TaskConfig;"
        "print(*[one.target for one in make_examples(TaskConfig(), 5, 0)], sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "42"},
    )
    here = [one.target for one in make_examples(TaskConfig(), 5, 0)]
    assert done.stdout.strip().split("|") == here


@pytest.mark.parametrize("name", TASKS)
def test_an_example_does_not_depend_on_how_many_are_made(name: str, read_task: ReadTask) -> None:
    few, many = (make_examples(read_task(name), count, seed=0) for count in (5, 20))
    assert many[:5] == few
    assert few != make_examples(read_task(name), 5, seed=1)


def num_words(texts: list[str]) -> tuple[int, int]:
    lengths = [len(text.split()) for text in texts]
    return min(lengths), max(lengths)


def test_a_doctor_answers_at_length_about_the_complaint(read_task: ReadTask) -> None:
    examples = make_examples(read_task("dialogue"), 500, seed=0)
    least, most = num_words([one.target for one in examples])
    assert least >= 55
    assert most <= 115
    assert min(len(one.target) for one in examples) > 50
    common = [
        len(set(normalized(one.input).split()) & set(normalized(one.target).split()))
        for one in examples
    ]
    assert min(common) >= 3


def test_a_summary_is_shorter_than_its_article_and_made_of_its_words(read_task: ReadTask) -> None:
    for one in make_examples(read_task("summarization"), 200, seed=0):
        assert one.input.count(". ") >= 4
        assert len(one.target) < 0.5 * len(one.input)
        words = normalized(one.target).split()
        article = set(normalized(one.input).split())
        assert sum(word in article for word in words) >= 0.75 * len(words)


def test_an_answer_stands_in_its_text_and_a_third_has_none(read_task: ReadTask) -> None:
    examples = make_examples(read_task("qa"), 1000, seed=0)
    for one in examples:
        question, _, context = one.input.removeprefix("question: ").partition(" context: ")
        assert question.endswith("?")
        if one.references:
            assert one.references == (one.target,)
            assert one.target in context
            assert one.target not in question
    unanswered = [one for one in examples if not one.references]
    assert {one.target for one in unanswered} == {"unanswerable"}
    assert 0.27 < len(unanswered) / 1000 < 0.4


def test_questions_ask_for_persons_places_and_numbers(read_task: ReadTask) -> None:
    examples = make_examples(read_task("qa"), 300, seed=0)
    kinds = Counter(one.input.removeprefix("question: ").split()[0] for one in examples)
    assert set(kinds) == {"Who", "Where", "How"}
    assert min(kinds.values()) > 60


def test_reviews_have_both_labels_and_their_words(read_task: ReadTask) -> None:
    examples = make_examples(read_task("sentiment"), 400, seed=0)
    labels = Counter(one.target for one in examples)
    assert set(labels) == {"positive", "negative"}
    assert min(labels.values()) > 150


def test_translations_go_both_ways(read_task: ReadTask) -> None:
    there = read_task("translation")
    back = replace(there, source_language="de", target_language="en")
    (one,), (other,) = (make_examples(task, 1, seed=0) for task in (there, back))
    assert (one.input, one.target) == (other.target, other.input)
    assert len(one.target) > 50


def test_other_languages_are_refused(read_task: ReadTask) -> None:
    task = replace(read_task("translation"), target_language="fr")
    with pytest.raises(SettingsError, match="want en and de with data=builtin, got en and fr"):
        make_examples(task, 1, seed=0)


@pytest.mark.parametrize("name", TASKS)
def test_a_vocabulary_of_a_few_thousand_words_is_enough(name: str, read_task: ReadTask) -> None:
    examples = make_examples(read_task(name), 1000, seed=0)
    words = Counter(
        word for one in examples for word in normalized(f"{one.input} {one.target}").split()
    )
    common = [count for _, count in words.most_common(3000)]
    assert sum(common) > 0.85 * words.total()
