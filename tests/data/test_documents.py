"""Documents of examples and their prompts."""

from hypothesis import given
from hypothesis import strategies as st

from permille.core.records import Document, Example, Part, Prompt, Split
from permille.data.documents import documents_of

EXAMPLES = [
    Example("a", "dialogue", "It hurts when I walk.", "Then rest."),
    Example("b", "dialogue", "Short one.", "Fine."),
    Example("c", "dialogue", "Never prompted.", "Good."),
]


def prompt(name: str, text: str, prefix_chars: int, *, whole: bool = False) -> Prompt:
    return Prompt(text, name, "dialogue", Split.TRAIN, whole, prefix_chars)


PROMPTS = [prompt("a", "Answer: It hurts", 8), prompt("b", "Short one.", 10, whole=True)]


def test_an_example_gives_its_target_and_its_suffix_or_whole_input() -> None:
    found = list(documents_of(EXAMPLES, PROMPTS, Split.TRAIN))
    assert [(one.id, one.text) for one in found] == [
        ("a/target", "Then rest."),
        ("a/suffix", "when I walk."),
        ("b/target", "Fine."),
        ("b/input", "Short one."),
        ("c/target", "Good."),
    ]


def test_a_document_says_where_it_comes_from() -> None:
    (document, *_) = documents_of(EXAMPLES[1:2], PROMPTS, Split.HELDOUT)
    assert document == Document("b/target", "Fine.", "b", Part.TARGET, Split.HELDOUT, "dialogue")


def test_examples_with_equal_prompts_keep_their_own_suffixes() -> None:
    examples = [Example(name, "qa", f"The same start, {name}.", name) for name in "xy"]
    prompts = [prompt(name, "The same start,", 15) for name in "xy"]
    suffixes = [
        one.text for one in documents_of(examples, prompts, Split.TRAIN) if one.part == "suffix"
    ]
    assert suffixes == ["x.", "y."]


def test_what_is_only_white_space_is_no_document() -> None:
    example = Example("a", "dialogue", "It hurts. ", "Then rest.")
    found = list(documents_of([example], [prompt("a", "It hurts.", 9)], Split.TRAIN))
    assert [one.part for one in found] == [Part.TARGET]


def test_documents_are_made_as_they_are_asked_for() -> None:
    endless = iter(lambda: EXAMPLES[0], None)
    assert next(documents_of(endless, PROMPTS, Split.TRAIN)).id == "a/target"


@given(st.text("ab ", min_size=1, max_size=30), st.integers(0, 30))
def test_prefix_and_suffix_together_are_the_input(source: str, cut: int) -> None:
    prefix = source[:cut]
    example = Example("a", "dialogue", source, "target")
    found = list(documents_of([example], [prompt("a", prefix, len(prefix))], Split.TRAIN))
    suffix = "".join(one.text for one in found if one.part == Part.SUFFIX)
    assert (prefix + suffix).replace(" ", "") == source.replace(" ", "")
