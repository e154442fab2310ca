"""The dashboard shows what runs log, and says what it needs."""

import importlib.util

import pytest

from permille.core.errors import SettingsError
from permille.track.dashboard import SECTIONS, main, make_dashboard, sections

HAS_WORKSPACES = importlib.util.find_spec("wandb_workspaces") is not None
LOGGED = {
    *("epoch", "train/loss", "val/loss", "attention/cad", "attention/cad_heldout"),
    *(f"memorization/{kind}_permille" for kind in ("any", "verbatim", "paraphrase", "idea")),
    *("memorization/ngram_overlap", "memorization/heldout_any_permille"),
    *("memorization/ratios", "memorization/cases", "plots/headline", "plots/training"),
    *("attention/layer_head", "attention/dispersion", "attention/against_ratio"),
    *("val/rouge_l", "val/f1", "val/bleu", "val/accuracy"),
}
"""Names that a run gives to W&B, as docs/wandb.md lists them."""


def test_every_panel_shows_names_that_a_run_logs() -> None:
    shown = {
        name for panels in SECTIONS.values() for panel in panels for name in (panel.x, *panel.y)
    }
    assert shown - LOGGED == set()
    assert shown == LOGGED


@pytest.mark.skipif(HAS_WORKSPACES, reason="wandb-workspaces is installed")
def test_without_the_package_it_says_how_to_install_it(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match=r"pip install 'permille\[dashboard\]'"):
        make_dashboard("me", "permille")
    assert main(["me", "permille"]) == 1
    assert "error: wandb_workspaces" in capsys.readouterr().err


def test_wrong_arguments_print_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert "ENTITY PROJECT" in capsys.readouterr().err


@pytest.mark.skipif(not HAS_WORKSPACES, reason="wandb-workspaces is not installed")
def test_sections_become_panels_of_the_package() -> None:
    made = sections()
    assert [len(one.panels) for one in made] == [len(panels) for panels in SECTIONS.values()]
    assert made[1].panels[0].title == "Losses"
