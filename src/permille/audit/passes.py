"""The passes over generations and documents: find, look up how far it is spread, count."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice, permutations
from pathlib import Path
from typing import TypeVar

import orjson

from permille.audit.config import AuditConfig
from permille.audit.detect import Detector
from permille.audit.findings import Found
from permille.audit.json_lines import write_aside
from permille.audit.refusals import RefusedPairs
from permille.audit.rows import CUT, MAIN, RowMaker, lines_of
from permille.audit.spread import SplitSpread
from permille.audit.store import FindingStore
from permille.audit.survey import Survey, is_indexed
from permille.audit.tally import Tally, with_ties
from permille.audit.views import TUNED_TRAIN, ArmKey, Views
from permille.core.records import Document, Generation, Split

Item = TypeVar("Item")
Progress = Callable[[str, int, int], None]
"""Told of a stage ("index train", "align tuned train"), how many are done, and of how many."""
REPORT_EVERY = 5_000
"""Documents between two words on how far a pass over them is."""
_LOG = logging.getLogger(__name__)
Spread = dict[Split, SplitSpread]


@dataclass(frozen=True, slots=True)
class Passes:
    """Goes through the generations of every arm, chunk by chunk.

    Attributes:
        generations: All generations, which can be read again.
        config: The audit's settings.
        found: How many there are.
        views: Where each arm is searched for.
        detector: Finds cases.
        store: Keeps what was found.
        progress: Told how far it is.
    """

    generations: Iterable[Generation]
    config: AuditConfig
    found: Survey
    views: Views
    detector: Detector
    store: FindingStore
    progress: Progress

    def look_up(self, documents: Iterable[Document]) -> Spread:
        """Find everything, and look up how far it is spread over the documents."""
        spread = {
            split: SplitSpread(self.detector.least_chars, self.config.max_examples)
            for split in Split
        }
        refused = RefusedPairs()
        for arm, views in self.views.items():
            for generations, found in self.chunks(arm, "align"):
                refused.note(generations, found)
                # those of the other split's index are not in this corpus
                seen = ([f for f in one.findings if f.ranks.keys() & {MAIN, CUT}] for one in found)
                spread[arm[1]].note(generations, seen, views[0].corpus)
        refused.warn()
        if self.store.num_taken_up:
            _LOG.info(
                "%d generations of an interrupted audit were not searched for again",
                self.store.num_taken_up,
            )
        audited = sorted({split for _, split in self.views})
        for split in audited:
            spread[split].scan(self._indexed(documents, split, f"compare {split}"))
        for split, other in permutations(audited, 2):
            stage = f"compare {split} with {other}"
            spread[split].scan_other(self._indexed(documents, other, stage))
        return spread

    def _indexed(
        self, documents: Iterable[Document], split: Split, stage: str
    ) -> Iterator[Document]:
        """Yield the documents of a split that are searched, and tell how far it is."""
        total, done = self.found.num_documents[split], 0
        for document in documents:
            if document.split is split and is_indexed(document, is_paper=self.config.is_paper):
                if done % REPORT_EVERY == 0:
                    self.progress(stage, done, total)
                yield document
                done += 1
        self.progress(stage, done, total)

    def chunks(self, arm: ArmKey, stage: str) -> Iterator[tuple[list[Generation], list[Found]]]:
        """Yield one arm's generations and what was found of them, now or before.

        Args:
            arm: The arm.
            stage: What this is done for, a word.
        """
        views = self.views[arm]
        prefix = repr([(view.name, view.corpus.fingerprint) for view in views])
        total, done = self.found.num_generations[arm], 0
        stage = f"{stage} {' '.join(arm)}"
        wanted = (g for g in self.generations if (g.model, g.split) == arm)
        chunks = iter(lambda: list(islice(wanted, self.config.chunk_size)), [])
        begun = (
            (chunk, self.store.findings(prefix, chunk, partial(self.detector.begin, chunk, views)))
            for chunk in chunks
        )
        # other processes go on with the next chunk while this one is looked at
        for chunk, findings in one_ahead(begun):
            self.progress(stage, done, total)
            yield chunk, findings()
            done += len(chunk)
        self.progress(stage, done, total)

    def count(self, cases_file: Path, spread: Spread) -> dict[ArmKey, Tally]:
        """Write cases.jsonl and return every arm's rows."""
        tallies = {}
        with write_aside(cases_file) as file:
            for arm in self.views:
                maker = RowMaker(
                    self.detector.least_chars,
                    self.found.cuts[arm[1]],
                    spread[arm[1]],
                    is_paper=self.config.is_paper,
                )
                rows = []
                for generations, found in self.chunks(arm, "count"):
                    for generation, one in zip(generations, found, strict=True):
                        counted = [
                            spread[arm[1]].counted(generation.id, finding)
                            for finding in one.findings
                        ]
                        row, headline = maker.row(generation, counted)
                        row.num_refused = one.num_refused(MAIN)
                        row.is_unknown = one.is_unknown(MAIN)
                        rows.append(row)
                        decides = headline if arm == TUNED_TRAIN else None
                        for line in lines_of(generation, counted, decides):
                            file.write(orjson.dumps(line) + b"\n")
                tallies[arm] = with_ties(rows)
        return tallies


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """Yield items, each only when the next was taken."""
    waiting = deque[Item]()
    for item in items:
        waiting.append(item)
        if len(waiting) > 1:
            yield waiting.popleft()
    yield from waiting
