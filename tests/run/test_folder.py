"""A run's folder: made ready once, and written whole or not at all."""

import json
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from permille.core.errors import SettingsError
from permille.run.folder import RunFolder, make_place, write_json, write_whole


def test_a_new_folder_is_made(tmp_path: Path) -> None:
    RunFolder(tmp_path / "a" / "b").begin(is_resumed=False)
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize("left", ["report.json", "checkpoints"])
def test_a_folder_with_a_run_is_refused_unless_it_is_resumed(tmp_path: Path, left: str) -> None:
    (tmp_path / left).mkdir() if left == "checkpoints" else (tmp_path / left).write_text("{}")
    with pytest.raises(SettingsError, match=r"hydra.run.dir: want a folder without a run, got"):
        RunFolder(tmp_path).begin(is_resumed=False)
    RunFolder(tmp_path).begin(is_resumed=True)


def test_what_says_that_a_run_is_done_goes_when_it_is_resumed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.report.write_text("{}")
    folder.failed.write_text("{}")
    folder.begin(is_resumed=True)
    assert not folder.report.exists()
    assert not folder.failed.exists()


def test_settings_are_written_as_they_were_asked_for_and_in_full(tmp_path: Path) -> None:
    RunFolder(tmp_path).write_settings(["task=qa", "seed=1"], {"seed": 1, "task": {"name": "qa"}})
    assert list(OmegaConf.load(tmp_path / "overrides.yaml")) == ["task=qa", "seed=1"]
    assert OmegaConf.load(tmp_path / "config.yaml").task.name == "qa"


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "report.json"
    write_json(path, {"a": 1})
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        write_whole(path, "a" * 100_000 + "\udcff")
    assert json.loads(path.read_text()) == {"a": 1}
    assert list(tmp_path.iterdir()) == [path]


def test_json_keeps_letters_of_other_alphabets(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"text": "‰ ü"})
    assert "‰ ü" in (tmp_path / "x.json").read_text(encoding="utf-8")


def test_the_file_that_the_disk_does_not_take_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"a/report\.json"):
        write_json(tmp_path / "a" / "report.json", {})


def test_a_folder_that_is_named_is_made(tmp_path: Path) -> None:
    make_place("hydra.run.dir", str(tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"hydra.run.dir: want .*file/run: Not a directory"):
        make_place("hydra.run.dir", str(tmp_path / "file" / "run"))


def test_a_folder_whose_name_hydra_fills_in_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make_place("hydra.run.dir", "runs/${task.name}")
    make_place("hydra.run.dir", None)
    assert list(tmp_path.iterdir()) == []
