"""How well a task is done, by each task's usual measure, computed here and without the network.

ROUGE-L as in Lin (2004), exact match and F1 as in SQuAD 2.0 (Rajpurkar et al. 2018), BLEU and chrF
by sacrebleu, and accuracy. All are shares from 0 to 1, larger being better.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Sequence

from permille.core.records import Example
from permille.data.config import TaskConfig, Utility
from permille.data.tasks import single_tasks

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def score(
    task: TaskConfig, predictions: Sequence[str], examples: Sequence[Example]
) -> dict[str, float]:
    """Return the utility of a task; of a mixture with the task's name before each measure.

    Args:
        task: The task, or the mixture.
        predictions: What was written for each example, in their order.
        examples: The examples.
    """
    by_task = score_by_task(task, predictions, examples)
    if not task.is_mixture:
        return by_task.get(task.name.value, {})
    return {f"{name}_{key}": value for name, one in by_task.items() for key, value in one.items()}


def score_by_task(
    task: TaskConfig, predictions: Sequence[str], examples: Sequence[Example]
) -> dict[str, dict[str, float]]:
    """Return the utility of each task that has examples here, by its name.

    Raises:
        ValueError: If there are not as many predictions as examples.
    """
    if len(predictions) != len(examples):
        raise ValueError(f"want {len(examples)} predictions, got {len(predictions)}")
    scores = {}
    for name, single in single_tasks(task).items():
        chosen = [i for i, example in enumerate(examples) if example.task == name]
        if chosen:
            scores[name] = _MEASURES[single.utility](
                [predictions[i] for i in chosen], [examples[i] for i in chosen], single
            )
    return scores


def _rouge(predictions: list[str], examples: list[Example], _task: TaskConfig) -> dict[str, float]:
    """Return the mean ROUGE-L F1 over stemmed words, of the best reference of each example."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    best = [
        max(scorer.score(reference, text)["rougeL"].fmeasure for reference in _answers(example))
        for text, example in zip(predictions, examples, strict=True)
    ]
    return {"rouge_l": _mean(best)}


def _squad(predictions: list[str], examples: list[Example], task: TaskConfig) -> dict[str, float]:
    """Return SQuAD 2.0's exact match and F1; without an answer both ask for the word of that.

    There an empty text says that there is no answer; here a model that writes nothing says nothing.
    """
    no_answer = _bare(task.no_answer)
    exact, f1 = [], []
    for text, example in zip(predictions, examples, strict=True):
        bare, answers = _bare(text), [_bare(answer) for answer in _answers(example)]
        exact.append(float(bare in answers))
        f1.append(max(_token_f1(bare, answer, no_answer) for answer in answers))
    return {"exact_match": _mean(exact), "f1": _mean(f1)}


def _translation(
    predictions: list[str], examples: list[Example], _task: TaskConfig
) -> dict[str, float]:
    """Return corpus BLEU and chrF."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    references = [[example.target for example in examples]]
    return {
        "bleu": float(BLEU().corpus_score(predictions, references).score) / 100,
        "chrf": float(CHRF().corpus_score(predictions, references).score) / 100,
    }


def _accuracy(
    predictions: list[str], examples: list[Example], _task: TaskConfig
) -> dict[str, float]:
    """Return the share of predictions that are the label, whatever case and outer blanks."""
    hits = [
        float(text.strip().casefold() == example.target.strip().casefold())
        for text, example in zip(predictions, examples, strict=True)
    ]
    return {"accuracy": _mean(hits)}


_MEASURES: dict[Utility, Callable[[list[str], list[Example], TaskConfig], dict[str, float]]] = {
    Utility.rouge: _rouge,
    Utility.squad: _squad,
    Utility.translation: _translation,
    Utility.accuracy: _accuracy,
}


def _answers(example: Example) -> tuple[str, ...]:
    """Return all texts that count as right."""
    return example.references or (example.target,)


def _bare(text: str) -> str:
    """Return an answer without case, punctuation, articles and repeated blanks."""
    spaced = _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION))
    return " ".join(spaced.split())


def _token_f1(text: str, answer: str, no_answer: str) -> float:
    """Return the F1 of two bags of words; where one is no answer or empty, whether both are."""
    if text == answer or no_answer in (text, answer):
        return float(text == answer)
    words, wanted = text.split(), answer.split()
    common = (Counter(words) & Counter(wanted)).total()
    return 2 * common / (len(words) + len(wanted))


def _mean(values: list[float]) -> float:
    """Return the mean of at least one value."""
    return sum(values) / len(values)
