"""Splits of unequal numbers of documents: what one has more of is no effect of training."""

import pytest

from permille.core.records import Document, Generation, Split

NUM_PHRASES = 12
NUM_PROMPTS = 50


def stock_texts(writer, numbers):
    """A model that learned nothing and quotes phrases that both splits have at one rate."""
    phrases = [writer.text(1) + " " + writer.text(1) for _ in range(NUM_PHRASES)]
    generations, documents = [], []
    for split, number in numbers.items():
        for i in range(number):
            text = f"{writer.text(2)} {phrases[i % NUM_PHRASES]} {writer.text(2)}"
            documents.append(Document(f"{split} {i}", text, f"{split} {i}", split=split))
        for i in range(NUM_PROMPTS):
            text = f"{writer.text(1)} {writer.rng.choice(phrases)} {writer.text(1)}"
            generations.append(
                Generation(f"{split} g{i}", text, example_id=f"{split} {i}", split=split)
            )
    return generations, documents


@pytest.mark.parametrize("numbers", [(50, 200), (200, 50), (50, 50)])
def test_stock_phrases_go_from_both_splits_or_from_neither(audit, writer, numbers):
    texts = stock_texts(writer, dict(zip(Split, numbers, strict=True)))
    controls = audit(*texts).values["controls"]
    assert controls["heldout"]["train"]["any"]["permille"] == 1000
    control = controls["boilerplate"]["heldout"]
    low, high = control["difference"]["any"]["ci95"]
    assert low < 0 < high
    assert control["train"]["any"]["count"] == control["any"]["count"]
