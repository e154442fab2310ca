"""From a generation and its findings to the row that is counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from permille.audit.counting import deciding, every_kind, first_hit, kind_of, kind_under, seen_in
from permille.audit.degenerate import is_degenerate
from permille.audit.findings import Finding
from permille.audit.survey import Cut, unit_of
from permille.audit.tally import Row
from permille.core.records import Generation, Kind

MAIN, CUT, CROSS = "main", "cut", "cross"
"""Views: the split's own index, the same cut to the other split's size, the other split's."""
OWN, OTHER, NOT_COPIED, NOT_BOILERPLATE = "own", "other", "not_copied", "not_boilerplate"
"""Ways of counting in the main view that look at some cases only."""


Counted = tuple[Row, Finding | None]
"""A row, and the finding that decides its kind in the main view."""


@dataclass(slots=True)
class RowMaker:
    """Makes rows, one arm's generations after the other.

    Attributes:
        least_chars: Characters of a measurable generation.
        max_examples: A run in more examples is boilerplate.
        cut: The choice of prompts for contrasts.
        is_paper: Whether the published counting is followed.
    """

    least_chars: int
    max_examples: int
    cut: Cut
    is_paper: bool = False
    _prompts: set[bytes] = field(default_factory=set)

    def row(self, generation: Generation, findings: Sequence[Finding]) -> Counted:
        """Return a generation's row, and the finding that decides its kind in the main view."""
        is_repeated = self.is_paper and self._came_before(generation.prompt)
        is_measurable = len(generation.text) >= self.least_chars
        is_measured = is_measurable or self.is_paper
        headline = None
        if is_measured and not is_repeated:
            headline = (first_hit if self.is_paper else deciding)(findings, MAIN)
        row = Row(
            unit=unit_of(generation),
            group=unit_of(generation),
            task=generation.task,
            has_example=generation.example_id is not None,
            has_prompt=generation.prompt is not None,
            is_measurable=is_measurable,
            is_measured=is_measured,
            is_degenerate=is_degenerate(generation.text),
            is_whole_input=generation.whole_input,
            is_repeated=is_repeated,
            is_chosen=self.cut.has_generation(generation),
            num_chars=len(generation.text),
            num_tokens=generation.num_tokens,
            is_low_paraphrase=is_measured and headline is None and bool(seen_in(findings, MAIN)),
            is_copied=headline is not None and headline.is_copied,
            is_confident=headline is not None and headline.confirmed is True,
            kinds={MAIN: kind_of(headline)} if self.is_paper else self._kinds(findings),
            every_kind=frozenset() if self.is_paper else every_kind(findings, MAIN),
        )
        return row, headline

    def _came_before(self, prompt: str | None) -> bool:
        """Whether the same prompt came before; no prompt repeats nothing."""
        if prompt is None:
            return False
        digest = blake2b(prompt.encode(), digest_size=16).digest()
        if digest in self._prompts:
            return True
        self._prompts.add(digest)
        return False

    def _kinds(self, findings: Sequence[Finding]) -> dict[str, Kind]:
        """Return the kind under each way of counting."""
        if not findings:
            return {}
        kinds = {view: kind_of(deciding(findings, view)) for view in (MAIN, CUT, CROSS)}
        if self.cut.is_everything:
            kinds[CUT] = kinds[MAIN]
        kinds[OWN] = kind_under(findings, MAIN, lambda f, _: f.own is True)
        kinds[OTHER] = kind_under(findings, MAIN, lambda f, _: f.own is False)
        kinds[NOT_COPIED] = kind_under(findings, MAIN, lambda _, case: not case.copied)
        kinds[NOT_BOILERPLATE] = kind_under(
            findings, MAIN, lambda _, case: case.num_examples <= self.max_examples
        )
        return kinds


def lines_of(
    generation: Generation, findings: Iterable[Finding], headline: Finding | None
) -> list[dict[str, object]]:
    """Return a generation's lines of cases.jsonl, best rank first.

    Args:
        generation: The generation.
        findings: What was found for it in any view.
        headline: The finding that decides its kind in the ratios.
    """
    seen = sorted((f for f in findings if MAIN in f.ranks), key=lambda f: f.ranks[MAIN])
    return [finding.line(generation.id, MAIN, headline=finding is headline) for finding in seen]
