"""From settings to training and held-out examples, of one task or of a mixture.

`num_train` is the size of a run on one task. A mixture has as many examples in all
(`budget=steps`, hence as many steps an epoch), shared out by `mixing`, or as many of each task
(`budget=examples`). Held-out examples are shared out as the training ones are, so that the two
sides of a comparison hold the same tasks in the same proportion.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.canaries import make_canaries
from permille.data.config import Budget, DataConfig, Mixing, TaskConfig
from permille.data.neighbors import normalized
from permille.data.sources import load_task
from permille.data.splits import Pool, Splits, Ties, make_pool, tie_texts
from permille.data.tasks import single_tasks


def load_splits(
    task: TaskConfig, data: DataConfig, seed: int, without: Set[str] = frozenset()
) -> Splits:
    """Load the examples of a task or of a mixture, and split them by group.

    Examples come in the order of the tasks, and of the drawing within a task. Ids that two tasks
    share get the task's name and a slash in front. Canaries wear the first task's instruction.

    Args:
        task: The task or mixture.
        data: Where rows come from, and how many are wanted.
        seed: Of the drawing, and of built-in texts.
        without: Normalized inputs; groups of examples that hold one are passed over.

    Raises:
        DataError: If a file or data set is not what it should be, or has too few examples.
        SettingsError: If a task's share of a mixture is nothing.
    """
    pools = {
        name: make_pool(
            load_task(single, data, seed),
            seed if data.split_seed is None else data.split_seed,
            answers=data.answers,
            near_duplicate_jaccard=data.near_duplicate_jaccard,
            shared_run_words=data.shared_run_words,
            by_target=single.group_by_target,
            answer_seed=seed,
        ).without(without)
        for name, single in single_tasks(task).items()
    }
    if task.is_mixture:
        splits = _mix(pools, task, data)
    else:
        splits = pools[task.name].take(data.num_train, data.num_heldout)
    canaries = make_canaries(next(iter(pools)), data.canaries, seed)
    return replace(splits, canaries=tuple(canaries))


def shares(sizes: Mapping[str, int], total: int, exponent: float) -> dict[str, int]:
    """Share out a total by the sizes to the power of an exponent, by largest remainders.

    >>> shares({"a": 300, "b": 100}, 8, exponent=1.0)
    {'a': 6, 'b': 2}
    >>> shares({"a": 300, "b": 100}, 8, exponent=0.0)
    {'a': 4, 'b': 4}
    """
    weights = {name: float(size) ** exponent for name, size in sizes.items()}
    exact = {name: total * weight / sum(weights.values()) for name, weight in weights.items()}
    whole = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: whole[name] - exact[name])
    for name in by_remainder[: total - sum(whole.values())]:
        whole[name] += 1
    return whole


def _mix(pools: Mapping[str, Pool], task: TaskConfig, data: DataConfig) -> Splits:
    """Take each task's share."""
    sizes = {name: max(0, pool.size - data.num_heldout) for name, pool in pools.items()}
    of_train = _training_shares(sizes, task, data)
    of_heldout = _heldout_shares(of_train, sizes, data, task.budget)
    parts = {name: pool.take(of_train[name], of_heldout[name]) for name, pool in pools.items()}
    repeated = _repeated_ids(pools)
    train = [_distinct(one, repeated) for part in parts.values() for one in part.train]
    heldout = [_distinct(one, repeated) for part in parts.values() for one in part.heldout]
    tied = tied_across_tasks(
        train,
        heldout,
        text_targets={name for name, one in single_tasks(task).items() if one.group_by_target},
        jaccard=data.near_duplicate_jaccard,
        run_words=data.shared_run_words,
    )
    kept = [one for one in heldout if one.id not in tied]
    num_kept, num_held = (Counter(one.task for one in some) for some in (kept, heldout))
    counts = {
        name: {
            **part.counts[name],
            "heldout": num_kept[name],
            "tied_to_other_tasks": num_held[name] - num_kept[name],
        }
        for name, part in parts.items()
    }
    return Splits(train, kept, counts)


def tied_across_tasks(
    train: Sequence[Example],
    heldout: Sequence[Example],
    text_targets: Set[str],
    jaccard: float,
    run_words: int,
) -> set[str]:
    """Return the ids of held-out examples whose text is tied to one that another task trains on.

    Texts are tied as within a task, where groups keep such examples on one side.

    Args:
        train: Training examples of several tasks.
        heldout: Held-out ones; no two of all have one id.
        text_targets: The tasks whose targets are texts, not labels or short answers.
        jaccard: Least similarity of near-duplicates; 1 for equal texts only.
        run_words: Words of a common run that ties texts; 0 for none.
    """
    trained: dict[str, set[str]] = defaultdict(set)
    held: dict[str, list[Example]] = defaultdict(list)
    for side in (train, heldout):
        for one in side:
            for text in (one.input, one.target)[: 1 + (one.task in text_targets)]:
                if side is train:
                    trained[normalized(text)].add(one.task)
                else:
                    held[normalized(text)].append(one)
    texts = list({**trained, **held})
    ties = Ties(len(texts))
    tie_texts(ties, texts, jaccard, run_words)
    tied = set()
    for members in ties.groups():
        trainers = set().union(*(trained.get(texts[i], set()) for i in members))
        held_here = (one for i in members for one in held.get(texts[i], ()))
        tied |= {one.id for one in held_here if trainers - {one.task}}
    return tied


def _training_shares(
    sizes: Mapping[str, int], task: TaskConfig, data: DataConfig
) -> dict[str, int | None]:
    """Return how many training examples each task has; None for all that it can have."""
    if task.budget is Budget.examples:
        return dict.fromkeys(sizes, data.num_train)
    exponent = {
        Mixing.proportional: 1.0,
        Mixing.equal: 0.0,
        Mixing.temperature: 1 / task.temperature,
    }[task.mixing]
    total = data.num_train
    if total is None:
        total = sum(sizes.values()) // len(sizes)
    return dict(_no_empty(shares(sizes, total, exponent), "data.num_train", total))


def _heldout_shares(
    train: Mapping[str, int | None], sizes: Mapping[str, int], data: DataConfig, budget: Budget
) -> dict[str, int]:
    """Return how many held-out examples each task has, in proportion to its training examples."""
    if data.num_heldout == 0:
        return dict.fromkeys(train, 0)
    if budget is Budget.examples:
        return dict.fromkeys(train, data.num_heldout)
    wanted = {name: sizes[name] if share is None else share for name, share in train.items()}
    return _no_empty(shares(wanted, data.num_heldout, 1.0), "data.num_heldout", data.num_heldout)


def _no_empty(found: dict[str, int], setting: str, total: int) -> dict[str, int]:
    """Return the shares, none of which may be nothing.

    Raises:
        SettingsError: If one is.
    """
    empty = [name for name, share in found.items() if share == 0]
    if empty:
        raise SettingsError(
            f"{setting}: want at least one example of each task of the mixture, got {total} in all,"
            f" which leaves none for {', '.join(empty)}; raise it, or use task.mixing=equal"
        )
    return found


def _repeated_ids(pools: Mapping[str, Pool]) -> set[str]:
    """Return the ids that more than one task has."""
    ids = Counter(one.id for pool in pools.values() for group in pool.groups for one in group)
    return {name for name, count in ids.items() if count > 1}


def _distinct(example: Example, repeated: set[str]) -> Example:
    """Return the example with an id that no other task has."""
    if example.id not in repeated:
        return example
    return replace(example, id=f"{example.task}/{example.id}")
