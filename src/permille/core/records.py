"""Frozen values passed between layers. Spans are half-open and count characters."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of copying in a case, or of the strongest case of a pair."""

    NONE = "none"
    VERBATIM = "verbatim"
    PARAPHRASE = "paraphrase"
    IDEA = "idea"


KINDS_BY_STRENGTH = (Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA)
"""Strongest first; a generation counts under the first kind that it has."""


class Split(StrEnum):
    """Whether an example was trained on, or held out from the same source."""

    TRAIN = "train"
    HELDOUT = "heldout"


class Part(StrEnum):
    """Which text of an example a document is."""

    TARGET = "target"
    INPUT = "input"
    SUFFIX = "suffix"


class Arm(StrEnum):
    """Which model wrote a generation: the fine-tuned one, or the one before fine-tuning."""

    TUNED = "tuned"
    BASE = "base"


class Direction(StrEnum):
    """Which side of an idea case condenses the other."""

    GENERATION_SUMMARIZES_DOCUMENT = "generation_summarizes_document"
    DOCUMENT_SUMMARIZES_GENERATION = "document_summarizes_generation"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of one text.

    Raises:
        ValueError: If the range is negative or ends before it starts.
    """

    start_char: int
    end_char: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_char <= self.end_char:
            raise ValueError(f"want 0 <= start <= end, got [{self.start_char}, {self.end_char})")

    def __len__(self) -> int:
        return self.end_char - self.start_char

    def overlap_chars(self, other: "Span") -> int:
        """Return how many characters both spans hold."""
        return max(0, min(self.end_char, other.end_char) - max(self.start_char, other.start_char))


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """A pair of spans found to correspond: one in the suspicious text, one in the source."""

    kind: Kind
    suspicious: Span
    source: Span


@dataclass(frozen=True, slots=True)
class Alignment:
    """What the detector found in one pair of texts.

    `kind` is the strongest kind among `cases`, ``none`` where there is no case.
    `summary_of_source` tells of an idea whether the suspicious text condenses the source (True)
    or the source condenses the suspicious text (False); None where there is no idea case.
    `refused` tells that the pair repeats itself too much and was not looked at: nothing is known.
    """

    kind: Kind
    cases: tuple[Case, ...] = ()
    summary_of_source: bool | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a data set: the text given to the model, and the text to be written.

    `input` has no instruction. `references` are all answers that count as right (question
    answering has several); empty where `target` is the only one.
    """

    id: str
    task: str
    input: str
    target: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One text in the index. Texts of foreign origin have no task, example or part."""

    id: str
    text: str
    example_id: str | None = None
    part: Part | None = None
    split: Split = Split.TRAIN
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is given for one example.

    `text` is the instruction with the prefix of the input, or with all of it (`whole_input`).
    `prefix_chars` is the character of the example's input at which its part in the prompt ends.
    `num_examples` counts the examples whose prompt is this very text.
    """

    text: str
    example_id: str
    task: str
    split: Split
    whole_input: bool
    prefix_chars: int
    num_examples: int = 1


@dataclass(frozen=True, slots=True)
class Generation:
    """What a model wrote for a prompt. Of foreign generations only `id` and `text` are known.

    `is_cut` tells that the model stopped at the limit, without having written an end mark.
    """

    id: str
    text: str
    task: str | None = None
    example_id: str | None = None
    split: Split = Split.TRAIN
    model: Arm = Arm.TUNED
    prompt: str | None = None
    whole_input: bool = False
    num_tokens: int | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that retrieval returns for a generation. The first rank is 0."""

    document_id: str
    rank: int
    score: float
