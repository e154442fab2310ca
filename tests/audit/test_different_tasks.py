"""Splits whose tasks differ: only what both have can be compared."""

import pytest

from permille.core.records import Document, Generation, Part, Split

STOCK = "We thank you for the letter that you sent us and remain yours sincerely as always."
NUM_EXAMPLES = 25


def texts(writer, tasks):
    """Examples of a model that memorized nothing, and whose letters have a stock phrase."""
    documents, generations = [], []
    for split, names in tasks.items():
        for i in range(NUM_EXAMPLES * len(names)):
            task = names[i % len(names)]
            end = f" {STOCK}" if task == "letters" else ""
            example = f"{split} {i}"
            target = writer.text(3) + end
            documents.append(Document(f"{i} {split}", target, example, Part.TARGET, split, task))
            text = writer.text(2) + end
            generations.append(Generation(f"{i} {split}", text, task, example, split))
    return generations, documents


def test_a_task_that_only_training_has_makes_no_effect(audit, writer):
    tasks = {Split.TRAIN: ["letters", "notes"], Split.HELDOUT: ["notes"]}
    values = audit(*texts(writer, tasks)).values
    heldout = values["controls"]["heldout"]
    # the headline is of all training prompts
    assert (values["ratios"]["any"]["count"], values["ratios"]["any"]["of"]) == (25, 50)
    assert heldout["difference"]["any"]["permille"] == 0
    assert heldout["train"]["any"]["of"] == heldout["any"]["of"] == heldout["prompts"] == 25
    said = (
        "left out, since only one split has their task: 25 training prompts (letters), 25 training "
        "documents (letters)"
    )
    assert heldout["note"] == values["controls"]["cross_index"]["note"] == said
    notes, letters = (values["tasks"][task]["controls"] for task in ("notes", "letters"))
    assert notes["heldout"]["difference"]["any"] == heldout["difference"]["any"] | {
        "method": "newcombe, fisher"
    }
    assert "note" not in notes["heldout"]
    assert letters["heldout"]["missing"].startswith("no held-out generations")


@pytest.mark.parametrize(("train", "heldout"), [("letters", "notes"), ("letters", None)])
def test_without_a_common_task_nothing_is_compared(audit, writer, train, heldout):
    values = audit(*texts(writer, {Split.TRAIN: [train], Split.HELDOUT: [heldout]})).values
    controls = values["controls"]
    assert controls["heldout"]["any"]["of"] == NUM_EXAMPLES
    for contrast in controls["heldout"]["difference"].values():
        assert contrast["permille"] is None
        assert contrast["reason"].startswith("no task is in both splits: training prompts (letters")
    assert controls["cross_index"]["missing"].startswith("no task is in both splits")
    assert controls["difference_in_differences"]["missing"].startswith("no task is in both splits")
