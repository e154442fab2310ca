"""Findings on disk."""

import pytest

from permille.audit.store import FindingStore
from permille.core.records import Generation

CHUNK = [Generation("a", "text"), Generation("b", "more")]


class Detect:
    """Counts how often it is asked."""

    def __init__(self, found):
        self.found, self.asked = found, 0

    def __call__(self):
        self.asked += 1
        return self.found


def test_a_chunk_is_detected_once(tmp_path, make_finding):
    detect = Detect([[make_finding(), make_finding(rank=1)], []])
    for _ in range(2):
        store = FindingStore(tmp_path / "kept", "settings")
        assert store.findings("corpora", CHUNK, detect) == detect.found
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
    detect = Detect([[] for _ in CHUNK])
    FindingStore(tmp_path, "settings").findings("corpora", CHUNK, detect)
    FindingStore(tmp_path, settings).findings(corpora, chunk, detect)
    assert detect.asked == 2


def test_an_error_stores_nothing(tmp_path):
    def fail():
        raise RuntimeError("stopped")

    store = FindingStore(tmp_path / "kept", "settings")
    with pytest.raises(RuntimeError, match="stopped"):
        store.findings("corpora", CHUNK, fail)
    assert list((tmp_path / "kept").iterdir()) == []


def test_removing_leaves_nothing_and_may_be_repeated(tmp_path):
    store = FindingStore(tmp_path / "kept", "settings")
    store.findings("corpora", CHUNK, Detect([[], []]))
    store.remove()
    store.remove()
    assert list(tmp_path.iterdir()) == []
