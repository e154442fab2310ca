"""Could it be the detector? What it finds of planted copies, and where nothing was planted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from permille.audit.controls.contrasts import missing
from permille.audit.counting import deciding, kind_of
from permille.audit.detect import Detector
from permille.audit.planting import HOST_CHARS, Plant, beginning, plant_all
from permille.audit.rows import MAIN
from permille.audit.searching import View
from permille.core.records import KINDS_BY_STRENGTH, Document, Generation, Kind
from permille.measure.prevalence import corrected_ratio
from permille.measure.ratio import Ratio, Ratios, wilson_ratio
from permille.retrieve.protocol import Corpus

ANY_AND_KINDS = ("any", *map(str, KINDS_BY_STRENGTH))
NO_HOST = "it needs held-out documents, in which something can be planted, and there are none"


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

    def kinds(self, generations: Sequence[Generation]) -> list[Kind]:
        """Return the kind of each generation, found through its top documents."""
        view = View(MAIN, self.corpus, lambda _: True, self.has_inputs)
        found = self.detector.detect(generations, [view])
        return [kind_of(deciding(findings, MAIN)) for findings in found]

    def returned(self, plants: Sequence[Plant]) -> list[bool]:
        """Say whether the planted document is among the top documents."""
        answers = self.corpus.search([plant.text for plant in plants], self.detector.top_k)
        return [
            any(hit.document_id == plant.document_id for hit in hits)
            for plant, hits in zip(plants, answers, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a detector found of planted texts.

    Attributes:
        found: The kind found for each plant, by the kind planted; none are those without a plant.
        returned: Whether each paraphrase's document was among the top documents.
    """

    found: Mapping[Kind, Sequence[Kind]]
    returned: Sequence[bool]

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

    @property
    def paraphrase_recall(self) -> Ratio:
        """Return how many planted paraphrases have their document among the top documents."""
        why = "no document is long enough to be paraphrased"
        return wilson_ratio(sum(self.returned), len(self.returned), reason_if_empty=why)


def try_detector(
    probe: Probe, documents: Sequence[Document], hosts: Sequence[Document], seed: int
) -> Trial | None:
    """Plant copies and look for them; None where there is nothing to plant them in.

    Args:
        probe: What is tried.
        documents: Training documents, each given back once in every way.
        hosts: Held-out documents, whose beginnings hold the plants.
        seed: Of the planting.
    """
    if not hosts:
        return None
    rng = Random(seed)
    plants = {kind: plant_all(kind, documents, hosts, rng) for kind in KINDS_BY_STRENGTH}
    least = probe.detector.least_chars
    texts = (beginning(host.text) for host in hosts)
    plants[Kind.NONE] = [Plant(Kind.NONE, text) for text in texts if len(text) >= least]
    found = {
        kind: probe.kinds([Generation(f"{kind} {i}", p.text) for i, p in enumerate(planted)])
        for kind, planted in plants.items()
    }
    return Trial(found, probe.returned(plants[Kind.PARAPHRASE]))


def detector_control(trial: Trial | None, observed: Ratios) -> dict[str, object]:
    """Return sensitivity, false alarms, and the ratios corrected for both.

    Args:
        trial: What was found of planted texts.
        observed: The audit's own ratios.
    """
    if trial is None:
        return missing(NO_HOST)

    def corrected(kind: str, ratio: Ratio) -> Ratio:
        return corrected_ratio(ratio, trial.sensitivity(kind), trial.false_alarm(kind))

    return {
        "planted_by": f"rule, in the first {HOST_CHARS} characters of held-out documents",
        "sensitivity": {
            kind: trial.sensitivity(kind).to_dict()
            for kind in ("any", *map(str, KINDS_BY_STRENGTH))
        },
        "false_alarm": trial.false_alarm("any").to_dict(),
        "corrected": Ratios(
            any=corrected("any", observed.any),
            verbatim=corrected("verbatim", observed.verbatim),
            paraphrase=corrected("paraphrase", observed.paraphrase),
            idea=corrected("idea", observed.idea),
        ).to_dict(),
    }


def retrieval_control(trial: Trial | None) -> dict[str, object]:
    """Return how often the top documents hold what was given back."""
    recall = missing(NO_HOST) if trial is None else trial.paraphrase_recall.to_dict()
    return {"paraphrase_recall": recall}


def _is(found: Kind, kind: str) -> bool:
    """Whether a kind was found; any kind for `any`."""
    return found is not Kind.NONE if kind == "any" else found == kind
