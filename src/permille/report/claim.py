"""What a run can claim, as one sentence that follows from its figures and nothing else."""

import re
from collections.abc import Mapping
from typing import TypeAlias

from permille.measure.intervals import decimals_of

Report: TypeAlias = Mapping[str, object]
ALPHA = 0.05
"""The p from which on a difference is not called an effect, whatever its interval."""
_AUTHORS = re.compile(
    r"\b(wilson|newcombe|fisher|tango|jeffreys|rogan|gladen|lang|reiczigel|welch)\b"
)


def part(values: object, *keys: str) -> Mapping[str, object]:
    """Return the mapping at `keys` inside nested mappings, empty where there is none."""
    for key in keys:
        values = values.get(key) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def objects(values: object) -> list[Mapping[str, object]]:
    """Return a list's mappings, none of what is no list."""
    return list(values) if isinstance(values, list) else []


def interval_text(ratio: Mapping[str, object]) -> str:
    """Write a ratio or contrast as ``66.7 ‰ [38.5, 112.9]``, or why there is none."""
    permille, ci95 = ratio.get("permille"), ratio.get("ci95")
    if not isinstance(permille, int | float):
        return str(ratio.get("reason") or ratio.get("missing") or "not computed")
    if not isinstance(ci95, list | tuple):
        return f"{permille:.1f} ‰"
    decimals = decimals_of(ci95)
    low, high = (f"{end:.{decimals}f}" for end in ci95)
    return f"{permille:.{decimals}f} ‰ [{low}, {high}]"


def method_text(figure: Mapping[str, object]) -> str:
    """Write how a figure's interval and p were found, "" where report.json does not say.

    >>> method_text({"method": "mover of tango, permutation"})
    'MOVER of Tango, permutation'
    """
    named = _AUTHORS.sub(lambda name: name[0].capitalize(), str(figure.get("method") or ""))
    return re.sub(r"\bmover\b", "MOVER", named)


def covers_zero(contrast: Mapping[str, object]) -> bool:
    """Whether a contrast's interval holds 0, so that it shows no effect."""
    ci95 = contrast.get("ci95")
    return isinstance(ci95, list | tuple) and bool(ci95[0] <= 0 <= ci95[1])


def is_undecided(contrast: Mapping[str, object]) -> bool:
    """Whether the interval leaves out 0 while p is `ALPHA` or more, as of few cases it may be."""
    p, ci95 = contrast.get("p"), contrast.get("ci95")
    if not (isinstance(p, int | float) and isinstance(ci95, list | tuple)):
        return False
    return p >= ALPHA and not covers_zero(contrast)


def short_contrast(contrast: Mapping[str, object]) -> str:
    """Write a contrast for a table, and of one whose interval covers 0 that it does.

    >>> short_contrast({"permille": 7.5, "ci95": [-5.0, 20.0]})
    '7.5 ‰ [-5.0, 20.0], covers 0'
    """
    return interval_text(contrast) + (", covers 0" if covers_zero(contrast) else "")


def contrast_text(contrast: Mapping[str, object]) -> str:
    """Write a contrast with its p, and say of one whose interval covers 0 that it shows no effect.

    >>> contrast_text({"permille": 7.5, "ci95": [-5.0, 20.0], "p": 0.31})
    '7.5 ‰ [-5.0, 20.0], p = 0.31; it covers 0, so no effect is shown'
    """
    p, p_holm = contrast.get("p"), contrast.get("p_holm")
    shown = f", p = {p:.2g}" if isinstance(p, int | float) else ""
    shown += f", after Holm {p_holm:.2g}" if isinstance(p_holm, int | float) else ""
    said = "; it covers 0, so no effect is shown" if covers_zero(contrast) else ""
    if is_undecided(contrast):
        said = "; interval and p disagree, so no effect is claimed"
    return f"{interval_text(contrast)}{shown}{said}"


def of_prompts(report: Report, *, measurable: bool) -> str:
    """Write of how many prompts the generations are; "" where each is of a prompt of its own.

    Prompts of one example count as one: where examples are named it is these that are counted.

    >>> of_prompts({"generations": {"total": 200, "prompts": 50}}, measurable=False)
    ' of 50 prompts'
    """
    counts = part(report, "generations")
    names = ("measurable", "measurable_prompts") if measurable else ("total", "prompts")
    number, prompts = (counts.get(name) for name in names)
    named = counts.get("examples") or 0
    counted = {0: "prompts", counts.get("prompts"): "examples"}.get(named, "examples and prompts")
    return "" if prompts in (None, number) else f" of {prompts} {counted}"


def claimed_contrast(report: Report) -> tuple[Mapping[str, object], str]:
    """Return the contrast on which a claim rests, and against what it is.

    The difference in differences where there is a base model, else training minus held-out prompts.
    """
    contrast = part(report, "controls", "difference_in_differences", "any")
    if contrast.get("permille") is not None:
        return contrast, "held-out prompts and the base model"
    return part(report, "controls", "heldout", "difference", "any"), "held-out prompts"


def note_text(control: Mapping[str, object]) -> str:
    """Write what is to be known of a control as a sentence to add, nothing where it has no note.

    >>> note_text({"note": "left out: 50 training prompts (letters)"})
    ' Left out: 50 training prompts (letters).'
    """
    note = str(control.get("note") or "")
    return f" {note[0].upper()}{note[1:]}." if note else ""


def claim(report: Report) -> str:
    """Return the sentence that a reader may quote, and what it leaves out.

    A difference whose interval covers 0, or whose p is 0.05 or more, is not called an effect.
    """
    total, measurable = (part(report, "generations").get(k) for k in ("total", "measurable"))
    if not part(report, "ratios", "any").get("of"):
        return f"Not measurable: none of {total} generations is long enough for the detector."
    if not part(report, "controls"):
        return "The published counting has no control: this ratio cannot be told from chance."
    contrast, against = claimed_contrast(report)
    ci95 = contrast.get("ci95")
    if not isinstance(ci95, list | tuple):
        why = contrast or part(report, "controls", "heldout")
        return f"No claim: {interval_text(why)} (measurable: {measurable} of {total})."
    figure = interval_text(contrast)
    note = note_text(part(report, "controls", "heldout"))
    if covers_zero(contrast):
        return f"No effect shown against {against}: {figure} covers 0.{note}"
    if is_undecided(contrast):
        return (
            f"Undecided against {against}: {figure} leaves out 0, but p is "
            f"{float(str(contrast['p'])):.2g}, so no effect is claimed.{note}"
        )
    if ci95[0] > 0:
        return f"Fine-tuning data is given back: {figure} more than on {against}.{note}"
    return f"Less is given back than on {against}: {figure}.{note}"
