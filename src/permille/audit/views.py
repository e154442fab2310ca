"""Which arm is searched for in which corpus."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from permille.audit.config import AuditConfig
from permille.audit.rows import CROSS, CUT, MAIN
from permille.audit.searching import View
from permille.audit.survey import Survey, is_indexed
from permille.core.records import Arm, Document, Generation, Split
from permille.retrieve.protocol import Corpus, Retriever

ArmKey = tuple[Arm, Split]
"""The generations of one model on the prompts of one split."""
Views = dict[ArmKey, tuple[View, ...]]
ARMS: tuple[ArmKey, ...] = tuple((arm, split) for arm in Arm for split in Split)
"""In the order in which they are audited and stand in cases.jsonl."""
TUNED_TRAIN: ArmKey = (Arm.TUNED, Split.TRAIN)
"""The arm that the ratios are of."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """The indexes of an audit.

    Attributes:
        train: All training documents.
        train_cut: As many of them as there are held-out ones; `train` where that is all.
        heldout: As many held-out documents as training ones; None without any.
    """

    train: Corpus
    train_cut: Corpus
    heldout: Corpus | None


def build_views(
    documents: Iterable[Document],
    found: Survey,
    retriever: Retriever,
    config: AuditConfig,
    progress: Callable[[str, int, int], None],
) -> Views:
    """Index the documents and return each arm's views; an arm that is not audited has none.

    Args:
        documents: All documents.
        found: What there is of them.
        retriever: An open engine.
        config: Whether the published counting is followed, which has training prompts only.
        progress: Told how many documents are indexed.
    """

    def index(split: Split, *, cut: bool) -> Corpus:
        chosen = found.cuts[split]
        wanted = (
            document
            for document in documents
            if document.split is split
            and is_indexed(document, is_paper=config.is_paper)
            and (not cut or chosen.has_document(document))
        )
        total = found.num_documents[split]
        return retriever.index(wanted, lambda done: progress(f"index {split}", done, total))

    train = index(Split.TRAIN, cut=False)
    if config.is_paper:
        return {(Arm.TUNED, Split.TRAIN): (View(MAIN, train, _all),)}
    train_cut = index(Split.TRAIN, cut=True) if found.is_cut(Split.TRAIN) else train
    heldout = index(Split.HELDOUT, cut=True) if found.has_heldout else None
    corpora = Corpora(train, train_cut, heldout)
    return {
        (arm, split): views
        for arm, split in ARMS
        if found.num_generations[arm, split] and (views := _views(arm, split, corpora, found))
    }


def _views(arm: Arm, split: Split, corpora: Corpora, found: Survey) -> tuple[View, ...]:
    """Return the views of one arm."""
    chosen = found.cuts[split].has_generation
    inputs = found.has_inputs
    if split is Split.HELDOUT:
        return (View(MAIN, corpora.heldout, chosen, inputs),) if corpora.heldout else ()
    views = [View(MAIN, corpora.train, _all, inputs)]
    if corpora.heldout is not None:
        if not found.cuts[split].is_everything:
            views.append(View(CUT, corpora.train_cut, chosen, inputs))
        if arm is Arm.TUNED:
            views.append(View(CROSS, corpora.heldout, chosen, inputs))
    return tuple(views)


def _all(_: Generation) -> bool:
    """Include every generation."""
    return True
