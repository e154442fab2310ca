"""`evaluate.py` says the same of real texts with either engine, whatever befalls the server."""

import gzip
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.elasticsearch

PROGRAM = Path(__file__).resolve().parents[2] / "evaluate.py"
TASKS = ("dialogue", "summarization", "translation")
DOCUMENTS_PER_TASK = 500


def write(path: Path, texts: list[str]) -> Path:
    lines = (json.dumps({"id": f"{path.stem}{at}", "text": text}) for at, text in enumerate(texts))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def files(shared_data: Path, tmp_path: Path) -> tuple[str, str]:
    """Pieces of real targets of several tasks, some shuffled, and the targets."""
    targets: list[str] = []
    for task in TASKS:
        with gzip.open(shared_data / f"{task}.jsonl.gz", "rt", encoding="utf-8") as lines:
            targets += [json.loads(line)["target"] for line in islice(lines, DOCUMENTS_PER_TASK)]
    chance = random.Random(7)
    pieces = []
    for at in range(90):
        words = chance.choice(targets).split()
        start = chance.randrange(max(1, len(words) - 60))
        piece = words[start : start + 60]
        if at % 4 == 0:
            chance.shuffle(piece)
        pieces.append(" ".join(piece))
    named = write(tmp_path / "g.jsonl", pieces), write(tmp_path / "d.jsonl", targets)
    return f"generations={named[0]}", f"documents={named[1]}"


def counts(folder: Path, *settings: str) -> dict[str, Any]:
    """Run the program in a folder; return what its report counts."""
    without = ("audit.num_planted=0", "audit.num_threshold_prompts=0", "report=off", "track=files")
    command = [sys.executable, str(PROGRAM), *settings, *without]
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(Path(json.loads(done.stdout.splitlines()[-1])["report"]).read_text())
    return {name: report[name] for name in ("generations", "ratios")}


@pytest.mark.usefixtures("elastic")
@pytest.mark.parametrize("audit", ["paper", "standard"])
def test_every_count_is_the_same_though_requests_fail(
    audit: str, files: tuple[str, str], elastic_url: str, proxy_to: Callable, tmp_path: Path
) -> None:
    proxy = proxy_to(elastic_url)
    for kind in ("429", "cut", "lose"):
        proxy.fail(kind, part="_bulk")
        proxy.fail(kind, part="_msearch")
    server = ("retrieve=elasticsearch", f"retrieve.url={proxy.url}")
    served = counts(tmp_path, *files, f"audit={audit}", *server)
    embedded = counts(tmp_path, *files, f"audit={audit}")
    assert served == embedded
    assert embedded["ratios"]["verbatim"]["count"] > 30
    assert sum("_bulk" in path for path in proxy.seen) > 3


# that the engine survives it is tested by itself in test_survival.py
@pytest.mark.slow
def test_every_count_is_the_same_though_the_node_is_killed_while_loading(
    files: tuple[str, str], start_node: Callable, proxy_to: Callable, tmp_path: Path
) -> None:
    node = start_node()
    proxy = proxy_to(node.url)
    bulks: list[str] = []
    restarts: list[threading.Thread] = []

    def kill_at_the_fourth(path: str) -> None:
        bulks.extend([path] if "_bulk" in path else [])
        if len(bulks) == 4 and not restarts:
            node.kill()
            restarts.append(threading.Thread(target=node.start))
            restarts[0].start()

    proxy.on_request = kill_at_the_fourth
    patient = ("retrieve.bulk_mb=0.05", "retrieve.give_up_after_s=200", "audit=paper")
    server = ("retrieve=elasticsearch", f"retrieve.url={proxy.url}")
    served = counts(tmp_path, *files, *server, *patient)
    assert len(restarts) == 1
    assert served == counts(tmp_path, *files, "audit=paper")
    restarts[0].join()
    node.kill()
