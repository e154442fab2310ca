"""An interruption while a program loads."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from permille.run import entry
from permille.run.starting import start

ROOT = Path(__file__).parents[2]
IMPORT = "import time:"


@pytest.mark.parametrize("program", ["train", "evaluate", "sweep"])
def test_an_interruption_while_a_program_loads_is_one_line_and_130(
    program: str, tmp_path: Path
) -> None:
    # each line tells of a module that was imported, so that there is a moment to interrupt at
    command = [sys.executable, "-X", "importtime", str(ROOT / f"{program}.py"), "--help"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout
        assert process.stderr
        told = []
        is_sent = False
        for line in process.stderr:
            if not is_sent and "permille.core.errors" in line:
                process.send_signal(signal.SIGINT)
                is_sent = True
            if not line.startswith(IMPORT):
                told.append(line)
    assert is_sent
    assert process.returncode == 130
    assert told == ["error: interrupted before anything was done\n"]


def test_an_interruption_that_a_program_did_not_end_with_is_not_said_to_come_before_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "run_program", interrupt)
    handler = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit, match=r"^130$"):
            start("train")
    finally:
        signal.signal(signal.SIGINT, handler)
    assert capsys.readouterr().err == "error: interrupted\n"


def test_an_interruption_that_a_shell_has_ignored_stays_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry, "run_program", lambda *_: 0)
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(SystemExit, match=r"^0$"):
            start("train")
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, handler)
