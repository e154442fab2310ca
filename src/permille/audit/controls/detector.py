"""Could it be the detector? What it finds of planted copies, and where nothing was planted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from permille.audit.controls.contrasts import missing
from permille.audit.controls.correction import confusion, corrected_ratios
from permille.audit.counting import deciding, kind_of
from permille.audit.detect import Detector
from permille.audit.planting import HOST_CHARS, Plant, beginning, plant_all
from permille.audit.rows import MAIN
from permille.audit.searching import Returned, View, search_views
from permille.core.records import KINDS_BY_STRENGTH, Document, Generation, Kind
from permille.measure.ratio import Ratio, Ratios, wilson_ratio
from permille.retrieve.protocol import Corpus

ANY_AND_KINDS = ("any", *map(str, KINDS_BY_STRENGTH))
NO_HOST = "no held-out document is long enough to plant something in it, or none was asked for"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a detector says of one generation.

    Attributes:
        kind: Its kind.
        num_refused: Documents that were refused with it.
        is_unknown: Whether it has such a document, and no case in any other.
    """

    kind: Kind
    num_refused: int = 0
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A detector with the index that it is tried on.

    Attributes:
        detector: As the audit uses it.
        corpus: The training documents.
        has_inputs: Whether the corpus holds inputs.
    """

    detector: Detector
    corpus: Corpus
    has_inputs: bool

    def search(self, generations: Sequence[Generation]) -> list[dict[str, Returned]]:
        """Return the top documents of each generation."""
        view = View(MAIN, self.corpus, lambda _: True, self.has_inputs)
        return search_views(generations, [view], self.detector.top_k)

    def answers(
        self, generations: Sequence[Generation], returned: Sequence[dict[str, Returned]]
    ) -> list[Answer]:
        """Return what is found of each generation in the documents that `search` returned."""
        return [
            Answer(
                kind_of(deciding(one.findings, MAIN)), one.num_refused(MAIN), one.is_unknown(MAIN)
            )
            for one in self.detector.detect_among(generations, returned)
        ]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a detector found of planted texts.

    Attributes:
        found: The kind found for each plant, by the kind planted; none are those without a plant.
        returned: Whether each paraphrase's document was among the top documents.
        num_refused: Pairs of a text and a document that were refused.
        num_unknown: Texts with such a document and no case in any other.
    """

    found: Mapping[Kind, Sequence[Kind]]
    returned: Sequence[bool]
    num_refused: int = 0
    num_unknown: int = 0

    def sensitivity(self, kind: str) -> Ratio:
        """Return how many plants of a kind were found as that kind; of `any`, as any kind."""
        planted = KINDS_BY_STRENGTH if kind == "any" else (Kind(kind),)
        hits = [_is(found, kind) for one in planted for found in self.found[one]]
        why = "no document is long enough to plant it"
        return wilson_ratio(sum(hits), len(hits), reason_if_empty=why)

    def false_alarm(self, kind: str) -> Ratio:
        """Return how many texts without a plant were found to have a kind."""
        hits = [_is(found, kind) for found in self.found[Kind.NONE]]
        return wilson_ratio(sum(hits), len(hits), reason_if_empty=NO_HOST)

    @classmethod
    def pooled(cls, trials: Iterable["Trial"]) -> "Trial":
        """Return what several trials, one after the other, have shown."""
        every = list(trials)
        kinds = (*KINDS_BY_STRENGTH, Kind.NONE)
        return cls(
            {kind: [found for trial in every for found in trial.found[kind]] for kind in kinds},
            [hit for trial in every for hit in trial.returned],
            sum(trial.num_refused for trial in every),
            sum(trial.num_unknown for trial in every),
        )

    @property
    def paraphrase_recall(self) -> Ratio:
        """Return how many planted paraphrases have their document among the top documents."""
        why = "no document is long enough to be paraphrased"
        return wilson_ratio(sum(self.returned), len(self.returned), reason_if_empty=why)


def try_detector(
    probe: Probe,
    documents: Mapping[Kind, Sequence[Document]],
    hosts: Sequence[Document],
    seed: int,
) -> Trial:
    """Plant copies and look for them.

    Args:
        probe: What is tried.
        documents: By kind the training documents that are given back that way, each once.
        hosts: Held-out documents, at least one, whose beginnings hold the plants.
        seed: Of the planting.
    """
    rng = Random(seed)
    plants = {
        kind: plant_all(kind, documents.get(kind, ()), hosts, rng) for kind in KINDS_BY_STRENGTH
    }
    least = probe.detector.least_chars
    texts = (beginning(host.text) for host in hosts)
    plants[Kind.NONE] = [Plant(Kind.NONE, text) for text in texts if len(text) >= least]
    answers: dict[Kind, list[Answer]] = {}
    returned: list[bool] = []
    for kind, planted in plants.items():
        generations = [Generation(f"{kind} {i}", plant.text) for i, plant in enumerate(planted)]
        hits = probe.search(generations)
        answers[kind] = probe.answers(generations, hits)
        if kind is Kind.PARAPHRASE:
            returned = [
                plant.document_id in among for plant, among in zip(planted, hits, strict=True)
            ]
    every = [answer for of_kind in answers.values() for answer in of_kind]
    return Trial(
        {kind: [answer.kind for answer in of_kind] for kind, of_kind in answers.items()},
        returned,
        sum(answer.num_refused for answer in every),
        sum(answer.is_unknown for answer in every),
    )


def detector_control(trial: Trial | None, observed: Ratios) -> dict[str, object]:
    """Return sensitivity, false alarms, and the ratios corrected for both.

    Args:
        trial: What was found of planted texts; None where nothing could be planted.
        observed: The audit's own ratios.
    """
    if trial is None:
        return missing(NO_HOST)

    sensitivity = {kind: trial.sensitivity(kind) for kind in ANY_AND_KINDS}
    false_alarm = {kind: trial.false_alarm(kind) for kind in ANY_AND_KINDS}
    corrected = corrected_ratios(observed, trial.found, sensitivity, false_alarm)
    return {
        "planted_by": f"rule, in the first {HOST_CHARS} characters of held-out documents",
        "sensitivity": {kind: ratio.to_dict() for kind, ratio in sensitivity.items()},
        "false_alarm": false_alarm["any"].to_dict(),
        "false_alarm_by_kind": {kind: ratio.to_dict() for kind, ratio in false_alarm.items()},
        "confusion": confusion(trial.found),
        "refused_pairs": trial.num_refused,
        "with_refused_pairs": trial.num_unknown,
        "corrected": corrected.to_dict(),
    }


def retrieval_control(trial: Trial | None) -> dict[str, object]:
    """Return how often the top documents hold what was given back."""
    recall = missing(NO_HOST) if trial is None else trial.paraphrase_recall.to_dict()
    return {"paraphrase_recall": recall}


def _is(found: Kind, kind: str) -> bool:
    """Whether a kind was found; any kind for `any`."""
    return found is not Kind.NONE if kind == "any" else found == kind
