"""What there is to audit: how many texts of which split and model, and a cut to equal sizes.

Reads generations and documents once each and keeps a few numbers a text, never the texts. Splits
are cut task by task to the tasks that both have, so that both are of one mixture.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from permille.core.errors import DataError
from permille.core.records import Arm, Document, Generation, Part, Split

FIRST_HALF = 1 << 63
"""Keys below it belong to documents of chosen examples, which a cut takes first."""
PROMPTS, DOCUMENTS = "prompts", "documents"
SIDES = {Split.TRAIN: "training", Split.HELDOUT: "held-out"}
Task = str | None
Keys = dict[Split, dict[Task, set[int]]]
"""Hashes of texts, by split and task."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A seeded choice of prompts and documents, so that both splits have equally many.

    Attributes:
        seed: Of the choice.
        units: Keys of the chosen prompts; None chooses all.
        last_keys: By task the greatest key of a chosen document, under None for tasks that are not
            named; None chooses all.
    """

    seed: int
    units: frozenset[int] | None = None
    last_keys: Mapping[Task, int] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is cut off."""
        return self.units is None and self.last_keys is None

    def has_generation(self, generation: Generation) -> bool:
        """Whether a generation's prompt is chosen."""
        return self.units is None or unit_key(generation, self.seed) in self.units

    def has_document(self, document: Document) -> bool:
        """Whether a document is chosen."""
        if self.last_keys is None:
            return True
        last_key = self.last_keys.get(document.task, self.last_keys.get(None, -1))
        return document_key(document, self.units, self.seed) <= last_key


@dataclass(frozen=True, slots=True)
class Survey:
    """How many texts there are.

    Attributes:
        num_generations: By model and split.
        num_documents: By split.
        has_inputs: Whether any document is an input.
        has_examples: Whether any document names its example.
        cuts: The choice of each split for contrasts.
        note: What the choice left out because only one split has its task; None for nothing.
        why_not: Why the splits cannot be compared; None where they can.
    """

    num_generations: Counter[tuple[Arm, Split]]
    num_documents: Counter[Split]
    has_inputs: bool
    has_examples: bool
    cuts: dict[Split, Cut]
    note: str | None = None
    why_not: str | None = None

    @property
    def has_heldout(self) -> bool:
        """Whether there are held-out documents, and held-out generations of the tuned model."""
        return bool(
            self.num_documents[Split.HELDOUT] and self.num_generations[Arm.TUNED, Split.HELDOUT]
        )

    def is_cut(self, split: Split) -> bool:
        """Whether a split's index for contrasts is smaller than its whole index."""
        return self.cuts[split].last_keys is not None


def survey(
    generations: Iterable[Generation],
    documents: Iterable[Document],
    *,
    seed: int = 0,
    is_paper: bool = False,
) -> Survey:
    """Count the texts and choose the cut.

    Args:
        generations: All generations.
        documents: All documents.
        seed: Of the cut.
        is_paper: Count only documents that are indexed as published.

    Raises:
        DataError: If there is no training generation of the tuned model, no training document, or
            no document that is not blank.
    """
    counts, prompts = _count_generations(generations, seed)
    units = _chosen_units(prompts)
    keys: Keys = {split: defaultdict(set) for split in Split}
    has_inputs = has_examples = has_text = False
    for document in documents:
        if is_indexed(document, is_paper=is_paper):
            key = document_key(document, units[document.split], seed)
            keys[document.split][document.task].add(key)
            has_inputs |= document.part is Part.INPUT
            has_examples |= document.example_id is not None
            has_text = has_text or bool(document.text.strip())
    if not keys[Split.TRAIN]:
        wanted = "split=train and part=suffix (audit=paper)" if is_paper else "split=train"
        raise DataError(f"want documents with {wanted} to search in, got none")
    num_documents = Counter({split: sum(map(len, found.values())) for split, found in keys.items()})
    if not has_text:
        raise DataError(
            f"want documents with texts to search in, got {num_documents.total()} blank ones; check"
            ' what was written into "text"'
        )
    last_keys = _last_keys(keys)
    cuts = {split: Cut(seed, units[split], last_keys[split]) for split in Split}
    texts = {PROMPTS: prompts, DOCUMENTS: keys}
    why_not = _why_not(texts)
    note = None if why_not else _note(texts)
    return Survey(counts, num_documents, has_inputs, has_examples, cuts, note, why_not)


def _count_generations(
    generations: Iterable[Generation], seed: int
) -> tuple[Counter[tuple[Arm, Split]], Keys]:
    """Count generations by model and split, and collect the tuned model's prompts."""
    counts: Counter[tuple[Arm, Split]] = Counter()
    prompts: Keys = {split: defaultdict(set) for split in Split}
    for generation in generations:
        counts[generation.model, generation.split] += 1
        if generation.model is Arm.TUNED:
            prompts[generation.split][generation.task].add(unit_key(generation, seed))
    if not prompts[Split.TRAIN]:
        got = ", ".join(f"{count} of {model} {split}" for (model, split), count in counts.items())
        raise DataError(
            f"want generations with split=train and model=tuned to measure, got {got or 'none'}"
        )
    return counts, prompts


def is_indexed(document: Document, *, is_paper: bool) -> bool:
    """Whether a document is searched: as published only suffixes, of foreign texts all."""
    return not is_paper or document.part is None or document.part is Part.SUFFIX


def unit_of(generation: Generation) -> str:
    """Return what tells a prompt from others: the example, else the prompt, else the id.

    Generations of one unit rise and fall together. An empty prompt asks for nothing: what is
    written then is drawn each time anew.
    """
    if generation.example_id is not None:
        return f"example {generation.example_id}"
    if generation.prompt:
        return f"prompt {generation.prompt}"
    return f"generation {generation.id}"


def unit_key(generation: Generation, seed: int) -> int:
    """Return the seeded hash of a generation's unit."""
    return seeded_hash(unit_of(generation), seed)


def document_key(document: Document, units: frozenset[int] | None, seed: int) -> int:
    """Return a document's place in the seeded order, documents of chosen examples first."""
    key = seeded_hash(f"document {document.id}", seed) % FIRST_HALF
    if document.example_id is None or units is None:
        return key
    example = seeded_hash(f"example {document.example_id}", seed)
    return key if example in units else key + FIRST_HALF


def _common_tasks(keys: Keys) -> set[Task]:
    """Return the tasks that both splits have; texts that name none are a task of their own."""
    first, second = keys.values()
    return first.keys() & second.keys()


def _strata(keys: Keys) -> Keys:
    """Return keys by task where both splits have a task, else all under None."""
    if _common_tasks(keys):
        return keys
    return {split: {None: set().union(*by_task.values())} for split, by_task in keys.items()}


def _chosen_units(prompts: Keys) -> dict[Split, frozenset[int] | None]:
    """Choose as many prompts of each split as the smaller one has, task by task."""
    strata = _strata(prompts)
    sizes = _smaller(strata)
    chosen: dict[Split, frozenset[int] | None] = {}
    for split, by_task in strata.items():
        is_cut = _is_cut(by_task, sizes)
        units = (unit for task, found in by_task.items() for unit in sorted(found)[: sizes[task]])
        chosen[split] = frozenset(units) if is_cut else None
    return chosen


def _last_keys(documents: Keys) -> dict[Split, dict[Task, int] | None]:
    """Choose as many documents of each split as the smaller one has, task by task."""
    strata = _strata(documents)
    sizes = _smaller(strata)
    chosen: dict[Split, dict[Task, int] | None] = {}
    for split, by_task in strata.items():
        last = {
            task: sorted(found)[sizes[task] - 1] if sizes[task] else -1
            for task, found in by_task.items()
        }
        chosen[split] = last if _is_cut(by_task, sizes) else None
    return chosen


def _smaller(strata: Keys) -> dict[Task, int]:
    """Return by task how many keys the split has that has fewer; 0 where one has none."""
    first, second = strata.values()
    return {
        task: min(len(first.get(task, ())), len(second.get(task, ()))) for task in {*first, *second}
    }


def _is_cut(by_task: Mapping[Task, set[int]], sizes: Mapping[Task, int]) -> bool:
    """Whether a split has more keys than are chosen; where one has none nothing is cut."""
    is_more = any(sizes[task] < len(found) for task, found in by_task.items())
    return is_more and any(sizes.values())


def _note(texts: Mapping[str, Keys]) -> str | None:
    """Return what is left out since only one split has its task; None where that is nothing."""
    told = [
        f"{sum(len(by_task[task]) for task in tasks)} {SIDES[split]} {noun} ({_named(tasks)})"
        for noun, keys in texts.items()
        if _common_tasks(keys)
        for split, by_task in keys.items()
        if (tasks := by_task.keys() - _common_tasks(keys))
    ]
    return f"left out, since only one split has their task: {', '.join(told)}" if told else None


def _why_not(texts: Mapping[str, Keys]) -> str | None:
    """Return why the splits cannot be compared: they share no task; None where they can.

    Documents of which a split names no task may be of the other's; prompts may not.
    """
    for noun, keys in texts.items():
        may_share = noun == DOCUMENTS and any(None in by_task for by_task in keys.values())
        if all(keys.values()) and not (may_share or _common_tasks(keys)):
            told = [f"{SIDES[split]} {noun} ({_named(tasks)})" for split, tasks in keys.items()]
            return f"no task is in both splits: {', '.join(told)}"
    return None


def _named(tasks: Iterable[Task]) -> str:
    """Write the names of tasks."""
    return ", ".join(sorted("no task named" if task is None else task for task in tasks))


def seeded_hash(text: str, seed: int) -> int:
    """Return a seeded 64-bit hash that is the same in every process."""
    digest = blake2b(text.encode(), digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big")
