"""An audit of texts that is killed, and started again."""

import json
import signal
import subprocess
import time
from pathlib import Path

from .conftest import Run, command, environment, result_of

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


def started(workplace: Path, stderr: int, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command("evaluate", *arguments),
        cwd=workplace,
        env=environment(workplace),
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
    )


def test_an_interrupted_audit_says_how_to_go_on_and_leaves_no_report(workplace: Path) -> None:
    kept = workplace / "kept_of_interrupted"
    process = started(
        workplace,
        subprocess.PIPE,
        *write_texts(workplace / "texts_of_interrupted"),
        f"audit.chunk_size={CHUNK_SIZE}",
        f"audit.cache_dir={kept}",
        "hydra.run.dir=cut_off",
    )
    while process.poll() is None and not list(kept.glob("*.json")):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert errors == ["error: interrupted; started again, evaluate.py takes up what it had found"]
    assert not (workplace / "cut_off" / "report.json").exists()


def test_a_killed_audit_goes_on_in_a_new_folder_and_ends_with_the_same_report(
    run: Run, workplace: Path
) -> None:
    kept = workplace / "kept"
    arguments = [
        *write_texts(workplace / "texts"),
        f"audit.chunk_size={CHUNK_SIZE}",
        f"audit.cache_dir={kept}",
        "report=off",
    ]
    killed = started(workplace, subprocess.DEVNULL, *arguments, "hydra.run.dir=killed")
    while killed.poll() is None and len(list(kept.glob("*.json"))) < 3:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
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
