"""What stands anywhere in the training set, as rows that stand with the controls."""

from collections.abc import Iterator, Mapping

from permille.report.claim import Report, interval_text, part
from permille.report.controls import ControlRow, count_text

KEY = "verbatim_anywhere"
RATIOS = (
    (
        "exact",
        "generations",
        "verbatim run in any training text",
        "Generations with more than 50 characters in a row that stand in any training document, "
        "retrieved or not, and not in the prompt. verbatim_anywhere.jsonl has each run.",
    ),
    (
        "exact",
        "heldout",
        "verbatim run, held-out",
        "The same of held-out prompts in the training documents: what the model gives back of them "
        "when it is asked for others, and what is shared by chance.",
    ),
    (
        "exact",
        "one_example",
        "verbatim run of one example",
        "Those with a run of which more than 50 characters stand in one training example only. "
        "Stock text of fewer characters, with chance letters beside it, is among them.",
    ),
    (
        "exact",
        "one_example_heldout",
        "run of one example, held-out",
        "The same of held-out prompts in the training documents.",
    ),
    (
        "normalized",
        "generations",
        "verbatim run, case and punctuation aside",
        "Generations with a run where upper case, punctuation and the width of gaps do not matter.",
    ),
)
RUNS = (
    "Runs of characters as they are, a looping generation having many. One of ten examples or more "
    "is often stock text, or a text that stands so often in the training set. As a whole, with "
    "whatever stands beside it by chance or is secret within it, a run may stand in fewer."
)
CUT_SHORT = " So repetitive that they were not searched to the end: "
REFUSED = (
    "A generation and a document that repeat themselves too much to be compared; at the right the "
    "generations of which it is not known for this reason whether they have a case."
)


def corpus_rows(report: Report) -> list[ControlRow]:
    """Return rows of `verbatim_anywhere`, and of pairs that were not aligned where there are any.

    None where the audit did not search the whole corpus.
    """
    anywhere = part(report, KEY)
    return [*(_run_rows(anywhere) if anywhere else ()), *_refused_rows(report)]


def one_example_sentence(report: Report) -> str:
    """Say how many generations have a verbatim run of one training example, "" where none has."""
    ratio, heldout = (
        part(report, KEY, "exact", side) for side in ("one_example", "one_example_heldout")
    )
    if not ratio.get("count"):
        return ""
    beside = f"held-out prompts: {count_text(heldout)}" if heldout.get("of") else "no held-out side"
    return (
        f"{count_text(ratio)} {'has' if ratio['count'] == 1 else 'have'} a verbatim run of one "
        f"training example only (verbatim_anywhere.jsonl); {beside}."
    )


def _run_rows(anywhere: Mapping[str, object]) -> Iterator[ControlRow]:
    """Yield ratios of generations, then in how many examples their runs stand."""
    for form, side, name, meaning in RATIOS:
        ratio = part(anywhere, form, side)
        missing = ratio.get("missing")
        figure = f"missing: {missing}" if missing else interval_text(ratio)
        yield ControlRow(KEY, name, meaning, figure, count_text(ratio), bool(missing))
    runs, cut = part(anywhere, "exact", "runs"), part(anywhere, "exact", "cut_short")
    if total := runs.get("total"):
        said = ", ".join(f"{count} {what}" for what, count in cut.items() if count)
        meaning = f"{RUNS}{CUT_SHORT}{said}." if said else RUNS
        whole = part(runs, "whole")
        beside = f"as a whole: {_by_examples(whole)}" if whole else ""
        yield ControlRow(
            KEY, f"{total} verbatim runs, by examples", meaning, _by_examples(runs), beside
        )


def _by_examples(runs: Mapping[str, object]) -> str:
    """Write how many runs stand in how many examples."""
    return (
        f"{runs.get('in_one_example')} of one, {runs.get('in_several')} of 2 to 9, "
        f"{runs.get('in_10_or_more')} of 10 or more"
    )


def _refused_rows(report: Report) -> Iterator[ControlRow]:
    """Yield a row of the pairs that were too repetitive to be aligned."""
    counts = part(report, "generations")
    if refused := counts.get("refused_pairs"):
        unknown = f"{counts.get('with_refused_pairs')} of {counts.get('total')} unknown"
        yield ControlRow(
            "refused_pairs", "pairs too repetitive to align", REFUSED, str(refused), unknown
        )
