"""Settings of the model, of its decoding, and of the trainer."""

from dataclasses import dataclass
from enum import StrEnum

from permille.core.errors import raise_faults


class ModelSource(StrEnum):
    """Where the network comes from; OmegaConf reads members by name, so names equal values."""

    mini = "mini"
    pretrained = "pretrained"


class AttentionImplementation(StrEnum):
    """How attention is computed outside of capture."""

    sdpa = "sdpa"
    eager = "eager"


class OptimizerName(StrEnum):
    """Which optimizer."""

    adamw = "adamw"
    adafactor = "adafactor"


class ScheduleName(StrEnum):
    """How the learning rate falls after its linear warm-up."""

    linear = "linear"
    cosine = "cosine"
    constant = "constant"


class Accelerator(StrEnum):
    """Where the trainer computes."""

    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


class Strategy(StrEnum):
    """Whether one process trains, or one a device."""

    auto = "auto"
    ddp = "ddp"


class MatmulPrecision(StrEnum):
    """How exactly float32 matrices are multiplied, in torch's words."""

    highest = "highest"
    high = "high"
    medium = "medium"


PRECISIONS = ("auto", "32", "32-true", "16-mixed", "bf16-mixed", "bf16-true")
"""What `trainer.precision` may be."""


def _check(rules: list[tuple[bool, str]]) -> None:
    """Raise one error that names every broken rule."""
    raise_faults(wanted for holds, wanted in rules if not holds)


@dataclass
class ModelConfig:
    """Which encoder-decoder, how it is loaded, and how its weights are fitted.

    Raises:
        SettingsError: If a setting is out of its range; the message names every broken one.
    """

    source: ModelSource = ModelSource.mini
    """`mini` is a small T5 from scratch; `pretrained` is any Hugging Face encoder-decoder."""
    name: str = "mini"
    """Hub name or folder of a pretrained model; of `mini` only a label."""
    revision: str | None = None
    """Branch, tag or commit of a hub model."""
    attn_implementation: AttentionImplementation = AttentionImplementation.sdpa
    """How attention is computed where no weights are captured."""
    allow_pickle: bool = False
    """Load weights that are no safetensors; pickled ones can run code: only from whom you trust."""
    vocab_size: int = 2000
    """Pieces in mini's tokenizer, at most."""
    d_model: int = 128
    """Mini's width."""
    d_ff: int = 512
    """Width of mini's feed-forward layers."""
    num_layers: int = 2
    """Mini's encoder layers, and as many decoder layers."""
    num_heads: int = 4
    """Mini's attention heads; they divide `d_model`."""
    dropout: float | None = None
    """Dropout rate in [0, 1); null keeps the pretrained model's own, and is 0 for mini."""
    optimizer: OptimizerName = OptimizerName.adamw
    """AdamW, or Adafactor with a fixed relative step off."""
    learning_rate: float = 4e-3
    """Peak learning rate, after the warm-up."""
    schedule: ScheduleName = ScheduleName.cosine
    """Shape of the decay to zero that follows the warm-up."""
    warmup_fraction: float = 0.1
    """Share of all steps in which the learning rate rises linearly, in [0, 1)."""
    weight_decay: float = 0.0
    """Decoupled weight decay; biases and norms have none."""
    batch_size: int = 16
    """Training examples a batch and process."""
    eval_batch_size: int = 32
    """Validation examples a batch and process."""
    gradient_checkpointing: bool = False
    """Recompute activations in the backward pass: less memory, more time."""
    epochs: int = 40
    """Epochs where `trainer.max_epochs` is null."""

    def __post_init__(self) -> None:
        self.source = ModelSource(self.source)
        self.attn_implementation = AttentionImplementation(self.attn_implementation)
        self.optimizer = OptimizerName(self.optimizer)
        self.schedule = ScheduleName(self.schedule)
        counts = {
            "vocab_size": (self.vocab_size, 200),
            "d_model": (self.d_model, 8),
            "d_ff": (self.d_ff, 8),
            "num_layers": (self.num_layers, 1),
            "num_heads": (self.num_heads, 1),
            "batch_size": (self.batch_size, 1),
            "eval_batch_size": (self.eval_batch_size, 1),
            "epochs": (self.epochs, 1),
        }
        rules = [
            (got >= least, f"model.{field}: want at least {least}, got {got}")
            for field, (got, least) in counts.items()
        ]
        rules += [
            (bool(self.name), "model.name: want a hub name or a folder, got an empty text"),
            (
                self.num_heads < 1 or self.d_model % self.num_heads == 0,
                f"model.num_heads: want a divisor of d_model={self.d_model}, got {self.num_heads}",
            ),
            (
                self.dropout is None or 0 <= self.dropout < 1,
                f"model.dropout: want null or a number in [0, 1), got {self.dropout}",
            ),
            (
                self.learning_rate > 0,
                f"model.learning_rate: want above 0, got {self.learning_rate}",
            ),
            (
                0 <= self.warmup_fraction < 1,
                f"model.warmup_fraction: want a number in [0, 1), got {self.warmup_fraction}",
            ),
            (
                self.weight_decay >= 0,
                f"model.weight_decay: want at least 0, got {self.weight_decay}",
            ),
        ]
        _check(rules)


@dataclass
class DecodingConfig:
    """How text is decoded. The default is greedy.

    Raises:
        SettingsError: If a setting is out of its range, or would be ignored.
    """

    num_beams: int = 1
    """Beams of a beam search; 1 has none."""
    do_sample: bool = False
    """Draw tokens instead of taking the likeliest."""
    temperature: float = 1.0
    """Divides the logits before drawing; above 0."""
    top_k: int = 0
    """Draw among the k likeliest tokens only; 0 draws among all."""
    top_p: float = 1.0
    """Draw among the likeliest tokens that together reach this probability, in (0, 1]."""
    seed: int = 0
    """Seed of the drawing; a batch draws the same wherever it is computed."""

    def __post_init__(self) -> None:
        is_plain = self.temperature == 1 and self.top_k == 0 and self.top_p == 1
        _check(
            [
                (self.num_beams >= 1, f"num_beams: want at least 1, got {self.num_beams}"),
                (self.temperature > 0, f"temperature: want above 0, got {self.temperature}"),
                (self.top_k >= 0, f"top_k: want at least 0, got {self.top_k}"),
                (0 < self.top_p <= 1, f"top_p: want a number in (0, 1], got {self.top_p}"),
                (
                    self.do_sample or is_plain,
                    "temperature, top_k, top_p: want do_sample=true with them, got do_sample=false,"
                    " under which they would be ignored",
                ),
            ]
        )


@dataclass
class TrainerConfig:
    """Where and how long training runs.

    Raises:
        SettingsError: If a setting is out of its range; the message names every broken one.
    """

    accelerator: Accelerator = Accelerator.auto
    """Where it computes; `auto` takes a GPU where there is one."""
    devices: int = 1
    """Processes, each with a device of its own."""
    strategy: Strategy = Strategy.auto
    """`ddp` trains on several devices at once (gloo on CPUs, NCCL on GPUs)."""
    precision: str = "auto"
    """Lightning's name of a precision; `auto` is bf16-mixed on GPUs that have it, else 32-true."""
    matmul_precision: MatmulPrecision = MatmulPrecision.medium
    """How exactly float32 matrices are multiplied; `medium` is about twice as fast."""
    max_epochs: int | None = None
    """Epochs; null takes the model's own number, `model.epochs`."""
    max_steps: int | None = None
    """Optimizer steps at which training ends, whatever the epoch; null for no limit."""
    accumulate_grad_batches: int = 1
    """Batches whose gradients are added up before a step."""
    gradient_clip_val: float = 1.0
    """Largest norm of the gradient; 0 does not clip."""

    def __post_init__(self) -> None:
        self.accelerator = Accelerator(self.accelerator)
        self.strategy = Strategy(self.strategy)
        self.matmul_precision = MatmulPrecision(self.matmul_precision)
        counts = {
            "devices": self.devices,
            "max_epochs": self.max_epochs,
            "max_steps": self.max_steps,
            "accumulate_grad_batches": self.accumulate_grad_batches,
        }
        rules = [
            (got is None or got >= 1, f"trainer.{field}: want at least 1, got {got}")
            for field, got in counts.items()
        ]
        rules += [
            (
                self.precision in PRECISIONS,
                f"trainer.precision: want one of {', '.join(PRECISIONS)}, got {self.precision}",
            ),
            (
                self.gradient_clip_val >= 0,
                f"trainer.gradient_clip_val: want at least 0, got {self.gradient_clip_val}",
            ),
            (
                self.devices <= 1 or self.strategy is Strategy.ddp,
                f"trainer.strategy: want ddp for trainer.devices={self.devices}, got"
                f" {self.strategy}; use trainer=ddp",
            ),
        ]
        _check(rules)
