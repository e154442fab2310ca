"""The audit of texts from Python, with settings as keywords."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from permille import audit_texts
from permille.core.errors import DataError, SettingsError
from permille.run.texts import as_overrides

COPIED = (
    "The surgeon asked for the red lamp to be moved nearer, and nobody answered him that night."
)
OTHER = (
    "A quiet field of barley bends under the wind while far away a train rolls into the station."
)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_settings_may_be_nested_or_dotted() -> None:
    wanted = ["audit.prompt=input", "audit.seed=3", "retrieve.top_k=5"]
    found = as_overrides({"audit": {"prompt": "input", "seed": 3}, "retrieve.top_k": 5})
    assert found == wanted


def test_a_value_that_no_setting_has_is_refused() -> None:
    with pytest.raises(SettingsError, match="want texts, numbers, lists or mappings"):
        as_overrides({"seed": object()})


def test_plain_texts_are_audited() -> None:
    report = audit_texts([COPIED, OTHER], [f"Before it. {COPIED} Behind it."]).to_dict()
    ratios = report["ratios"]
    assert isinstance(ratios, dict)
    assert (ratios["any"]["count"], ratios["any"]["of"]) == (1, 2)
    assert report["task"] is None


def test_mappings_and_files_give_the_same_report(tmp_path: Path) -> None:
    generations = [{"id": "a", "text": COPIED}, {"id": "b", "text": OTHER}]
    documents = [{"id": "d", "text": f"Before it. {COPIED} Behind it."}]
    for name, lines in (("g", generations), ("d", documents)):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines))
    of_files = audit_texts(tmp_path / "g.jsonl", str(tmp_path / "d.jsonl"), audit="paper")
    assert of_files == audit_texts(generations, documents, audit="paper")
    assert of_files.settings == {"audit.name": "paper"}


def test_something_that_is_no_text_is_named() -> None:
    with pytest.raises(DataError, match="line 2: want a text or a mapping with text, got int"):
        audit_texts(["fine", 3], ["fine"])


@pytest.mark.parametrize("argument", ["generations", "documents"])
@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ([], ": want at least one text, got none"),
        (None, ": want a file of JSON lines or a list of texts, got NoneType"),
        ({"text": COPIED}, ": want a file of JSON lines or a list of texts, got dict"),
        ([COPIED, {"id": "b"}], ', line 2: want a text in "text", got no such field'),
        ([{"text": 3}], ', line 1: want a text in "text", got int'),
        ([{"text": COPIED, "split": "test"}], ", line 1: want one of train, heldout in"),
        ([COPIED, None], ", line 2: want a text or a mapping with text, got NoneType"),
    ],
    ids=str,
)
def test_what_cannot_be_audited_is_named_by_argument_and_number(
    argument: str, texts: Any, said: str
) -> None:
    given = {"generations": [COPIED], "documents": [COPIED]} | {argument: texts}
    with pytest.raises(DataError, match=f"^{re.escape(argument + said)}"):
        audit_texts(given["generations"], given["documents"], judge="none")


def test_a_text_with_half_a_letter_is_named() -> None:
    with pytest.raises(DataError, match=r"id 'b': want texts that UTF-8 can hold, got .*surrogate"):
        audit_texts([{"id": "a", "text": "x"}, {"id": "b", "text": "\ud800 y"}], ["z"])


def test_a_wrong_setting_is_refused_before_anything_is_read() -> None:
    with pytest.raises(SettingsError, match=r"did you mean retrieve\.top_k"):
        audit_texts(["a"], ["b"], **{"retrieve.topk": 3})


def test_a_field_that_is_not_read_is_told_by_the_name_of_the_argument(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "documents.jsonl"
    path.write_text(json.dumps({"text": COPIED, "id": "d", "exampleId": 1}) + "\n")
    audit_texts([{"text": COPIED, "exampleId": 1}], path)
    told = [one.message for one in caplog.records if "fields that are not read" in one.message]
    assert sorted(one.split(": ")[0] for one in told) == sorted(["generations", str(path)])


def test_a_setting_without_effect_is_told(caplog: pytest.LogCaptureFixture) -> None:
    audit_texts([COPIED], [COPIED], audit="paper", judge="none", task="qa")
    assert [one for one in caplog.messages if "no effect" in one] == [
        "task=qa has no effect with generations=, since no model is asked; leave it out"
    ]
