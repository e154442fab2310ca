"""Pictures of one figure are what drawing each anew gives."""

from pathlib import Path

import numpy as np
from matplotlib.image import imread

from permille.report.frames import FrozenFigure
from permille.report.heatmaps import draw_heatmap

NAMES = ["a", "b", "c"], ["d", "e"]


def test_each_picture_shows_what_changed_and_keeps_the_rest(tmp_path: Path) -> None:
    arrays = [np.array([[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]]), np.array([[0.7, 0.2, 0.1], [0, 0, 0]])]
    figure = draw_heatmap(arrays[0], *NAMES, title="epoch 0", largest=0.7)
    axes = figure.axes[0]
    frozen = FrozenFigure(figure, [axes.images[0], *axes.spines.values(), axes.title], 100)
    for epoch in (0, 1, 0):
        axes.images[0].set_data(arrays[epoch])
        axes.title.set_text(f"epoch {epoch}")
        frozen.save_png(tmp_path / f"{epoch}.png")
        anew = draw_heatmap(arrays[epoch], *NAMES, title=f"epoch {epoch}", largest=0.7)
        anew.savefig(tmp_path / "anew.png", dpi=100)
        found, wanted = (imread(tmp_path / name)[..., :3] for name in (f"{epoch}.png", "anew.png"))
        assert found.shape == wanted.shape
        assert (np.abs(found - wanted) > 0.1).mean() < 0.002
    assert (imread(tmp_path / "0.png") != imread(tmp_path / "1.png")).mean() > 0.1
