"""Pictures of the attention, drawn after training from the arrays that it stored."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from permille.report.attention_files import stored_epochs
from permille.report.attention_pictures import write_pictures
from permille.report.config import ReportConfig, Texts
from permille.track.protocol import Tracker

MAX_EPOCHS_SHOWN = 10
"""A heatmap takes half a second to draw; of longer runs only the last epoch's are drawn."""


def draw_attention(folder: Path, config: ReportConfig) -> None:
    """Draw what a run's page shows, with tokens of the texts only where the page may have texts."""
    if folder.is_dir():
        write_pictures(folder, with_tokens=config.texts is Texts.full, every_epoch=False)


def track_attention(tracker: Tracker, folder: Path, *, with_tokens: bool) -> None:
    """Give a tracker the pictures with their epochs, without tokens of the texts unless asked."""
    if not folder.is_dir():
        return
    every_epoch = len(stored_epochs(folder)) <= MAX_EPOCHS_SHOWN
    with TemporaryDirectory(prefix="permille-pictures-") as aside:
        copy = Path(aside) / folder.name
        shutil.copytree(folder, copy)
        for picture in write_pictures(copy, with_tokens=with_tokens, every_epoch=every_epoch):
            tracker.image(picture.name, picture.path, epoch=picture.epoch)
