"""Ten megabytes in one text: an answer or a clear error, in bounded time and memory."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CHARS = 10_000_000
MOST_CPU_S = 120
MOST_MEMORY_MB = 4_000

SENTENCES = (
    "The harbor master counted forty yellow boats before the storm.",
    "A violinist rehearsed every morning beside the frozen canal!",
    "Engineers can't replace the broken turbine (a cheap model) with another.",
    'He said: "Nobody remembered who painted the chapel."',
)

ALIGNED = """
import json, resource, sys, time
from pathlib import Path
from permille.align import AlignConfig, Aligner
from permille.core.errors import DataError

rules, *paths = sys.argv[1:]
pair = [Path(path).read_bytes().decode("utf-8", "surrogatepass") for path in paths]
started = time.process_time()
try:
    cases = Aligner(AlignConfig.paper() if rules == "paper" else AlignConfig()).align(*pair).cases
    ends = [[case.suspicious.end_char, case.source.end_char] for case in cases]
    outcome = {"most_ends": [max(side) for side in zip(*ends)], "error": None}
except DataError as error:
    outcome = {"most_ends": [], "error": str(error)}
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps(outcome | {"cpu_s": time.process_time() - started, "mb": used.ru_maxrss / 1024}))
"""


def repeated(phrase: str) -> str:
    return (phrase * (CHARS // len(phrase) + 1))[:CHARS]


def varied_prose() -> str:
    """Repeat sentences, in each of which one word is replaced by a new one."""
    rng = random.Random(0)
    sentences: list[str] = []
    for k in range(CHARS // min(map(len, SENTENCES))):
        words = rng.choice(SENTENCES).split()
        words[rng.randrange(1, len(words) - 1)] = f"word{k:06}"
        sentences.append(" ".join(words))
    return " ".join(sentences)[:CHARS]


LARGE: dict[str, Callable[[], str]] = {
    "varied prose": varied_prose,
    "one sentence": lambda: repeated(f"{SENTENCES[0]} "),
    "no sentence end": lambda: repeated("word another "),
    "one letter": lambda: "a" * CHARS,
    "only punctuation": lambda: repeated("?!... --- ''"),
    "control characters": lambda: repeated("\0\x01\x02\x1b[31m bell\x07 "),
    "lone surrogates": lambda: repeated("text \ud800 more \udfff words here "),
    "cjk": lambda: repeated("今天天气很好我们去公园散步。"),
    "cjk without an end": lambda: repeated("今天天气很好我们去公园散步"),
}


def align_elsewhere(rules: str, *paths: Path) -> dict:
    """Align two files in a process of its own, whose memory can be measured."""
    done = subprocess.run(
        [sys.executable, "-c", ALIGNED, rules, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("rules", ["paper", "default"])
@pytest.mark.parametrize("name", LARGE)
def test_ten_megabytes_give_an_answer_or_a_clear_error(request, tmp_path, name, rules):
    if rules == "paper":
        request.getfixturevalue("shared")
    texts = {"large": LARGE[name](), "good": " ".join(SENTENCES)}
    texts["other"] = texts["large"][100:]
    paths = {key: tmp_path / key for key in texts}
    for key, text in texts.items():
        paths[key].write_bytes(text.encode("utf-8", "surrogatepass"))
    for keys in (("large", "good"), ("good", "large"), ("large", "other")):
        found = align_elsewhere(rules, *(paths[key] for key in keys))
        assert found["error"] is None or "cut one of them into parts" in found["error"]
        for end, key in zip(found["most_ends"], keys, strict=False):
            assert 0 < end <= len(texts[key])
        assert found["cpu_s"] < MOST_CPU_S
        assert found["mb"] < MOST_MEMORY_MB
