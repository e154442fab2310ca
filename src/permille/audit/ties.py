"""Identical answers to one prompt count as one: greedy decoding gives it as often as asked."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from permille.audit.survey import seeded_hash
from permille.core.records import Generation


def answer_key(generation: Generation) -> int | None:
    """Return the hash of prompt and text, by which identical answers to one prompt are known.

    None where the prompt is not known: many prompts may have the same short answer.
    """
    if generation.prompt is None:
        return None
    return seeded_hash(f"{generation.prompt!r} {generation.text}", 0)


def tied(names: Sequence[str], answers: Sequence[int | None]) -> list[str]:
    """Return for each generation the first name that identical answers tie its own to.

    Args:
        names: What each belongs to, of length N.
        answers: Key of each answer, of length N; None ties nothing.

    >>> tied(["a", "b", "b", "c"], [1, 1, 2, 3])
    ['a', 'a', 'a', 'c']
    """
    pairs = [(n, a) for n, a in zip(names, answers, strict=True) if a is not None]
    if len({answer for _, answer in pairs}) == len(pairs):
        return list(names)
    places = {
        node: i for i, node in enumerate(dict.fromkeys([*names, *(answer for _, answer in pairs)]))
    }
    starts = np.array([places[name] for name, _ in pairs])
    ends = np.array([places[answer] for _, answer in pairs])
    shape = (len(places), len(places))
    _, which = connected_components(coo_array((np.ones(len(pairs)), (starts, ends)), shape=shape))
    first: dict[int, str] = {}
    return [first.setdefault(int(which[places[name]]), name) for name in names]
