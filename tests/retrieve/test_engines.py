"""The setting chooses the engine, and only that one is imported."""

import subprocess
import sys
from pathlib import Path

import pytest

from permille.core.errors import SettingsError
from permille.retrieve import open_retriever
from permille.retrieve.config import Engine, RetrieveConfig
from permille.retrieve.elasticsearch import ElasticsearchRetriever
from permille.retrieve.tantivy import TantivyRetriever


@pytest.mark.parametrize(
    ("engine", "kind"),
    [(Engine.tantivy, TantivyRetriever), (Engine.elasticsearch, ElasticsearchRetriever)],
)
def test_the_engine_is_the_settings(engine: Engine, kind: type, tmp_path: Path) -> None:
    assert isinstance(open_retriever(RetrieveConfig(engine=engine, cache_dir=str(tmp_path))), kind)


def test_wrong_settings_fail_before_anything_is_sent(tmp_path: Path) -> None:
    config = RetrieveConfig(engine=Engine.elasticsearch, url="ftp://x:1", cache_dir=str(tmp_path))
    with pytest.raises(SettingsError, match=r"retrieve\.url: want an address"):
        open_retriever(config)


def test_the_embedded_engine_needs_no_client(tmp_path: Path) -> None:
    program = (
        "import sys; from permille.retrieve import open_retriever; "
        "from permille.retrieve.config import RetrieveConfig; open_retriever(RetrieveConfig("
        "cache_dir=sys.argv[1])); print('elasticsearch' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_settings_of_the_other_engine_are_named_and_not_just_dropped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    open_retriever(RetrieveConfig(cache_dir=str(tmp_path)))
    assert caplog.text == ""
    open_retriever(RetrieveConfig(cache_dir=str(tmp_path), url="http://localhost:1", shards=3))
    assert "retrieve=tantivy makes no use of retrieve.url, retrieve.shards; add" in caplog.text
