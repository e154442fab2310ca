"""The controls as rows of a table that explain themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from permille.report.claim import (
    Report,
    covers_zero,
    interval_text,
    method_text,
    note_text,
    part,
)

Path = tuple[str, ...]
SURVIVES = (
    "Training minus held-out prompts with the same left out of both: whether the effect survives. "
    "An interval that covers 0 shows no effect."
)
EXPLAINED: tuple[tuple[str, str, Path, str], ...] = (
    (
        "heldout",
        "held-out prompts",
        ("any",),
        "Prompts of the same source that were not trained on, searched for in their own index: "
        "what such a model writes of any text of this kind.",
    ),
    (
        "heldout",
        "training minus held-out",
        ("difference", "any"),
        "What remains after the held-out ratio is taken off, at equal numbers of prompts and "
        "documents. It is over all prompts, one whose generation is too short having no case. An "
        "interval that covers 0 shows no effect.",
    ),
    (
        "base_model",
        "base model",
        ("any",),
        "The model before fine-tuning on the same prompts: what it would have written anyway.",
    ),
    (
        "base_model",
        "tuned minus base model",
        ("difference", "any"),
        "What fine-tuning added, prompt by prompt over all prompts, where the interval lies above "
        "0: pretraining and style are taken off. An interval that covers 0 shows no effect.",
    ),
    (
        "difference_in_differences",
        "difference in differences",
        ("any",),
        "Tuned minus base model on training prompts, minus the same on held-out ones: what a run "
        "can claim where there is a base model. An interval that covers 0 shows no effect.",
    ),
    (
        "cross_index",
        "held-out index (null)",
        ("any",),
        "Training prompts against documents that nobody was trained on: what matches by chance "
        "and by genre.",
    ),
    ("own_other", "own example", ("own", "any"), "Cases in the prompted example's own documents."),
    (
        "own_other",
        "other examples",
        ("other", "any"),
        "Cases in documents of other examples: recited, not completed.",
    ),
    (
        "paraphrase_low",
        "unconfirmed paraphrases",
        (),
        "Generations with nothing but paraphrases that the judge does not confirm; not counted.",
    ),
    (
        "input_copied",
        "copied from the prompt",
        ("share",),
        "Of the generations with a case, those whose text already stood in the prompt.",
    ),
    (
        "input_copied",
        "without what stood in the prompt",
        ("without", "any"),
        "The ratio without cases whose text already stood in the prompt.",
    ),
    (
        "input_copied",
        "training minus held-out, no prompt copies",
        ("heldout", "difference", "any"),
        SURVIVES,
    ),
    (
        "boilerplate",
        "without boilerplate",
        ("without", "any"),
        "The ratio without cases whose text stands in more than a few training examples.",
    ),
    (
        "boilerplate",
        "training minus held-out, no boilerplate",
        ("heldout", "difference", "any"),
        SURVIVES,
    ),
    (
        "degenerate",
        "without degenerate generations",
        ("without", "any"),
        "The ratio without generations that repeat a run of words again and again.",
    ),
    (
        "degenerate",
        "training minus held-out, no degenerate ones",
        ("heldout", "difference", "any"),
        SURVIVES,
    ),
    (
        "length",
        "standardized to one length",
        ("standardized", "any"),
        "The ratio as it would be if every arm wrote texts of the same lengths.",
    ),
    (
        "length",
        "held-out, standardized",
        ("standardized_heldout", "any"),
        "Held-out prompts, as they would be at the same lengths; the next row is what they are to "
        "be compared with.",
    ),
    (
        "length",
        "training beside held-out",
        ("standardized_heldout", "train", "any"),
        "As many training prompts, at the same lengths and numbers of documents.",
    ),
    (
        "length",
        "base model, standardized",
        ("standardized_base_model", "any"),
        "The base model on training prompts, at the same lengths; the next row is what it is to be "
        "compared with.",
    ),
    (
        "length",
        "training beside base model",
        ("standardized_base_model", "train", "any"),
        "The tuned model on the same prompts, at the same lengths.",
    ),
    (
        "length",
        "per 1,000 tokens",
        ("per_1000_tokens", "any"),
        "Generations with a case per 1,000 tokens that were written.",
    ),
    (
        "length",
        "first 64 tokens only",
        ("first_tokens", "64", "any"),
        "What lies in the first 64 tokens (words, where tokens are not known) of the generations "
        "that have so many; tasks compare at equal length here.",
    ),
    (
        "detector",
        "planted copies found",
        ("sensitivity", "any"),
        "Copies and easy paraphrases planted in held-out texts, and found again.",
    ),
    (
        "detector",
        "false alarms",
        ("false_alarm",),
        "Texts without a plant in which the detector finds something.",
    ),
    (
        "detector",
        "corrected for the detector",
        ("corrected", "any"),
        "The ratio corrected for what the detector misses and for its false alarms.",
    ),
    (
        "retrieval",
        "paraphrases retrieved",
        ("paraphrase_recall",),
        "Planted paraphrases whose document is among the retrieved candidates.",
    ),
    (
        "retrieval",
        "verbatim retrieved",
        ("verbatim_recall",),
        "Copied runs, found by searching the whole corpus, whose document is among the candidates.",
    ),
)


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A row: the control's key in report.json, its name, what it means, and its figure."""

    key: str
    name: str
    meaning: str
    figure: str
    count: str
    is_missing: bool = False
    method: str = ""
    """How interval and p-value were found, where report.json says so."""


def control_rows(report: Report) -> list[ControlRow]:
    """Return a row for each control that the report has, or says why it is missing."""
    controls = part(report, "controls")
    rows: list[ControlRow] = []
    for key, name, path, meaning in EXPLAINED:
        if key in controls:
            ratio = part(controls, key, *path)
            missing = part(controls, key).get("missing")
            if "p" in ratio:
                missing = missing or ratio.get("reason")
            if ratio or missing:
                shown = f"missing: {missing}" if missing else interval_text(ratio)
                said = f"{meaning}{note_text(part(controls, key))}"
                found = ControlRow(key, name, said, shown, count_text(ratio), bool(missing))
                rows.append(replace(found, method=method_text(ratio)))
    return [*rows, *_duplicates(controls), *_thresholds(controls), *_multiplicity(controls)]


def _duplicates(controls: Mapping[str, object]) -> Iterator[ControlRow]:
    """Yield a row for each number of copies in the training set."""
    groups = controls.get("duplicates")
    for group in groups if isinstance(groups, list) else ():
        ratio = part(group, "ratios", "any")
        if ratio.get("of"):
            yield ControlRow(
                "duplicates",
                f"texts that stand {group['times']} times",
                "The ratio of prompts whose document stands so many times in the training set, "
                "exactly or nearly.",
                interval_text(ratio),
                count_text(ratio),
            )


def _thresholds(controls: Mapping[str, object]) -> Iterator[ControlRow]:
    """Yield the range over the detector's thresholds."""
    found = part(controls, "thresholds")
    ends = found.get("any")
    if isinstance(ends, list | tuple) and len(ends) == 2 and None not in ends:
        yield ControlRow(
            "thresholds",
            "thresholds a fifth lower and higher",
            "The lowest and the highest ratio of a sample when any threshold of the detector, or "
            "the judge's, is moved by a fifth.",
            f"{ends[0]:.1f} to {ends[1]:.1f} ‰",
            f"of {found.get('of')}",
        )


def _multiplicity(controls: Mapping[str, object]) -> Iterator[ControlRow]:
    """Yield the smallest p-value after correction for the number of tests."""
    tests = controls.get("multiplicity")
    if isinstance(tests, list) and tests:
        first = min(tests, key=lambda test: float(test["p_holm"]))
        yield ControlRow(
            "multiplicity",
            "smallest p-value after Holm",
            "The smallest p-value of all controls, kinds and tasks, corrected for how many there "
            "are.",
            f"p = {first['p_holm']:.2g} ({first['test']})",
            f"{len(tests)} tests",
        )


def count_text(ratio: Mapping[str, object]) -> str:
    """Write count and n of a ratio, or p of a contrast."""
    if ratio.get("of"):
        return f"{ratio['count']} of {ratio['of']}"
    p = ratio.get("p")
    if not isinstance(p, int | float):
        return ""
    return f"p = {p:.2g}, covers 0" if covers_zero(ratio) else f"p = {p:.2g}"
