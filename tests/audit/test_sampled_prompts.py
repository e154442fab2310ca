"""Several answers to each prompt, as a model gives them that draws its tokens."""

from dataclasses import replace

from permille.core.records import Document, Generation, Part, Split

NUM_PROMPTS, NUM_ANSWERS, NUM_KNOWN = 20, 10, 6


def answers(writer):
    """Documents, and the answers to a prompt of each: the first prompts give their text back."""
    documents, generations = [], []
    for split in Split:
        for i in range(NUM_PROMPTS):
            target, example = writer.text(4), f"{split} {i}"
            documents.append(Document(f"{example} target", target, example, Part.TARGET, split))
            is_known = split is Split.TRAIN and i < NUM_KNOWN
            for n in range(NUM_ANSWERS):
                text = f"{writer.sentence()} {target[:150] if is_known else writer.text(2)}"
                generations.append(
                    Generation(f"{example} {n}", text, None, example, split, prompt=f"ask {i}")
                )
    return generations, documents


def test_a_prompt_counts_once_whether_its_example_is_named_or_not(audit, writer):
    generations, documents = answers(writer)
    unnamed = [replace(one, example_id=None) for one in generations]
    named, alone = (audit(found, documents).values for found in (generations, unnamed))
    assert alone["ratios"] == named["ratios"]
    ratio = alone["ratios"]["any"]
    assert (ratio["count"], ratio["of"]) == (NUM_KNOWN * NUM_ANSWERS, NUM_PROMPTS * NUM_ANSWERS)
    assert (ratio["permille"], ratio["ci95"]) == (300, [135.9, 538.8])
    for control in ("heldout", "cross_index", "all_kinds", "boilerplate", "length"):
        assert alone["controls"][control] == named["controls"][control]
