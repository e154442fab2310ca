"""Settings of a task and of the data: what is learned, where its rows lie, how they are split."""

from dataclasses import dataclass, field
from enum import StrEnum

from permille.core.errors import raise_faults
from permille.data.checks import member, template_faults
from permille.data.languages import LANGUAGES


class TaskName(StrEnum):
    """Which task; OmegaConf reads members by name, so names equal values."""

    dialogue = "dialogue"
    summarization = "summarization"
    qa = "qa"
    translation = "translation"
    sentiment = "sentiment"
    multitask = "multitask"


class Utility(StrEnum):
    """How well a task is done."""

    rouge = "rouge"
    squad = "squad"
    translation = "translation"
    accuracy = "accuracy"


class Mixing(StrEnum):
    """How the tasks of a mixture share its examples."""

    proportional = "proportional"
    equal = "equal"
    temperature = "temperature"


class Budget(StrEnum):
    """What a mixture has as much of as a run of one task: steps, or examples of each task."""

    steps = "steps"
    examples = "examples"


class DataSource(StrEnum):
    """Where examples come from."""

    builtin = "builtin"
    files = "files"
    hub = "hub"


class Answers(StrEnum):
    """How many targets an input may have."""

    one = "one"
    all = "all"


_OF_SINGLE_TASKS = {
    "template": "{input}",
    "file": "",
}
"""What a mixture leaves to its tasks, and its defaults."""


@dataclass
class ColumnsConfig:
    """Which columns of a row hold what.

    A value is a column's name, with dots where one lies inside another (`answers.text`), or a text
    with columns in braces, such as `question: {question} context: {context}`. Both may name
    `{source_language}` and `{target_language}`, the codes of a translation's direction.
    """

    id: str = "id"
    """Column of the row's name; where a row has none, its number is taken."""
    input: str = "input"
    """What the model reads, without an instruction."""
    target: str = "target"
    """What the model learns to write; of a list of answers, the first."""
    references: str = ""
    """List of all answers that count as right; empty where the target is the only one."""


@dataclass
class HubConfig:
    """A task's data set on the Hugging Face hub, or one saved to a folder."""

    name: str = ""
    """Hub name, or a folder that `save_to_disk` wrote."""
    config: str | None = None
    """Name of the data set's configuration."""
    revision: str | None = None
    """Branch, tag or commit."""
    split: str = "train"
    """Which of its splits; training and held-out examples are both drawn from it."""
    columns: ColumnsConfig = field(default_factory=ColumnsConfig)
    """Its columns."""


@dataclass
class TaskConfig:
    """One task: its instruction, its columns, its lengths, and how well it is done.

    Raises:
        SettingsError: If a setting is out of its range; the message names every broken one.
    """

    name: TaskName = TaskName.dialogue
    """Which task; every example carries it."""
    template: str = "{input}"
    """The model's input, `{input}` last, since a prompt is the template with an input's prefix."""
    source_language: str = ""
    """Code of the language that a translation starts from, such as `en`."""
    target_language: str = ""
    """Code of the language that a translation arrives at, such as `de`."""
    file: str = ""
    """Name of the task's file in `data.dir`; empty for `<task>.jsonl` or `<task>.jsonl.gz`."""
    columns: ColumnsConfig = field(default_factory=ColumnsConfig)
    """Columns of the task's file."""
    hub: HubConfig = field(default_factory=HubConfig)
    """The task's data set on the hub."""
    labels: list[str] = field(default_factory=list)
    """Words for a target that is a number: the first for 0. Empty where targets are texts."""
    no_answer: str = ""
    """The target of a row whose list of answers is empty; empty to refuse such rows."""
    group_by_target: bool = True
    """Keep examples of equal targets on one side; not where many rows share a label."""
    max_source_tokens: int = 512
    """Tokens of the model's input, instruction included; the rest is cut off. Of a mixture, tokens
    for all its tasks, or 0 for each task's own."""
    max_target_tokens: int = 512
    """Tokens of a target; the rest is cut off. Of a mixture as above."""
    utility: Utility = Utility.rouge
    """How well the task is done."""
    tasks: list[TaskName] = field(default_factory=list)
    """Of a mixture: its tasks, any of the five."""
    mixing: Mixing = Mixing.proportional
    """Of a mixture: shares by size, equal shares, or by size to the power of 1 / temperature."""
    temperature: float = 2.0
    """Of a mixture under `mixing=temperature`: 1 is proportional, larger ones tend to equal."""
    budget: Budget = Budget.steps
    """Of a mixture: `num_train` examples in all (`steps`), or of each task (`examples`)."""
    components: "dict[str, TaskConfig]" = field(default_factory=dict)
    """Of a mixture: the settings of each of its tasks, by name."""

    def __post_init__(self) -> None:
        faults: list[str] = []
        self.name = member(TaskName, self.name, "task.name", TaskName.dialogue, faults)
        self.utility = member(Utility, self.utility, "task.utility", Utility.rouge, faults)
        self.mixing = member(Mixing, self.mixing, "task.mixing", Mixing.proportional, faults)
        self.budget = member(Budget, self.budget, "task.budget", Budget.steps, faults)
        faults += template_faults(self.template)
        for setting in ("max_source_tokens", "max_target_tokens"):
            least = 0 if self.is_mixture else 1
            if getattr(self, setting) < least:
                got = getattr(self, setting)
                faults.append(f"task.{setting}: want at least {least}, got {got}")
        faults += self._mixture_faults() if self.is_mixture else self._language_faults()
        raise_faults(faults)

    @property
    def is_mixture(self) -> bool:
        """Whether this is a mixture of tasks."""
        return self.name is TaskName.multitask

    def _language_faults(self) -> list[str]:
        """Return what is wrong with the direction of a translation."""
        if self.name is not TaskName.translation:
            return []
        codes = {
            "source_language": self.source_language,
            "target_language": self.target_language,
        }
        faults = [
            f"task.{setting}: want one of {', '.join(LANGUAGES)}, got {code!r}"
            for setting, code in codes.items()
            if code not in LANGUAGES
        ]
        if self.source_language == self.target_language:
            faults.append(
                "task.target_language: want another than task.source_language, got"
                f" {self.target_language!r} for both"
            )
        return faults

    def _mixture_faults(self) -> list[str]:
        """Return what is wrong with a mixture."""
        faults = [
            f"task.{setting}: want none with task=multitask, got {getattr(self, setting)!r}, which"
            f" would be ignored; set task.components.TASK.{setting}"
            for setting, unset in _OF_SINGLE_TASKS.items()
            if getattr(self, setting) != unset
        ]
        faults += self._component_faults()
        if self.temperature <= 0:
            faults.append(f"task.temperature: want above 0, got {self.temperature}")
        if self.budget is Budget.examples and self.mixing is Mixing.temperature:
            faults.append(
                "task.mixing: want proportional or equal with task.budget=examples, under which"
                " every task has data.num_train examples, got temperature, which would be ignored"
            )
        return faults

    def _component_faults(self) -> list[str]:
        """Return what is wrong with the tasks of a mixture."""
        faults = []
        if not self.tasks or len(set(self.tasks)) < len(self.tasks):
            faults.append(f"task.tasks: want different tasks, at least one, got {self.tasks}")
        for name in self.tasks:
            if name == TaskName.multitask or name not in list(TaskName):
                faults.append(f"task.tasks: want single tasks, got {name}")
            elif name not in self.components:
                faults.append(f"task.components: want settings of {name}, got none")
        return faults


@dataclass
class DataConfig:
    """Where rows come from, how many are taken, and what keeps two rows on one side of the split.

    Raises:
        SettingsError: If a setting is out of its range, or would be ignored.
    """

    source: DataSource = DataSource.builtin
    """Made from the seed (`builtin`), JSON lines (`files`), or Hugging Face data sets (`hub`)."""
    dir: str | None = None
    """Folder of the tasks' files, under `data=files`."""
    num_train: int | None = 300
    """Training examples; null for all that are left beside the held-out ones."""
    num_heldout: int = 100
    """Held-out examples, of groups of which none is trained on."""
    split_seed: int | None = None
    """Draws who is trained on and who held out of the same rows; null takes the run's seed, which
    always draws the answer that a repeated input keeps."""
    max_rows: int | None = None
    """Rows read of a task at most: the first of a file, drawn by the seed from a hub data set."""
    answers: Answers = Answers.one
    """Keep one example of each input, or all of them (on one side)."""
    near_duplicate_jaccard: float = 0.5
    """Least share of common word 3-grams that keeps two texts on one side; 1 for equal ones."""
    shared_run_words: int = 13
    """Words of a run that keeps two texts which share it on one side, unless it is a set phrase of
    up to 25 words that more than 10 texts have; 0 for none."""
    canaries: int = 0
    """Different random strings, inserted in turn 1, 10 and 100 times; 0 for none."""

    def __post_init__(self) -> None:
        faults: list[str] = []
        self.source = member(DataSource, self.source, "data", DataSource.builtin, faults)
        self.answers = member(Answers, self.answers, "data.answers", Answers.one, faults)
        faults += self._source_faults()
        least = {
            "num_train": 1,
            "num_heldout": 0,
            "split_seed": 0,
            "max_rows": 1,
            "shared_run_words": 0,
            "canaries": 0,
        }
        for setting, smallest in least.items():
            got = getattr(self, setting)
            if got is not None and got < smallest:
                faults.append(f"data.{setting}: want at least {smallest}, got {got}")
        if not 0 < self.near_duplicate_jaccard <= 1:
            faults.append(
                "data.near_duplicate_jaccard: want above 0 and at most 1, got"
                f" {self.near_duplicate_jaccard}"
            )
        raise_faults(faults)

    def _source_faults(self) -> list[str]:
        """Return what the chosen source lacks, or would ignore."""
        faults = []
        if self.source is DataSource.files and not self.dir:
            faults.append(
                "data.dir: want the folder of the tasks' files with data=files, got none;"
                " add data.dir=FOLDER"
            )
        if self.source is not DataSource.files and self.dir:
            faults.append(
                f"data.dir: want none with data={self.source}, got {self.dir}, which would be"
                " ignored; use data=files"
            )
        if self.source is DataSource.builtin and self.num_train is None:
            faults.append("data.num_train: want a number with data=builtin, got null")
        if self.source is DataSource.builtin and self.max_rows is not None:
            faults.append(
                f"data.max_rows: want null with data=builtin, which makes what is asked for, got"
                f" {self.max_rows}"
            )
        return faults
