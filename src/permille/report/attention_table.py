"""What attention says over the runs of a sweep, as Markdown.

python -m permille.report.attention_table SWEEP
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill

from permille.report.claim import interval_text, part
from permille.report.comparison_rows import Row, named_rows
from permille.report.run_files import RunFiles
from permille.report.training import Points, audited_cad

Figures = Mapping[str, object]
TASKS_HEADER = (
    *("run", "CAD, training", "CAD, held-out", "any kind, per mille"),
    *("tokens predicted, training", "held-out", "difference"),
)
EFFECTS_HEADER = (
    *("run: task", "memorized, others", "AUC of CAD", "p, Holm"),
    *("matched pairs", "AUC, matched", "p, Holm"),
)
CHECKS_HEADER = (
    *("run: task", "gain over cheap predictors", "AUC, labels permuted"),
    *("AUC, untrained, matched", "heads that pass Holm"),
)
WIDTH = 118
TESTED = {"cad_vs_any": "the ratio", "cad_vs_token_score": "the token score"}


def attention_tables(comparison: Mapping[str, object]) -> str:
    """Return the table of runs, the tests over tasks and epochs, and two tables within tasks.

    Args:
        comparison: The content of comparison.json; the runs' own report.json are read too.
    """
    rows = comparison.get("rows")
    runs = {
        name: RunFiles(Path(str(row["run"])))
        for name, row in named_rows(rows if isinstance(rows, list) else []).items()
    }
    reports = {name: files.report() for name, files in runs.items()}
    cells = [task_cells(name, reports[name], files.curves()) for name, files in runs.items()]
    lines = _table(TASKS_HEADER, cells)
    across = part(comparison, "attention", "across_tasks")
    said = [fill(f"- {line}", WIDTH, subsequent_indent="  ") for line in across_sentences(across)]
    lines += ["", *said, ""]
    within = [found for item in reports.items() for found in within_tasks(*item)]
    lines += [*_table(EFFECTS_HEADER, [effect_cells(*found) for found in within]), ""]
    return (
        "\n".join(lines + _table(CHECKS_HEADER, [check_cells(*found) for found in within])) + "\n"
    )


def task_cells(name: str, report: Row, curves: Mapping[str, Points]) -> list[str]:
    """Return a run's cells, in the order of `TASKS_HEADER`; curves are its metrics by epoch."""
    score = part(report, "attention", "token_score")
    ratio = part(report, "ratios", "any")
    difference = _number(score.get("difference")) + _ends(score.get("ci95"))
    return [
        name,
        *(_number(audited_cad(report, curves, split)) for split in ("train", "heldout")),
        interval_text(ratio).replace(" ‰", "") + f" of {ratio.get('of')}",
        *(_number(score.get(split)) for split in ("train", "heldout")),
        difference,
    ]


def across_sentences(across: Figures) -> Iterator[str]:
    """Yield a sentence for each test of comparison.json's `attention.across_tasks`."""
    for title, found in _tests(across):
        yield f"{title}: {_correlation(found)}"


def short_across_sentences(across: Figures) -> tuple[list[str], list[str]]:
    """Return the sentences of tests that have a result, and why others have none, a reason each."""
    tests = list(_tests(across))
    said = [f"{title}: {_correlation(found)}" for title, found in tests if _has_result(found)]
    without: dict[str, list[str]] = {}
    for title, found in tests:
        if not _has_result(found):
            without.setdefault(str(found.get("reason")), []).append(title)
    return said, [f"{reason}: {'; '.join(of)}" for reason, of in without.items()]


def _tests(across: Figures) -> Iterator[tuple[str, Figures]]:
    """Yield what each test is of, and what it found."""
    for name, title in TESTED.items():
        yield f"over tasks, CAD against {title}", part(across, name)
    for name, found in part(across, "over_epochs").items():
        yield f"over tasks and epochs, {_title(name)}", part(found)
    for task, both in part(across, "by_epoch").items():
        for name, found in part(both).items():
            yield f"within {task} by epoch, {_title(name)}", part(found)


def _has_result(found: Figures) -> bool:
    return isinstance(found.get("spearman"), int | float)


def within_tasks(name: str, report: Row) -> Iterator[tuple[str, Figures, Sequence[Figures]]]:
    """Yield for each task of a run its name, its part of `within_task`, and its heads."""
    for task, table in part(report, "attention", "within_task").items():
        heads = part(report, "attention", "layers").get(task)
        if part(table, "metrics"):
            title = name if name == task else f"{name}: {task}"
            yield title, part(table), heads if isinstance(heads, list) else []


def effect_cells(title: str, table: Figures, _: Sequence[Figures]) -> list[str]:
    """Return a task's cells, in the order of `EFFECTS_HEADER`."""
    raw, matched = (part(table, "metrics", "cad", which) for which in ("raw", "matched"))
    return [
        title,
        f"{raw['num_memorized']}, {raw['num_others']}",
        _area(raw),
        _p(raw.get("p_holm")),
        str(matched["num_memorized"]),
        _area(matched),
        _p(matched.get("p_holm")),
    ]


def check_cells(title: str, table: Figures, heads: Sequence[Figures]) -> list[str]:
    """Return a task's cells, in the order of `CHECKS_HEADER`."""
    gain = part(table, "gain")
    return [
        title,
        _number(gain.get("gain")) + _ends(gain.get("ci95")),
        _area(part(table, "nulls", "labels_permuted")),
        _area(part(table, "nulls", "untrained_model")),
        _passing(heads),
    ]


def main(arguments: Sequence[str]) -> int:
    """Print the tables of the sweep that the argument names; return the exit code."""
    if len(arguments) != 1 or not (Path(arguments[0]) / "comparison.json").is_file():
        sys.stderr.write("usage: python -m permille.report.attention_table SWEEP\n")
        sys.stderr.write("want the folder of a finished sweep, with its comparison.json\n")
        return 1
    sys.stdout.write(attention_tables(_read(Path(arguments[0]) / "comparison.json")))
    return 0


def _area(effect: Figures) -> str:
    return _number(effect.get("auc")) + _ends(effect.get("auc_ci95"))


def _passing(heads: Sequence[Figures]) -> str:
    """Say how many heads pass Holm's correction free of length."""
    found = [part(head, "length_free").get("p_holm") for head in heads]
    p_values = [p for p in found if isinstance(p, float)]
    return f"{sum(1 for p in p_values if float(str(p)) < 0.05)} of {len(p_values)}"


def _correlation(found: Figures) -> str:
    spearman, p = found.get("spearman"), found.get("p")
    if not isinstance(spearman, int | float):
        return f"none ({found.get('reason')})"
    if not isinstance(p, int | float):
        return f"Spearman {spearman:.2f} over {found['n']}, no p ({found.get('reason')})"
    return (
        f"Spearman {spearman:.2f} over {found['n']}{_ends(found.get('ci95'))}, p = {p:.3g}, "
        f"the smallest possible being {found['smallest_p']:.3g}"
    )


def _title(name: str) -> str:
    return f"CAD against {'the ratio' if name.endswith('any') else 'the token score'}"


def _table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    rows = [header, ["---"] * len(header), *lines]
    return ["| " + " | ".join(cells) + " |" for cells in rows]


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


def _p(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, int | float) else "–"


def _ends(ends: object) -> str:
    return f" [{ends[0]:.3f}, {ends[1]:.3f}]" if isinstance(ends, list | tuple) else ""


def _read(path: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return content


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
