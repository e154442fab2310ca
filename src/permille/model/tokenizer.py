"""A Unigram tokenizer fitted on a run's own texts, the same for the same texts.

The library's own Unigram trainer adds probabilities in the order of a randomly seeded hash map, so
that two runs differ in their last digits. Here candidates come from byte-pair merges, whose counts
are whole numbers, and the Unigram model is fitted by counting the pieces of the best segmentation
(hard expectation-maximization) while the rarest pieces are dropped.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

PAD, EOS, UNK = "<pad>", "</s>", "<unk>"
_SPECIAL = (PAD, EOS, UNK)
_SHRINK = 0.8
_CANDIDATES_PER_PIECE = 2


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Fit a Unigram tokenizer in T5's manner: pad 0, end of sequence 1, unknown 2.

    Every character of the texts keeps a piece of its own, even beyond `vocab_size`, so that the
    texts survive encoding and decoding.

    Args:
        texts: What it learns from, in a fixed order.
        vocab_size: Pieces at most, special ones included; fewer where the texts are short.
    """
    corpus = list(texts)
    candidates = _blank_pieces(models.BPE())
    candidates.train_from_iterator(
        corpus,
        trainers.BpeTrainer(
            vocab_size=_CANDIDATES_PER_PIECE * vocab_size, min_frequency=2, show_progress=False
        ),
    )
    counts = _count_pieces(candidates, corpus)
    for size in _shrinking_sizes(len(counts), vocab_size):
        unigram = _unigram(counts, size)
        counts = _count_pieces(unigram, corpus)
    final = _unigram(counts, vocab_size)
    final.post_processor = processors.TemplateProcessing(
        single=f"$A {EOS}", pair=f"$A {EOS} $B {EOS}", special_tokens=[(EOS, _SPECIAL.index(EOS))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=final,
        pad_token=PAD,
        eos_token=EOS,
        unk_token=UNK,
        split_special_tokens=True,
    )


def read_texts_as_data(tokenizer: PreTrainedTokenizerBase) -> None:
    """Make a tokenizer read the name of a control token in a text as the characters that it is."""
    tokenizer.split_special_tokens = True
    if isinstance(tokenizer, PreTrainedTokenizerFast):
        backend = tokenizer.backend_tokenizer
        control = [str(one) for one in tokenizer.added_tokens_decoder.values() if one.special]
        steps = [] if backend.pre_tokenizer is None else [backend.pre_tokenizer]
        backend.pre_tokenizer = pre_tokenizers.Sequence([*steps, _within_names(control)])


def _within_names(names: Iterable[str]) -> pre_tokenizers.PreTokenizer:
    """Split texts behind the first character of each name.

    `split_special_tokens` alone is not enough: the names are pieces of a Unigram model too, which
    chooses them before any other.
    """
    rests = defaultdict(list)
    for name in names:
        rests[name[0]].append(re.escape(name[1:]))
    parts = [f"{re.escape(first)}(?={'|'.join(found)})" for first, found in rests.items()]
    return pre_tokenizers.Split(Regex("|".join(parts)), "merged_with_previous")


def _blank_pieces(model: models.Model) -> Tokenizer:
    """Wrap a model in T5's treatment of blanks, which it writes as a mark before each word."""
    tokenizer = Tokenizer(model)
    blanks = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([blanks, _within_names(_SPECIAL)])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    return tokenizer


def _shrinking_sizes(start: int, end: int) -> Sequence[int]:
    """Return vocabulary sizes from `start` down to `end`, which is fitted twice."""
    sizes = []
    size = start
    while size > end:
        sizes.append(size)
        size = int(size * _SHRINK)
    return [*sizes, end, end]


def _count_pieces(tokenizer: Tokenizer, corpus: list[str]) -> Counter[str]:
    """Count each piece in the tokenizer's segmentation of the corpus, absent ones as 0."""
    counts: Counter[str] = Counter(dict.fromkeys(tokenizer.get_vocab(), 0))
    for encoding in tokenizer.encode_batch(corpus, add_special_tokens=False):
        counts.update(encoding.tokens)
    for piece in _SPECIAL:
        counts.pop(piece, None)
    return counts


def _unigram(counts: Counter[str], size: int) -> Tokenizer:
    """Build the Unigram model of all single characters and the most frequent longer pieces."""
    ranked = sorted(counts, key=lambda piece: (len(piece) > 1, -counts[piece], piece))
    num_chars = sum(len(piece) == 1 for piece in counts)
    kept = ranked[: max(size - len(_SPECIAL), num_chars)]
    total = sum(counts[piece] + 0.5 for piece in kept)
    scored = [(piece, math.log((counts[piece] + 0.5) / total)) for piece in kept]
    special = [(piece, 0.0) for piece in _SPECIAL]
    return _blank_pieces(models.Unigram(special + scored, unk_id=_SPECIAL.index(UNK)))
