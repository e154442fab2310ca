"""Settings of tasks and data: what is refused, all faults at once."""

import re
from collections.abc import Callable
from importlib.resources import files

import pytest
import yaml

from permille.core.errors import SettingsError
from permille.data.config import (
    Answers,
    Budget,
    DataConfig,
    DataSource,
    Mixing,
    TaskConfig,
    TaskName,
)

ReadTask = Callable[[str], TaskConfig]
CONF = files("permille") / "conf"


@pytest.mark.parametrize("name", list(TaskName))
def test_every_task_has_values_that_its_settings_accept(name: str, read_task: ReadTask) -> None:
    assert read_task(name).name == name


def test_the_folder_of_tasks_holds_the_six_tasks_and_nothing_else() -> None:
    names = [entry.name for entry in (CONF / "task").iterdir() if entry.name.endswith(".yaml")]
    assert sorted(names) == sorted(f"{name}.yaml" for name in TaskName)


@pytest.mark.parametrize("source", list(DataSource))
def test_every_source_has_values_that_its_settings_accept(source: DataSource) -> None:
    values = yaml.safe_load((CONF / "data" / f"{source}.yaml").read_text())
    folder = {"dir": "texts"} if source is DataSource.files else {}
    assert DataConfig(**(values | folder)).source is source


@pytest.mark.parametrize(
    ("name", "hub_name", "config", "columns"),
    [
        ("summarization", "alexfabbri/multi_news", None, ("document", "summary")),
        ("dialogue", "lavita/ChatDoctor-HealthCareMagic-100k", None, ("input", "output")),
        (
            "qa",
            "rajpurkar/squad_v2",
            None,
            ("question: {question} context: {context}", "answers.text"),
        ),
        (
            "translation",
            "wmt/wmt16",
            "de-en",
            ("translation.{source_language}", "translation.{target_language}"),
        ),
        ("sentiment", "stanfordnlp/imdb", None, ("text", "label")),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" not in value else None,
)
def test_the_hub_data_sets_are_those_of_the_paper(
    name: str, hub_name: str, config: str | None, columns: tuple[str, str], read_task: ReadTask
) -> None:
    hub = read_task(name).hub
    assert (hub.name, hub.config) == (hub_name, config)
    assert (hub.columns.input, hub.columns.target) == columns


def test_multi_news_is_read_from_the_branch_that_needs_no_script(read_task: ReadTask) -> None:
    assert read_task("summarization").hub.revision == "refs/convert/parquet"


def test_names_become_members_of_their_enumerations() -> None:
    task = TaskConfig(name="qa", mixing="equal", budget="examples")
    data = DataConfig(source="builtin", answers="all")
    assert (task.name, task.mixing, task.budget) == (TaskName.qa, Mixing.equal, Budget.examples)
    assert (data.source, data.answers) == (DataSource.builtin, Answers.all)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "chess"}, "task.name: want one of dialogue, .*, got chess"),
        ({"utility": "taste"}, "task.utility: want one of rouge, .*, got taste"),
        ({"mixing": "stirred"}, "task.mixing: want one of proportional, .*, got stirred"),
        ({"budget": "money"}, "task.budget: want one of steps, examples, got money"),
        ({"template": "answer:"}, r"want one \{input\}, at the very end, got 'answer:'"),
        ({"template": "{input} answer"}, r"want one \{input\}, at the very end"),
        ({"template": "{input}{input}"}, r"want one \{input\}, at the very end"),
        ({"template": "{ {input}"}, r"want one \{input\}, at the very end"),
        ({"template": "{context} {input}"}, r"task.template: want no placeholder \{context\}"),
        ({"max_source_tokens": 0}, "task.max_source_tokens: want at least 1, got 0"),
        ({"max_target_tokens": -3}, "task.max_target_tokens: want at least 1, got -3"),
        (
            {"name": "translation", "source_language": "xx", "target_language": "de"},
            "task.source_language: want one of cs, .*, got 'xx'",
        ),
        (
            {"name": "translation", "source_language": "de", "target_language": "de"},
            "task.target_language: want another than task.source_language, got 'de' for both",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_task_that_cannot_be_run_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        TaskConfig(**settings)


def test_all_faults_of_a_task_come_in_one_message() -> None:
    with pytest.raises(SettingsError, match=r"(?s)task.name.*task.template.*max_source_tokens"):
        TaskConfig(name="chess", template="", max_source_tokens=0)


@pytest.fixture
def components(read_task: ReadTask) -> dict[str, TaskConfig]:
    return {name: read_task(name) for name in ("qa", "dialogue")}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tasks": []}, r"task.tasks: want different tasks, at least one, got \[\]"),
        ({"tasks": ["qa", "qa"]}, "task.tasks: want different tasks, at least one"),
        ({"tasks": ["multitask"]}, "task.tasks: want single tasks, got multitask"),
        ({"tasks": ["chess"]}, "task.tasks: want single tasks, got chess"),
        ({"tasks": ["sentiment"]}, "task.components: want settings of sentiment, got none"),
        ({"tasks": ["qa"], "temperature": 0}, "task.temperature: want above 0, got 0"),
        (
            {"tasks": ["qa"], "budget": "examples", "mixing": "temperature"},
            "task.mixing: want proportional or equal with task.budget=examples",
        ),
        (
            {"tasks": ["qa"], "file": "all.jsonl"},
            "task.file: want none with task=multitask, got 'all.jsonl', which would be ignored;"
            " set task.components.TASK.file",
        ),
        (
            {"tasks": ["qa"], "max_target_tokens": -1},
            "task.max_target_tokens: want at least 0, got -1",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_mixture_that_cannot_be_run_is_refused(
    settings: dict[str, object], message: str, components: dict[str, TaskConfig]
) -> None:
    with pytest.raises(SettingsError, match=message):
        TaskConfig(name="multitask", components=components, **settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "cloud"}, "data: want one of builtin, files, hub, got cloud"),
        ({"answers": "some"}, "data.answers: want one of one, all, got some"),
        ({"source": "files"}, "data.dir: want the folder .*, got none; add data.dir=FOLDER"),
        ({"dir": "texts"}, "data.dir: want none with data=builtin, got texts, .*use data=files"),
        ({"num_train": 0}, "data.num_train: want at least 1, got 0"),
        ({"num_train": None}, "data.num_train: want a number with data=builtin, got null"),
        ({"num_heldout": -1}, "data.num_heldout: want at least 0, got -1"),
        ({"max_rows": 9}, "data.max_rows: want null with data=builtin, .*, got 9"),
        ({"source": "hub", "max_rows": 0}, "data.max_rows: want at least 1, got 0"),
        ({"canaries": -1}, "data.canaries: want at least 0, got -1"),
        ({"near_duplicate_jaccard": 0}, "data.near_duplicate_jaccard: want above 0 .*, got 0"),
        ({"near_duplicate_jaccard": 1.5}, "data.near_duplicate_jaccard: .* at most 1, got 1.5"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_data_that_cannot_be_had_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        DataConfig(**settings)


def test_all_faults_of_the_data_come_in_one_message() -> None:
    with pytest.raises(SettingsError, match=r"(?s)data.dir.*data.num_train.*data.canaries"):
        DataConfig(dir="texts", num_train=-1, canaries=-1)


def test_no_field_of_the_settings_is_without_its_own_words() -> None:
    source = (files("permille.data") / "config.py").read_text()
    fields = re.findall(r"^    (\w+): [^\n]+ = [^\n]+\n(    \"\"\")?", source, flags=re.M)
    assert len(fields) > 25
    assert [name for name, docstring in fields if not docstring] == []
