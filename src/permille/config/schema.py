"""The settings of each program: every package's own dataclass under one root.

A program's schema is registered outside of all groups: beside the YAML files of a group it would be
one of the group's options, and `task=glob(*)` would take it for a task.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from hydra.core.config_store import ConfigStore

from permille.align.config import AlignConfig
from permille.audit.config import AuditConfig
from permille.callbacks.config import AttentionConfig
from permille.data.config import DataConfig, TaskConfig
from permille.judge.config import JudgeConfig
from permille.measure.sparse_coding_config import SparseCodingConfig
from permille.model.config import ModelConfig, TrainerConfig
from permille.report.config import ReportConfig
from permille.retrieve.config import RetrieveConfig
from permille.track.config import TrackConfig


class Program(StrEnum):
    """The three programs, by the name of their root YAML."""

    train = "train"
    evaluate = "evaluate"
    sweep = "sweep"


@dataclass
class Settings:
    """What train and evaluate share: a group for each package, and the seed."""

    task: TaskConfig = field(default_factory=TaskConfig)
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    retrieve: RetrieveConfig = field(default_factory=RetrieveConfig)
    align: AlignConfig = field(default_factory=AlignConfig)
    judge: JudgeConfig = field(default_factory=JudgeConfig)
    audit: AuditConfig = field(default_factory=AuditConfig)
    attention: AttentionConfig = field(default_factory=AttentionConfig)
    track: TrackConfig = field(default_factory=TrackConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    report: ReportConfig = field(default_factory=ReportConfig)
    seed: int = 0
    """Sets everything that is random in a run."""


@dataclass
class TrainSettings(Settings):
    """The root settings of train.py."""

    resume: str | None = None
    """Folder of an interrupted run, in which training goes on."""


@dataclass
class EvaluateSettings(Settings):
    """The root settings of evaluate.py: exactly one of the three things that can be audited."""

    run: str | None = None
    """Folder of a run: its model is audited again, from its settings and those given here."""
    checkpoint: str | None = None
    """Hub name or folder of a Hugging Face encoder-decoder, with `task`."""
    generations: str | None = None
    """JSON lines of generations, with `documents`; no model is loaded."""
    documents: str | None = None
    """JSON lines of documents."""
    annotate: str | None = None
    """With `run`: `export` cases for people to label, or `import` their labels."""
    labels: list[str] | None = None
    """Files of labels, with annotate=import."""
    num_pairs: int = 200
    """With annotate=export: pairs of generation and document to label."""
    redraw: bool = False
    """With `run`: only draw its report again, from its files."""
    unseen: bool = False
    """With `run` and other data: pass over all examples that share text with those it was trained
    on, so that none is audited that the model has seen."""


@dataclass
class GridConfig:
    """The `grid` group of sweep.py: which cells there are, as overrides of a program.

    The cells are those listed and the product of all values in `product`. A grid with a
    `simulation` has no cells.
    """

    name: str = "???"
    """Names the sweep's folder."""
    program: Program = Program.train
    """What runs in each cell."""
    cells: list[list[str]] = field(default_factory=list)
    """Overrides of each cell."""
    product: dict[str, list[str]] = field(default_factory=dict)
    """Values of each setting, in every combination."""
    before: list[str] | None = None
    """Overrides of one training run before the cells of an evaluation, which get its `run`."""
    simulation: SparseCodingConfig | None = None
    """Sizes of the sparse-coding simulation, which runs in place of cells; null for cells."""


@dataclass
class SweepSettings:
    """The root settings of sweep.py."""

    grid: GridConfig = field(default_factory=GridConfig)
    overrides: list[str] = field(default_factory=list)
    """Overrides that every cell gets."""
    seed: int | None = None
    """Seed of every cell that names none; null leaves each its default."""
    resume: str | None = None
    """Folder of an interrupted sweep, in which it goes on: cells that are done are skipped."""


ROOTS: dict[Program, type] = {
    Program.train: TrainSettings,
    Program.evaluate: EvaluateSettings,
    Program.sweep: SweepSettings,
}


def register_schemas() -> None:
    """Make the root schemas known to Hydra; doing it again changes nothing."""
    store = ConfigStore.instance()
    for program, schema in ROOTS.items():
        store.store(name=f"{program}_schema", node=schema)
