"""Findings on disk."""

import os
import stat
import time
from pathlib import Path

import pytest

from permille.audit.findings import Found, Refused
from permille.audit.store import KEPT_DAYS, FindingStore, findings_folder
from permille.core.errors import SettingsError
from permille.core.records import Generation

CHUNK = [Generation("a", "text"), Generation("b", "more")]


class Detect:
    """Counts how often it is asked."""

    def __init__(self, found):
        self.found, self.asked = found, 0

    def __call__(self):
        self.asked += 1
        return lambda: self.found


def test_a_chunk_is_detected_once(tmp_path, make_finding):
    detect = Detect(
        [Found((make_finding(), make_finding(rank=1))), Found((), (Refused("d", {"main": 2}),))]
    )
    for _ in range(2):
        store = FindingStore(tmp_path / "kept", "settings")
        assert store.findings("corpora", CHUNK, detect)() == detect.found
    assert detect.asked == 1


@pytest.mark.parametrize(
    ("settings", "corpora", "chunk"),
    [
        pytest.param("other", "corpora", CHUNK, id="settings"),
        pytest.param("settings", "other", CHUNK, id="corpora"),
        pytest.param("settings", "corpora", CHUNK[:1], id="fewer generations"),
        pytest.param("settings", "corpora", CHUNK[::-1], id="another order"),
        pytest.param(
            "settings", "corpora", [Generation("a", "text", prompt="p"), CHUNK[1]], id="prompt"
        ),
    ],
)
def test_anything_else_is_detected_anew(tmp_path, settings, corpora, chunk):
    detect = Detect([Found() for _ in CHUNK])
    FindingStore(tmp_path, "settings").findings("corpora", CHUNK, detect)()
    FindingStore(tmp_path, settings).findings(corpora, chunk, detect)()
    assert detect.asked == 2


def test_an_error_stores_nothing(tmp_path):
    def fail():
        raise RuntimeError("stopped")

    store = FindingStore(tmp_path / "kept", "settings")
    with pytest.raises(RuntimeError, match="stopped"):
        store.findings("corpora", CHUNK, lambda: fail)()
    assert list((tmp_path / "kept").iterdir()) == []


def test_removing_leaves_nothing_and_may_not_touch_what_others_stored(tmp_path):
    folder = tmp_path / "kept"
    store, other = FindingStore(folder, "settings"), FindingStore(folder, "others")
    for one in (store, other):
        one.findings("corpora", CHUNK, Detect([Found(), Found()]))()
    store.remove()
    assert len(list(folder.iterdir())) == 1
    other.remove()
    assert list(tmp_path.iterdir()) == []


def test_generations_that_were_taken_up_are_counted_once(tmp_path):
    detect = Detect([Found(), Found()])
    first = FindingStore(tmp_path, "settings")
    for _ in range(2):
        first.findings("corpora", CHUNK, detect)()
    assert first.num_taken_up == 0
    again = FindingStore(tmp_path, "settings")
    for _ in range(2):
        again.findings("corpora", CHUNK, detect)()
    assert again.num_taken_up == len(CHUNK)


def test_what_was_left_long_ago_is_removed(tmp_path):
    FindingStore(tmp_path, "settings").findings("corpora", CHUNK, Detect([Found(), Found()]))()
    (left,) = tmp_path.iterdir()
    FindingStore(tmp_path, "others")
    assert left.exists()
    long_ago = time.time() - (KEPT_DAYS + 1) * 24 * 3600
    os.utime(left, (long_ago, long_ago))
    FindingStore(tmp_path, "others")
    assert not left.exists()


def test_the_folder_is_for_its_owner_only(tmp_path):
    FindingStore(tmp_path / "kept", "settings")
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(
        SettingsError, match=r"audit\.cache_dir: want a folder .*taken.*File exists"
    ):
        FindingStore(tmp_path / "taken", "settings")


def test_the_folder_is_that_of_the_settings_else_in_the_users_cache(tmp_path, monkeypatch):
    assert findings_folder(str(tmp_path)) == tmp_path
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert findings_folder(None) == tmp_path / "permille" / "findings"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert findings_folder(None) == Path.home() / ".cache" / "permille" / "findings"
