"""Settings of the audit: what is prompted, how it is counted, which controls are computed."""

from dataclasses import dataclass, field
from enum import StrEnum

from permille.audit.looks.config import LooksConfig
from permille.core.errors import raise_faults
from permille.model.config import DecodingConfig


class AuditName(StrEnum):
    """How much is audited; OmegaConf reads members by name, so names equal values."""

    standard = "standard"
    full = "full"
    paper = "paper"
    off = "off"


class PromptMode(StrEnum):
    """What of a training input stands in a prompt."""

    prefix = "prefix"
    input = "input"


class AuditedWeights(StrEnum):
    """Which epoch's weights are audited."""

    last = "last"
    best = "best"


@dataclass
class AuditConfig:
    """How a model is prompted, and how what it writes is searched for and counted.

    Raises:
        SettingsError: If a setting is out of its range; the message names every broken one.
    """

    name: AuditName = AuditName.standard
    """`standard` has all controls without further training, `full` also takes all of `looks`,
    `paper` counts as published and has no controls, `off` audits nothing."""
    prompt: PromptMode = PromptMode.prefix
    """`prefix`: the instruction and the first tokens of the input; `input`: all of the input."""
    prefix_tokens: int = 50
    """Tokens of the input in a prefix; an input that is not longer is prompted whole."""
    prefix_start: float = 0.0
    """Where a prefix begins: 0 with the input, in [0, 1) so far towards the last place it can."""
    num_prompts: int | None = None
    """Training prompts at most, drawn by the seed; null takes every example."""
    num_heldout_prompts: int | None = None
    """Held-out prompts at most; null takes as many as training prompts, where there are."""
    max_new_tokens: int = 100
    """Tokens that the model writes at most."""
    batch_size: int = 32
    """Prompts a batch while generating; greedy output can depend on it."""
    decoding: DecodingConfig = field(default_factory=DecodingConfig)
    """How tokens are chosen; greedy by default."""
    weights: AuditedWeights = AuditedWeights.last
    """`last` epoch, or the one with the `best` (lowest) validation loss."""
    every_n_epochs: int = 0
    """Repeat a small audit every so many epochs of training; 0 audits only at the end."""
    epoch_num_prompts: int = 100
    """Prompts of the audit that is repeated while training."""
    base_model: bool = True
    """Also prompt the model before fine-tuning, where it is not from scratch."""
    chunk_size: int = 1024
    """Generations that are searched, aligned and stored at a time; no result depends on it."""
    num_workers: int | None = None
    """Processes that align; 1 aligns in the program's own, null takes as many as there are cores
    where there is enough to do. No result depends on it."""
    max_judge_pairs: int = 64
    """Sentence pairs of a case that the judge sees at most, those with most words in common."""
    copied_words: int = 8
    """Words in a row that stood in the prompt for text to count as copied from it."""
    max_examples: int = 5
    """Text that stands in more examples than this is boilerplate."""
    num_planted: int = 60
    """Documents that are planted in other texts in each way, to see what the detector finds."""
    num_threshold_prompts: int | None = 100
    """Generations of a task that are searched again with each of the detector's thresholds moved,
    fewer where they have more than 10,000 characters on average; null takes all."""
    cache_dir: str | None = None
    """Folder that keeps what was found until an audit is done, so that an interrupted one goes on;
    no texts. None: `permille/findings` in the user's cache folder (`XDG_CACHE_HOME`)."""
    looks: LooksConfig = field(default_factory=LooksConfig)
    """More ways to look, beyond the model's answers to prompts."""
    seed: int = 0
    """Seed of samples, of the cut to equal sizes and of permutations."""

    def __post_init__(self) -> None:
        self.name = AuditName(self.name)
        self.prompt = PromptMode(self.prompt)
        self.weights = AuditedWeights(self.weights)
        least = {
            "prefix_tokens": 1,
            "num_prompts": 1,
            "num_heldout_prompts": 0,
            "max_new_tokens": 1,
            "batch_size": 1,
            "every_n_epochs": 0,
            "epoch_num_prompts": 1,
            "chunk_size": 1,
            "num_workers": 1,
            "max_judge_pairs": 1,
            "copied_words": 1,
            "max_examples": 1,
            "num_planted": 0,
            "num_threshold_prompts": 0,
        }
        faults = []
        for name, bound in least.items():
            got = getattr(self, name)
            if got is not None and got < bound:
                faults.append(f"audit.{name}: want at least {bound}, got {got}")
        if not 0 <= self.prefix_start < 1:
            faults.append(f"audit.prefix_start: want a number in [0, 1), got {self.prefix_start}")
        if self.looks.names and self.name in (AuditName.paper, AuditName.off):
            faults.append(
                f"audit.looks.names: want none with audit={self.name}, got"
                f" {', '.join(self.looks.names)}, which would be ignored"
            )
        raise_faults(faults)

    @property
    def is_paper(self) -> bool:
        """Whether the published counting is followed."""
        return self.name is AuditName.paper
