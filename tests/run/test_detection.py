"""What generations give back of documents, with everything that the settings name."""

import json
from pathlib import Path

from permille.core.records import Document, Generation
from permille.run.detection import audit_generations, nothing_audited

from .conftest import evaluate_settings

COPIED = (
    "The surgeon asked for the red lamp to be moved nearer, and nobody answered him that night."
)
OWN = "A quiet field of barley bends under the wind while far away a train rolls into the station."
GENERATIONS = [Generation("g1", COPIED), Generation("g2", OWN), Generation("g3", "too short")]
DOCUMENTS = [
    Document("d1", f"Before it. {COPIED} And behind it."),
    Document(
        "d2", "Nothing of this stands in any generation, which is the point of a second text."
    ),
]


def test_what_was_copied_is_counted_and_located(tmp_path: Path) -> None:
    settings = evaluate_settings("checkpoint=none", f'retrieve.cache_dir="{tmp_path / "cache"}"')
    told: list[tuple[str, int, int]] = []
    report = audit_generations(
        settings, GENERATIONS, DOCUMENTS, tmp_path, lambda *one: told.append(one)
    )
    verbatim = report.ratios["verbatim"]
    assert isinstance(verbatim, dict)
    assert (verbatim["count"], verbatim["of"]) == (1, 2)
    assert report.generations["not_measurable"] == 1
    (line,) = [json.loads(one) for one in (tmp_path / "cases.jsonl").read_text().splitlines()]
    assert (line["generation_id"], line["document_id"]) == ("g1", "d1")
    start, end = line["cases"][0]["document"]
    assert DOCUMENTS[0].text[start:end].strip() == COPIED
    assert told


def test_without_an_audit_every_ratio_says_why_there_is_none() -> None:
    report = nothing_audited(evaluate_settings("audit=off", "checkpoint=x"))
    assert set(report.ratios) == {"any", "verbatim", "paraphrase", "idea"}
    for ratio in report.ratios.values():
        assert isinstance(ratio, dict)
        assert (ratio["of"], ratio["permille"], ratio["reason"]) == (0, None, "audit=off")
