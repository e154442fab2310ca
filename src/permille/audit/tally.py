"""Generations of one model and split as rows, and the ratios that come out of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from permille.audit.findings import WEAKEST_FIRST
from permille.audit.ties import tied
from permille.core.records import KINDS_BY_STRENGTH, Kind
from permille.measure.ratio import Ratio, Ratios, grouped_ratio, wilson_ratio

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Row:
    """What is counted of one generation.

    Attributes:
        unit: Key of its prompt: generations of one example share it, without examples those of one
            prompt.
        group: Key of the examples that share text with its own.
        task: Its task.
        answer: Key of its prompt and text: what is identical counts as one; None ties nothing.
        has_example: Whether it names its example.
        has_document: Whether a document of its split is of that example.
        has_prompt: Whether its prompt is known.
        is_measurable: Whether it is long enough for the detector.
        is_measured: Whether it belongs to those of which a ratio is made.
        is_degenerate: Whether it repeats itself.
        is_whole_input: Whether its prompt was a whole input.
        is_chosen: Whether the cut to equal sizes has its prompt.
        num_examples: How many examples hold its example's document; None where that is unknown.
        num_chars: Its length in characters.
        num_tokens: Its length in tokens, in words where tokens are not known.
        counts_tokens: Whether its tokens are known.
        tied_to: The unit that identical answers to one prompt tie its own to.
        is_low_paraphrase: Whether it has nothing but paraphrases that are not confirmed.
        is_copied: Whether its deciding finding stood in the prompt.
        is_confident: Whether its deciding finding is a confirmed paraphrase.
        kinds: Its kind under each way of counting; what is not named is none.
        every_kind: All kinds that it has.
        num_refused: Documents of the main view that were refused with it.
        is_unknown: Whether it has such a document, and no case in any other.
    """

    unit: str
    group: str
    answer: int | None
    task: str | None
    has_example: bool
    has_document: bool
    has_prompt: bool
    is_measurable: bool
    is_measured: bool
    is_degenerate: bool
    is_whole_input: bool
    is_chosen: bool
    num_examples: int | None
    num_chars: int
    num_tokens: int
    counts_tokens: bool
    tied_to: str | None = None
    is_low_paraphrase: bool = False
    is_copied: bool = False
    is_confident: bool = False
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    every_kind: frozenset[Kind] = frozenset()
    num_refused: int = 0
    is_unknown: bool = False

    @property
    def source(self) -> str:
        """What intervals count: its unit, or the one that identical answers tie it to."""
        return self.unit if self.tied_to is None else self.tied_to

    def kind(self, way: str) -> Kind:
        """Return the kind under a way of counting."""
        return self.kinds.get(way, Kind.NONE)

    def chars_of_first(self, num_tokens: int) -> int:
        """Return how many characters its first tokens have, all tokens taken as equally long."""
        if self.num_tokens <= num_tokens:
            return self.num_chars
        return self.num_chars * num_tokens // self.num_tokens


class Tally:
    """Rows of one model and split.

    Args:
        rows: One a generation, in the order of the file.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def num_prompts(self) -> int:
        """How many prompts these generations answer; those of one example are one."""
        return len({row.unit for row in self.rows})

    @property
    def measurable(self) -> Flags:
        """Whether each generation is long enough for the detector, of shape (N,)."""
        return np.array([row.is_measurable for row in self.rows], dtype=bool)

    def codes(self, way: str) -> Codes:
        """Return each generation's kind under a way of counting, of shape (N,).

        A code is the kind's place in `WEAKEST_FIRST`; a generation too short to measure has none.
        """
        kinds = [WEAKEST_FIRST.index(row.kind(way)) for row in self.rows]
        return np.where(self.measurable, np.array(kinds, dtype=np.uint8), np.uint8(0))

    def where(self, wanted: Callable[[Row], bool]) -> "Tally":
        """Return the rows that are wanted."""
        return Tally([row for row in self.rows if wanted(row)])

    def select(self, mask: Flags) -> "Tally":
        """Return the rows where `mask`, of shape (N,), is true."""
        return Tally([row for row, wanted in zip(self.rows, mask, strict=True) if wanted])

    def chosen(self) -> "Tally":
        """Return the rows that the cut to equal sizes has."""
        return self.where(lambda row: row.is_chosen)

    def measured(self) -> "Tally":
        """Return the rows of which a ratio is made."""
        return self.where(lambda row: row.is_measured)

    def measurable_only(self) -> "Tally":
        """Return the rows that are long enough for the detector."""
        return self.where(lambda row: row.is_measurable)

    def of_task(self, task: str) -> "Tally":
        """Return the rows of one task."""
        return self.where(lambda row: row.task == task)


def with_ties(rows: list[Row]) -> Tally:
    """Return one arm's rows, of which those with identical answers to one prompt are tied."""
    answers = [row.answer for row in rows]
    sources, groups = (
        tied(names, answers)
        for names in ([row.source for row in rows], [row.group for row in rows])
    )
    for row, source, group in zip(rows, sources, groups, strict=True):
        row.tied_to, row.group = source, group
    return Tally(rows)


def ratios_of(tally: Tally, way: str, *, reason_if_empty: str = "nothing to measure") -> Ratios:
    """Return the ratios over a tally's measured generations.

    Args:
        tally: The generations.
        way: The way of counting.
        reason_if_empty: Why there may be none.
    """
    measured = tally.measured().rows
    kinds = [row.kind(way) for row in measured]
    named = {
        str(kind): ratio_over(measured, [found is kind for found in kinds], reason_if_empty)
        for kind in KINDS_BY_STRENGTH
    }
    has_any = [found is not Kind.NONE for found in kinds]
    return Ratios(any=ratio_over(measured, has_any, reason_if_empty), **named)


def all_kinds_of(tally: Tally) -> Ratios:
    """Return the ratios that count a generation under every kind that it has."""
    measured = tally.measured().rows
    named = {
        str(kind): ratio_over(measured, [kind in row.every_kind for row in measured])
        for kind in KINDS_BY_STRENGTH
    }
    has_any = [bool(row.every_kind) for row in measured]
    return Ratios(any=ratio_over(measured, has_any), **named)


def ratio_over(
    rows: Sequence[Row], values: Sequence[bool], reason_if_empty: str = "nothing to measure"
) -> Ratio:
    """Return the share of true values, with Wilson's interval.

    Where one example or prompt gives several generations, the interval counts these and not the
    generations: Wilson's at the effective size.

    Args:
        rows: The generations, of length N.
        values: What is counted of each, of length N.
        reason_if_empty: Why there may be none.
    """
    return ratio_by_unit(values, [row.source for row in rows], reason_if_empty)


def ratio_by_unit(
    values: Sequence[bool], units: Sequence[str], reason_if_empty: str = "nothing to measure"
) -> Ratio:
    """Return the share of true values, with Wilson's interval; values of one unit count as one.

    Args:
        values: What is counted, of length N.
        units: What each belongs to, of length N.
        reason_if_empty: Why there may be none.
    """
    if len(set(units)) == len(units):
        return wilson_ratio(sum(values), len(values), reason_if_empty=reason_if_empty)
    return grouped_ratio(values, units, reason_if_empty=reason_if_empty)
