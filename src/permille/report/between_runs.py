"""What runs say together that differ in one thing alone: the seed, or who was held out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, stdev

from permille.core.records import KINDS_BY_STRENGTH, Arm, Kind, Split
from permille.measure.counterfactual import ExampleMemory, counterfactual_mean
from permille.report.claim import covers_zero, interval_text, part
from permille.report.comparison_rows import Row
from permille.report.run_files import RunFiles

KINDS = ("any", *map(str, KINDS_BY_STRENGTH))


def alike_but_for(rows: Sequence[Row], setting: str) -> list[tuple[list[str], list[Row]]]:
    """Return groups of two rows or more whose overrides differ in a setting alone.

    Returns:
        For each group the overrides that its rows share, and the rows.
    """
    groups: defaultdict[tuple[str, ...], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found = row["overrides"]
        overrides = [str(one) for one in found] if isinstance(found, list) else []
        own = [one for one in overrides if one.startswith(f"{setting}=")]
        if own:
            shared = tuple(one for one in overrides if one not in own)
            groups[shared][own[-1]] = row
    return [(list(key), list(found.values())) for key, found in groups.items() if len(found) > 1]


def seed_spread(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return, for runs that differ in their seed, the spread of each ratio beside its interval.

    `sd` is the standard deviation between seeds, `half_width` the mean half length of the runs' own
    95 % intervals, all in per mille.
    """
    return [
        {"overrides": shared, "runs": len(group), **{kind: _spread(group, kind) for kind in KINDS}}
        for shared, group in alike_but_for(rows, "seed")
    ]


def _spread(rows: Iterable[Row], kind: str) -> dict[str, object]:
    """Return the spread of one ratio over runs."""
    ratios = [part(row, "ratios", kind) for row in rows]
    known = [one for one in ratios if one.get("permille") is not None]
    if len(known) < 2:
        return {"permille": None, "reason": f"{len(known)} of {len(ratios)} runs have this ratio"}
    values = [float(str(one["permille"])) for one in known]
    ends = [one["ci95"] for one in known]
    widths = [(end[1] - end[0]) / 2 for end in ends if isinstance(end, list)]
    return {
        "permille": round(mean(values), 1),
        "sd": round(stdev(values), 1),
        "range": [min(values), max(values)],
        "half_width": round(mean(widths), 1),
        "n": len(values),
    }


def counterfactuals(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return, for runs that differ in who was held out, how much each example owes to training.

    An example is memorized by a model that gives back its own text when prompted with it: in a
    case that counts, of a document of the same example.
    """
    return [
        {"overrides": shared, "models": len(group), **counterfactual_mean(_memories(group))}
        for shared, group in alike_but_for(rows, "data.split_seed")
    ]


def counterfactual_sentence(group: Mapping[str, object]) -> str:
    """Say what `counterfactuals` found of one group of models."""
    settings = group.get("overrides")
    shared = " ".join(map(str, settings)) if isinstance(settings, list) else ""
    about = (
        f"{group['models']} models of {shared or 'the defaults'} that differ in who was held out, "
        f"{group['of']} examples that some were trained on and some not"
    )
    figure = interval_text(group)
    if group.get("permille") is None:
        return f"{about}: {figure}."
    if covers_zero(group):
        return f"{about}: no effect of training on an example is shown, {figure} covers 0."
    above = float(str(group["permille"])) > 0
    return f"{about}: given back {'more' if above else 'less'} often where trained on, {figure}."


def _memories(rows: Iterable[Row]) -> list[ExampleMemory]:
    """Count for each example the models with it and without it, and those that gave it back."""
    asked: dict[str, Counter[str]] = {str(split): Counter() for split in Split}
    given: dict[str, Counter[str]] = {str(split): Counter() for split in Split}
    for row in rows:
        files = RunFiles(Path(str(row["run"])))
        example_of = {
            str(line["id"]): (str(line["split"]), str(line["example_id"]))
            for line in files.lines("generations.jsonl")
            if line["model"] == Arm.TUNED
        }
        for split, example in example_of.values():
            asked[split][example] += 1
        hits = {
            example_of[str(line["generation_id"])]
            for line in files.lines("cases.jsonl")
            if line["own"] and _counts(line) and str(line["generation_id"]) in example_of
        }
        for split, example in hits:
            given[split][example] += 1
    both = asked[Split.TRAIN].keys() & asked[Split.HELDOUT].keys()
    return [
        ExampleMemory(
            example,
            asked[Split.TRAIN][example],
            given[Split.TRAIN][example],
            asked[Split.HELDOUT][example],
            given[Split.HELDOUT][example],
        )
        for example in sorted(both)
    ]


def _counts(line: Mapping[str, object]) -> bool:
    """Tell whether a case counts in the ratios: all but paraphrases that were not confirmed."""
    return line["kind"] != Kind.PARAPHRASE or line["confirmed"] is not False
