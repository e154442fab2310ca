"""Settings of tracking."""

import pytest

from permille.core.errors import SettingsError
from permille.track.config import TrackConfig


def test_no_text_leaves_the_machine_unless_asked_for() -> None:
    assert not TrackConfig().upload_texts
    assert not TrackConfig().upload_checkpoint


def test_a_project_without_a_name_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"track\.project: want a name"):
        TrackConfig(project="")
