"""Every value goes to each tracker."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from permille.track.protocol import Scalar, Tracker
from permille.track.several import SeveralTrackers


class Recorder:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.calls: list[tuple[object, ...]] = []

    def scalars(
        self, values: Mapping[str, float], *, epoch: int | None = None, step: int | None = None
    ) -> None:
        self.calls.append(("scalars", dict(values), epoch, step))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Scalar]]) -> None:
        self.calls.append(("table", name, list(columns), [list(row) for row in rows]))

    def image(self, name: str, path: Path, *, epoch: int | None = None) -> None:
        self.calls.append(("image", name, path, epoch))

    def summary(self, values: Mapping[str, object]) -> None:
        self.calls.append(("summary", dict(values)))

    def artifact(self, path: Path) -> None:
        self.calls.append(("artifact", path))

    def finish(self) -> None:
        self.calls.append(("finish",))


def test_each_tracker_gets_everything_in_the_same_order() -> None:
    recorders = [Recorder(), Recorder()]
    both: Tracker = SeveralTrackers(recorders)
    both.scalars({"a": 1.0}, epoch=2, step=3)
    both.table("t", ["x"], [[1], [None]])
    both.image("i", Path("i.png"), epoch=4)
    both.summary({"s": 5})
    both.artifact(Path("f"))
    both.finish()
    assert recorders[0].calls == recorders[1].calls
    assert recorders[0].calls == [
        ("scalars", {"a": 1.0}, 2, 3),
        ("table", "t", ["x"], [[1], [None]]),
        ("image", "i", Path("i.png"), 4),
        ("summary", {"s": 5}),
        ("artifact", Path("f")),
        ("finish",),
    ]


def test_no_tracker_is_a_tracker() -> None:
    SeveralTrackers([]).scalars({"a": 1.0})
