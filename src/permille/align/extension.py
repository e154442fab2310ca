"""Seeds to cases: clustering by gaps, and again with smaller gaps what is not alike enough."""

from itertools import pairwise

from permille.align.config import AlignConfig
from permille.align.pair import Box, Seed, Weighted


def extend(
    seeds: list[Seed], weighted: Weighted, gaps: tuple[int, int], config: AlignConfig
) -> list[Box]:
    """Cluster the seeds, and recluster the clusters whose passages are not alike enough.

    Args:
        seeds: The sentence pairs to cluster.
        weighted: The weights of the two texts.
        gaps: Largest gaps on the suspicious and on the source side, in sentences.
        config: Thresholds.
    """
    boxes: list[Box] = []
    retry = gaps[0] > config.susp_gap_least and gaps[1] > config.src_gap_least
    for piece in cluster(seeds, gaps, (config.susp_size, config.src_size)):
        box = bounds(piece)
        if weighted.cosine(box) > config.th3:
            boxes.append(box)
        elif retry:
            boxes += extend(piece, weighted, (gaps[0] - 1, gaps[1] - 1), config)
    return boxes


def bounds(piece: list[Seed]) -> Box:
    """Return the least and greatest sentence on either side."""
    suspicious = [i for i, _ in piece]
    source = [j for _, j in piece]
    return min(suspicious), max(suspicious), min(source), max(source)


def cluster(seeds: list[Seed], gaps: tuple[int, int], sizes: tuple[int, int]) -> list[list[Seed]]:
    """Cut seeds on either side in turn until a piece is no longer cut.

    The first pass, over the suspicious side, never ends it. Pieces with fewer seeds than the size
    of the side being cut are dropped.
    """
    done: list[list[Seed]] = []
    waiting = [(piece, 1) for piece in reversed(_cut(seeds, 0, gaps[0], sizes[0]))]
    while waiting:
        piece, side = waiting.pop()
        parts = _cut(piece, side, gaps[side], sizes[side])
        if len(parts) == 1:
            done.append(parts[0])
        else:
            waiting += [(part, 1 - side) for part in reversed(parts)]
    return done


def _cut(seeds: list[Seed], side: int, gap: int, size: int) -> list[list[Seed]]:
    """Sort by one side and cut where the next index is more than gap + 1 away."""
    ordered = sorted(seeds, key=lambda seed: seed[side])
    pieces = [[ordered[0]]]
    for before, seed in pairwise(ordered):
        if seed[side] - before[side] > gap + 1:
            pieces.append([])
        pieces[-1].append(seed)
    return [piece for piece in pieces if len(piece) >= size]
