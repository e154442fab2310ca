"""Which prompts a model is given, and what it then writes."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from permille.config.schema import Settings
from permille.core.records import Arm, Document, Example, Generation, Prompt, Split
from permille.data.documents import documents_of
from permille.data.splits import Splits
from permille.data.tasks import single_tasks, template_of
from permille.data.utility import score, score_by_task
from permille.model.decoding import generate
from permille.model.load import LoadedModel
from permille.model.prompts import PromptMode, make_prompts
from permille.run.detection import Utility
from permille.run.progress import Progress

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class SplitPrompts:
    """The prompts of one split.

    `every` has one for each example, from which the documents are made; `asked` are those that a
    model is given: each text once (repeats included under the published counting), at most as many
    as the settings say.
    """

    examples: Sequence[Example]
    every: Sequence[Prompt]
    asked: Sequence[Prompt]
    split: Split

    def documents(self) -> Iterator[Document]:
        """Yield what a generation may have copied from."""
        return documents_of(self.examples, self.every, self.split)


def make_all_prompts(
    settings: Settings, splits: Splits, loaded: LoadedModel
) -> tuple[SplitPrompts, SplitPrompts]:
    """Make the prompts of the training and of the held-out examples."""
    audit = settings.audit
    train = _prompts_of(settings, splits.train, loaded, Split.TRAIN, audit.num_prompts)
    limit = audit.num_heldout_prompts
    if limit is None:
        limit = len(train.asked)
    heldout = _prompts_of(settings, splits.heldout, loaded, Split.HELDOUT, limit)
    return train, heldout


def _prompts_of(
    settings: Settings,
    examples: Sequence[Example],
    loaded: LoadedModel,
    split: Split,
    limit: int | None,
) -> SplitPrompts:
    """Make the prompts of one split."""
    every: list[Prompt] = []
    asked: list[Prompt] = []
    for name, task in single_tasks(settings.task).items():
        chosen = [example for example in examples if example.task == name]
        for unique, into in ((False, every), (not settings.audit.is_paper, asked)):
            into += make_prompts(
                chosen,
                loaded.tokenizer,
                template_of(task),
                split,
                PromptMode(settings.audit.prompt.value),
                settings.audit.prefix_tokens,
                unique,
                settings.audit.prefix_start,
            )
    return SplitPrompts(examples, every, drawn(asked, limit, settings.seed), split)


def drawn(items: Sequence[Item], limit: int | None, seed: int) -> list[Item]:
    """Return at most `limit` items, drawn by the seed, in their old order."""
    if limit is None or limit >= len(items):
        return list(items)
    chosen = random.Random(seed).sample(range(len(items)), limit)
    return [items[i] for i in sorted(chosen)]


def write_generations_of(
    settings: Settings,
    loaded: LoadedModel,
    prompts: Sequence[Prompt],
    arm: Arm,
    progress: Progress,
) -> list[Generation]:
    """Let a model answer prompts, each task cut at its own length."""
    written: list[Generation] = []
    for name, task in single_tasks(settings.task).items():
        chosen = [prompt for prompt in prompts if prompt.task == name]
        stage = f"{arm} {chosen[0].split} {name}" if chosen else ""
        written += generate(
            loaded.model,
            loaded.tokenizer,
            chosen,
            batch_size=settings.audit.batch_size,
            max_new_tokens=settings.audit.max_new_tokens,
            arm=arm,
            max_source_tokens=task.max_source_tokens,
            decoding=settings.audit.decoding,
            progress=partial(progress, stage),
        )
    return written


def measure_utility(
    settings: Settings, loaded: LoadedModel, examples: Sequence[Example], progress: Progress
) -> Utility:
    """Let a model do its task on whole held-out inputs, and compare with what was wanted."""
    texts: dict[str, str] = {}
    for name, task in single_tasks(settings.task).items():
        chosen = [example for example in examples if example.task == name]
        prompts = make_prompts(
            chosen,
            loaded.tokenizer,
            template_of(task),
            Split.HELDOUT,
            PromptMode.input,
            settings.audit.prefix_tokens,
            unique=False,
        )
        written = generate(
            loaded.model,
            loaded.tokenizer,
            prompts,
            batch_size=settings.audit.batch_size,
            max_new_tokens=task.max_target_tokens,
            max_source_tokens=task.max_source_tokens,
            progress=partial(progress, f"utility {name}"),
        )
        texts |= {example.id: one.text for example, one in zip(chosen, written, strict=True)}
    predictions = [texts[example.id] for example in examples]
    return Utility(
        score(settings.task, predictions, examples),
        score_by_task(settings.task, predictions, examples),
    )
