"""The cache folder: private, waited for, and swept of what the dead left."""

import errno
import os
import sqlite3
import stat
import threading
import time
from pathlib import Path

import pytest

from permille.core.errors import SettingsError
from permille.retrieve.cache import MANIFEST, IndexCache, cache_folder, naming_a_full_disk


def test_the_setting_decides_where_indexes_lie(tmp_path: Path) -> None:
    assert cache_folder(str(tmp_path)) == tmp_path
    assert cache_folder("~/x") == Path.home() / "x"


def test_without_a_setting_they_lie_in_the_users_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder(None) == tmp_path / "permille" / "indexes"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder(None) == Path.home() / ".cache" / "permille" / "indexes"


def test_a_new_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    IndexCache(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(SettingsError, match=r"retrieve\.cache_dir: want a folder .*taken.*exists"):
        IndexCache(tmp_path / "taken")


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingsError, match=r"cache_dir: .* it is not writable; set retrieve"):
        IndexCache(tmp_path)


def test_a_spool_is_gone_at_the_end_whatever_happens(tmp_path: Path) -> None:
    def spool_and_break() -> None:
        with IndexCache(tmp_path).spool() as folder:
            (folder / "file").write_text("text")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        spool_and_break()
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_what_a_dead_process_left_is_swept_and_what_a_living_one_has_is_not(
    tmp_path: Path,
) -> None:
    left = tmp_path / ".spool-dead"
    left.mkdir()
    (left / "alive.lock").write_text("")
    unlocked = tmp_path / ".spool-killed-before-its-lock"
    unlocked.mkdir()
    with IndexCache(tmp_path).spool() as living:
        IndexCache(tmp_path)
        assert living.exists()
        assert not left.exists()
        assert not unlocked.exists()


def test_a_second_builder_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with IndexCache(tmp_path).lock("f"):
            order.append("second")

    with IndexCache(tmp_path).lock("f"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_finished_unfinished_and_hidden_folders_are_told_apart(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path)
    for name in ("aa", "bb.building", ".spool-x"):
        (tmp_path / name).mkdir()
    (tmp_path / ".aa.lock").write_text("")
    assert cache.finished() == []
    (tmp_path / "aa" / MANIFEST).write_text("{}")
    assert [path.name for path in cache.finished()] == ["aa"]
    assert [path.name for path in cache.unfinished()] == ["bb.building"]


def test_removing_takes_finished_and_unfinished_and_tells_if_there_was_one(tmp_path: Path) -> None:
    cache = IndexCache(tmp_path)
    cache.path("aa").mkdir()
    cache.building("aa").mkdir()
    assert cache.remove("aa")
    assert not cache.remove("aa")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), id="the system"),
        pytest.param(OSError(errno.EDQUOT, "Disk quota exceeded"), id="a quota"),
        pytest.param(sqlite3.OperationalError("database or disk is full"), id="SQLite"),
        pytest.param(ValueError("An IO error: No space left on device"), id="tantivy"),
    ],
)
def test_a_full_disk_is_named_whoever_says_so(error: Exception, tmp_path: Path) -> None:
    with (
        pytest.raises(SettingsError, match=r"no space left for indexes in .* on another disk"),
        naming_a_full_disk(tmp_path),
    ):
        raise error


def test_other_errors_are_left_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^other$"), naming_a_full_disk(tmp_path):
        raise ValueError("other")
