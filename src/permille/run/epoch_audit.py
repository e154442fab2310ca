"""The small audit that is repeated while a model trains."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytorch_lightning as pl

from permille.callbacks.attention import network_of
from permille.callbacks.memorization import EpochAudit
from permille.core.records import Arm, Generation, Part
from permille.measure.ngram import mean_ngram_share, words
from permille.model.load import LoadedModel
from permille.run.detection import audit_generations
from permille.run.job import is_first_process
from permille.run.loading import Loaded
from permille.run.progress import Progress
from permille.run.prompting import drawn, make_all_prompts, write_generations_of


class SmallAudit:
    """Prompts a model with a fixed draw of training prompts, and counts what it gives back.

    Documents are all of the training examples, as in the audit at the end; controls are left out.

    Args:
        loaded: The examples, the settings, and the tokenizer.
        progress: Told of each stage how far it is.
    """

    def __init__(self, loaded: Loaded, progress: Progress) -> None:
        self._loaded, self._progress = loaded, progress
        settings = loaded.settings
        train, _ = make_all_prompts(settings, loaded.splits, loaded.tuned)
        self._asked = drawn(train.asked, settings.audit.epoch_num_prompts, settings.seed)
        self._documents = list(train.documents())
        self._config = replace(settings.audit, num_planted=0, num_threshold_prompts=0)

    def __call__(self, module: pl.LightningModule, epoch: int) -> EpochAudit | None:
        """Generate, in every process, and audit in the first one."""
        model = LoadedModel(network_of(module), self._loaded.tokenizer, from_scratch=True)
        settings = self._loaded.settings
        written = write_generations_of(settings, model, self._asked, Arm.TUNED, _silent)
        if not is_first_process():
            return None
        with TemporaryDirectory(prefix="permille-epoch-") as folder:
            report = audit_generations(
                settings, written, self._documents, Path(folder), _silent, self._config
            )
        self._progress(f"audit, epoch {epoch}", len(written), len(written))
        return EpochAudit(report.counted_kinds(), self._ngram_overlap(written))

    def _ngram_overlap(self, written: Sequence[Generation]) -> float | None:
        """Return the mean share of the generations' n-grams that stand in their own targets."""
        targets = {one.example_id: one.text for one in self._documents if one.part is Part.TARGET}
        pairs = [(one.text, targets.get(one.example_id, "")) for one in written]
        return mean_ngram_share([(words(text), words(target)) for text, target in pairs]).mean


def _silent(stage: str, done: int, total: int) -> None:
    """Show no progress: a small audit is one step of the training."""
