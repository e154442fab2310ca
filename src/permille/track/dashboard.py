"""The dashboard of docs/wandb.md, made in a W&B project: needs a server and `wandb-workspaces`.

python -m permille.track.dashboard ENTITY PROJECT
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import wandb
from wandb.sdk.lib.service.service_connection import WandbApiFailedError

from permille.core.errors import PermilleError, ServiceError, require

KINDS = ("any", "verbatim", "paraphrase", "idea")
SCORES = ("rouge_l", "f1", "bleu", "accuracy")
"""How well a task is done, by one score a task."""
COLUMNS = 3
MAX_RUNS = 100
"""Runs in a panel; W&B's own 10 are fewer than a sweep has."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart: its title, what it draws, and against what.

    `form` is `line` (over epochs), `scatter` (a point a run), `table` or `media`.
    """

    title: str
    form: str
    y: tuple[str, ...]
    x: str = "epoch"


SECTIONS: dict[str, tuple[Panel, ...]] = {
    "Memorization": (
        Panel("Ratio by epoch", "line", tuple(f"memorization/{kind}_permille" for kind in KINDS)),
        Panel("N-gram overlap", "line", ("memorization/ngram_overlap",)),
        Panel("Plots", "media", ("plots/headline", "plots/training")),
    ),
    "Training": (
        Panel("Losses", "line", ("train/loss", "val/loss")),
        Panel("Utility", "line", tuple(f"val/{score}" for score in SCORES)),
    ),
    "Attention": (
        Panel("CAD by epoch", "line", ("attention/cad", "attention/cad_heldout")),
        Panel(
            "Ratio against CAD",
            "scatter",
            ("memorization/any_permille",),
            "attention/cad",
        ),
        Panel(
            "Pictures",
            "media",
            ("attention/layer_head", "attention/dispersion", "attention/against_ratio"),
        ),
    ),
    "Runs": (
        Panel(
            "Ratio against held-out",
            "scatter",
            ("memorization/any_permille",),
            "memorization/heldout_any_permille",
        ),
        *(
            Panel(
                f"Ratio against {score}", "scatter", ("memorization/any_permille",), f"val/{score}"
            )
            for score in SCORES
        ),
        Panel("Ratios", "table", ("memorization/ratios",)),
        Panel("Cases", "table", ("memorization/cases",)),
    ),
}
"""Section by section, what docs/wandb.md says in words."""


def sections() -> list[object]:
    """Return the sections as `wandb-workspaces` has them.

    Raises:
        SettingsError: If `wandb-workspaces` is not installed.
    """
    workspaces = require("wandb_workspaces.workspaces", extra="dashboard")
    return [
        workspaces.Section(
            name=name,
            is_open=True,
            panels=[_panel(panel) for panel in panels],
            # a section turns pages where its panels are more than its rows hold
            layout_settings=workspaces.SectionLayoutSettings(
                columns=COLUMNS, rows=-(-len(panels) // COLUMNS)
            ),
        )
        for name, panels in SECTIONS.items()
    ]


def make_dashboard(entity: str, project: str) -> str:
    """Save the dashboard in a project, and return its address.

    Raises:
        SettingsError: If `wandb-workspaces` is not installed.
        ServiceError: If W&B does not take it: no key, no server, no right to the project.
    """
    workspaces = require("wandb_workspaces.workspaces", extra="dashboard")
    made = workspaces.Workspace(
        name="permille",
        entity=entity,
        project=project,
        sections=sections(),
        settings=workspaces.WorkspaceSettings(x_axis="epoch", max_runs=MAX_RUNS),
    )
    try:
        return str(made.save().url)
    except (wandb.errors.Error, WandbApiFailedError) as error:
        why = str(error).strip()
        raise ServiceError(
            f"W&B did not save the dashboard in {entity}/{project} ({why}); log in by `wandb "
            "login` or WANDB_API_KEY, and name a server of your own by WANDB_BASE_URL"
        ) from error


def _panel(panel: Panel) -> object:
    """Return a panel as `wandb-workspaces` has it."""
    reports = require("wandb_workspaces.reports.v2", extra="dashboard")
    match panel.form:
        case "scatter":
            x, y = reports.SummaryMetric(panel.x), reports.SummaryMetric(panel.y[0])
            return reports.ScatterPlot(title=panel.title, x=x, y=y)
        case "table":
            return reports.WeavePanelSummaryTable(table_name=panel.y[0])
        case "media":
            return reports.MediaBrowser(title=panel.title, media_keys=list(panel.y))
        case _:
            return reports.LinePlot(title=panel.title, x=panel.x, y=list(panel.y))


def main(arguments: Sequence[str]) -> int:
    """Make the dashboard that the arguments name; return the exit code."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m permille.track.dashboard ENTITY PROJECT\n")
        return 1
    try:
        address = make_dashboard(*arguments)
    except PermilleError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{address}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
