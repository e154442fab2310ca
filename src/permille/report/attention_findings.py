"""What report.json's `attention` says about memorization, as rows of a table with a verdict."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from permille.report.attention_table import Figures
from permille.report.claim import Report, part
from permille.report.training import Points, audited_cad

NO_EFFECT = "no effect shown"
NULL_DIFFERS = "differs without memorization too"
EFFECTS = (
    ("memorized against others, same lengths", ("metrics", "cad", "matched")),
    ("memorized against others, all", ("metrics", "cad", "raw")),
    ("null: labels permuted", ("nulls", "labels_permuted")),
    ("null: untrained model, same lengths", ("nulls", "untrained_model")),
    ("null: untrained model, all", ("nulls", "untrained_model_raw")),
)
"""AUCs of CAD, and where they stand in a task's part of `within_task`."""
GAINS = (
    ("gain over cheap predictors", ("gain",)),
    ("null: gain of an untrained model", ("nulls", "untrained_model_gain")),
)


@dataclass(frozen=True, slots=True)
class AttentionFinding:
    """A row: the task, what was compared, the figure, how many, and what it shows."""

    task: str
    name: str
    figure: str
    count: str
    verdict: str


def attention_findings(report: Report) -> list[AttentionFinding]:
    """Return the rows of every task that was compared, or why none was."""
    within = part(report, "attention", "within_task")
    if "missing" in within:
        return [AttentionFinding("", "attention", "", "", str(within["missing"]))]
    rows: list[AttentionFinding] = []
    for task, table in within.items():
        if "missing" in part(table):
            rows.append(AttentionFinding(task, "attention", "", "", str(part(table)["missing"])))
            continue
        heads = part(report, "attention", "layers").get(task)
        rows += _effects(task, part(table))
        rows += _heads(task, heads if isinstance(heads, list) else [])
    return rows


def attention_sentence(report: Report, curves: Mapping[str, Points]) -> str:
    """Say in one sentence what the table's first row says, behind the CAD; "" where nothing is.

    Args:
        report: The content of report.json.
        curves: The run's metrics by epoch; nothing where another run trained the weights.
    """
    train, heldout = (audited_cad(report, curves, split) for split in ("train", "heldout"))
    said = []
    if train is not None:
        beside = "" if heldout is None else f" (held-out {heldout:.3f})"
        said.append(f"CAD {train:.3f}{beside}")
    main = EFFECTS[0][0]
    rows = [row for row in attention_findings(report) if row.name in (main, "attention")]
    if len(rows) == 1:
        named = f"{main}: " if rows[0].name == main else "missing: "
        said.append(named + ", ".join(filter(None, (rows[0].figure, rows[0].verdict))))
    elif rows:
        shown = Counter(row.verdict if row.figure else "not computed" for row in rows)
        counts = (f"{verdict} in {number}" for verdict, number in shown.items())
        said.append(f"{main}, of {len(rows)} tasks: {', '.join(counts)}")
    return f"attention: {'; '.join(said)}" if said else ""


def _effects(task: str, table: Figures) -> Iterator[AttentionFinding]:
    """Yield the rows of AUCs and gains."""
    for name, path in EFFECTS:
        if effect := part(table, *path):
            count = f"{effect.get('num_memorized')} and {effect.get('num_others')}"
            sides = ("memorized ones attend more widely", "memorized ones attend more narrowly")
            if name.startswith("null"):
                sides = (NULL_DIFFERS, NULL_DIFFERS)
            verdict = _verdict(effect, effect.get("auc_ci95"), 0.5, sides)
            figure = _figure("AUC", effect.get("auc"), effect.get("auc_ci95"))
            yield AttentionFinding(task, name, figure, count, verdict)
    for name, keys in GAINS:
        if gain := part(table, *keys):
            count = f"{gain.get('num_memorized')} and {gain.get('num_others')}"
            sides = ("CAD adds to them", "CAD takes away")
            if name.startswith("null"):
                sides = (NULL_DIFFERS, NULL_DIFFERS)
            verdict = _verdict(gain, gain.get("ci95"), 0, sides)
            figure = _figure("AUC gained", gain.get("gain"), gain.get("ci95"))
            yield AttentionFinding(task, name, figure, count, verdict)


def _heads(task: str, heads: Sequence[Figures]) -> Iterator[AttentionFinding]:
    """Yield how many heads pass Holm's correction free of length, the first and the last."""
    found = [(part(head, "length_free"), head) for head in heads]
    known = [(free, head) for free, head in found if isinstance(free.get("p_holm"), float)]
    if not known:
        return
    known.sort(key=lambda pair: float(str(pair[0]["p"])))
    num_passing = sum(float(str(free["p_holm"])) < 0.05 for free, _ in known)
    name = "heads that pass Holm's correction, free of length"
    verdict = NO_EFFECT if num_passing == 0 else "these differ"
    yield AttentionFinding(task, name, f"{num_passing} of {len(known)}", "", verdict)
    for place, (free, head) in (("strongest", known[0]), ("weakest", known[-1])):
        figure = f"AUC {free['auc']:.3f}, p = {free['p']:.2g}, Holm {free['p_holm']:.2g}"
        which = f"{head['kind']}, layer {head['layer']}, head {head['head']}"
        yield AttentionFinding(task, f"{place} head", figure, "", which)


def _verdict(found: Figures, ends: object, null: float, sides: tuple[str, str]) -> str:
    """Say what an interval shows, or why there is none."""
    if not isinstance(ends, list | tuple):
        return str(found.get("reason") or "not computed")
    if ends[0] <= null <= ends[1]:
        return NO_EFFECT
    return sides[0] if ends[0] > null else sides[1]


def _figure(name: str, value: object, ends: object) -> str:
    if not isinstance(value, int | float) or not isinstance(ends, list | tuple):
        return ""
    return f"{name} {value:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]"
