"""Where a result comes from."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import pytest

from permille.core.records import Example
from permille.run.provenance import (
    PACKAGES,
    Clock,
    TimedStages,
    environment,
    hash_examples,
    hash_files,
)

EXAMPLES = [Example(f"e{i}", "qa", f"input {i}", f"target {i}") for i in range(3)]


def test_a_fingerprint_follows_every_text_and_the_order() -> None:
    others = [
        EXAMPLES[::-1],
        EXAMPLES[:2],
        [replace(EXAMPLES[0], target="other"), *EXAMPLES[1:]],
        [replace(EXAMPLES[0], references=("other",)), *EXAMPLES[1:]],
    ]
    prints = {hash_examples(examples) for examples in [EXAMPLES, *others]}
    assert len(prints) == 5
    assert hash_examples(list(EXAMPLES)) == hash_examples(iter(EXAMPLES))


def test_files_are_told_apart_by_their_bytes_and_not_by_where_they_lie(tmp_path: Path) -> None:
    content = b"{}\n" * 500_000
    for name, text in (("a", content), ("b", content), ("empty", b"")):
        (tmp_path / name).write_bytes(text)
    first, second, empty = hash_files(
        ("documents", tmp_path / name) for name in ("a", "b", "empty")
    )
    assert first == {
        "role": "documents",
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    assert first == second
    assert (empty["sha256"], empty["bytes"]) == (hashlib.sha256(b"").hexdigest(), 0)


def test_stages_are_timed_one_after_the_other() -> None:
    clock = Clock()
    clock.end("load")
    clock.end("train")
    clock.end("train")
    times = clock.times()
    stages = times["stages_s"]
    assert isinstance(stages, dict)
    assert list(stages) == ["load", "train"]
    assert float(str(times["duration_s"])) >= sum(stages.values()) - 0.002


def test_a_stage_of_an_audit_is_timed_once_it_is_over_and_still_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    told: list[tuple[str, int, int]] = []
    timed = TimedStages(clock, lambda *word: told.append(word))
    words = [("index train", 5, 5), ("align tuned train", 0, 2), ("align tuned train", 2, 2)]
    for number, word in enumerate(words):
        time.sleep(0.02 * number)
        timed(*word)
    assert told == words
    stages = clock.times()["stages_s"]
    assert isinstance(stages, dict)
    assert list(stages) == ["index", "align"]
    assert stages["align"] >= 0.06 - 0.001
    with caplog.at_level("INFO"):
        clock.log()
    assert f"align {stages['align']:.1f} s" in caplog.text


def test_versions_of_what_a_result_depends_on_are_named() -> None:
    packages = environment()["packages"]
    assert isinstance(packages, dict)
    assert set(packages) == set(PACKAGES)
    assert all(packages.values())
