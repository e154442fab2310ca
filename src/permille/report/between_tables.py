"""What runs say together as tables: the spread of seeds, counterfactuals, a mixture's tasks."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from permille.report.between_runs import KINDS
from permille.report.claim import interval_text, objects, part
from permille.report.comparison_rows import Row, named_rows

Objects = Sequence[Mapping[str, object]]
MAX_MARKDOWN_ROWS = 20


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a comparison.

    Attributes:
        name: Its file is comparison_<name>.csv.
        title: What it shows, in a sentence or two.
        columns: Its columns.
        rows: Its rows, with None where there is nothing.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def markdown(self) -> list[str]:
        """Return the lines of a Markdown table under its title, without the rows of a long one."""
        lines = [self.title, ""]
        shown = self.rows[:MAX_MARKDOWN_ROWS]
        for cells in (self.columns, ["---"] * len(self.columns), *shown):
            texts = ("" if cell is None else str(cell).replace("|", "\\|") for cell in cells)
            lines.append("| " + " | ".join(texts) + " |")
        more = len(self.rows) - len(shown)
        if more:
            lines += ["", f"{more} more rows stand in comparison_{self.name}.csv."]
        return lines

    def csv(self) -> str:
        """Return the table as CSV."""
        out = StringIO()
        csv.writer(out).writerows([self.columns, *self.rows])
        return out.getvalue()


def between_tables(comparison: Mapping[str, object]) -> list[Table]:
    """Return the tables of a comparison that have rows.

    Args:
        comparison: The content of comparison.json.
    """
    tables = [
        _seeds(objects(comparison.get("seeds"))),
        *_counterfactuals(objects(comparison.get("counterfactual"))),
        _task_matrix(objects(comparison.get("rows"))),
        _sampled(objects(comparison.get("rows"))),
    ]
    return [table for table in tables if table.rows]


def _seeds(groups: Objects) -> Table:
    columns = ("settings", "kind", "runs", "mean_permille", "sd", "lowest", "highest", "half_width")
    rows = []
    for group in groups:
        for kind in KINDS:
            found = part(group, kind)
            figures = (found.get("permille"), found.get("sd"), *_ends(found.get("range")))
            said = (found.get("half_width"), found.get("reason"))
            rows.append((_settings(group), kind, group["runs"], *figures, *said))
    title = (
        "The same run with other seeds, per mille: mean, standard deviation and range between"
        " seeds, and the mean half length of a run's own 95 % interval."
    )
    return Table("seeds", title, (*columns, "reason"), rows)


def _counterfactuals(groups: Objects) -> Iterator[Table]:
    """Yield the mean of each group, then every example."""
    means: list[tuple[object, ...]] = []
    examples: list[tuple[object, ...]] = []
    for group in groups:
        ends = _ends(group.get("ci95"))
        figures = (group["models"], group["of"], group["permille"], *ends, group.get("reason"))
        means.append((_settings(group), *figures))
        for one in objects(group.get("examples")):
            counts = (*_ends(one["in"]), *_ends(one["out"]))
            examples.append((_settings(group), one["example_id"], *counts, one["difference"]))
    yield Table(
        "counterfactual",
        "What each example owes to training: given back by models that were trained on it, less by"
        " those that were not, per mille of the models, the mean over examples.",
        ("settings", "models", "examples", "permille", "ci95_low", "ci95_high", "reason"),
        means,
    )
    yield Table(
        "counterfactual_examples",
        "Each example, those first that differ most: models that gave back its own text, of those"
        " asked for it.",
        ("settings", "example_id", "in_given", "in_asked", "out_given", "out_asked", "difference"),
        examples,
    )


def _task_matrix(rows: Sequence[Row]) -> Table:
    found: list[tuple[object, ...]] = []
    for name, row in named_rows(rows).items():
        for prompted, homes in part(row, "task_matrix").items():
            for home, ratio in part({"homes": homes}, "homes").items():
                values = part({"ratio": ratio}, "ratio")
                figures = (values.get("count"), values.get("of"), values.get("permille"))
                found.append((name, prompted, home, *figures, *_ends(values.get("ci95"))))
    return Table(
        "task_matrix",
        "Whose prompt gives back whose document: measurable generations of a task's training"
        " prompts with a case in a document of each task, per mille.",
        ("run", "prompts_of", "documents_of", "count", "of", "permille", "ci95_low", "ci95_high"),
        found,
    )


def _sampled(rows: Sequence[Row]) -> Table:
    """Return (n, p)-discoverable extraction by scheme and split, once for runs that agree in it."""
    named = named_rows(rows)
    lines: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[str]] = {}
    for name, row in named.items():
        for scheme, found in part(row, "sampled").items():
            sides = part({"sides": found}, "sides")
            if "missing" in sides:
                lines.setdefault((scheme, str(sides["missing"]), ()), []).append(name)
                continue
            for split in sides:
                own = part(sides, split)
                texts = tuple((key, interval_text(part(own, key))) for key in own)
                lines.setdefault((scheme, split, texts), []).append(name)
    asked = list(dict.fromkeys(key for *_, texts in lines for key, _ in texts))
    return Table(
        "sampled",
        "Targets that n draws under a scheme hold whole with a chance of p or more, given their"
        " inputs: (n, p)-discoverable extraction, with 95 % intervals.",
        ("run", "scheme", "targets", *asked),
        [
            (_listed(names, len(named)), scheme, split, *map(dict(texts).get, asked))
            for (scheme, split, texts), names in lines.items()
        ],
    )


def _listed(names: Sequence[str], num_runs: int) -> str:
    """Write the names of runs, in short where they are all."""
    return f"all {num_runs}" if 1 < num_runs == len(names) else ", ".join(names)


def _settings(group: Mapping[str, object]) -> str:
    """Write what the runs of a group have in common."""
    shared = group["overrides"]
    return " ".join(map(str, shared)) if isinstance(shared, list) and shared else "the defaults"


def _ends(values: object) -> tuple[object, object]:
    """Return the two values of a list; None for each where there is none."""
    return (values[0], values[1]) if isinstance(values, list | tuple) else (None, None)
