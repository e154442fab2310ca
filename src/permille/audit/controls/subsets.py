"""The same ratios with some cases, or some generations, left out."""

from permille.audit.controls.contrasts import missing, named_documents, noted
from permille.audit.rows import MAIN, NOT_COPIED, OTHER, OWN
from permille.audit.tally import Tally, all_kinds_of, ratio_over, ratios_of
from permille.core.records import Kind

NO_EXAMPLES = "generations and documents do not both name their example_id"
NO_PROMPT = "no generation names its prompt"
NO_CASE = "no generation has a case"


def subset_controls(train: Tally, *, has_examples: bool) -> dict[str, object]:
    """Return the controls that only leave something out of the tuned model's training prompts.

    Args:
        train: Its rows.
        has_examples: Whether documents name their examples.
    """
    return {
        "own_other": own_other(train, has_examples=has_examples),
        "all_kinds": all_kinds_of(train).to_dict(),
        "paraphrase_low": paraphrase_low(train),
        "input_copied": input_copied(train),
        "degenerate": degenerate(train),
    }


def own_other(train: Tally, *, has_examples: bool) -> dict[str, object]:
    """Return the ratios by cases in the prompted example's own text, and in other examples'.

    An example that no training document is of has no own text: where that is some of them a note
    says so, and where it is all nothing is known.
    """
    if not (has_examples and any(row.has_example for row in train.rows)):
        return missing(NO_EXAMPLES)
    known, said = named_documents(train)
    if not known:
        return missing(said)
    is_whole = all(row.has_document for row in train.rows if row.has_example)
    return {
        **noted(None if is_whole else said),
        "own": ratios_of(train, OWN).to_dict(),
        "other": ratios_of(train, OTHER).to_dict(),
    }


def paraphrase_low(train: Tally) -> dict[str, object]:
    """Return the ratio of generations with nothing but paraphrases that the judge denies."""
    measured = [row for row in train.rows if row.is_measured]
    return ratio_over(measured, [row.is_low_paraphrase for row in measured]).to_dict()


def input_copied(train: Tally) -> dict[str, object]:
    """Return which share of the cases stood in the prompt, and the ratios without these cases."""
    if not any(row.has_prompt for row in train.rows):
        return missing(NO_PROMPT)
    with_case = [
        row
        for row in train.rows
        if row.is_measured and row.kinds.get(MAIN, Kind.NONE) is not Kind.NONE
    ]
    share = ratio_over(with_case, [row.is_copied for row in with_case], NO_CASE)
    return {"share": share.to_dict(), "without": ratios_of(train, NOT_COPIED).to_dict()}


def degenerate(train: Tally) -> dict[str, object]:
    """Return the share of generations that repeat themselves, and the ratios without them."""
    measured = [row for row in train.rows if row.is_measured]
    share = ratio_over(measured, [row.is_degenerate for row in measured])
    rest = Tally([row for row in train.rows if not row.is_degenerate])
    return {"share": share.to_dict(), "without": ratios_of(rest, MAIN).to_dict()}
