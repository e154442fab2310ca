"""From settings to a detector."""

import pytest

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.building import build_detector, sentences_of
from permille.audit.config import AuditConfig


def test_the_detector_has_the_settings(word_judge):
    config = AuditConfig(name="paper", max_judge_pairs=7, copied_words=5)
    aligner = Aligner(AlignConfig(verbatim_minlen=80))
    detector = build_detector(aligner, word_judge, config, judge_threshold=0.7, top_k=3)
    assert (detector.least_chars, detector.top_k, detector.copied_words) == (81, 3, 5)
    assert detector.is_paper
    confirmation = detector.confirmation
    assert (confirmation.threshold, confirmation.max_pairs) == (0.7, 7)
    assert not confirmation.equal_counts


def test_equal_sentences_count_unless_as_published(word_judge):
    assert build_detector(Aligner(), word_judge, AuditConfig()).confirmation.equal_counts


def test_without_a_judge_nothing_is_confirmed():
    assert build_detector(Aligner(), None, AuditConfig()).confirmation is None


@pytest.mark.parametrize(
    ("passage", "sentences"),
    [
        (
            "The doctor came late today. He brought some bitter medicine.",
            ["The doctor came late today.", "He brought some bitter medicine."],
        ),
        ("", []),
    ],
)
def test_a_passage_is_split_into_sentences(passage, sentences):
    assert sentences_of(Aligner(), passage) == sentences
