"""What a task gives the model: its instruction around an example's input."""

from dataclasses import replace

from permille.core.errors import SettingsError
from permille.core.records import Example
from permille.data.config import TaskConfig
from permille.data.languages import LANGUAGES


def single_tasks(task: TaskConfig) -> dict[str, TaskConfig]:
    """Return the settings of each task by name: of a mixture its tasks, else the task itself.

    Lengths that a mixture sets are those of all its tasks.
    """
    if not task.is_mixture:
        return {task.name.value: task}
    singles = {}
    for name in task.tasks:
        own = task.components[name]
        singles[str(name)] = replace(
            own,
            max_source_tokens=task.max_source_tokens or own.max_source_tokens,
            max_target_tokens=task.max_target_tokens or own.max_target_tokens,
        )
    return singles


def template_of(task: TaskConfig) -> str:
    """Return a single task's instruction with `{input}` as its only placeholder.

    Raises:
        SettingsError: If the task is a mixture, which has a template for each of its tasks.
    """
    if task.is_mixture:
        raise SettingsError(f"want the template of a single task, got {task.name}; use templates()")
    return _in_direction(
        task.template,
        source=LANGUAGES.get(task.source_language, ""),
        target=LANGUAGES.get(task.target_language, ""),
    )


def templates(task: TaskConfig) -> dict[str, str]:
    """Return the instruction of each task by name; an example's `task` is the name."""
    return {name: template_of(single) for name, single in single_tasks(task).items()}


def model_input(example: Example, template: str) -> str:
    """Return the instruction with the example's whole input."""
    return template.replace("{input}", example.input)


def column(task: TaskConfig, value: str) -> str:
    """Return a column's setting with the codes of the task's direction."""
    return _in_direction(value, source=task.source_language, target=task.target_language)


def _in_direction(text: str, *, source: str, target: str) -> str:
    """Fill in the two languages of a translation."""
    return text.replace("{source_language}", source).replace("{target_language}", target)
