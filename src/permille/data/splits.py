"""Training and held-out examples, split by group, so that held-out is held out.

A group is a set of examples tied by equal inputs, equal targets or near-duplicates. Which side a
group goes to is drawn from the seed and the ids alone: the order of the rows does not matter.
"""

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import chain

from permille.core.errors import DataError
from permille.core.records import Example
from permille.data.canaries import Canary, copies
from permille.data.config import Answers
from permille.data.neighbors import near_duplicates, normalized, shared_runs

_LARGEST_HELDOUT_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Splits:
    """What is trained on and what is held out, and how they came about.

    `counts` says of each task: rows read, `repeated_inputs` dropped, groups, `near_duplicates`
    (ties between groups of equal texts, by similarity or a shared run), `largest_group`, examples
    of train and heldout, and `unused` ones that neither side asked for. `canaries` belong to
    neither list: they are trained on, but are no examples of the task.
    """

    train: list[Example]
    heldout: list[Example]
    counts: dict[str, dict[str, int]]
    canaries: tuple[Canary, ...] = ()

    def trained_on(self) -> list[Example]:
        """Return the training examples and the copies of the canaries."""
        return [*self.train, *copies(self.canaries)]


@dataclass(frozen=True, slots=True)
class Pool:
    """The examples of one task in groups, in the order in which they are drawn."""

    task: str
    groups: list[list[Example]]
    num_rows: int
    num_repeated_inputs: int
    num_near_duplicates: int

    def without(self, inputs: Set[str]) -> "Pool":
        """Return the groups in which no example has one of some inputs.

        Args:
            inputs: Normalized inputs.
        """
        kept = [
            group
            for group in self.groups
            if not any(normalized(example.input) in inputs for example in group)
        ]
        return replace(self, groups=kept)

    @property
    def size(self) -> int:
        """Examples in all groups."""
        return sum(len(group) for group in self.groups)

    def take(self, num_train: int | None, num_heldout: int) -> Splits:
        """Return the first groups as held-out, the next as training examples.

        Groups of over a tenth of the held-out examples are trained on where others suffice, so
        that no single group decides about the held-out side.

        Args:
            num_train: Training examples; None for all that are left.
            num_heldout: Held-out examples.

        Raises:
            DataError: If there are too few.
        """
        heldout, rest = self._hold_out(num_heldout)
        left = [example for group in rest for example in group]
        train = left if num_train is None else left[:num_train]
        if len(heldout) < num_heldout or len(train) < (num_train or 1):
            raise DataError(self._too_few(num_train, num_heldout, len(left)))
        counts = {
            "rows": self.num_rows,
            "repeated_inputs": self.num_repeated_inputs,
            "groups": len(self.groups),
            "near_duplicates": self.num_near_duplicates,
            "largest_group": max(map(len, self.groups), default=0),
            "train": len(train),
            "heldout": len(heldout),
            "unused": self.size - len(train) - len(heldout),
        }
        return Splits(train, heldout, {self.task: counts})

    def _hold_out(self, wanted: int) -> tuple[list[Example], list[list[Example]]]:
        """Return the held-out examples and the groups that are left."""
        largest = max(1, int(wanted * _LARGEST_HELDOUT_SHARE))
        heldout: list[Example] = []
        rest = []
        for group in self.groups:
            if len(group) <= min(largest, wanted - len(heldout)):
                heldout += group
            else:
                rest.append(group)
        for group in sorted(rest, key=len):
            if len(heldout) == wanted:
                break
            heldout += group[: wanted - len(heldout)]
            rest.remove(group)
        return heldout, rest

    def _too_few(self, num_train: int | None, num_heldout: int, num_left: int) -> str:
        """Say what is missing, and what to change."""
        train = "at least 1" if num_train is None else str(num_train)
        return (
            f"task {self.task}: want data.num_train={train} and data.num_heldout={num_heldout}"
            f" examples that share no group, got {self.size} in {len(self.groups)} groups"
            f" ({self.num_rows} rows, {self.num_repeated_inputs} dropped for a repeated input;"
            f" {num_left} are left for training); lower these settings, add rows, or raise"
            " data.max_rows"
        )


def make_pool(
    examples: Sequence[Example],
    seed: int,
    *,
    answers: Answers = Answers.one,
    near_duplicate_jaccard: float = 0.5,
    shared_run_words: int = 13,
    by_target: bool = True,
    answer_seed: int | None = None,
) -> Pool:
    """Group the examples of one task, and draw the order of the groups.

    Args:
        examples: Examples of one task, their ids unique.
        seed: Of the drawing.
        answers: Whether an input keeps one of its examples, or all.
        near_duplicate_jaccard: Least share of common word 3-grams that ties texts; 1 for none.
        shared_run_words: Words of a common run that ties texts, unless it is a set phrase; 0 for
            none.
        by_target: Whether equal and similar targets tie examples; not for labels.
        answer_seed: Draws which example of a repeated input is kept; by default `seed`.
    """
    kept = examples
    if answers is Answers.one:
        kept = _one_answer_each(_drawn(seed if answer_seed is None else answer_seed, examples))
    drawn = _drawn(seed, kept)
    ties = Ties(len(drawn))
    num_near = 0
    for texts in ([one.input for one in drawn], [one.target for one in drawn])[: 1 + by_target]:
        words = [normalized(text) for text in texts]
        num_near += tie_texts(ties, words, near_duplicate_jaccard, shared_run_words)
    return Pool(
        task=drawn[0].task if drawn else "",
        groups=[[drawn[i] for i in members] for members in ties.groups()],
        num_rows=len(examples),
        num_repeated_inputs=len(examples) - len(drawn),
        num_near_duplicates=num_near,
    )


def _one_answer_each(examples: Sequence[Example]) -> list[Example]:
    """Return the first example of each input."""
    firsts: dict[str, Example] = {}
    for example in examples:
        firsts.setdefault(normalized(example.input), example)
    return list(firsts.values())


class Ties:
    """Groups of positions, joined pair by pair."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def join(self, one: int, other: int) -> bool:
        """Put two positions into one group, and say whether they were in different ones."""
        first, second = sorted((self._root(one), self._root(other)))
        self._parents[second] = first
        return first != second

    def groups(self) -> list[list[int]]:
        """Return the groups in the order of their first positions."""
        members = defaultdict(list)
        for position in range(len(self._parents)):
            members[self._root(position)].append(position)
        return list(members.values())

    def _root(self, position: int) -> int:
        """Return the first position of a group."""
        while self._parents[position] != position:
            self._parents[position] = self._parents[self._parents[position]]
            position = self._parents[position]
        return position


def tie_texts(ties: Ties, texts: Sequence[str], jaccard: float, run_words: int) -> int:
    """Join equal texts, similar ones, and those with a common run; count what the latter two do.

    Args:
        ties: The groups of the texts' positions.
        texts: Normalized texts.
        jaccard: Least similarity; 1 for equal texts only.
        run_words: Words of a common run; 0 for none.

    Returns:
        How many groups were joined by something else than equal texts.
    """
    holders: dict[str, int] = {}
    for position, text in enumerate(texts):
        ties.join(holders.setdefault(text, position), position)
    different = list(holders)
    near = near_duplicates(different, jaccard) if jaccard < 1 else ()
    runs = shared_runs(different, run_words) if run_words else ()
    return sum(
        ties.join(holders[different[i]], holders[different[j]]) for i, j in chain(near, runs)
    )


def _drawn(seed: int, examples: Sequence[Example]) -> list[Example]:
    """Return examples in the order that a seed and their ids draw."""

    def place(example: Example) -> tuple[bytes, str]:
        return blake2b(f"{seed}\0{example.id}".encode(), digest_size=8).digest(), example.id

    return sorted(examples, key=place)
