"""Fit the lexical judge again: ``python -m permille.judge.fit --mrpc FILE``.

FILE is the Microsoft Research Paraphrase Corpus as JSON lines (plain or gz) with `sentence1`,
`sentence2` and `label` (1 = paraphrase). Needs scikit-learn; using the judge does not.
"""

import argparse
import gzip
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from permille.core.errors import DataError, PermilleError
from permille.judge.features import (
    FEATURE_NAMES,
    FEATURES_VERSION,
    features,
    profile,
)
from permille.judge.lexical import WEIGHTS_FILE, LexicalWeights
from permille.judge.protocol import SentencePair

FOLDS = 10
_INVERSE_PENALTY = 1.0
_MAX_WORDS = 8
_ORIGIN = "Microsoft Research Paraphrase Corpus (Dolan & Brockett 2005), training part"


def read_mrpc(path: Path) -> tuple[list[SentencePair], list[int]]:
    """Return the sentence pairs of `path` and their labels (1 = paraphrase).

    Raises:
        DataError: If the file or a line of it is not as said above.
    """
    try:
        raw = path.read_bytes()
        lines = (gzip.decompress(raw) if path.suffix == ".gz" else raw).splitlines()
    except OSError as error:
        raise DataError(f"{path}: want JSON lines, plain or gz, got {error}") from error
    rows = [_read_row(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    labels = [label for _, label in rows]
    if min(labels.count(0), labels.count(1)) < FOLDS:
        raise DataError(
            f"{path}: want at least {FOLDS} pairs of each label to cross-validate, got "
            f"{labels.count(1)} paraphrases and {labels.count(0)} others"
        )
    return [pair for pair, _ in rows], labels


def _read_row(line: bytes, where: str) -> tuple[SentencePair, int]:
    """Return the pair and the label of a line.

    Raises:
        DataError: If one is missing or of another kind.
    """
    try:
        row = orjson.loads(line)
        return (str(row["sentence1"]), str(row["sentence2"])), int(row["label"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{where}: want sentence1, sentence2 and label, got {line[:60]!r}"
        ) from error


def fit(pairs: Sequence[SentencePair], labels: Sequence[int], *, seed: int = 0) -> LexicalWeights:
    """Return the weights fitted on `pairs`, with their cross-validated accuracy and F1.

    As many unrelated pairs are added to what is fitted, never to what is predicted; in a fold,
    those whose sentences are both from pairs that the fold knows.
    """
    truth, table = np.array(labels), _table(pairs)
    strangers, origins = unrelated(pairs, seed)
    strange_table = _table(strangers)
    guessed = np.empty_like(truth)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    for known, asked in folds.split(table, truth):
        usable = np.isin(origins, known).all(axis=1)
        model = _fit(table[known], truth[known], strange_table[usable])
        guessed[asked] = model.predict(table[asked])
    slopes, intercept = _raw_weights(_fit(table, truth, strange_table))
    return LexicalWeights(
        origin=_ORIGIN,
        command="python -m permille.judge.fit --mrpc FILE",
        features_version=FEATURES_VERSION,
        pairs=len(labels),
        seed=seed,
        cross_validation={
            "folds": FOLDS,
            "accuracy": round(float(accuracy_score(truth, guessed)), 4),
            "f1": round(float(f1_score(truth, guessed)), 4),
            "always_paraphrase_accuracy": round(float(truth.mean()), 4),
        },
        intercept=round(intercept, 8),
        weights={
            name: round(float(slope), 8) for name, slope in zip(FEATURE_NAMES, slopes, strict=True)
        },
    )


def unrelated(
    pairs: Sequence[SentencePair], seed: int
) -> tuple[list[SentencePair], npt.NDArray[np.int64]]:
    """Return as many pairs of sentences, or of a few words of them, from different pairs.

    The corpus holds long sentences about the same event only; without these a judge fitted on it
    takes "hi" and any other sentence for a paraphrase. Beside them the indices, of shape (N, 2), of
    the pairs that the two sentences are from.
    """
    draw = random.Random(seed)
    drawn, origins = [], []
    for own, (first, _) in enumerate(pairs):
        other = (own + draw.randrange(1, len(pairs))) % len(pairs)
        second = pairs[other][draw.randrange(2)]
        num_cut = draw.randrange(3)
        cut = [_few_words(first, draw) if num_cut > 0 else first]
        cut.append(_few_words(second, draw) if num_cut > 1 else second)
        drawn.append((cut[0], cut[1]))
        origins.append((own, other))
    return drawn, np.array(origins, dtype=np.int64)


def _few_words(sentence: str, draw: random.Random) -> str:
    words = sentence.split()
    num_words = draw.randint(1, _MAX_WORDS)
    start = draw.randrange(max(1, len(words) - num_words + 1))
    return " ".join(words[start : start + num_words])


def _table(pairs: Sequence[SentencePair]) -> npt.NDArray[np.float64]:
    """Return the features of pairs, of shape (N, F)."""
    return np.array([features(profile(first), profile(second)) for first, second in pairs])


def _fit(
    table: npt.NDArray[np.float64],
    truth: npt.NDArray[np.int64],
    strange_table: npt.NDArray[np.float64],
) -> Pipeline:
    """Return a model of features (N, F) with labels (N,), and of unrelated pairs (M, F)."""
    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=_INVERSE_PENALTY, max_iter=5000, tol=1e-8)
    )
    labels = np.concatenate([truth, np.zeros(len(strange_table), dtype=truth.dtype)])
    return model.fit(np.concatenate([table, strange_table]), labels)


def _raw_weights(model: Pipeline) -> tuple[list[float], float]:
    """Return the weights and intercept that do to raw features what `model` does to scaled ones."""
    scaler, classifier = model[0], model[-1]
    slopes = classifier.coef_[0] / scaler.scale_
    return slopes.tolist(), float(classifier.intercept_[0] - slopes @ scaler.mean_)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit, write the weights and say how good they are; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m permille.judge.fit", description=__doc__)
    parser.add_argument("--mrpc", type=Path, required=True, help="MRPC as JSON lines, plain or gz")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).with_name(WEIGHTS_FILE), help="where to write"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the folds")
    options = parser.parse_args(arguments)
    try:
        stored = fit(*read_mrpc(options.mrpc), seed=options.seed)
    except PermilleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    options.out.write_bytes(orjson.dumps(stored, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.write(
        orjson.dumps({"out": str(options.out)} | stored["cross_validation"]).decode() + "\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
