"""The pairs of generation and document that people label, drawn by kind and score."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

from permille.core.records import Kind

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
    """Return pairs in a random order, as many of each stratum and band as there can be.

    Args:
        pairs: All pairs of a run.
        num_items: Pairs at most.
        seed: Of the drawing.
    """
    random = Random(seed)
    bands = [random.sample(members, len(members)) for members in bands_of(pairs).values()]
    drawn: list[Pair] = []
    while len(drawn) < num_items and any(bands):
        for members in bands:
            if members and len(drawn) < num_items:
                drawn.append(members.pop())
    random.shuffle(drawn)
    return drawn
