"""Every fault of a command line in one message, before anything is loaded."""

import subprocess
import sys
from pathlib import Path

import pytest

from permille.config.preflight import check_overrides, read_command_line
from permille.config.schema import Program
from permille.core.errors import SettingsError


def faults(program: Program, *arguments: str) -> list[str]:
    with pytest.raises(SettingsError, match=r".") as raised:
        read_command_line(program, arguments)
    return str(raised.value).splitlines()


def test_a_right_command_line_is_read() -> None:
    line = read_command_line(Program.train, ["task=qa", "seed=2"])
    assert line.overrides == ["task=qa", "seed=2"]
    assert line.cells == [["task=qa", "seed=2"]]
    assert (line.is_multirun, line.is_information) == (False, False)


def test_all_kinds_of_faults_come_in_one_message() -> None:
    found = faults(
        Program.train,
        "taks=qa",
        "task=qaa",
        "seed=x",
        "+task.typo=1",
        "data.dir=a=b",
        "audit.prefix_tokens=0",
        "trainer.devices=2",
    )
    named = [line.split(":")[0] for line in found]
    assert named == [
        "data.dir=a=b",
        "taks",
        "task=qaa",
        "seed=x",
        "task.typo",
        "data.dir",
        "audit.prefix_tokens",
        "trainer.strategy",
    ]


def test_all_things_to_audit_that_were_given_are_named() -> None:
    found = faults(Program.evaluate, "run=nowhere", "generations=g", "documents=d")
    assert any("got run= and generations=" in line for line in found)
    assert not any(line.startswith("run:") for line in found)


@pytest.mark.parametrize("others", [[], ["experiment=paper"]], ids=["alone", "experiment"])
def test_a_checkpoint_does_not_take_a_task_that_nobody_named(others: list[str]) -> None:
    (told,) = faults(Program.evaluate, "checkpoint=a/b", *others)
    assert told.startswith("task: want the task on which checkpoint=a/b is audited, got none;")


def test_a_path_without_its_quotes_is_not_called_missing_too(tmp_path: Path) -> None:
    folder = tmp_path / "my (1) data=x"
    folder.mkdir()
    (told,) = faults(Program.train, "data=files", f"data.dir={folder}")
    assert "has to be quoted twice" in told
    for name in ("g 1.jsonl", "d(2).jsonl"):
        (folder / name).write_text("{}")
    files = (f"generations={folder}/g 1.jsonl", f"documents={folder}/d(2).jsonl")
    assert [line.split("=")[0] for line in faults(Program.evaluate, *files)] == [
        "generations",
        "documents",
    ]


def test_a_fault_of_one_cell_of_a_sweep_is_found_before_the_first_runs() -> None:
    assert faults(Program.train, "-m", "audit.prefix_tokens=10,0,20") == [
        "audit.prefix_tokens: want at least 1, got 0"
    ]


def test_a_fault_that_all_cells_share_is_told_once() -> None:
    assert len(faults(Program.train, "-m", "task=glob(*)", "seed=-1")) == 1


@pytest.mark.parametrize(
    "flag", [["--help"], ["--cfg", "job"], ["--hydra-help"], ["--info", "all"]]
)
def test_what_hydra_prints_is_left_to_hydra(flag: list[str]) -> None:
    assert read_command_line(Program.train, [*flag, "seed=x"]).is_information


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        pytest.param(["--foo"], "--foo: no such flag", id="no flag"),
        pytest.param(
            ["--cfg", "x"],
            "argument --cfg/-c: invalid choice: 'x'",
            id="no value of a flag",
        ),
        pytest.param(
            ["task=qa", "--config-dir"],
            "argument --config-dir/-cd: expected one argument",
            id="no value",
        ),
    ],
)
def test_a_wrong_flag_is_a_fault_like_others(
    flags: list[str], message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (told,) = faults(Program.train, *flags)
    assert told.startswith(message)
    assert told.endswith("; see --help")
    assert capfd.readouterr() == ("", "")


def test_the_version_is_printed_by_hydra(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        read_command_line(Program.train, ["--version"])
    assert "Hydra" in capfd.readouterr().out


def test_flags_may_stand_anywhere_among_overrides(tmp_path: Path) -> None:
    given = ["task=dialogue", "-m", "seed=1,2", "--config-dir", str(tmp_path), "track=files"]
    line = read_command_line(Program.train, given)
    assert line.is_multirun
    assert [cell[1] for cell in line.cells] == ["seed=1", "seed=2"]
    overrides = ["task=dialogue", "seed=1,2", "track=files"]
    assert line.arguments == ["-m", "--config-dir", str(tmp_path), *overrides]


def test_a_pattern_that_fits_nothing_is_a_fault() -> None:
    assert faults(Program.train, "-m", "task=glob(x*)", "seed=1") == [
        "task=glob(x*): want a value at least, got none; of task there are dialogue, multitask, qa,"
        " sentiment, summarization, translation"
    ]
    assert faults(Program.train, "-m", "seed=range(5,5)") == [
        "seed=range(5,5): want a value at least, got none"
    ]


def test_a_group_that_is_left_out_is_a_fault() -> None:
    (told,) = faults(Program.train, "~task", "seed=1")
    assert told == (
        "~task: want an option of task, got none; there are dialogue, multitask, qa, sentiment,"
        " summarization, translation"
    )


def test_a_folder_of_options_that_is_missing_is_named() -> None:
    assert faults(Program.train, "--config-dir", "nowhere") == [
        "--config-dir: want a folder, got nowhere, which is no folder"
    ]


def test_a_run_that_is_none_is_named() -> None:
    assert faults(Program.evaluate, "run=nowhere") == [
        "run: want the folder of a run, such as outputs/<day>/<time>_<task>, got nowhere,"
        " which is no folder"
    ]


def test_the_settings_of_a_run_are_checked_with_those_that_are_given(tmp_path: Path) -> None:
    (tmp_path / "overrides.yaml").write_text("- audit.prefix_tokens=7\n- trainer.devices=2\n")
    found = faults(Program.evaluate, f'run="{tmp_path}"')
    assert [line.split(":")[0] for line in found] == ["trainer.strategy"]


def test_jobs_of_several_programs_are_checked_together() -> None:
    with pytest.raises(SettingsError, match="seed: want at least 0, got -1") as raised:
        check_overrides(
            [(Program.train, ["seed=-1"]), (Program.evaluate, ["generations=g", "documents=d"])]
        )
    assert "documents: want a file of JSON lines, got d" in str(raised.value)


def test_checking_loads_no_heavy_package() -> None:
    program = (
        "import sys; from permille.config.preflight import read_command_line;"
        "from permille.config.schema import Program; read_command_line(Program.train, []);"
        "print(sorted({'torch', 'transformers', 'wandb', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
