"""Instructions around inputs."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.config import TaskConfig, TaskName
from permille.data.tasks import column, model_input, single_tasks, template_of, templates

ReadTask = Callable[[str], TaskConfig]
SINGLE = [name for name in TaskName if name != "multitask"]


@pytest.mark.parametrize("name", SINGLE)
def test_a_template_holds_the_input_at_its_end_and_nothing_else_to_fill(
    name: str, read_task: ReadTask
) -> None:
    template = template_of(read_task(name))
    assert template.endswith("{input}")
    assert template.count("{") == 1
    assert template.format(input="x") == template.replace("{input}", "x")


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("en", "de", "translate English to German: {input}"),
        ("de", "en", "translate German to English: {input}"),
        ("ro", "en", "translate Romanian to English: {input}"),
    ],
)
def test_the_instruction_follows_the_direction(
    source: str, target: str, wanted: str, read_task: ReadTask
) -> None:
    task = replace(read_task("translation"), source_language=source, target_language=target)
    assert template_of(task) == wanted


def test_the_columns_follow_the_direction(read_task: ReadTask) -> None:
    task = replace(read_task("translation"), source_language="de", target_language="en")
    assert column(task, task.columns.input) == "de"
    assert column(task, task.hub.columns.target) == "translation.en"


def test_a_mixture_has_the_templates_of_its_tasks(read_task: ReadTask) -> None:
    mixture = replace(read_task("multitask"), tasks=[TaskName.qa, TaskName.sentiment])
    assert list(single_tasks(mixture)) == ["qa", "sentiment"]
    assert templates(mixture)["qa"] == template_of(read_task("qa"))


def test_lengths_of_a_mixture_are_those_of_its_tasks_or_of_all_of_them(
    read_task: ReadTask,
) -> None:
    mixture = read_task("multitask")
    own = single_tasks(mixture)["qa"]
    assert own == read_task("qa")
    longer = single_tasks(replace(mixture, max_source_tokens=512))["qa"]
    assert longer == replace(own, max_source_tokens=512)


def test_a_single_task_is_its_own_only_task(read_task: ReadTask) -> None:
    task = read_task("qa")
    assert single_tasks(task) == {"qa": task}


def test_a_mixture_has_no_template_of_its_own(read_task: ReadTask) -> None:
    with pytest.raises(SettingsError, match="want the template of a single task, got multitask"):
        template_of(read_task("multitask"))


def test_braces_in_an_input_are_left_as_they_are() -> None:
    example = Example("1", "qa", "what is {x} in {input}?", "a set")
    assert model_input(example, "answer: {input}") == "answer: what is {x} in {input}?"
