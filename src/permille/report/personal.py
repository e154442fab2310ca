"""One line on the personal data that a model gives back: counts, and never a value."""

from collections.abc import Mapping

from permille.report.claim import Report, is_undecided, part

COMPARED = "personal data beyond held-out prompts (the reverse)"
NO_EFFECT = "no effect shown"
ALONE = "personal data written, no held-out prompts to compare"


def personal_data_sentence(report: Report) -> str:
    """Say how many personal values of training documents are written on training prompts alone.

    By kind, at equal numbers of prompts, and behind each in brackets how many are written on
    held-out prompts alone: a model that knows nothing has as many of both. Kinds whose difference
    is not shown to lie above 0 are said to show no effect. "" where none was written or nobody
    looked.
    """
    said = _counts(report)
    if said[NO_EFFECT] and not said[COMPARED]:
        said = {f"{COMPARED}, {NO_EFFECT}": said[NO_EFFECT], ALONE: said[ALONE]}
    return "; ".join(f"{what}: {', '.join(counts)}" for what, counts in said.items() if counts)


def is_given_back(report: Report) -> bool:
    """Whether personal data is shown to be given back, or was written and not compared."""
    said = _counts(report)
    return bool(said[COMPARED] or said[ALONE])


def _counts(report: Report) -> dict[str, list[str]]:
    """Return by what is said of them the kinds of which values were written, with how many."""
    looked = part(report, "controls", "personal_data")
    said: dict[str, list[str]] = {COMPARED: [], NO_EFFECT: [], ALONE: []}
    for kind in looked:
        found, name = part(looked, kind), kind.replace("_", " ")
        if found.get("beyond_heldout"):
            what = COMPARED if _is_shown(part(found, "difference")) else NO_EFFECT
            said[what].append(f"{name} {found['beyond_heldout']} ({found.get('beyond_train')})")
        elif found.get("beyond_heldout") is None and found.get("written"):
            said[ALONE].append(f"{name} {found['written']}")
    return said


def _is_shown(difference: Mapping[str, object]) -> bool:
    """Whether a difference lies above 0, interval included, and its p does not disagree."""
    ci95 = difference.get("ci95")
    return isinstance(ci95, list | tuple) and bool(ci95[0] > 0) and not is_undecided(difference)
