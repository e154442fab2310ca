"""How close a written text is to the one that truly follows."""

from collections.abc import Iterable

BLEU_THRESHOLD = 0.75
"""From this BLEU on a text counts as nearly the same (Ippolito et al. 2023)."""


def rouge_l(pairs: Iterable[tuple[str, str]]) -> list[float]:
    """Return ROUGE-L's F1 over stemmed words (Lin 2004) of each (written, true), in [0, 1]."""
    from rouge_score.rouge_scorer import RougeScorer

    scorer = RougeScorer(["rougeL"], use_stemmer=True)
    return [float(scorer.score(true, written)["rougeL"].fmeasure) for written, true in pairs]


def sentence_bleu(pairs: Iterable[tuple[str, str]]) -> list[float]:
    """Return the BLEU of each (written, true), in [0, 1]; of short texts up to the size they have.

    As sacrebleu computes it, case and all, with orders that a text is too short for left out.
    """
    from sacrebleu.metrics.bleu import BLEU

    scorer = BLEU(effective_order=True)
    scores = (scorer.sentence_score(written, [true]).score for written, true in pairs)
    return [min(1.0, float(score) / 100) for score in scores]
