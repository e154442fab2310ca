"""A paraphrase judge from Hugging Face: any classifier of sentence pairs into two classes."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from huggingface_hub import constants
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from permille.core.errors import ServiceError, SettingsError
from permille.core.hub import offline_reason
from permille.judge.config import JudgeConfig
from permille.judge.protocol import SentencePair

_MAX_TOKENS = 512
_YES = re.compile(r"paraphras|equivalent|duplicate|same|^yes$|^true$")
_NO = re.compile(r"(?:^|[^a-z])(?:not?|non|un|in|dis)(?=[^a-z]|paraphras|equivalent|duplicate|s)")


class CrossEncoderJudge:
    """Says how probable a paraphrase is by reading both sentences together.

    Sentences that are equal but for case and white space have probability 1 without being read.

    Args:
        config: `name` is a hub name or a folder; `batch_size` the pairs of a forward pass.

    Raises:
        SettingsError: If the model cannot be had, or its labels do not tell which is "paraphrase".
        ServiceError: If it is not in the local cache and the hub does not answer.
    """

    def __init__(self, config: JudgeConfig) -> None:
        self._model, self._tokenizer = _load(config.name)
        labels = self._model.config.id2label or {}
        self._positive = paraphrase_label(
            {int(index): label for index, label in labels.items()}, config.name
        )
        self._batch_size = config.batch_size
        network: torch.nn.Module = self._model
        network.to(torch.device("cuda" if torch.cuda.is_available() else "cpu"))

    def probabilities(self, pairs: Sequence[SentencePair]) -> list[float]:
        """Return the probability of a paraphrase for each pair.

        Equal pairs are read once; pairs of like length are read together.
        """
        known = {pair: 1.0 for pair in pairs if _plain(pair[0]) == _plain(pair[1])}
        unread = sorted({*pairs} - known.keys(), key=lambda pair: (len(pair[0] + pair[1]), pair))
        for start in range(0, len(unread), self._batch_size):
            batch = unread[start : start + self._batch_size]
            known.update(zip(batch, self._read(batch), strict=True))
        return [known[pair] for pair in pairs]

    @torch.inference_mode()
    def _read(self, batch: Sequence[SentencePair]) -> list[float]:
        firsts, seconds = zip(*batch, strict=True)
        longest = min(_MAX_TOKENS, self._tokenizer.model_max_length)
        inputs = self._tokenizer(
            list(firsts),
            list(seconds),
            padding=True,
            truncation=True,
            max_length=longest,
            return_tensors="pt",
        ).to(self._model.device)
        logits = self._model(**inputs).logits.float()
        shares: list[float] = logits.softmax(dim=-1)[:, self._positive].tolist()
        return shares


def paraphrase_label(id2label: Mapping[int, str], name: str) -> int:
    """Return which of a model's two classes is "paraphrase".

    Names decide (such as ``equivalent`` against ``not_equivalent``); without names, ``LABEL_0`` and
    ``LABEL_1``, it is 1, as MRPC has it.

    Raises:
        SettingsError: If there are not two classes, or their names do not tell.
    """
    labels = {index: label.lower() for index, label in id2label.items()}
    if sorted(labels.values()) == ["label_0", "label_1"]:
        return next(index for index, label in labels.items() if label == "label_1")
    affirmed = [i for i, label in labels.items() if _YES.search(label) and not _NO.search(label)]
    if len(labels) != 2 or len(affirmed) != 1:
        raise SettingsError(
            f"judge.name={name}: want two labels of which one says paraphrase (equivalent and "
            f"not_equivalent, say, or LABEL_0 and LABEL_1), got {sorted(id2label.values())}"
        )
    return affirmed[0]


def _plain(sentence: str) -> str:
    return " ".join(sentence.casefold().split())


def _load(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return the model and its tokenizer, from a folder or the cache, else from the hub.

    Raises:
        SettingsError: If they are not there, or are something else.
        ServiceError: If they would have to be fetched and the hub does not answer.
    """
    try:
        return _from_pretrained(name, local_files_only=True)
    except (OSError, ValueError) as error:
        if Path(name).is_dir():
            raise SettingsError(
                f"judge.name={name}: want a folder with a sequence classifier and its tokenizer, "
                f"as save_pretrained writes them, got: {_first_line(error)}"
            ) from error
    if (reason := offline_reason()) is not None:
        raise ServiceError(
            f"judge.name={name}: not a folder, not in the local cache, and {reason}; "
            "name a folder, go online once, or use judge=lexical"
        )
    try:
        return _from_pretrained(name, local_files_only=False)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"judge.name={name}: want a sequence classifier on {constants.ENDPOINT}, got: "
            f"{_first_line(error)}"
        ) from error


def _from_pretrained(
    name: str, *, local_files_only: bool
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return model and tokenizer.

    Raises:
        ValueError: If the classifier was never trained: its weights are not in the checkpoint.
    """
    tokenizer = AutoTokenizer.from_pretrained(name, local_files_only=local_files_only)
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        name, local_files_only=local_files_only, output_loading_info=True
    )
    if loading["missing_keys"]:
        raise ValueError(f"a model without a classifier, missing {sorted(loading['missing_keys'])}")
    return model, tokenizer


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
