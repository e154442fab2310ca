"""The pairs of generation and document that people label, drawn by kind and score.

Of each generation one pair can be drawn, that which decides its kind: ratios are of generations,
and the pairs of one generation say much the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

from permille.core.records import KINDS_BY_STRENGTH, Kind

LABELS = (Kind.VERBATIM, Kind.PARAPHRASE, Kind.IDEA, Kind.NONE)
"""What a person can say of a pair."""
NUM_BANDS = 3
"""Parts of a kind from low to high scores, of equal sizes."""
UNCONFIRMED = "unconfirmed"
"""The stratum of paraphrases that the judge did not confirm; to the program they are none."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A generation and a document that retrieval returned for it.

    Attributes:
        generation_id: The generation.
        document_id: The document.
        kind: What the program says of the pair.
        stratum: The kind, or `unconfirmed`.
        score: Of the retrieval.
    """

    generation_id: str
    document_id: str
    kind: Kind
    stratum: str
    score: float

    @property
    def id(self) -> str:
        """A name that says nothing of the pair, and is the same whenever it is drawn."""
        names = f"{self.generation_id}\0{self.document_id}".encode()
        return blake2b(names, digest_size=8).hexdigest()


def pair_of_line(line: Mapping[str, object]) -> Pair:
    """Return the pair of a line of cases.jsonl."""
    kind = Kind(str(line["kind"]))
    is_unconfirmed = kind is Kind.PARAPHRASE and line["confirmed"] is False
    return Pair(
        generation_id=str(line["generation_id"]),
        document_id=str(line["document_id"]),
        kind=Kind.NONE if is_unconfirmed else kind,
        stratum=UNCONFIRMED if is_unconfirmed else str(kind),
        score=float(str(line["score"])),
    )


_STRATA = (*map(str, KINDS_BY_STRENGTH), UNCONFIRMED, str(Kind.NONE))


def deciding_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """Return of each generation the pair that decides its kind, in the order of generations.

    It is of the strongest kind that the program sees in the generation, else an unconfirmed
    paraphrase, else any; of several that which retrieval ranks first.
    """
    chosen: dict[str, Pair] = {}
    for pair in pairs:
        other = chosen.get(pair.generation_id)
        if other is None or _place(pair) < _place(other):
            chosen[pair.generation_id] = pair
    return list(chosen.values())


def _place(pair: Pair) -> tuple[int, float, str]:
    """Return where a pair stands among those of its generation; the least one decides."""
    return _STRATA.index(pair.stratum), -pair.score, pair.id


def bands_of(pairs: Iterable[Pair]) -> dict[tuple[str, int], list[Pair]]:
    """Return all pairs by stratum and band of score, lowest band first, each in a fixed order."""
    strata: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        strata[pair.stratum].append(pair)
    bands: dict[tuple[str, int], list[Pair]] = {}
    for stratum, members in sorted(strata.items()):
        members.sort(key=lambda pair: (pair.score, pair.id))
        for band in range(NUM_BANDS):
            start, end = (len(members) * place // NUM_BANDS for place in (band, band + 1))
            if end > start:
                bands[stratum, band] = members[start:end]
    return bands


def draw_pairs(pairs: Iterable[Pair], num_items: int, seed: int) -> list[Pair]:
    """Return deciding pairs in a random order, as many of each stratum and band as there can be.

    Args:
        pairs: All pairs of a run.
        num_items: Pairs at most.
        seed: Of the drawing.
    """
    random = Random(seed)
    bands = [
        random.sample(members, len(members)) for members in bands_of(deciding_pairs(pairs)).values()
    ]
    drawn: list[Pair] = []
    while len(drawn) < num_items and any(bands):
        for members in bands:
            if members and len(drawn) < num_items:
                drawn.append(members.pop())
    random.shuffle(drawn)
    return drawn
