"""What attention says about memorization across the tasks of a sweep, with the tests it allows.

Tasks are few, so every p-value is exact over all ways to exchange whole tasks and stands beside
the least one that so many tasks could give. The mixture is left out: it is made of the others.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from permille.measure.association import (
    RankCorrelation,
    block_rank_correlation,
    rank_correlation,
)
from permille.report.claim import part
from permille.report.comparison_rows import POOLED_TASK, Row, permille_of
from permille.report.run_files import RunFiles
from permille.report.training import audited_curves

FigureOf = Callable[[Row], float | None]
CURVES = {"cad": "attention/cad", "any": "memorization/any_permille"}
TOKEN_CURVES = ("attention/token_accuracy", "attention/token_accuracy_heldout")
NOT_EXCHANGEABLE = "epochs follow one another, so no order of theirs is as likely as another"


def across_tasks(rows: Sequence[Row]) -> dict[str, object]:
    """Return comparison.json's `attention.across_tasks`.

    Several runs of a task count as one point, their mean, at each epoch that all of them have.
    `over_epochs` has every task at every epoch, with whole tasks permuted; it needs ratios by epoch
    (`audit.every_n_epochs`), or token scores by epoch (`attention=full`).
    """
    by_task = _by_task(rows)
    curves = {task: _mean_curves(own) for task, own in by_task.items()}
    return {
        "cad_vs_any": _over_tasks(by_task, permille_of),
        "cad_vs_token_score": _over_tasks(by_task, _token_difference),
        "over_epochs": {f"cad_vs_{name}": _over_epochs(curves, name) for name in ("any", "token")},
        "by_epoch": {
            task: {f"cad_vs_{name}": _by_epoch(found, name) for name in ("any", "token")}
            for task, found in curves.items()
        },
    }


def curves_of(run: Path) -> dict[str, dict[int, float]]:
    """Return a run's figures by epoch: `cad`, `any` (per mille), `token` (train minus held-out).

    The ratio of the final audit is put at the epoch whose weights it is of.
    """
    files = RunFiles(run)
    points_by_name = audited_curves(files) if files.is_finished() else files.curves()
    found = {name: {int(e): v for e, v in points} for name, points in points_by_name.items()}
    train, heldout = (found.get(name, {}) for name in TOKEN_CURVES)
    curves = {name: found.get(key, {}) for name, key in CURVES.items()}
    token = {epoch: train[epoch] - heldout[epoch] for epoch in sorted(train.keys() & heldout)}
    return {**curves, "token": token}


def _mean_curves(own: Sequence[Row]) -> dict[str, dict[int, float]]:
    """Return the figures of a task's runs by epoch, their means at the epochs that all have."""
    every = [curves_of(Path(str(row["run"]))) for row in own]
    means = {}
    for name in every[0]:
        epochs = sorted(set.intersection(*(set(one[name]) for one in every)))
        means[name] = {e: float(np.mean([one[name][e] for one in every])) for e in epochs}
    return means


def path_of(run: Path) -> dict[int, tuple[float, float]]:
    """Return a run's (CAD, ratio of any kind in per mille) at the epochs that have both."""
    curves = curves_of(run)
    epochs = sorted(curves["cad"].keys() & curves["any"].keys())
    return {epoch: (curves["cad"][epoch], curves["any"][epoch]) for epoch in epochs}


def paths_of(rows: Sequence[Row]) -> dict[str, dict[int, tuple[float, float]]]:
    """Return the paths of the first run of each task, of two epochs or more."""
    paths = {task: path_of(Path(str(own[0]["run"]))) for task, own in _by_task(rows).items()}
    return {task: path for task, path in paths.items() if len(path) > 1}


def _by_task(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of each task, the mixture and foreign texts left out."""
    by_task: dict[str, list[Row]] = {}
    for row in rows:
        if row.get("task") not in (None, POOLED_TASK):
            by_task.setdefault(str(row["task"]), []).append(row)
    return by_task


def _over_tasks(by_task: Mapping[str, Sequence[Row]], figure: FigureOf) -> dict[str, object]:
    """Correlate the audited weights' CAD with a figure of each task."""
    points = {}
    for task, own in by_task.items():
        pairs = [(_cad(row), figure(row)) for row in own]
        known = [(cad, value) for cad, value in pairs if cad is not None and value is not None]
        if known:
            points[task] = tuple(map(float, np.mean(known, axis=0)))
    found = rank_correlation([x for x, _ in points.values()], [y for _, y in points.values()])
    return {**found.to_dict(), "points": {task: list(pair) for task, pair in points.items()}}


def _over_epochs(
    curves: Mapping[str, Mapping[str, Mapping[int, float]]], name: str
) -> dict[str, object]:
    """Correlate over tasks and epochs, at the epochs that every task with both figures has."""
    own = {t: found for t, found in curves.items() if found["cad"].keys() & found[name].keys()}
    shared: set[int] = set()
    if own:
        shared = set.intersection(
            *(found["cad"].keys() & found[name].keys() for found in own.values())
        )
    epochs = sorted(shared)
    sides = (
        np.array([[found[key][epoch] for epoch in epochs] for found in own.values()])
        for key in ("cad", name)
    )
    first, second = (side.reshape(len(own), len(epochs)) for side in sides)
    correlated = block_rank_correlation(first, second)
    return {**correlated.to_dict(), "tasks": list(own), "epochs": epochs}


def _by_epoch(found: Mapping[str, Mapping[int, float]], name: str) -> dict[str, object]:
    """Correlate over the epochs of one task, without a p-value: there is nothing to exchange."""
    epochs = sorted(found["cad"].keys() & found[name].keys())
    correlated = rank_correlation(
        [found["cad"][epoch] for epoch in epochs], [found[name][epoch] for epoch in epochs]
    )
    if correlated.spearman is None:
        return _without_p(correlated, correlated.reason)
    return _without_p(correlated, NOT_EXCHANGEABLE)


def _without_p(correlated: RankCorrelation, reason: str | None) -> dict[str, object]:
    spearman = None if correlated.spearman is None else round(correlated.spearman, 3)
    return {"spearman": spearman, "p": None, "n": correlated.n, "reason": reason}


def _cad(row: Row) -> float | None:
    return _number(row.get("cad"))


def _token_difference(row: Row) -> float | None:
    return _number(part(row, "token_score").get("difference"))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
