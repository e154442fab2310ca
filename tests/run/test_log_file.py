"""The log of a run on disk."""

import logging
from contextlib import suppress
from pathlib import Path

import pytest

from permille.run.log_file import LogFile


def logger_of(handler: logging.Handler) -> logging.Logger:
    logger = logging.Logger("run")
    logger.addHandler(handler)
    return logger


def test_lines_are_written(tmp_path: Path) -> None:
    handler = LogFile(tmp_path / "train.log")
    logger_of(handler).info("epoch %d", 3)
    handler.close()
    assert (tmp_path / "train.log").read_text() == "epoch 3\n"


def test_a_run_that_says_nothing_leaves_no_file(tmp_path: Path) -> None:
    handler = LogFile(tmp_path / "evaluate.log", delay=True)
    handler.close()
    assert not (tmp_path / "evaluate.log").exists()


def test_a_file_that_cannot_be_opened_takes_a_line_without_a_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = LogFile(tmp_path / "nowhere" / "train.log", delay=True)
    logger_of(handler).info("epoch 3")
    handler.close()
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_takes_a_line_without_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    handler = LogFile("/dev/full")
    stream = handler.stream
    logger_of(handler).info("epoch 3")
    assert capsys.readouterr().err == ""
    with suppress(OSError):
        handler.close()
    with suppress(OSError):
        stream.close()
