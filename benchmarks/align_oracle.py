"""The published detector written straight down, step by step, with NLTK and nothing cached.

It is what `bench_align.py` times the package against and what the tests compare it with, so it
shares no code with the package. It is slow on purpose: every text is tokenized anew for each pair.
"""

import math
import string
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from nltk.stem.porter import PorterStemmer
from nltk.tokenize.punkt import PunktTokenizer
from nltk.tokenize.treebank import TreebankWordTokenizer

Bag = dict[str, float]
Seed = tuple[int, int]
Box = tuple[int, int, int, int]
"""First and last suspicious sentence, first and last source sentence."""

SpanPair = tuple[tuple[int, int], tuple[int, int]]

PERFECT = 0.99
"""Of two cases that both match better than this the one of more sentences wins."""

IDEA_RATIO = 3
"""How many times longer than the suspicious side the source of an idea is at least."""


@dataclass(frozen=True)
class Thresholds:
    """The published parameters; the defaults are the paper's."""

    cosine: float = 0.3
    dice: float = 0.33
    passage_cosine: float = 0.34
    gap: int = 4
    gap_least: int = 0
    min_sentence_words: int = 3
    min_case_chars: int = 50
    min_run_chars: int = 50
    summary_gap: int = 24


@dataclass
class Text:
    """One preprocessed text: offsets, lengths and bags of its sentences, and the df of stems."""

    offsets: list[list[int]] = field(default_factory=list)
    bags: list[Bag] = field(default_factory=list)
    df: dict[str, int] = field(default_factory=dict)


@cache
def punkt() -> PunktTokenizer:
    """Load Punkt's English parameters from NLTK's data path."""
    return PunktTokenizer("english")


def preprocess(raw: str, min_words: int) -> Text:
    """Split into sentences, stem them, and annex the short ones to the next."""
    text, clean = Text(), raw.replace("\0", " ")
    stemmer, tokenizer = PorterStemmer(), TreebankWordTokenizer()
    for start, end in punkt().span_tokenize(clean):
        bag: Bag = {}
        for token in tokenizer.tokenize(clean[start:end].lower()):
            if len(token) > 2 and token[0].isalnum():
                stem = stemmer.stem(token)
                bag[stem] = bag.get(stem, 0) + 1
        if bag:
            text.bags.append(bag)
            text.offsets.append([start, end - start])
            for stem in bag:
                text.df[stem] = text.df.get(stem, 0) + 1
    annex(text, min_words)
    return text


def annex(text: Text, min_words: int) -> None:
    """Join each sentence that is too short, but the last, to the one after it."""
    index = 0
    while index < len(text.bags) - 1:
        if sum(text.bags[index].values()) < min_words:
            short, following = text.bags[index], text.bags[index + 1]
            for stem in short:
                if stem in following:
                    text.df[stem] -= 1
            text.bags[index + 1] = add(following, short)
            text.offsets[index + 1] = [
                text.offsets[index][0],
                text.offsets[index][1] + text.offsets[index + 1][1],
            ]
            del text.bags[index], text.offsets[index]
        else:
            index += 1


def add(left: Bag, right: Bag) -> Bag:
    """Sum two bags; the left one's stems come first."""
    total = dict(left)
    for stem, weight in right.items():
        total[stem] = total.get(stem, 0) + weight
    return total


def weigh(suspicious: Text, source: Text) -> tuple[list[Bag], list[Bag]]:
    """Turn the counts of both texts into tf-idf weights."""
    number = len(suspicious.bags) + len(source.bags)
    df = {s: suspicious.df.get(s, 0) + source.df.get(s, 0) for s in suspicious.df | source.df}

    def weights(bag: Bag) -> Bag:
        return {stem: count * math.log(number / df[stem]) for stem, count in bag.items()}

    return [weights(b) for b in suspicious.bags], [weights(b) for b in source.bags]


def cosine(left: Bag, right: Bag) -> float:
    """Cosine of two weighted bags, 0 where one has no length."""
    left_squares = right_squares = dot = 0.0
    for weight in left.values():
        left_squares += weight * weight
    for weight in right.values():
        right_squares += weight * weight
    norms = math.sqrt(left_squares) * math.sqrt(right_squares)
    if norms == 0:
        return 0.0
    for stem, weight in left.items():
        if stem in right:
            dot += weight * right[stem]
    return dot / norms


def dice(left: Bag, right: Bag) -> float:
    """Dice coefficient of the sets of stems."""
    return 2 * len(left.keys() & right.keys()) / (len(left) + len(right))


def seeds_of(suspicious: list[Bag], source: list[Bag], limits: Thresholds) -> list[Seed]:
    """List the sentence pairs above both thresholds."""
    return [
        (i, j)
        for i, left in enumerate(suspicious)
        for j, right in enumerate(source)
        if cosine(left, right) > limits.cosine and dice(left, right) > limits.dice
    ]


def cluster(seeds: list[Seed], suspicious_gap: int, source_gap: int) -> list[list[Seed]]:
    """Cut the seeds at gaps on either side in turn until nothing is cut any more."""

    def cut(piece: list[Seed], side: int) -> list[list[Seed]]:
        ordered = sorted(piece, key=lambda seed: seed[side])
        gap = (suspicious_gap, source_gap)[side] + 1
        pieces = [[ordered[0]]]
        for before, seed in pairwise(ordered):
            if seed[side] - before[side] > gap:
                pieces.append([])
            pieces[-1].append(seed)
        return pieces

    def recur(piece: list[Seed], side: int, first: bool) -> list[list[Seed]]:
        pieces = cut(piece, side)
        if len(pieces) == 1 and not first:
            return pieces
        return [done for part in pieces for done in recur(part, 1 - side, False)]

    return recur(seeds, 0, True) if seeds else []


def passage(vectors: list[Bag], first: int, last: int) -> Bag:
    """Sum the vectors of all sentences from the first to the last."""
    total: Bag = {}
    for vector in vectors[first : last + 1]:
        total = add(total, vector)
    return total


def extend(
    seeds: list[Seed], left: list[Bag], right: list[Bag], gaps: tuple[int, int], limits: Thresholds
) -> list[Box]:
    """Cluster the seeds; cluster those again that are not alike enough, with smaller gaps."""
    boxes = []
    for piece in cluster(seeds, *gaps):
        box = (
            min(i for i, _ in piece),
            max(i for i, _ in piece),
            min(j for _, j in piece),
            max(j for _, j in piece),
        )
        if cosine(passage(left, *box[:2]), passage(right, *box[2:])) > limits.passage_cosine:
            boxes.append(box)
        elif min(gaps) > limits.gap_least:
            boxes += extend(piece, left, right, (gaps[0] - 1, gaps[1] - 1), limits)
    return boxes


def quality(box: Box, other: Box, left: list[Bag], right: list[Bag]) -> float:
    """Tell how well the sentences that both cases hold, and the case's others, match its source."""
    shared, rest = [], []
    for i in range(box[0], box[1] + 1):
        best = max(cosine(left[i], right[j]) for j in range(box[2], box[3] + 1))
        (shared if other[0] <= i <= other[1] else rest).append(best)
    mean_shared = plain_sum(shared) / len(shared)
    if not rest:
        return mean_shared
    return mean_shared + (1 - mean_shared) * (plain_sum(rest) / len(rest))


def plain_sum(values: list[float]) -> float:
    """Add from left to right (`sum` compensates from Python 3.12 on)."""
    total = 0.0
    for value in values:
        total += value
    return total


def best_of(current: Box, others: list[Box], left: list[Bag], right: list[Bag]) -> Box:
    """Compare the current case with each of those that overlap it."""
    best, score = current, 0.0
    for other in others:
        mine = quality(current, other, left, right)
        theirs = quality(other, current, left, right)
        if mine > PERFECT and theirs > PERFECT:
            if other[1] - other[0] > current[1] - current[0]:
                if theirs > score:
                    best, score = other, theirs
            elif mine > score:
                best, score = current, mine
        elif theirs > mine:
            if theirs > score:
                best, score = other, theirs
            elif mine > score:
                best, score = current, mine
    return best


def resolve_overlap(boxes: list[Box], left: list[Bag], right: list[Bag]) -> list[Box]:
    """Keep the better of the cases that share suspicious sentences."""
    boxes = sorted(boxes, key=lambda box: box[0])
    kept = []
    at = 0
    while at < len(boxes):
        current = boxes[at]
        after = at + 1
        while after < len(boxes) and boxes[after][0] <= current[1]:
            after += 1
        if after == at + 1:
            kept.append(current)
            at += 1
            continue
        best = best_of(current, boxes[at + 1 : after], left, right)
        at = after - 1
        boxes[at] = best
        if at == len(boxes) - 1:
            kept.append(best)
            at += 1
    return kept


def chars(text: Text, first: int, last: int) -> tuple[int, int]:
    """Return start and end of a passage in characters."""
    return text.offsets[first][0], text.offsets[last][0] + text.offsets[last][1]


def cases_of(
    boxes: list[Box], suspicious: Text, source: Text, limits: Thresholds
) -> list[SpanPair]:
    """Give the boxes' spans, leaving out those too short on a side."""
    pairs = [(chars(suspicious, *b[:2]), chars(source, *b[2:])) for b in boxes]
    least = limits.min_case_chars
    return [(a, b) for a, b in pairs if a[1] - a[0] >= least and b[1] - b[0] >= least]


def words(text: str) -> list[tuple[str, int, int]]:
    """List the words of a passage with their spans in it."""
    found: list[tuple[str, int, int]] = []
    for start, end in punkt().span_tokenize(text):
        sentence = text[start:end].lower()
        at, is_first = 0, True
        for token in TreebankWordTokenizer().tokenize(sentence):
            if set(token) <= set(string.punctuation):
                continue
            begin = sentence.index(token, at)
            at = begin + len(token)
            found.append((token, start if is_first else start + begin, start + at))
            is_first = False
        if found:
            found[-1] = (*found[-1][:2], end)
    return found


def runs(suspicious: str, source: str, spans: SpanPair, limits: Thresholds) -> list[SpanPair]:
    """List the maximal runs of equal words that are long enough in one case."""
    (left_start, left_end), (right_start, right_end) = spans
    left = words(suspicious[left_start:left_end])
    right = words(source[right_start:right_end])
    found = []
    for i, (word, *_) in enumerate(left):
        for j, (other, *_) in enumerate(right):
            if word != other or (i and j and left[i - 1][0] == right[j - 1][0]):
                continue
            size = 1
            while (
                i + size < len(left)
                and j + size < len(right)
                and left[i + size][0] == right[j + size][0]
            ):
                size += 1
            a = (left_start + left[i][1], left_start + left[i + size - 1][2])
            b = (right_start + right[j][1], right_start + right[j + size - 1][2])
            if a[1] - a[0] > limits.min_run_chars:
                found.append((a, b))
    return [
        run
        for k, run in enumerate(found)
        if not any(
            m != k and other[1][0] <= run[1][0] and run[1][1] <= other[1][1]
            for m, other in enumerate(found)
        )
    ]


def align(
    suspicious_text: str, source_text: str, limits: Thresholds | None = None
) -> tuple[str, list[SpanPair]]:
    """Return the pair's type and its cases, as the published detector would."""
    limits = limits or Thresholds()
    suspicious = preprocess(suspicious_text, limits.min_sentence_words)
    source = preprocess(source_text, limits.min_sentence_words)
    left, right = weigh(suspicious, source)
    seeds = seeds_of(left, right, limits)

    def one_pass(gap: int) -> list[SpanPair]:
        boxes = extend(seeds, left, right, (gap, gap), limits)
        return cases_of(resolve_overlap(boxes, left, right), suspicious, source, limits)

    cases = one_pass(limits.gap)
    found = [run for case in cases for run in runs(suspicious_text, source_text, case, limits)]
    if found:
        return "verbatim", found
    summary = one_pass(limits.summary_gap)
    source_chars = sum(b[1] - b[0] for _, b in summary)
    if source_chars and source_chars >= IDEA_RATIO * sum(a[1] - a[0] for a, _ in summary):
        return "idea", summary
    return ("paraphrase" if cases else "none"), cases
