"""The looks of `audit=full` as rows that stand with the controls and explain themselves."""

from collections.abc import Callable, Iterator, Mapping

from permille.report.claim import Report, interval_text, note_text, part
from permille.report.controls import ControlRow, control_rows, count_text
from permille.report.corpus_rows import corpus_rows

Look = Mapping[str, object]
EXTRACTION = (
    (
        "extracted from the input",
        ("given_input", "train", "discoverable"),
        "Training targets whose next 50 tokens the model writes exactly when it is given the whole "
        "input: what anyone gets who knows the input.",
    ),
    (
        "extracted, held-out",
        ("given_input", "heldout", "discoverable"),
        "The same of held-out targets: what such a model writes of targets that it never saw.",
    ),
    (
        "extracted, training minus held-out",
        ("given_input", "difference", "discoverable"),
        "What training adds to exact extraction. An interval that covers 0 shows no effect.",
    ),
    (
        "extracted, first tokens given too",
        ("given_tokens", "train", "discoverable"),
        "Training targets of which the first tokens are given besides the input, and whose next 50 "
        "are written exactly.",
    ),
)
MEMBERSHIP = (
    "The chance that a training example scores higher than a held-out one. Above 0.5, interval "
    "included, training left a trace; near 0.5 proves nothing."
)
CANARIES = (
    "Random strings put into the training data on purpose and written whole when asked for; 0 "
    "times is what chance gives. Exposure is how far up such a string ranks among others, in bits."
)
PERSONAL_DATA = (
    "Generations with a value of this kind from the training documents that did not stand in their "
    "prompt. A model that knows none of them also writes some: compare with the next row."
)
PERSONAL_DIFFERENCE = (
    "The same on training minus as many held-out prompts, and how many values are written on each "
    "of these sides alone. An interval that covers 0 shows no effect."
)


def page_rows(report: Report) -> list[ControlRow]:
    """Return every row of a page's table: controls, what stands anywhere, then the looks."""
    return [*control_rows(report), *corpus_rows(report), *look_rows(report)]


def look_rows(report: Report) -> list[ControlRow]:
    """Return a row for each figure of the looks, or one that says why a look is missing."""
    rows: list[ControlRow] = []
    for key, (name, meaning, rows_of) in LOOKS.items():
        look = part(report, "controls", key)
        missing = look.get("missing")
        if missing:
            rows.append(ControlRow(key, name, meaning, f"missing: {missing}", "", is_missing=True))
        else:
            rows += rows_of(look)
    return rows


def _extraction(look: Look) -> Iterator[ControlRow]:
    for name, path, meaning in EXTRACTION:
        ratio = part(look, *path)
        if ratio:
            yield ControlRow("extraction", name, meaning, interval_text(ratio), count_text(ratio))


def _membership(look: Look) -> Iterator[ControlRow]:
    for attack in look:
        found = part(look, attack)
        if found:
            name, area, ends = f"membership by {attack}", found.get("auc"), found.get("auc_ci95")
            why = found.get("missing") or found.get("reason")
            figure, count, is_missing = f"missing: {why}", "", True
            if isinstance(area, int | float) and isinstance(ends, list | tuple):
                covers = ", covers 0.5" if ends[0] <= 0.5 <= ends[1] else ""
                figure = f"area {area:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]{covers}"
                count = f"{found.get('num_train')} against {found.get('num_heldout')}"
                is_missing = False
            yield ControlRow("membership", name, MEMBERSHIP, figure, count, is_missing)


def _canaries(look: Look) -> Iterator[ControlRow]:
    groups = look.get("by_times")
    for group in groups if isinstance(groups, list) else ():
        ratio = part(group, "extracted")
        most = max((float(one["most_bits"]) for one in group["exposures"]), default=0.0)
        bits = f"median exposure {group['median_exposure_bits']} of {most} bits"
        name = f"strings inserted {group['times']} times"
        count = f"{count_text(ratio)}, {bits}"
        yield ControlRow("canaries", name, CANARIES, interval_text(ratio), count)


def _personal_data(look: Look) -> Iterator[ControlRow]:
    for kind in look:
        found = part(look, kind)
        name = f"personal data: {kind.replace('_', ' ')}"
        if found.get("missing"):
            why = f"missing: {found['missing']}"
            yield ControlRow("personal_data", name, PERSONAL_DATA, why, "", is_missing=True)
        elif found.get("in_documents"):
            ratio, contrast = part(found, "generations", "train"), part(found, "difference")
            shown = interval_text(ratio), count_text(ratio)
            yield ControlRow("personal_data", name, PERSONAL_DATA, *shown)
            if contrast:
                yield _personal_difference(name, found, contrast)


def _personal_difference(name: str, found: Look, contrast: Look) -> ControlRow:
    """Return the row of training minus held-out prompts."""
    name, meaning = f"{name}, training minus held-out", PERSONAL_DIFFERENCE + note_text(found)
    reason = contrast.get("reason")
    if reason:
        return ControlRow("personal_data", name, meaning, f"missing: {reason}", "", is_missing=True)
    beyond = f"values {found.get('beyond_heldout')} against {found.get('beyond_train')}"
    count = f"{count_text(contrast)}; {beyond}"
    method = str(contrast.get("method") or "")
    return ControlRow("personal_data", name, meaning, interval_text(contrast), count, method=method)


LOOKS: Mapping[str, tuple[str, str, Callable[[Look], Iterator[ControlRow]]]] = {
    "extraction": ("exact extraction", EXTRACTION[0][2], _extraction),
    "membership": ("membership", MEMBERSHIP, _membership),
    "canaries": ("strings inserted on purpose", CANARIES, _canaries),
    "personal_data": ("personal data", PERSONAL_DATA, _personal_data),
}
"""By key in report.json: name and meaning of a look that is missing, and the rows of another."""
