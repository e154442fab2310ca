"""One line on the personal data that a model gives back: counts, and never a value."""

from permille.report.claim import Report, part

COMPARED = "personal data beyond held-out prompts (the reverse)"
ALONE = "personal data written, no held-out prompts to compare"


def personal_data_sentence(report: Report) -> str:
    """Say how many personal values of training documents are written on training prompts alone.

    By kind, at equal numbers of prompts, and behind each in brackets how many are written on
    held-out prompts alone: a model that knows nothing has as many of both. "" where none was
    written or nobody looked.
    """
    looked = part(report, "controls", "personal_data")
    compared, alone = [], []
    for kind in looked:
        found, name = part(looked, kind), kind.replace("_", " ")
        if found.get("beyond_heldout"):
            compared.append(f"{name} {found['beyond_heldout']} ({found.get('beyond_train')})")
        elif found.get("beyond_heldout") is None and found.get("written"):
            alone.append(f"{name} {found['written']}")
    said = {COMPARED: compared, ALONE: alone}
    return "; ".join(f"{what}: {', '.join(counts)}" for what, counts in said.items() if counts)
