"""The cases of a run as rows of a page: what is known of each, and where its runs lie."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from permille.core.records import KINDS_BY_STRENGTH
from permille.measure.word_runs import WordRuns
from permille.report.run_files import JsonObject, RunFiles

MAX_CASES = 5000
"""So many are shown, those that decide a kind first; cases.jsonl has all."""

Span = tuple[int, int]
ARMS = {
    ("train", "tuned"): "training prompts",
    ("heldout", "tuned"): "held-out prompts",
    ("train", "base"): "training prompts, base model",
    ("heldout", "base"): "held-out prompts, base model",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as the page has it.

    Attributes:
        values: What is listed and filtered by; spans count UTF-16 units, as browsers do.
        texts: The generation, the document and the prompt.
        near: Of each of the three the spans, in characters, around which it may be cut.
    """

    values: JsonObject
    texts: tuple[str, str, str]
    near: tuple[list[Span], list[Span], list[Span]]


def case_rows(files: RunFiles, copied_words: int, cover: Callable[[str], str]) -> list[CaseRow]:
    """Return the cases to show, those that decide a kind first, then longest run first.

    Args:
        files: The run.
        copied_words: Words in a row that count as copied from the prompt.
        cover: Applied to every text; has to keep its length.
    """
    chosen = chosen_lines(files.lines("cases.jsonl"))
    generations = {
        str(line["id"]): line
        for line in files.wanted("generations.jsonl", _ids(chosen, "generation_id"))
    }
    documents = {
        str(line["id"]): line
        for line in files.wanted(documents_file(files.folder), _ids(chosen, "document_id"))
    }
    return [
        _row(
            line,
            generations.get(str(line["generation_id"]), {}),
            documents.get(str(line["document_id"]), {}),
            copied_words,
            cover,
        )
        for line in chosen
    ]


def documents_file(folder: Path) -> str:
    """Return the name of the run's documents, compressed or not."""
    return "documents.jsonl.gz" if (folder / "documents.jsonl.gz").is_file() else "documents.jsonl"


def chosen_lines(lines: Iterator[JsonObject]) -> list[JsonObject]:
    """Return the lines of cases.jsonl to show, in their order on the page."""
    order = {str(kind): place for place, kind in enumerate(KINDS_BY_STRENGTH)}

    def place(line: JsonObject) -> tuple[bool, int, int, str]:
        return (
            not line.get("headline"),
            order.get(str(line["kind"]), len(order)),
            -longest_chars(line),
            str(line["generation_id"]),
        )

    return sorted(lines, key=place)[:MAX_CASES]


def longest_chars(line: Mapping[str, object]) -> int:
    """Return the length in the generation of a line's longest case of its own kind, in characters.

    A verbatim run may have a longer rewritten passage around it, which is no run.
    """
    cases = zip(_cases(line), spans_of(line, "generation"), strict=True)
    own = (span for case, span in cases if case.get("kind") == line.get("kind"))
    return max((end - start for start, end in own), default=0)


def spans_of(line: Mapping[str, object], side: str) -> list[Span]:
    """Return the spans of a line's cases in the `generation` or the `document`."""
    cases = line.get("cases")
    return [(case[side][0], case[side][1]) for case in cases] if isinstance(cases, list) else []


def _ids(lines: Sequence[JsonObject], name: str) -> set[str]:
    return {str(line[name]) for line in lines}


def _row(
    line: JsonObject,
    generation: Mapping[str, object],
    document: Mapping[str, object],
    copied_words: int,
    cover: Callable[[str], str],
) -> CaseRow:
    """Join a line of cases.jsonl with its texts."""
    written, stored = str(generation.get("text") or ""), str(document.get("text") or "")
    prompt = str(generation.get("prompt") or "")
    prompted = WordRuns(prompt, copied_words)
    found = {"generation": written, "document": stored}
    runs = [_run(case, written, stored) for case in _cases(line)]
    arm = (str(generation.get("split", "train")), str(generation.get("model", "tuned")))
    values: JsonObject = {
        "id": f"{line['generation_id']}~{line['document_id']}",
        **{key: line.get(key) for key in ("generation_id", "document_id", "kind", "confirmed")},
        **{key: line.get(key) for key in ("rank", "score", "own", "direction", "input_copied")},
        "counted": bool(line.get("headline")),
        "examples": line.get("num_examples"),
        "boilerplate": bool(_cases(line)) and all(one.get("boilerplate") for one in _cases(line)),
        "task": generation.get("task"),
        "arm": ARMS.get(arm, "training prompts"),
        "part": document.get("part"),
        "chars": longest_chars(line),
        "runs": runs,
        "prompted": {side: utf16_spans(text, prompted.spans(text)) for side, text in found.items()},
    }
    return CaseRow(
        values,
        (cover(written), cover(stored), cover(prompt)),
        (spans_of(line, "generation"), spans_of(line, "document"), []),
    )


def _cases(line: Mapping[str, object]) -> list[Mapping[str, object]]:
    cases = line.get("cases")
    return cases if isinstance(cases, list) else []


def _run(case: Mapping[str, object], written: str, stored: str) -> JsonObject:
    """Return a run with its spans in the units of a browser."""
    pair = {"cases": [case]}
    return {
        "kind": case.get("kind"),
        "confirmed": case.get("confirmed"),
        "copied": bool(case.get("input_copied")),
        "examples": case.get("num_examples"),
        "generation": utf16_spans(written, spans_of(pair, "generation"))[0],
        "document": utf16_spans(stored, spans_of(pair, "document"))[0],
    }


def utf16_spans(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return spans of characters, within the text, as spans of UTF-16 units.

    >>> utf16_spans("a\N{GRINNING FACE}b", [(1, 3)])
    [(1, 4)]
    """
    inside = [(min(start, len(text)), min(end, len(text))) for start, end in spans]
    if text.isascii() or max(text, default="") <= "\uffff":
        return inside
    return [(utf16_units(text[:start]), utf16_units(text[:end])) for start, end in inside]


def utf16_units(text: str) -> int:
    """Return the length of a text as browsers count it."""
    return len(text) + sum(char > "\uffff" for char in text)
