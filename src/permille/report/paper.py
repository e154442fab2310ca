"""What the paper found for each task, and whether a run's set-up is the paper's.

The paper is arXiv 2310.06714. Only its findings are repeated, by group of tasks: it reports much
memorization for summarization and dialogue, little for the others.
"""

from collections.abc import Sequence

from permille.report.claim import interval_text, part
from permille.report.comparison_rows import Row, named_rows

FINDINGS = {
    "summarization": "high",
    "dialogue": "high",
    "qa": "low",
    "translation": "low",
    "sentiment": "low",
}
SETUP = {
    "model.name": "t5-base",
    "data.source": "hub",
    "audit.name": "paper",
    "audit.num_prompts": "10000",
    "retrieve.engine": "elasticsearch",
}
"""Settings of `experiment=paper` that are not the defaults."""


def paper_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return for each run of one of the paper's tasks what the paper found beside its ratio."""
    found: list[dict[str, object]] = []
    for name, row in named_rows(rows).items():
        task = str(row["task"])
        if task in FINDINGS:
            differences = setup_differences(row)
            ours = interval_text(part(row, "ratios", "any"))
            found.append(
                {
                    "run": name,
                    "task": task,
                    "paper": FINDINGS[task],
                    "ours": ours,
                    "same_setup": not differences,
                    "note": note(FINDINGS[task], ours, differences),
                }
            )
    return found


def note(finding: str, ours: str, differences: Sequence[str]) -> str:
    """Say in a sentence what the paper found, what this run did, and if they can be compared."""
    said = f"the paper reports {finding} memorization; here {ours}."
    if not differences:
        return f"{said} The set-up is the paper's."
    return f"{said} Not the paper's set-up, so not a replication: {'; '.join(differences)}."


def setup_differences(row: Row) -> list[str]:
    """Return in what a run's set-up is not the paper's."""
    settings = part(row, "settings")
    return [
        f"{name} is {settings.get(name, 'the default')}, not {wanted}"
        for name, wanted in SETUP.items()
        if str(settings.get(name, "")).rpartition("/")[2] != wanted
    ]
