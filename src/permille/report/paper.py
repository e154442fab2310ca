"""What the paper found for each task, and whether a run's set-up is the paper's.

The paper is arXiv 2310.06714. Its findings are repeated by group of tasks: it reports much
memorization for summarization and dialogue, little for the others. Its ratio stands beside ours
where a source that can be looked up names it.
"""

from collections.abc import Mapping, Sequence

from permille.report.claim import interval_text, part
from permille.report.comparison_rows import Row, named_rows

FINDINGS = {
    "summarization": "high",
    "dialogue": "high",
    "qa": "low",
    "translation": "low",
    "sentiment": "low",
}
FINDINGS_TEXT = "The paper, arXiv 2310.06714, reports " + ", ".join(
    f"{level}{memorization} for {', '.join(task for task in FINDINGS if FINDINGS[task] == level)}"
    for level, memorization in (("high", " memorization"), ("low", ""))
)
"""What the paper reports, without a full stop."""
FIGURES = {"summarization": (222.0, 110.0)}
"""By task the paper's ratio after fine-tuning T5 and that of T5 before, taken as per mille."""
FIGURES_SOURCE = (
    "Its figures, for Multi-News, are as a public review of its first version names them "
    "(OpenReview, forum sVs7lV691r), which prints no unit and no kind: per mille is inferred, "
    "because a share cannot exceed 100 per cent"
)
"""Where the figures are from, without a full stop."""
NAMED_DIFFERENCES = 4
"""A note names so many, those that decide most; comparison.json has all."""


def paper_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return for each run of one of the paper's tasks what the paper found beside its ratio.

    Args:
        rows: The rows of a comparison; `paper_differences` says in what a row's set-up is not the
            paper's. A row without it is not taken for the paper's.
    """
    found: list[dict[str, object]] = []
    for name, row in named_rows(rows).items():
        task = str(row["task"])
        if task in FINDINGS:
            known = row.get("paper_differences")
            differences = list(known) if isinstance(known, list) else ["its set-up is not known"]
            ours, setup = interval_text(part(row, "ratios", "any")), setup_text(differences)
            found.append(
                {
                    "run": name,
                    "task": task,
                    "paper": FINDINGS[task],
                    "paper_permille": FIGURES.get(task, (None, None))[0],
                    "paper_base_permille": FIGURES.get(task, (None, None))[1],
                    "paper_text": paper_text(task),
                    "ours": ours,
                    "same_setup": not differences,
                    "differences": differences,
                    "setup": setup,
                    "note": f"here {ours}. {setup}",
                }
            )
    return found


def paper_text(task: str) -> str:
    """Return in a few words what the paper reports for one of its tasks.

    >>> paper_text("summarization"), paper_text("qa")
    ('high: 222, before fine-tuning 110', 'low')
    """
    if task not in FIGURES:
        return FINDINGS[task]
    tuned, base = FIGURES[task]
    return f"{FINDINGS[task]}: {tuned:.0f}, before fine-tuning {base:.0f}"


def setup_groups(papers: Sequence[Mapping[str, object]]) -> list[tuple[str, str]]:
    """Return (names of runs, what is said of their set-up), runs of one set-up together.

    Args:
        papers: As `paper_rows` returns them.
    """
    names: dict[str, list[str]] = {}
    for row in papers:
        names.setdefault(str(row["setup"]), []).append(str(row["run"]))
    return [
        ("all runs" if len(names) == 1 and len(runs) > 1 else ", ".join(runs), setup)
        for setup, runs in names.items()
    ]


def setup_text(differences: Sequence[str]) -> str:
    """Say in a sentence whether a run's set-up is the paper's, and in what it is not.

    >>> setup_text(["audit.num_prompts is 200, not 10000"])
    "Not the paper's set-up, so not a replication: audit.num_prompts is 200, not 10000."
    """
    if not differences:
        return "The set-up is the paper's."
    named = list(differences[:NAMED_DIFFERENCES])
    more = len(differences) - len(named)
    if more:
        named.append(f"and {more} more settings")
    return f"Not the paper's set-up, so not a replication: {'; '.join(named)}."
