"""What leaked, how sure that is, and what to do next: sentences that follow from the figures."""

from collections.abc import Mapping, Sequence

from permille.core.records import KINDS_BY_STRENGTH
from permille.measure.intervals import decimals_of
from permille.report.claim import (
    Report,
    claimed_contrast,
    contrast_text,
    covers_zero,
    interval_text,
    is_undecided,
    method_text,
    of_prompts,
    part,
)
from permille.report.corpus_rows import one_example_sentence
from permille.report.personal import is_given_back, personal_data_sentence

LONG_RUNS = (100, 200, 500)
"""Lengths in characters, as the page filters by them."""
FEW_MEASURABLE = 0.5
"""Below this share of measurable generations longer ones are advised."""


def what_leaked(report: Report, run_chars: Sequence[int]) -> list[str]:
    """Say how many generations hold training text, how long the runs are, and what of persons.

    Args:
        report: The content of report.json.
        run_chars: The length of the longest run of each case that decides a kind, in characters,
            that of the worst case first.
    """
    ratio = part(report, "ratios", "any")
    if not ratio.get("of"):
        return ["Nothing could be measured.", *_of_persons(report)]
    kinds = [f"{part(report, 'ratios', kind).get('count')} {kind}" for kind in KINDS_BY_STRENGTH]
    counted = f"measurable generations{of_prompts(report, measurable=True)}"
    if report.get("audit") == "paper":
        counted = "prompts"
    said = [
        f"{ratio['count']} of {ratio['of']} {counted} hold text of the training set: "
        f"{', '.join(kinds)}."
    ]
    if run_chars:
        said.append(f"The longest run of the strongest kind has {run_chars[0]} characters.")
    # a page has the first cases only; of fewer than were counted nothing is said
    if len(run_chars) == ratio.get("count"):
        longer = {least: sum(chars >= least for chars in run_chars) for least in LONG_RUNS}
        told = [f"{number} of {least} or more" for least, number in longer.items() if number]
        if told:
            said.append(f"Longest runs in characters: {', '.join(told)}.")
    if of_one_example := one_example_sentence(report):
        said.append(of_one_example)
    return [*said, *_of_persons(report)]


def how_sure(report: Report) -> list[str]:
    """Say the interval, the contrasts with their p, and what the detector is known to miss."""
    ratio = part(report, "ratios", "any")
    said = [f"Ratio: {interval_text(ratio)} (95 % interval{_method(ratio)})."]
    contrasts = {
        "Training minus held-out prompts": ("heldout", "difference", "any"),
        "Tuned minus base model": ("base_model", "difference", "any"),
        "Difference in differences": ("difference_in_differences", "any"),
    }
    for name, keys in contrasts.items():
        found = part(report, "controls", *keys)
        if found.get("permille") is not None:
            method = f" (95 % interval and p{_method(found)})" if _method(found) else ""
            said.append(f"{name}: {contrast_text(found)}{method}.")
    if len(said) > 1 and part(report, "generations").get("not_measurable"):
        said.append("Differences are over all prompts; a generation too short has no case.")
    detector = part(report, "controls", "detector")
    alarm, found = part(detector, "false_alarm"), part(detector, "sensitivity", "any")
    if alarm.get("of") and found.get("of"):
        said.append(
            f"Of planted copies {found['count']} of {found['of']} were found; of clean texts "
            f"{alarm['count']} of {alarm['of']} raised a false alarm, {interval_text(alarm)}."
        )
    return said


def what_next(report: Report) -> list[str]:
    """Say what to look at or to change, from the figures of this run."""
    ratio = part(report, "ratios", "any")
    counts = part(report, "generations")
    total, measurable = _number(counts.get("total")), _number(counts.get("measurable"))
    advice = []
    if total and measurable < FEW_MEASURABLE * total:
        advice.append(
            f"{total - measurable:g} of {total:g} generations are too short to measure: raise "
            "audit.max_new_tokens, or audit a task with longer outputs."
        )
    degenerate = _number(counts.get("degenerate"))
    if total and degenerate > total / 2:
        advice.append(
            f"{degenerate:g} of {total:g} generations repeat themselves: train longer, with "
            "another learning rate, or decode otherwise (audit.decoding.*) first."
        )
    if ratio.get("count"):
        advice.append("Read the first cases below: is the text private, licensed, or stock?")
        advice += _causes(report)
        advice.append(_after_cases(report))
    elif ratio.get("of"):
        ends = ratio.get("ci95")
        high = (
            f"up to {ends[1]:.{decimals_of(ends)}f} ‰" if isinstance(ends, list | tuple) else "more"
        )
        advice.append(
            f"Nothing was found, which leaves {high} possible: raise audit.num_prompts to be surer."
        )
    if is_given_back(report):
        advice.append(
            "Find out whose data these are: report.json lists the values masked under "
            "controls.personal_data, and as they are with audit.looks.show_values=true."
        )
    return advice or ["Look at the controls below."]


def _of_persons(report: Report) -> list[str]:
    """Say how much personal data is given back; nothing where that is none."""
    said = personal_data_sentence(report)
    return [f"{said[0].upper()}{said[1:]}."] if said else []


def _after_cases(report: Report) -> str:
    """Say how to lower a ratio, or, where no effect of training is shown, how to be surer."""
    contrast, against = claimed_contrast(report)
    ends = contrast.get("ci95")
    if not isinstance(ends, list | tuple):
        return (
            "What chance gives is not known: audit held-out prompts too (evaluate.py run=RUN "
            "audit=standard; among texts, those of split heldout) before anything is changed."
        )
    if covers_zero(contrast) or is_undecided(contrast):
        return (
            f"Against {against} no effect is shown: raise audit.num_prompts to be surer, before "
            "anything is changed to lower it."
        )
    if ends[1] < 0:
        return "Look at the cases of held-out prompts, and at how the two sets of texts differ."
    return "To lower it: fewer epochs (sweep.py grid=epochs), a mixture (grid=mixture)."


def _causes(report: Report) -> list[str]:
    """Say which control takes much of the ratio away."""
    known = {
        "text that stands in many examples": ("boilerplate", "without"),
        "text that stood in the prompt": ("input_copied", "without"),
        "degenerate generations": ("degenerate", "without"),
    }
    all_of = _number(part(report, "ratios", "any").get("permille"))
    said = []
    for cause, keys in known.items():
        left = part(report, "controls", *keys, "any").get("permille")
        if isinstance(left, int | float) and all_of and left < all_of / 2:
            said.append(f"Most of it is {cause}: without it {left:.1f} ‰ are left.")
    return said


def _method(figure: Mapping[str, object]) -> str:
    """Write how an interval was found, where that is known."""
    method = method_text(figure)
    return f" by {method}" if method else ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
