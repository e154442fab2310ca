"""What an audit says, in the form of report.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from permille.audit.controls.multiplicity import multiplicity
from permille.core.records import KINDS_BY_STRENGTH, Kind

SCHEMA_VERSION = 1
COMPARISONS = ("within_task", "layers")
"""Parts of report.json's `attention` that compare generations."""


@dataclass(frozen=True, slots=True)
class AuditReport:
    """The content of report.json; what the audit does not know is filled in by its caller.

    Attributes:
        task: The task; None for texts of foreign origin.
        audit: Which audit: standard, full or paper.
        generations: Counts of the tuned model's generations on training prompts.
        ratios: The ratios by kind.
        controls: What the ratios are compared to; empty under the published counting.
        tasks: Of several tasks the ratios of each.
        verbatim_anywhere: What stands in any training document, retrieved or not; empty under the
            published counting.
        attention: Dispersion of the attention.
        utility: Scores of the task.
        settings: All settings of the run.
        provenance: Versions, times, hardware.
    """

    task: str | None
    audit: str
    generations: Mapping[str, int]
    ratios: Mapping[str, object]
    controls: Mapping[str, object] = field(default_factory=dict)
    tasks: Mapping[str, object] = field(default_factory=dict)
    verbatim_anywhere: Mapping[str, object] = field(default_factory=dict)
    attention: Mapping[str, object] = field(default_factory=dict)
    utility: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    provenance: Mapping[str, object] = field(default_factory=dict)

    def with_controls(self, found: Mapping[str, object]) -> "AuditReport":
        """Return the report with further controls, whose p-values are corrected with the others."""
        controls = {**self.controls, **found}
        if "multiplicity" in controls:
            of_tasks = {
                name: values.get("controls")
                for name, values in self.tasks.items()
                if isinstance(values, Mapping)
            }
            controls["multiplicity"] = multiplicity(controls, of_tasks)
        return replace(self, controls=controls)

    def counted_kinds(self) -> list[Kind]:
        """Return the strongest kind of every generation that is in the ratios, none included.

        They are in the order of the kinds, not of the generations.
        """
        counts = {kind: _count(self.ratios, str(kind), "count") for kind in KINDS_BY_STRENGTH}
        counts[Kind.NONE] = _count(self.ratios, "any", "of") - sum(counts.values())
        return [kind for kind, count in counts.items() for _ in range(count)]

    def to_dict(self) -> dict[str, object]:
        """Return the object of report.json; `tasks` stands in it where there are several."""
        values: dict[str, object] = {
            "schema_version": SCHEMA_VERSION,
            "task": self.task,
            "audit": self.audit,
            "generations": dict(self.generations),
            "ratios": dict(self.ratios),
            "controls": dict(self.controls),
            "attention": dict(self.attention),
            "utility": dict(self.utility),
            "settings": dict(self.settings),
            "provenance": dict(self.provenance),
        }
        if self.verbatim_anywhere:
            values["verbatim_anywhere"] = dict(self.verbatim_anywhere)
        return values | ({"tasks": dict(self.tasks)} if self.tasks else {})


def _count(ratios: Mapping[str, object], kind: str, what: str) -> int:
    """Return a figure of a ratio."""
    ratio = ratios[kind]
    value = ratio[what] if isinstance(ratio, Mapping) else 0
    return value if isinstance(value, int) else 0
