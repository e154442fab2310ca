"""The form of report.json."""

from permille.audit.report import AuditReport
from permille.core.records import Kind


def ratios(**counts):
    of = counts.pop("of")
    named = dict.fromkeys(("verbatim", "paraphrase", "idea"), 0) | counts
    named["any"] = sum(named.values())
    return {kind: {"count": count, "of": of} for kind, count in named.items()}


def test_the_keys_of_the_contract_are_there():
    values = AuditReport("qa", "standard", {"total": 1}, ratios(of=1)).to_dict()
    assert list(values) == [
        "schema_version", "task", "audit", "generations", "ratios", "controls", "attention",
        "utility", "settings", "provenance",
    ]  # fmt: skip
    assert values["schema_version"] == 1
    assert values["attention"] == {}


def test_tasks_stand_beside_where_there_are_several():
    report = AuditReport("multitask", "standard", {}, ratios(of=1), tasks={"qa": {}, "nli": {}})
    assert report.to_dict()["tasks"] == {"qa": {}, "nli": {}}


def test_kinds_are_told_apart_again():
    report = AuditReport(None, "standard", {}, ratios(of=6, verbatim=2, idea=1))
    assert report.counted_kinds() == [Kind.VERBATIM] * 2 + [Kind.IDEA] + [Kind.NONE] * 3


def test_a_ratio_of_nothing_has_no_kinds():
    assert AuditReport(None, "off", {}, ratios(of=0)).counted_kinds() == []


def test_p_values_of_further_controls_are_corrected_with_the_others():
    contrast = {"difference": {"any": {"p": 0.03}}}
    controls = {"heldout": contrast, "multiplicity": [{"test": "heldout any", "p": 0.03}]}
    tasks = {"qa": {"controls": {"heldout": contrast}}, "nli": {}}
    report = AuditReport("multitask", "full", {}, ratios(of=1), controls, tasks)
    found = report.with_controls({"membership": {"loss": {"p": 0.01}}}).controls
    assert [(row["test"], row["p_holm"]) for row in found["multiplicity"]] == [
        ("heldout any", 0.06),
        ("membership loss", 0.03),
        ("qa: heldout any", 0.06),
    ]
    paper = AuditReport("qa", "paper", {}, ratios(of=1)).with_controls({"membership": {}})
    assert paper.controls == {"membership": {}}
