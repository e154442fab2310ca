"""Aligns the pairs of a PAN corpus, writes one PAN XML a pair, and scores what was found.

The last line is JSON: plagdet, recall, precision and granularity of `all` and of each folder, macro
(at character level in `characters`), `false_alarm_pairs` and `false_alarm_detections` of the folder
without plagiarism, and `pairs_per_s` of one process's CPU time, nothing prepared.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from arguments import positive
from pan_corpus import PanCorpus, PanPair, open_corpus, write_passages
from permille.align import AlignConfig, Aligner
from permille.core.errors import PermilleError
from permille.core.records import Alignment, Case
from permille.measure.plagdet import Passages, character_scores, macro_scores

CONFIGS = {
    "paper": AlignConfig.paper(),
    "pan": AlignConfig.pan(),
    "default": AlignConfig(min_plaglen=150, verbatim_minlen=256),
}
CLEAN_FOLDER = "01-no-plagiarism"

Found = dict[PanPair, list[Passages]]


def detections(pair: PanPair, found: Alignment, once: bool) -> list[Passages]:
    """Give a pair's cases as detections, with `once` none that is for the most part in another."""
    kept: list[Case] = []
    for case in sorted(found.cases, key=lambda case: -len(case.suspicious)):
        if not once or not any(_inside(case, other) for other in kept):
            kept.append(case)
    names = (pair.suspicious_name, pair.source_name)
    return [Passages(*names, case.suspicious, case.source) for case in sorted(kept)]


def _inside(case: Case, other: Case) -> bool:
    """Tell whether most of a case lies in another one, on both sides."""
    return 2 * case.suspicious.overlap_chars(other.suspicious) > len(
        case.suspicious
    ) and 2 * case.source.overlap_chars(other.source) > len(case.source)


def align_corpus(
    corpus: PanCorpus, pairs: Sequence[PanPair], config: AlignConfig
) -> tuple[Found, float]:
    """Align pairs; return what was found and the pairs per second of CPU time."""
    texts = [(corpus.texts[pair.suspicious_name], corpus.texts[pair.source_name]) for pair in pairs]
    Aligner(config).align(*texts[0])
    start = time.process_time()
    found = list(Aligner(config).align_many(texts))
    seconds = time.process_time() - start
    once = config.rules == "mended"
    results = {p: detections(p, each, once) for p, each in zip(pairs, found, strict=True)}
    return results, len(pairs) / seconds


def summary(corpus: PanCorpus, found: Found) -> dict[str, object]:
    """Score detections over all pairs and by folder."""
    folders = sorted({pair.folder for pair in found})
    clean = [passages for pair, passages in found.items() if pair.folder == CLEAN_FOLDER]
    return {
        "all": scores(corpus, found, found),
        **{name: scores(corpus, found, [p for p in found if p.folder == name]) for name in folders},
        "false_alarm_pairs": sum(bool(passages) for passages in clean),
        "false_alarm_detections": sum(map(len, clean)),
        "pairs": len(found),
    }


def scores(corpus: PanCorpus, found: Found, pairs: Iterable[PanPair]) -> dict[str, object]:
    """Score the detections of some pairs, macro and at character level."""
    chosen = list(pairs)
    cases = [case for pair in chosen for case in corpus.cases(pair)]
    given = [passages for pair in chosen for passages in found[pair]]
    macro, characters = macro_scores(cases, given), character_scores(cases, given)
    return _rounded(macro) | {"characters": _rounded(characters)}


def _rounded(values: object) -> dict[str, object]:
    return {name: round(value, 4) for name, value in dict(values).items()}


def print_table(results: dict[str, object]) -> None:
    """Print the scores as lines that people read."""
    print(f"{'':28} plagdet  recall  precision  granularity")
    for name, row in results.items():
        if name == CLEAN_FOLDER:
            # there is nothing to find here, and so nothing to score
            dashes = f"{'-':>7} {'-':>7} {'-':>10} {'-':>12}"
            print(f"{name:28} {dashes}  false-alarm pairs: {results['false_alarm_pairs']}")
        elif isinstance(row, dict):
            for level, values in ((name, row), ("  at character level", row["characters"])):
                print(
                    f"{level:28} {values['plagdet']:7.4f} {values['recall']:7.4f}"
                    f" {values['precision']:10.4f} {values['granularity']:12.4f}"
                )


def main(arguments: Sequence[str] | None = None) -> int:
    """Align, write, score, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, required=True, help="folder or .tar.gz")
    parser.add_argument("--align", choices=CONFIGS, default="default")
    parser.add_argument("--out", type=Path, required=True, help="where to write the XML files")
    parser.add_argument("--limit", type=positive, help="align only so many pairs, drawn at random")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    options = parser.parse_args(arguments)
    try:
        with open_corpus(options.corpus) as corpus:
            pairs = corpus.pairs
            if options.limit is not None and options.limit < len(pairs):
                drawn = random.Random(options.seed).sample(range(len(pairs)), options.limit)
                pairs = [pairs[index] for index in sorted(drawn)]
            found, pairs_per_s = align_corpus(corpus, pairs, CONFIGS[options.align])
            for pair, passages in found.items():
                path = options.out / pair.folder / pair.file_name
                write_passages(path, pair.suspicious_name, passages)
            results = summary(corpus, found)
    except (PermilleError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print_table(results)
    print(json.dumps(results | {"pairs_per_s": round(pairs_per_s, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
