"""From generations to findings, with a detector that says what it is told."""

import pytest
from joblib import parallel_config, register_parallel_backend
from joblib.parallel import ParallelBackendBase

from permille.align.aligner import Aligner
from permille.audit.aligning import REFUSED
from permille.audit.building import build_detector
from permille.audit.config import AuditConfig
from permille.audit.detect import Detector, cut
from permille.audit.judging import Confirmation
from permille.audit.searching import View
from permille.core.records import Alignment, Case, Direction, Document, Generation, Kind, Span
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.tantivy import TantivyRetriever

NOTHING = Alignment(Kind.NONE)


class Told:
    """Returns for each pair what a function says, and remembers the pairs."""

    def __init__(self, say):
        self.say, self.pairs = say, []

    def __call__(self, pairs):
        said = []
        for pair in pairs:
            self.pairs.append(pair)
            said.append(self.say(*pair))
        return said


def one_case(kind=Kind.VERBATIM, summary=None):
    case = Case(kind, Span(0, 60), Span(100, 170))
    return Alignment(kind, (case,), summary)


def view_of(corpus):
    return View("main", corpus, lambda _: True)


DOCUMENTS = [Document(f"d{i}", f"red {'word ' * 50} {i}", f"e{i}") for i in range(3)]
GENERATIONS = [Generation(f"g{i}", f"red {'more ' * 30} {i}", example_id=f"e{i}") for i in range(2)]


def test_a_generation_is_suspicious_and_a_document_the_source(corpus_of):
    told = Told(lambda suspicious, source: one_case())
    found = Detector(told, 51).detect(GENERATIONS, [view_of(corpus_of(DOCUMENTS))])
    first = found[0].findings[0]
    assert told.pairs[0] == (GENERATIONS[0].text, DOCUMENTS[0].text)
    assert (first.cases[0].generation, first.cases[0].document) == (Span(0, 60), Span(100, 170))
    assert (first.document_id, first.own, first.ranks) == ("d0", True, {"main": 0})


def test_as_published_the_document_is_suspicious(corpus_of):
    told = Told(lambda suspicious, source: one_case())
    detector = Detector(told, 51, is_paper=True)
    first = detector.detect(GENERATIONS, [view_of(corpus_of(DOCUMENTS))])[0].findings[0]
    assert told.pairs[0] == (DOCUMENTS[0].text, GENERATIONS[0].text)
    assert (first.cases[0].document, first.cases[0].generation) == (Span(0, 60), Span(100, 170))


@pytest.mark.parametrize(
    ("is_paper", "summary", "direction"),
    [
        (False, True, Direction.GENERATION_SUMMARIZES_DOCUMENT),
        (False, False, Direction.DOCUMENT_SUMMARIZES_GENERATION),
        (True, True, Direction.DOCUMENT_SUMMARIZES_GENERATION),
        (True, False, Direction.GENERATION_SUMMARIZES_DOCUMENT),
        (False, None, None),
        (True, None, None),
    ],
)
def test_the_direction_of_an_idea_follows_the_roles(corpus_of, is_paper, summary, direction):
    told = Told(lambda *_: one_case(Kind.IDEA, summary))
    detector = Detector(told, 51, is_paper=is_paper)
    first = detector.detect(GENERATIONS, [view_of(corpus_of(DOCUMENTS))])[0].findings[0]
    assert first.direction is direction


def test_a_document_without_a_case_is_no_finding(corpus_of):
    told = Told(lambda _, source: one_case() if source.endswith("1") else NOTHING)
    found = Detector(told, 51).detect(GENERATIONS, [view_of(corpus_of(DOCUMENTS))])
    assert [[f.document_id for f in one.findings] for one in found] == [["d1"], ["d1"]]


def test_a_refused_document_is_no_finding_and_is_told_with_its_rank(corpus_of):
    told = Told(lambda _, source: REFUSED if source.endswith("1") else one_case())
    found = Detector(told, 51).detect(GENERATIONS, [view_of(corpus_of(DOCUMENTS))])
    for one in found:
        assert sorted(f.document_id for f in one.findings) == ["d0", "d2"]
        ((refused, rank),) = [(r.document_id, r.ranks["main"]) for r in one.refused]
        assert refused == "d1"
        assert {rank} | {f.ranks["main"] for f in one.findings} == {0, 1, 2}


def test_a_document_of_several_views_is_aligned_once(corpus_of):
    told = Told(lambda *_: one_case())
    views = [view_of(corpus_of(DOCUMENTS)), View("cut", corpus_of(DOCUMENTS[1:]), lambda _: True)]
    found = Detector(told, 51).detect(GENERATIONS[:1], views)
    assert len(told.pairs) == len(set(told.pairs)) == 3
    assert found[0].findings[1].ranks == {"main": 1, "cut": 0}


def test_no_generations_have_no_findings(corpus_of):
    assert Detector(Told(None), 51).detect([], [view_of(corpus_of(DOCUMENTS))]) == []


class Agreeable:
    def __init__(self):
        self.pairs = []

    def probabilities(self, pairs):
        self.pairs += pairs
        return [1.0 if "1" in second else 0.0 for _, second in pairs]


def test_only_paraphrases_are_judged_on_their_passages(corpus_of):
    text = "x" * 100 + "y" * 69
    documents = [Document(f"d{i}", f"red {text}{i}") for i in range(3)]

    def say(_, source):
        kind = Kind.VERBATIM if source.endswith("2") else Kind.PARAPHRASE
        return Alignment(kind, (Case(kind, Span(0, 60), Span(4 + 100, len(source))),))

    judge = Agreeable()
    confirmation = Confirmation(judge, lambda passage: [passage])
    detector = Detector(Told(say), 51, confirmation)
    (found,) = detector.detect(GENERATIONS[:1], [view_of(corpus_of(documents))])
    assert [(f.kind, f.confirmed) for f in found.findings] == [
        (Kind.PARAPHRASE, False),
        (Kind.PARAPHRASE, True),
        (Kind.VERBATIM, None),
    ]
    assert judge.pairs == [(GENERATIONS[0].text[:60], "y" * 69 + str(i)) for i in range(2)]


def test_cases_that_stood_in_the_prompt_are_marked(corpus_of):
    text = "red one two three four five six seven eight nine ten eleven"
    generations = [
        Generation("g0", text, prompt=f"Say: {text}"),
        Generation("g1", text, prompt="Say something"),
        Generation("g2", text),
    ]
    found = Detector(Told(lambda *_: one_case()), 51).detect(
        generations, [view_of(corpus_of(DOCUMENTS[:1]))]
    )
    assert [one.findings[0].is_copied for one in found] == [True, False, False]


def test_a_span_is_cut_half_open():
    assert cut("abcdef", Span(1, 3)) == "bc"


@pytest.mark.parametrize("backend", ["threading", pytest.param("loky", marks=pytest.mark.slow)])
def test_processes_that_search_too_find_the_same_in_the_same_order(tmp_path, writer, backend):
    documents = [Document(f"d{i}", writer.text(5), f"e{i}") for i in range(40)]
    generations = [
        Generation(f"g{i}", documents[i % 40].text[20:160] + writer.text(1), example_id=f"e{i}")
        for i in range(150)
    ]
    config = AuditConfig(copied_words=8)
    with TantivyRetriever(RetrieveConfig(cache_dir=str(tmp_path))) as retriever:
        corpus = retriever.index(documents)
        views = [View("main", corpus, lambda _: True), View("cut", corpus, lambda g: g.id > "g5")]
        here = build_detector(Aligner(), None, config).detect(generations, views)
        with parallel_config(backend=backend):
            shared = build_detector(Aligner(), None, config, num_workers=2)
            assert shared.elsewhere is not None
            assert shared.start(documents[0].text, views) == 2
            assert shared.detect(generations, views) == here
    assert sum(bool(one.findings) for one in here) > 100
    assert {len(f.ranks) for one in here for f in one.findings} == {1, 2}


def test_where_all_is_done_in_one_process_none_is_started(tmp_path, writer):
    with TantivyRetriever(RetrieveConfig(cache_dir=str(tmp_path))) as retriever:
        views = [View("main", retriever.index([Document("d", writer.text(3))]), lambda _: True)]
        assert build_detector(Aligner(), None, AuditConfig()).start("some text", views) == 0


def test_processes_of_a_cluster_are_sent_pairs_and_search_nothing():
    class Cluster(ParallelBackendBase):
        def effective_n_jobs(self, n_jobs):
            return n_jobs

    register_parallel_backend("some cluster", Cluster)
    with parallel_config(backend="some cluster"):
        assert build_detector(Aligner(), None, AuditConfig(), num_workers=2).elsewhere is None
