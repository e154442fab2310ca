"""Utility measures against figures that were worked out by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import Example
from permille.data.config import TaskConfig
from permille.data.files import read_file
from permille.data.utility import score, score_by_task

ReadTask = Callable[[str], TaskConfig]


def example(task: str, target: str, *references: str) -> Example:
    return Example(f"{task}-{target}", task, "input", target, references)


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("dialogue", ["rouge_l"]),
        ("summarization", ["rouge_l"]),
        ("qa", ["exact_match", "f1"]),
        ("translation", ["bleu", "chrf"]),
        ("sentiment", ["accuracy"]),
    ],
)
def test_what_is_wanted_scores_1_and_nothing_scores_0(
    name: str, keys: list[str], read_task: ReadTask
) -> None:
    rows = [example(name, f"some target of number {i} words") for i in range(4)]
    best = score(read_task(name), [row.target for row in rows], rows)
    worst = score(read_task(name), [""] * 4, rows)
    assert list(best) == list(worst) == keys
    assert list(best.values()) == pytest.approx([1.0] * len(keys))
    assert list(worst.values()) == [0.0] * len(keys)


def test_rouge_l_is_the_f1_of_the_longest_common_subsequence(read_task: ReadTask) -> None:
    rows = [example("dialogue", "police killed the gunman")]
    found = score(read_task("dialogue"), ["police kill the gunman today now"], rows)
    assert found["rouge_l"] == pytest.approx(2 * 4 / (4 + 6))


def test_the_best_of_several_references_counts(read_task: ReadTask) -> None:
    rows = [example("dialogue", "one two", "one two", "three four")]
    assert score(read_task("dialogue"), ["three four"], rows)["rouge_l"] == 1.0


@pytest.mark.parametrize(
    ("prediction", "references", "exact_match", "f1"),
    [
        ("The Norman Conquest!", ("Norman conquest",), 1.0, 1.0),
        ("Norman army", ("the Norman conquest",), 0.0, 0.5),
        ("in 1066", ("1067", "in the year 1066"), 0.0, 0.8),
        ("1066", ("1066", "in 1066"), 1.0, 1.0),
        ("unanswerable", ("1066",), 0.0, 0.0),
        ("Unanswerable ", (), 1.0, 1.0),
        ("1066", (), 0.0, 0.0),
        ("unanswerable.", (), 1.0, 1.0),
        ("unanswerable question", (), 0.0, 0.0),
        ("", (), 0.0, 0.0),
        ("the.", (), 0.0, 0.0),
        ("", ("1066",), 0.0, 0.0),
    ],
    ids=[
        "case, article, punctuation",
        "half",
        "best of two",
        "any of two",
        "wrongly without an answer",
        "rightly without an answer",
        "wrongly answered",
        "rightly without an answer, punctuated",
        "more than the word of no answer",
        "nothing written is no word of no answer",
        "an article is no word of no answer",
        "nothing written for an answer",
    ],
)
def test_answers_score_as_in_squad_2(
    prediction: str,
    references: tuple[str, ...],
    exact_match: float,
    f1: float,
    read_task: ReadTask,
) -> None:
    rows = [example("qa", references[0] if references else "unanswerable", *references)]
    found = score(read_task("qa"), [prediction], rows)
    assert found == {"exact_match": exact_match, "f1": pytest.approx(f1)}


def test_a_word_that_is_repeated_counts_as_often_as_it_is_wanted(read_task: ReadTask) -> None:
    found = score(read_task("qa"), ["yes yes yes"], [example("qa", "yes", "yes")])
    assert found["f1"] == pytest.approx(0.5)


def test_bleu_and_chrf_are_of_the_whole_corpus(read_task: ReadTask) -> None:
    import sacrebleu

    targets = ["Ein Mann geht über die große Straße .", "Zwei Hunde spielen im hohen Gras ."]
    written = ["Ein Mann geht über eine Straße .", "Zwei Hunde spielen im Gras ."]
    rows = [example("translation", target) for target in targets]
    assert score(read_task("translation"), written, rows) == {
        "bleu": pytest.approx(sacrebleu.corpus_bleu(written, [targets]).score / 100),
        "chrf": pytest.approx(sacrebleu.corpus_chrf(written, [targets]).score / 100),
    }


def test_a_label_is_right_whatever_its_case_and_outer_blanks(read_task: ReadTask) -> None:
    rows = [example("sentiment", label) for label in ("positive", "negative", "positive")]
    written = [" Positive", "negative", "positively"]
    assert score(read_task("sentiment"), written, rows)["accuracy"] == pytest.approx(2 / 3)


def test_a_mixture_is_scored_by_task(read_task: ReadTask) -> None:
    rows = [
        example("qa", "1066", "1066"),
        example("sentiment", "positive"),
        example("qa", "x", "x"),
    ]
    written = ["1066", "positive", "y"]
    by_task = score_by_task(read_task("multitask"), written, rows)
    assert by_task == {"qa": {"exact_match": 0.5, "f1": 0.5}, "sentiment": {"accuracy": 1.0}}
    assert score(read_task("multitask"), written, rows) == {
        "qa_exact_match": 0.5,
        "qa_f1": 0.5,
        "sentiment_accuracy": 1.0,
    }


def test_no_examples_have_no_utility(read_task: ReadTask) -> None:
    assert score(read_task("qa"), [], []) == {}


def test_a_missing_prediction_is_refused(read_task: ReadTask) -> None:
    with pytest.raises(ValueError, match="want 1 predictions, got 0"):
        score(read_task("qa"), [], [example("qa", "x")])


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=5))
def test_every_measure_is_a_share(read_task: ReadTask, pairs: list[tuple[str, str]]) -> None:
    for name in ("dialogue", "qa", "translation", "sentiment"):
        rows = [example(name, target) for target, _ in pairs]
        found = score(read_task(name), [text for _, text in pairs], rows)
        assert all(0 <= value <= 1 + 1e-9 for value in found.values())


def test_always_unanswerable_scores_its_share_of_the_real_slice(
    shared_data: Path, read_task: ReadTask
) -> None:
    rows = read_file(read_task("qa"), shared_data, 1000)
    found = score(read_task("qa"), ["unanswerable"] * 1000, rows)
    share = sum(not row.references for row in rows) / 1000
    assert found == {"exact_match": pytest.approx(share), "f1": pytest.approx(share)}
