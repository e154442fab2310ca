"""Rows of a comparison, and the dots of a drawing of them."""

from typing import Any

from .made_run import ratios


def row(task: str, count: int, **more: Any) -> dict[str, Any]:
    found = ratios(count, 100)
    overrides = more.pop("overrides", [f"task={task}"])
    base = {"run": f"x/{task}_{count}", "task": task, "overrides": overrides, "ratios": found}
    return {**base, "generations": {}, "utility": {}, "cad": None, **more}


def dots(axes: Any) -> list[tuple[float, float]]:
    lines = [line for line in axes.get_lines() if line.get_marker() == "o"]
    return [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in lines]
