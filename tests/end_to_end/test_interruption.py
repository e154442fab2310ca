"""An audit of texts that is killed, and started again."""

import json
import signal
from pathlib import Path

import pytest

from .conftest import Run, Start, result_of

NUM_GENERATIONS = 96
CHUNK_SIZE = 4


def write_texts(folder: Path) -> list[str]:
    """Write texts, every third of which gives something back; return what names them."""
    folder.mkdir()
    words = [f"{a}{b}{c}" for a in "bdfgk" for b in ("ala", "eno", "iru") for c in ("n", "s", "t")]
    for name, part in (("documents", 0), ("generations", 1)):
        lines = []
        for i in range(NUM_GENERATIONS):
            own = [words[(i * 7 + k * (k + i + part) + part) % len(words)] for k in range(60)]
            given = [words[(i * 7 + k * (k + i)) % len(words)] for k in range(60)]
            text = " ".join(given[:25] if part and i % 3 == 0 else own)
            lines.append(json.dumps({"id": f"{name}{i}", "text": text, "example_id": str(i)}))
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return [f"{name}={folder / name}.jsonl" for name in ("generations", "documents")]


@pytest.mark.parametrize("num_workers", [1, 2])
def test_an_interrupted_audit_says_how_to_go_on_and_leaves_no_report(
    start: Start, workplace: Path, num_workers: int
) -> None:
    kept = workplace / f"kept_of_interrupted_{num_workers}"
    started = start(
        "evaluate",
        *write_texts(workplace / f"texts_of_interrupted_{num_workers}"),
        f"audit.chunk_size={CHUNK_SIZE}",
        f"audit.cache_dir={kept}",
        f"audit.num_workers={num_workers}",
        f"hydra.run.dir=cut_off_{num_workers}",
    )
    started.wait_for(lambda: bool(list(kept.glob("*.json"))))
    started.send_signal(signal.SIGINT)
    done = started.end()
    assert done.code == 130
    assert "Traceback" not in done.err
    assert "Warning" not in done.err
    assert done.errors == ["interrupted; started again, evaluate.py takes up what it had found"]
    assert not (workplace / f"cut_off_{num_workers}" / "report.json").exists()


def test_a_killed_audit_goes_on_in_a_new_folder_and_ends_with_the_same_report(
    run: Run, start: Start, workplace: Path
) -> None:
    kept = workplace / "kept"
    arguments = [
        *write_texts(workplace / "texts"),
        f"audit.chunk_size={CHUNK_SIZE}",
        f"audit.cache_dir={kept}",
        *("audit.num_planted=4", "audit.num_threshold_prompts=4", "report=off"),
    ]
    killed = start("evaluate", *arguments, "hydra.run.dir=killed")
    killed.wait_for(lambda: len(list(kept.glob("*.json"))) >= 3)
    killed.send_signal(signal.SIGKILL)
    assert killed.end().code == -signal.SIGKILL
    stored = len(list(kept.glob("*.json")))
    assert 3 <= stored < NUM_GENERATIONS / CHUNK_SIZE
    assert not (workplace / "killed" / "report.json").exists()

    again = run("evaluate", *arguments, "hydra.run.dir=taken_up")
    assert again.code == 0, again.err
    assert f"{stored * CHUNK_SIZE} generations of an interrupted audit" in again.err
    assert not kept.exists()

    whole = run("evaluate", *arguments, "hydra.run.dir=undisturbed")
    assert whole.code == 0, whole.err
    assert "interrupted" not in whole.err
    found, expected = (result_of(workplace / name) for name in ("taken_up", "undisturbed"))
    assert found["ratios"]["any"]["count"] > 20
    for key in ("generations", "ratios", "controls"):
        assert found[key] == expected[key]
    cases = [
        (workplace / name / "cases.jsonl").read_bytes() for name in ("taken_up", "undisturbed")
    ]
    assert cases[0] == cases[1]
