"""The page's drawings of the attention."""

import json
from pathlib import Path

import pytest

from permille.core.errors import DataError
from permille.report.attention_svg import against_ratio_svg, dispersion_svg

from .made_run import make_attention, make_run


def test_the_dispersion_is_drawn_for_both_splits(tmp_path: Path) -> None:
    drawn = dispersion_svg(make_attention(tmp_path))
    assert drawn.startswith('<svg role="img" aria-label="CAD by epoch, training against held-out')
    assert "training" in drawn
    assert "held-out" in drawn


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = make_attention(tmp_path)
    (folder / "epoch=001.npz").write_bytes(b"no such thing")
    with pytest.raises(DataError, match=r"epoch=001\.npz: cannot be read"):
        dispersion_svg(folder)


def test_the_ratio_is_drawn_where_two_epochs_have_both(tmp_path: Path) -> None:
    run = make_run(tmp_path, 4)
    assert against_ratio_svg(run) is None
    with (run / "metrics.jsonl").open("a") as file:
        for epoch in range(2):
            line = {"name": "memorization/any_permille", "value": 5.0, "epoch": epoch, "step": 0}
            file.write(json.dumps(line) + "\n")
    assert "1 task, 2 epochs" in str(against_ratio_svg(run))
