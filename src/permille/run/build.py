"""From settings to objects: the one place that names concrete classes."""

from collections.abc import Mapping
from pathlib import Path

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.controls.thresholds import FACTORS
from permille.judge.config import JudgeConfig, JudgeKind
from permille.judge.protocol import Judge
from permille.track.config import TrackConfig, TrackName
from permille.track.files import FilesTracker
from permille.track.protocol import Tracker
from permille.track.several import SeveralTrackers


def build_aligner(config: AlignConfig) -> Aligner:
    """Return the detector."""
    return Aligner(config)


def build_judge(config: JudgeConfig) -> Judge | None:
    """Return the paraphrase judge; None where every paraphrase counts.

    Raises:
        SettingsError: If a model, or the pipeline that finds entities, cannot be had.
        ServiceError: If the hub does not answer.
    """
    judge = _judge_of_pairs(config)
    if judge is None or not config.entities:
        return judge
    from permille.judge.entities import EntityCheckedJudge, SpacyEntities

    # the lowest threshold that the controls try decides which pairs are looked at
    lowest = min(FACTORS) * config.threshold
    return EntityCheckedJudge(judge, SpacyEntities(config.spacy_pipeline), threshold=lowest)


def _judge_of_pairs(config: JudgeConfig) -> Judge | None:
    """Return the judge itself, which looks at no entities."""
    match config.kind:
        case JudgeKind.none:
            return None
        case JudgeKind.lexical:
            from permille.judge.lexical import LexicalJudge

            return LexicalJudge()
        case JudgeKind.cross_encoder:
            from permille.judge.cross_encoder import CrossEncoderJudge

            return CrossEncoderJudge(config)


def open_tracker(
    config: TrackConfig,
    folder: Path,
    *,
    group: str | None,
    settings: Mapping[str, object],
    first_epoch: int = 0,
) -> Tracker:
    """Open where a run's values go: metrics.jsonl always, and what the settings name.

    Args:
        config: Settings.
        folder: The run's folder, made already.
        group: Name of the sweep that the run is a part of.
        settings: The run's settings, without secrets.
        first_epoch: Where a resumed run goes on.
    """
    files = FilesTracker(folder / "metrics.jsonl", first_epoch)
    match config.name:
        case TrackName.files:
            return files
        case TrackName.wandb:
            from permille.track.wandb import WandbTracker

            name = "_".join(folder.parts[-2:])
            tracker = WandbTracker(
                config, folder, name=name, group=group, settings=settings, tags=tags_of(settings)
            )
            return SeveralTrackers([files, tracker])


def tags_of(settings: Mapping[str, object]) -> list[str]:
    """Return the tags by which a sweep's runs are found: task, model and audit.

    >>> tags_of({"task": {"name": "qa"}, "model": {"name": None}, "audit": {"name": "standard"}})
    ['task=qa', 'audit=standard']
    """
    named = {
        group: values.get("name")
        for group, values in settings.items()
        if group in ("task", "model", "audit") and isinstance(values, Mapping)
    }
    return [f"{group}={name}" for group, name in named.items() if name]
