"""Pictures of the attention, drawn after training from the arrays that it stored."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from permille.report.across_tasks import path_of
from permille.report.attention_pictures import Form, write_pictures
from permille.report.config import ReportConfig, Texts
from permille.report.page import write_report
from permille.track.protocol import Tracker

SHOWN = Form(dots_per_inch=100)
"""Of pictures on a screen, of which there are many; those of the run's folder can be printed."""


def draw_run(folder: Path, config: ReportConfig) -> None:
    """Draw a run's page and pictures, anew where they are there.

    Args:
        folder: The run's folder.
        config: How much training text is shown.
    """
    draw_attention(folder / "attention", config)
    write_report(folder, config)


def draw_attention(folder: Path, config: ReportConfig) -> None:
    """Draw a run's last epoch, with tokens of the texts only where the page may have texts.

    Args:
        folder: The run's folder `attention`.
        config: How much training text is shown.
    """
    if folder.is_dir():
        with_tokens = config.texts is Texts.full
        path = path_of(folder.parent)
        write_pictures(folder, with_tokens=with_tokens, every_epoch=False, path_of_run=path)


def track_attention(tracker: Tracker, folder: Path, *, with_tokens: bool) -> None:
    """Give a tracker the pictures of every epoch, without tokens of the texts unless asked.

    Args:
        tracker: Told of each picture with its epoch.
        folder: The run's folder `attention`, which stays as it is.
        with_tokens: Whether tokens of the texts may be shown.
    """
    if not folder.is_dir():
        return
    path = path_of(folder.parent)
    with TemporaryDirectory(prefix="permille-pictures-") as aside:
        copy = Path(aside) / folder.name
        shutil.copytree(folder, copy)
        pictures = write_pictures(copy, with_tokens=with_tokens, form=SHOWN, path_of_run=path)
        for picture in pictures:
            tracker.image(picture.name, picture.path, epoch=picture.epoch)
