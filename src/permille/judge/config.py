"""Settings of the paraphrase judge."""

from dataclasses import dataclass
from enum import StrEnum

from permille.core.errors import SettingsError


class JudgeKind(StrEnum):
    """Which judge; OmegaConf reads members by name, so names equal values."""

    lexical = "lexical"
    cross_encoder = "cross_encoder"
    none = "none"


@dataclass
class JudgeConfig:
    """Which paraphrase judge, and where it says yes.

    Raises:
        SettingsError: If a setting is out of its range, would be ignored, or a name is missing.
    """

    kind: JudgeKind = JudgeKind.lexical
    """`lexical` is embedded, `cross_encoder` a Hugging Face model; `none` confirms all."""
    threshold: float = 0.5
    """A pair is a paraphrase where the probability is greater, in [0, 1)."""
    name: str = "textattack/bert-base-uncased-MRPC"
    """Hub name or folder of the cross-encoder, a sequence classifier for sentence pairs."""
    batch_size: int = 32
    """Sentence pairs a forward pass of the cross-encoder."""
    entities: bool = False
    """Whether sentences that name different entities are no paraphrase; needs the spacy extra."""
    spacy_pipeline: str = "en_core_web_sm"
    """Name or folder of the spaCy pipeline that finds the entities."""

    def __post_init__(self) -> None:
        self.kind = JudgeKind(self.kind)
        if not 0 <= self.threshold < 1:
            raise SettingsError(
                f"judge.threshold: want a number of at least 0 and below 1, got {self.threshold}"
            )
        if self.batch_size < 1:
            raise SettingsError(f"judge.batch_size: want at least 1, got {self.batch_size}")
        if self.kind is JudgeKind.cross_encoder and not self.name:
            raise SettingsError(
                f"judge.name: judge=cross_encoder needs a hub name or a folder, got {self.name!r}"
            )
        if self.kind is JudgeKind.none and self.entities:
            raise SettingsError(
                "judge.entities: want false with judge=none, which confirms every paraphrase, got"
                " true, which would be ignored"
            )
