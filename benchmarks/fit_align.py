"""Learns what the mended rules weigh from a PAN corpus, and says how good it is on unseen pairs.

Writes `rarity.json` and `weights.json` into the package. The last line is JSON, as `pan.py` prints
it, of the cross-fitted figures: the pairs are halved by source document, and each half is aligned
with what was learned from the other.
"""

import argparse
import json
import math
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import sklearn

import pan
from align_learning import (
    Example,
    learn_case_filter,
    learn_evidence,
    learn_summary_evidence,
    learn_summary_filter,
)
from pan_corpus import PanCorpus, PanPair, open_corpus
from permille.align import AlignConfig, rarity, weights
from permille.align.arrays import Longs
from permille.align.mended import MendedPair, align_pair, propose
from permille.align.prepare import Preparer
from permille.align.weights import Filters, Learned
from permille.align.wording import WORD
from permille.align.words import Lexicon
from permille.core.errors import PermilleError
from permille.core.records import Span
from short_texts import parts_of, short_text

CONFIG = pan.CONFIGS["default"]
SUMMARY_FOLDER = "05-summary-obfuscation"


def main(arguments: Sequence[str] | None = None) -> int:
    """Learn, write, and print how good it is; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder or .tar.gz")
    parser.add_argument("--check", action="store_true", help="print the figures, write nothing")
    options = parser.parse_args(arguments)
    package = Path(rarity.__file__).parent
    try:
        with open_corpus(options.corpus) as corpus:
            if not options.check:
                write(package / rarity.FILE, rarity_table(corpus.texts.values()))
            examples = read_examples(corpus, corpus.pairs, CONFIG)
            short = read_short_examples(corpus, corpus.pairs)
            results = pan.summary(corpus, crossfit(examples, short))
            if not options.check:
                learned = fit(examples, short)
                write(package / weights.FILE, origin(len(examples), results) | learned.to_dict())
    except PermilleError as error:
        print(error, file=sys.stderr)
        return 1
    pan.print_table(results)
    print(json.dumps(results))
    return 0


def write(path: Path, values: dict[str, Any]) -> None:
    """Write numbers as JSON, a key a line."""
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in values.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def origin(num_pairs: int, results: dict[str, Any]) -> dict[str, Any]:
    """Say where the weights are from and how good they are."""
    return {
        "origin": "PAN text-alignment training corpus (2013): annotated cases of its pairs",
        "command": "python benchmarks/fit_align.py --corpus DIR",
        "date": time.strftime("%Y-%m-%d"),
        "scikit_learn": sklearn.__version__,
        "pairs": num_pairs,
        "cross_fitted": {
            name: {key: value for key, value in row.items() if key != "characters"}
            if isinstance(row, dict)
            else row
            for name, row in results.items()
        },
    }


def rarity_table(texts: Iterable[str]) -> dict[str, Any]:
    """Count in how many texts each stem occurs, and list the hashes of the common ones by level."""
    lexicon = Lexicon()
    counts: Counter[int] = Counter()
    num_texts = 0
    for text in texts:
        num_texts += 1
        counts.update({lexicon.stem(word.lower()) for word in WORD.findall(text)})
    stems: Longs = np.array(list(counts), np.int64)
    rareness = [math.log(num_texts / count) for count in counts.values()]
    levels = np.searchsorted(rarity.CUTS, rareness, side="right")
    hashes = [np.unique(rarity.short_hash(stems[levels == k])) for k in range(rarity.LEVELS - 1)]
    return {
        "origin": "PAN text-alignment training corpus (2013): how many of its texts hold a stem",
        "command": "python benchmarks/fit_align.py --corpus DIR",
        "documents": num_texts,
        "steps": [np.diff(each, prepend=each.dtype.type(0)).tolist() for each in hashes],
    }


def read_examples(
    corpus: PanCorpus, pairs: Sequence[PanPair], config: AlignConfig
) -> list[Example]:
    """Prepare the pairs and propose cases."""
    preparer = Preparer(config)
    names = {name for pair in pairs for name in (pair.suspicious_name, pair.source_name)}
    prepared = {name: preparer.prepare(corpus.texts[name]) for name in names}
    return [
        example_of(
            listed,
            MendedPair.of(prepared[listed.suspicious_name], prepared[listed.source_name], config),
            [(case.suspicious, case.source) for case in corpus.cases(listed)],
            config,
        )
        for listed in pairs
    ]


def read_short_examples(corpus: PanCorpus, pairs: Sequence[PanPair]) -> list[Example]:
    """Cut texts as short as generations out of the suspicious ones, under the default's lengths.

    They lie across an annotated case where there is one. In every second pair without a case a
    passage of the source is planted, some of its words replaced. To these come, of every source,
    a short text of one part against the other part: on one subject, by one author, and no copy.
    """
    config = AlignConfig()
    preparer = Preparer(config)
    sources = {pair.source_name: preparer.prepare(corpus.texts[pair.source_name]) for pair in pairs}
    examples = []
    for listed in {pair.source_name: pair for pair in pairs}.values():
        parts = parts_of(
            corpus.texts[listed.source_name], Random(zlib.crc32(listed.source_name.encode()))
        )
        if parts:
            pair = MendedPair.of(*map(preparer.prepare, parts), config)
            examples.append(example_of(listed, pair, [], config))
    for listed in pairs:
        rng = Random(zlib.crc32(listed.file_name.encode()))
        text, cases = short_text(corpus, listed, rng)
        pair = MendedPair.of(preparer.prepare(text), sources[listed.source_name], config)
        examples.append(example_of(listed, pair, cases, config))
    return examples


def example_of(
    listed: PanPair, pair: MendedPair, cases: Sequence[tuple[Span, Span]], config: AlignConfig
) -> Example:
    """Put together what is learned from a pair; cases of less than a word are left out."""
    blocks = [
        pair.block((left.start_char, left.end_char, right.start_char, right.end_char))
        for left, right in cases
    ]
    blocks = [block for block in blocks if block[1] > block[0] and block[3] > block[2]]
    summary = blocks[0] if blocks and listed.folder == SUMMARY_FOLDER else None
    return Example(listed, pair, propose(pair, config), blocks, summary)


def crossfit(examples: Sequence[Example], short: Sequence[Example]) -> pan.Found:
    """Align each half of the pairs with what was learned from the other half."""
    found: pan.Found = {}
    for half in (0, 1):
        learned = fit(
            [each for each in examples if each.half != half],
            [each for each in short if each.half != half],
        )
        for each in examples:
            if each.half == half:
                alignment = align_pair(each.pair, CONFIG, learned)
                found[each.listed] = pan.detections(each.listed, alignment, once=True)
    return {each.listed: found[each.listed] for each in examples}


def fit(examples: Sequence[Example], short: Sequence[Example]) -> Learned:
    """Learn the evidence of words, then the filters of what is found with it."""
    evidence = learn_evidence(examples)
    summary_evidence = learn_summary_evidence(examples)
    of_long, of_short = (
        Filters(learn_case_filter(part, evidence), learn_summary_filter(part, summary_evidence))
        for part in (examples, short)
    )
    return Learned(evidence, summary_evidence, of_long, of_short)


if __name__ == "__main__":
    sys.exit(main())
