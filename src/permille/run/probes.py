"""The examples, fixed by the seed, whose targets are forced through a run's model."""

from collections.abc import Sequence

from permille.core.records import Example, Split
from permille.data.tasks import model_input, single_tasks, template_of
from permille.model.capture_probe import ProbeExample, choose_indexes, probes_from_texts
from permille.run.loading import Loaded


def probes_of(loaded: Loaded, num_examples: int) -> list[ProbeExample]:
    """Return so many examples of each split, or all where there are fewer."""
    sides: tuple[tuple[Split, Sequence[Example]], ...] = (
        (Split.TRAIN, loaded.splits.train),
        (Split.HELDOUT, loaded.splits.heldout),
    )
    settings = loaded.settings
    tasks = single_tasks(settings.task)
    probes: list[ProbeExample] = []
    for split, examples in sides:
        chosen = choose_indexes(len(examples), num_examples, seed=settings.seed)
        for example in (examples[i] for i in chosen):
            task = tasks[example.task]
            probes += probes_from_texts(
                loaded.tokenizer,
                [(example.id, model_input(example, template_of(task)), example.target)],
                split=split,
                max_source_tokens=task.max_source_tokens,
                max_target_tokens=task.max_target_tokens,
            )
    return probes
