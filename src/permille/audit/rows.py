"""From a generation and its findings to the row that is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from permille.audit.counting import (
    deciding,
    every_kind,
    first_hit,
    kind_of,
    kind_under,
    seen_in,
)
from permille.audit.findings import Finding, FoundCase
from permille.audit.spread import SplitSpread
from permille.audit.survey import Cut, unit_of
from permille.audit.tally import Row
from permille.audit.ties import answer_key
from permille.core.records import Generation, Kind
from permille.measure.repetition import is_degenerate

MAIN, CUT, CROSS = "main", "cut", "cross"
"""Views: the split's own index, the same cut to the other split's size, the other split's."""
OWN, OTHER, NOT_COPIED, NOT_BOILERPLATE = "own", "other", "not_copied", "not_boilerplate"
"""Ways of counting in the main view that look at some cases only."""
OWN_WORDS = "own_words"
"""Likewise, without cases that stood in the prompt or are boilerplate."""
NOT_STOCK = "not_stock"
"""Likewise, without boilerplate by the documents of both splits together."""
NOT_LOOP = "not_loop"
"""In the main view, a generation that repeats itself having no case."""
NOT_COPIED_CUT, NOT_STOCK_CUT, NOT_LOOP_CUT = "not_copied_cut", "not_stock_cut", "not_loop_cut"
"""Ways that look at some cases only, in the view of contrasts."""
FIRST_TOKENS = (32, 64, 128)
"""Ways of counting in the main view that look at the beginning of the generation only."""

Counted = tuple[Row, Finding | None]
"""A row, and the finding that decides its kind in the main view."""


@dataclass(slots=True)
class RowMaker:
    """Makes rows, one arm's generations after the other.

    Attributes:
        least_chars: Characters of a measurable generation.
        cut: The choice of prompts for contrasts.
        spread: How far the documents of the split are spread over examples.
        is_paper: Whether the published counting is followed.
    """

    least_chars: int
    cut: Cut
    spread: SplitSpread
    is_paper: bool = False
    _prompts: set[bytes] = field(default_factory=set)

    @property
    def _contrast_view(self) -> str:
        """The view of contrasts: the main one where nothing is cut off."""
        return MAIN if self.cut.is_everything else CUT

    def row(self, generation: Generation, findings: Sequence[Finding]) -> Counted:
        """Return a generation's row, and the finding that decides its kind in the main view."""
        if self.is_paper:
            return self._published(generation, findings)
        row = self._empty(generation)
        if not (row.is_measurable and findings):
            return row, None
        headline = deciding(findings, MAIN)
        row.kinds = self._kinds(findings, row)
        row.every_kind = every_kind(findings, MAIN)
        row.is_low_paraphrase = headline is None and bool(seen_in(findings, MAIN))
        row.is_copied = headline is not None and headline.is_copied
        return row, headline

    def _published(self, generation: Generation, findings: Sequence[Finding]) -> Counted:
        """Count as published: the first hit decides, and a repeated prompt does not count again."""
        row = self._empty(generation)
        row.is_measured = True
        # the published denominator takes every prompt by itself, repeats included
        row.unit = f"generation {generation.id}"
        headline = None if self._came_before(generation.prompt) else first_hit(findings, MAIN)
        row.kinds = {MAIN: kind_of(headline)}
        row.is_confident = headline is not None and headline.confirmed is True
        return row, headline

    def _empty(self, generation: Generation) -> Row:
        """Return the row of a generation in which nothing was found."""
        unit = unit_of(generation)
        group, num_examples = self.spread.group(generation.example_id) or (unit, None)
        num_words = len(generation.text.split())
        is_measurable = len(generation.text) >= self.least_chars
        return Row(
            unit=unit,
            group=group,
            answer=None if self.is_paper else answer_key(generation),
            task=generation.task,
            has_example=generation.example_id is not None,
            has_document=self.spread.has_example(generation.example_id),
            has_prompt=generation.prompt is not None,
            is_measurable=is_measurable,
            is_measured=is_measurable,
            is_degenerate=is_degenerate(generation.text),
            is_whole_input=generation.whole_input,
            is_chosen=self.cut.has_generation(generation),
            num_examples=num_examples,
            num_chars=len(generation.text),
            num_tokens=num_words if generation.num_tokens is None else generation.num_tokens,
            counts_tokens=generation.num_tokens is not None,
        )

    def _came_before(self, prompt: str | None) -> bool:
        """Whether the same prompt came before; no prompt repeats nothing."""
        if prompt is None:
            return False
        digest = blake2b(prompt.encode(), digest_size=16).digest()
        if digest in self._prompts:
            return True
        self._prompts.add(digest)
        return False

    def _kinds(self, findings: Sequence[Finding], row: Row) -> dict[str, Kind]:
        """Return the kind under each way of counting."""
        kinds = {view: kind_of(deciding(findings, view)) for view in (MAIN, CROSS)}
        kinds[CUT] = kind_of(deciding(findings, self._contrast_view))
        kinds[NOT_BOILERPLATE] = kind_under(findings, MAIN, _is_not_boilerplate)
        kinds[OWN_WORDS] = kind_under(
            findings, MAIN, lambda f, case: _is_not_copied(f, case) and _is_not_boilerplate(f, case)
        )
        kept = {
            NOT_COPIED: (NOT_COPIED_CUT, _is_not_copied),
            NOT_STOCK: (NOT_STOCK_CUT, _is_not_stock),
            NOT_LOOP: (NOT_LOOP_CUT, lambda *_: not row.is_degenerate),
        }
        for way, (way_in_cut, keep) in kept.items():
            kinds[way] = kind_under(findings, MAIN, keep)
            kinds[way_in_cut] = kind_under(findings, self._contrast_view, keep)
        kinds[OWN] = kind_under(findings, MAIN, lambda f, _: f.own is True)
        kinds[OTHER] = kind_under(findings, MAIN, lambda f, _: f.own is False)
        for num_tokens in FIRST_TOKENS:
            kinds[first_tokens_way(num_tokens)] = self._kind_of_first(findings, row, num_tokens)
        return kinds

    def _kind_of_first(self, findings: Sequence[Finding], row: Row, num_tokens: int) -> Kind:
        """Return the kind when only what lies in the first tokens is looked at."""
        end = row.chars_of_first(num_tokens)
        return kind_under(
            findings,
            MAIN,
            lambda _, case: (
                min(case.generation.end_char, end) - case.generation.start_char >= self.least_chars
            ),
        )


def _is_not_copied(_: Finding, case: FoundCase) -> bool:
    return not case.copied


def _is_not_stock(_: Finding, case: FoundCase) -> bool:
    return not case.stock


def _is_not_boilerplate(_: Finding, case: FoundCase) -> bool:
    return not case.boilerplate


def first_tokens_way(num_tokens: int) -> str:
    """Return the name of the way of counting that looks at the first tokens only."""
    return f"first_{num_tokens}"


def lines_of(
    generation: Generation, findings: Iterable[Finding], headline: Finding | None
) -> list[dict[str, object]]:
    """Return a generation's lines of cases.jsonl, best rank first.

    Args:
        generation: The generation.
        findings: What was found for it in any view.
        headline: The finding that decides its kind in the ratios.
    """
    return [
        finding.line(generation.id, MAIN, headline=finding is headline)
        for finding in seen_in(findings, MAIN)
    ]
