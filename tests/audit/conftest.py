"""An engine, a judge and texts for audits that need nothing outside the test."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from random import Random

import orjson
import pytest

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.config import AuditConfig
from permille.audit.findings import Finding, FoundCase
from permille.audit.pipeline import run_audit
from permille.audit.tally import Row
from permille.core.errors import DataError
from permille.core.records import Arm, Candidate, Document, Generation, Kind, Part, Span, Split

SYLLABLES = [a + b for a in "bcdfghklmnprstvw" for b in ("a", "e", "i", "o", "u", "ar", "en")]


class ListCorpus:
    """Ranks documents by how many words they share with a text."""

    def __init__(self, documents):
        self.documents = {document.id: document for document in documents}
        self._words = {name: Counter(self.words(d.text)) for name, d in self.documents.items()}
        self.searched = []

    @staticmethod
    def words(text):
        return re.findall(r"\w+", text.lower())

    @property
    def fingerprint(self):
        return " ".join(sorted(self.documents))

    def __len__(self):
        return len(self.documents)

    def search(self, queries, top_k):
        self.searched += queries
        return [self._best(query, top_k) for query in queries]

    def _best(self, query, top_k):
        words = set(self.words(query))
        scores = {name: float(len(words & held.keys())) for name, held in self._words.items()}
        order = sorted((n for n in scores if scores[n]), key=lambda n: (-scores[n], n))
        return [Candidate(name, rank, scores[name]) for rank, name in enumerate(order[:top_k])]

    def fetch(self, document_ids):
        return {name: self.documents[name] for name in document_ids}

    def local(self):
        return None


@dataclass
class ListRetriever:
    """An engine over lists, which remembers what it indexed."""

    corpora: list = field(default_factory=list)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def index(self, documents, progress=None):
        corpus = ListCorpus(documents)
        if not len(corpus):
            raise DataError("no documents")
        self.corpora.append(corpus)
        if progress is not None:
            progress(len(corpus))
        return corpus


class WordJudge:
    """Says how large a share of their words two sentences have in common."""

    def __init__(self):
        self.seen = []

    def probabilities(self, pairs):
        self.seen += pairs
        return [self._share(*pair) for pair in pairs]

    def _share(self, first, second):
        one, other = (set(re.findall(r"\w+", text.lower())) for text in (first, second))
        return len(one & other) / max(1, len(one | other))


class Writer:
    """Writes sentences in a made-up language, so that nothing matches by chance."""

    def __init__(self, seed):
        self.rng = Random(seed)

    def word(self):
        return "".join(self.rng.choices(SYLLABLES, k=self.rng.randint(2, 4)))

    def sentence(self):
        words = [self.word() for _ in range(self.rng.randint(8, 14))]
        return " ".join(words).capitalize() + "."

    def text(self, num_sentences=4):
        return " ".join(self.sentence() for _ in range(num_sentences))


@dataclass
class Audited:
    """A report, and the lines of its cases.jsonl."""

    report: object
    lines: list
    retriever: ListRetriever

    @property
    def values(self):
        return self.report.to_dict()

    @property
    def counts(self):
        return {kind: ratio["count"] for kind, ratio in self.values["ratios"].items()}

    @property
    def headlines(self):
        return [line for line in self.lines if line["headline"]]


@pytest.fixture
def writer():
    """A writer with a fixed seed."""
    return Writer(0)


@pytest.fixture(scope="session")
def new_writer():
    """Writers by seed."""
    return Writer


@pytest.fixture(scope="session")
def corpus_of():
    """Corpora of documents."""
    return ListCorpus


@pytest.fixture
def word_judge():
    """A judge by shared words."""
    return WordJudge()


@pytest.fixture
def audit(tmp_path):
    """Audits lists of texts, and reads what was written."""

    def run(generations, documents, *, judge=None, align=None, retriever=None, **settings):
        passed = {
            k: settings.pop(k)
            for k in ("judge_threshold", "top_k", "progress", "found_by")
            if k in settings
        }
        defaults = {"num_planted": 0, "num_threshold_prompts": 0, "cache_dir": str(tmp_path / "c")}
        retriever = retriever or ListRetriever()
        report = run_audit(
            generations,
            documents,
            retriever=retriever,
            aligner=Aligner(align or AlignConfig()),
            judge=judge,
            config=AuditConfig(**{**defaults, **settings}),
            out=tmp_path,
            **passed,
        )
        lines = (tmp_path / "cases.jsonl").read_bytes().splitlines()
        return Audited(report, [orjson.loads(line) for line in lines], retriever)

    return run


@dataclass
class Copier:
    """A model that gives back a known share of its training texts word for word.

    Each arm and split copies with a chance of its own.
    """

    seed: int
    num_prompts: int = 40
    share: float = 0.25
    heldout_share: float = 0.0
    base_share: float = 0.0

    def __post_init__(self):
        self.writer = Writer(self.seed)
        self.generations, self.documents, self.copied = [], [], set()
        for split in Split:
            for i in range(self.num_prompts):
                self._example(split, f"{split}-{i}")

    def _chance(self, share):
        return self.writer.rng.random() < share

    def _example(self, split, example_id):
        target = self.writer.text(5)
        document = Document(f"{example_id}/target", target, example_id, Part.SUFFIX, split, "made")
        self.documents.append(document)
        share = self.share if split is Split.TRAIN else self.heldout_share
        for arm, chance in ((Arm.TUNED, share), (Arm.BASE, self.base_share)):
            text = self._answer(target, arm, example_id, chance)
            name = f"{split}-{arm}-{example_id}"
            prompt = f"Write: {example_id}"
            self.generations.append(Generation(name, text, "made", example_id, split, arm, prompt))

    def _answer(self, target, arm, example_id, chance):
        """Give the target back, or write something else."""
        if not self._chance(chance):
            return self.writer.text(2)
        self.copied.add((arm, example_id))
        start = self.writer.sentence()
        length = self.writer.rng.randint(60, 200)
        return f"{start} {target[: length + 15].rsplit(' ', 1)[0]}"

    def num_copied(self, arm, split):
        return sum(a is arm and name.startswith(f"{split}-") for a, name in self.copied)


@pytest.fixture(scope="session")
def copier():
    """Simulated models by seed."""
    return Copier


@pytest.fixture(scope="session")
def make_row():
    """Rows with every field at its plainest but those that are named."""

    def make(kind=Kind.NONE, **named):
        values = {
            "unit": f"unit {next(numbers)}",
            "group": None,
            "answer": None,
            "task": None,
            "has_example": True,
            "has_document": named.get("has_example", True),
            "has_prompt": True,
            "is_measurable": True,
            "is_measured": None,
            "is_degenerate": False,
            "is_whole_input": False,
            "is_chosen": True,
            "num_examples": 1,
            "num_chars": 200,
            "num_tokens": 40,
            "counts_tokens": True,
            "kinds": dict.fromkeys(("main", "cut"), kind),
        } | named
        values["group"] = values["group"] or values["unit"]
        if values["is_measured"] is None:
            values["is_measured"] = values["is_measurable"]
        return Row(**values)

    numbers = count()
    return make


@pytest.fixture(scope="session")
def make_case():
    """Cases with plain spans."""

    def make(kind=Kind.VERBATIM, start=0, end=80, **named):
        return FoundCase(kind, Span(start, end), Span(start + 100, end + 100), **named)

    return make


@pytest.fixture(scope="session")
def make_finding(make_case):
    """Findings in the main view."""

    def make(*cases, rank=0, views=("main",), **named):
        values = {
            "document_id": f"d{rank}",
            "example_id": f"e{rank}",
            "score": 10.0 - rank,
            "own": False,
            "direction": None,
        } | named
        ranks = dict.fromkeys(views, rank)
        found = cases or (make_case(),)
        return Finding(ranks=ranks, cases=tuple(found), **values)

    return make


@pytest.fixture(scope="session")
def audit_retriever():
    """Engines over lists."""
    return ListRetriever
