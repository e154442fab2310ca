"""Rules between groups: combinations of settings that cannot be run, or would be ignored."""

from collections.abc import Iterator
from pathlib import Path

from permille.audit.config import AuditName
from permille.config.schema import (
    EvaluateSettings,
    GridConfig,
    Program,
    Settings,
    SweepSettings,
    TrainSettings,
)
from permille.config.secrets import without_secrets
from permille.data.config import DataSource
from permille.model.config import ModelSource, Strategy

Rule = tuple[bool, str]
"""Whether it is broken, and what to say then."""


def broken_rules(root: object) -> list[str]:
    """Return what is wrong between the groups of a program's settings, a line a rule."""
    rules: list[Rule] = []
    if isinstance(root, Settings):
        rules += _shared_rules(root)
    if isinstance(root, TrainSettings):
        rules += _train_rules(root)
    if isinstance(root, EvaluateSettings):
        rules += _evaluate_rules(root)
    if isinstance(root, SweepSettings):
        rules += _sweep_rules(root)
    return [text for is_broken, text in rules if is_broken]


def _shared_rules(root: Settings) -> Iterator[Rule]:
    """Yield the rules of train and evaluate."""
    yield root.seed < 0, f"seed: want at least 0, got {root.seed}"
    folder = root.data.dir
    yield (
        root.data.source is DataSource.files and folder is not None and not Path(folder).is_dir(),
        f"data.dir: want the folder of the tasks' files, got {folder}, which is no folder",
    )
    yield (
        any(set("@?#") & set(url) or without_secrets(url) != url for url in root.retrieve.urls),
        "retrieve.url: want an address without user and password, ? or #; to sign in use the"
        " environment (see docs/retrieval.md), so that no file of a run holds any",
    )
    # a checkpoint has a rule of its own, and is the model's name
    is_named = root.model.source is ModelSource.pretrained and not getattr(root, "checkpoint", None)
    yield (
        is_named and root.model.name in ("", "mini"),
        "model.name: want a hub name or a folder with model=hf, got none; add model.name=NAME",
    )
    lacks = _what_a_model_lacks(root.model.name)
    yield (
        is_named and lacks is not None,
        f"model.name: want a hub name or a folder, got {root.model.name}, {lacks}",
    )
    yield (
        root.trainer.strategy is Strategy.ddp and root.trainer.devices < 2,
        "trainer.devices: want 2 or more with trainer=ddp, got"
        f" {root.trainer.devices}; one process needs no ddp",
    )


def _train_rules(root: TrainSettings) -> Iterator[Rule]:
    """Yield the rules of train alone."""
    yield (
        root.audit.weights == "best" and root.data.num_heldout == 0,
        "audit.weights: want last with data.num_heldout=0, got best, which needs a validation loss",
    )
    yield (
        root.audit.name is AuditName.off and root.audit.every_n_epochs > 0,
        "audit.every_n_epochs: want 0 with audit=off, got"
        f" {root.audit.every_n_epochs}, which would be ignored",
    )
    if root.resume is not None:
        run = Path(root.resume)
        yield not run.is_dir(), f"resume: want the folder of a run, got {run}, which is no folder"


def _evaluate_rules(root: EvaluateSettings) -> Iterator[Rule]:
    """Yield the rules of evaluate alone."""
    given = [name for name in ("run", "checkpoint", "generations") if getattr(root, name)]
    yield (
        len(given) != 1,
        "evaluate: want exactly one of run=, checkpoint=, generations=, got"
        f" {' and '.join(f'{name}=' for name in given) or 'none of them'}",
    )
    lacks = _what_a_model_lacks(root.checkpoint or "")
    yield (
        root.checkpoint is not None and lacks is not None,
        f"checkpoint: want a hub name or a model's folder, got {root.checkpoint}, {lacks};"
        " of a run, name its checkpoints/model",
    )
    yield (
        bool(root.generations) != bool(root.documents),
        "documents: want generations= and documents= together, got only one of them",
    )
    yield (
        bool(root.generations) and root.audit.name is AuditName.off,
        "audit: want standard, full or paper with generations=, got off, which leaves nothing to"
        " do; leave it out",
    )
    for name in ("generations", "documents"):
        path = getattr(root, name)
        yield (
            path is not None and not Path(path).is_file(),
            f"{name}: want a file of JSON lines, got {path}, which is no file",
        )
    yield root.redraw and not root.run, "redraw: want run= with it, got redraw=true alone"
    yield root.unseen and not root.run, "unseen: want run= with it, got unseen=true alone"
    yield from _annotation_rules(root)


def _annotation_rules(root: EvaluateSettings) -> Iterator[Rule]:
    """Yield the rules of what people label."""
    yield (
        root.annotate not in (None, "export", "import"),
        f"annotate: want export or import, got {root.annotate}",
    )
    yield (
        root.annotate is not None and not root.run,
        f"annotate: want run= with it, got annotate={root.annotate} alone",
    )
    yield root.num_pairs < 1, f"num_pairs: want at least 1, got {root.num_pairs}"
    for path in root.labels or ():
        yield not Path(path).is_file(), f"labels: want files, got {path}, which is no file"
    yield (
        (root.annotate == "import") != bool(root.labels),
        "labels: want annotate=import and 'labels=[A,B]' together, got only one of them",
    )


def _what_a_model_lacks(name: str) -> str | None:
    """Say why a name can be no model's: a path of no folder, or a folder without configuration."""
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return None if (folder / "config.json").is_file() else "which has no config.json"
    is_path = name.startswith((".", "/", "~")) or name.count("/") > 1  # hub names have one slash
    return "which is no folder" if is_path else None


def _sweep_rules(root: SweepSettings) -> Iterator[Rule]:
    """Yield the rules of sweep."""
    grid: GridConfig = root.grid
    has_cells = bool(grid.cells or grid.product)
    yield (
        not has_cells and grid.simulation is None,
        f"grid: want cells or a product of values, got neither in grid={grid.name}",
    )
    yield (
        grid.simulation is not None and (has_cells or bool(root.overrides)),
        f"grid: want no cells and no overrides with the simulation of grid={grid.name}, got some; "
        "its sizes are grid.simulation.*",
    )
    yield (
        grid.before is not None and grid.program is not Program.evaluate,
        "grid.before: want program: evaluate with it, got a grid of train",
    )
