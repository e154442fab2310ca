"""The documents of a split: what a generation may have copied from."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from permille.core.records import Document, Example, Part, Prompt, Split


def documents_of(
    examples: Iterable[Example], prompts: Iterable[Prompt], split: Split
) -> Iterator[Document]:
    """Yield the documents of each example, in the examples' order.

    They are its target, and of a prompted example either what follows the prefix (the suffix) or,
    where the whole input was prompted, the input. Ids are the example's, a slash and the part.

    Args:
        examples: The examples of one split.
        prompts: The prompt of each example (made with `unique=False`, so that examples whose
            prompts are equal keep their own suffixes); an example without one gives its target.
        split: Which split they are of.
    """
    prefix_of: dict[str, int] = {}
    is_whole: defaultdict[str, bool] = defaultdict(bool)
    for prompt in prompts:
        prefix_of[prompt.example_id] = prompt.prefix_chars
        is_whole[prompt.example_id] = prompt.whole_input
    for example in examples:
        parts = {Part.TARGET: example.target}
        if is_whole[example.id]:
            parts[Part.INPUT] = example.input
        elif example.id in prefix_of:
            parts[Part.SUFFIX] = example.input[prefix_of[example.id] :].strip()
        for part, text in parts.items():
            if text:
                yield Document(
                    id=f"{example.id}/{part}",
                    text=text,
                    example_id=example.id,
                    part=part,
                    split=split,
                    task=example.task,
                )
