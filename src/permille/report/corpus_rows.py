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
        "retrieved or not, and did not stand in the prompt.",
    ),
    (
        "exact",
        "heldout",
        "verbatim run, held-out",
        "The same of held-out prompts in the training documents: what is shared without training.",
    ),
    (
        "normalized",
        "generations",
        "verbatim run, case and punctuation aside",
        "The same where upper case, punctuation and the width of gaps do not matter.",
    ),
)
OWN_RUNS = (
    "Of these runs those of which more than 50 characters stand in one training example only: "
    "passages of that example. A passage of ten or more examples is stock text."
)
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


def own_runs_sentence(report: Report) -> str:
    """Say how many verbatim runs are passages of one training example, "" where none is."""
    runs = part(report, KEY, "exact", "runs")
    if not (own := runs.get("in_one_example")):
        return ""
    return (
        f"Of {runs['total']} verbatim runs {own} {'is' if own == 1 else 'are'} of one training "
        "example only (verbatim_anywhere.jsonl)."
    )


def _run_rows(anywhere: Mapping[str, object]) -> Iterator[ControlRow]:
    """Yield ratios of generations, then in how many examples their runs stand."""
    for form, side, name, meaning in RATIOS:
        ratio = part(anywhere, form, side)
        missing = ratio.get("missing")
        figure = f"missing: {missing}" if missing else interval_text(ratio)
        yield ControlRow(KEY, name, meaning, figure, count_text(ratio), bool(missing))
    runs = dict(part(anywhere, "exact", "runs"))
    total, own, several = (runs.pop(key, 0) for key in ("total", "in_one_example", "in_several"))
    if total:
        stock = " and ".join(f"{count} {key.replace('_', ' ')}" for key, count in runs.items())
        beside = f"{several} in several, {stock}"
        yield ControlRow(KEY, "runs of one example", OWN_RUNS, f"{own} of {total} runs", beside)


def _refused_rows(report: Report) -> Iterator[ControlRow]:
    """Yield a row of the pairs that were too repetitive to be aligned."""
    counts = part(report, "generations")
    if refused := counts.get("refused_pairs"):
        unknown = f"{counts.get('with_refused_pairs')} of {counts.get('total')} unknown"
        yield ControlRow(
            "refused_pairs", "pairs too repetitive to align", REFUSED, str(refused), unknown
        )
