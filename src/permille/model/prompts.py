"""What the model is given: an instruction with the prefix of a training input, or all of it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from transformers import PreTrainedTokenizerBase

from permille.core.errors import SettingsError
from permille.core.records import Example, Prompt, Split

_PLACE = "{input}"


class PromptMode(StrEnum):
    """How much of an input is prompted; names equal values, as OmegaConf reads them."""

    prefix = "prefix"
    input = "input"


def make_prompts(
    examples: Sequence[Example],
    tokenizer: PreTrainedTokenizerBase,
    template: str,
    split: Split,
    mode: PromptMode = PromptMode.prefix,
    prefix_tokens: int = 50,
    unique: bool = True,
    prefix_start: float = 0.0,
) -> list[Prompt]:
    """Make the prompt of each example, in the examples' order.

    The prefix ends at the character where the input's token number `prefix_tokens` ends, so that
    prefix and suffix together are the input. An input of at most that many tokens, or one that
    leaves nothing but white space behind the prefix, is prompted whole.

    Args:
        examples: The examples of one task.
        tokenizer: The model's tokenizer.
        template: The task's instruction, with ``{input}`` where the input stands.
        split: Which split the examples are of.
        mode: `prefix`, or `input` for whole inputs.
        prefix_tokens: Tokens of the input in a prefix; the instruction's do not count.
        unique: Keep the first of prompts with the same text, counting the others; else keep all.
        prefix_start: Where a prefix begins, as a share in [0, 1) of the tokens before its last
            possible beginning; 0 begins with the input.

    Raises:
        SettingsError: If a prefix would have no token, or the template no place for it.
    """
    if prefix_tokens < 1:
        raise SettingsError(f"audit.prefix_tokens: want at least 1, got {prefix_tokens}")
    if _PLACE not in template:
        raise SettingsError(f"task.template: want {_PLACE} in it, got {template!r}")
    prompts = []
    for example in examples:
        start_char, end_char = 0, len(example.input)
        if mode is PromptMode.prefix:
            end_char = prefix_end(example.input, tokenizer, prefix_tokens)
            if prefix_start and end_char < len(example.input):
                start_char, end_char = later_prefix(
                    example.input, tokenizer, prefix_tokens, prefix_start
                )
        prompts.append(
            Prompt(
                text=template.replace(_PLACE, example.input[start_char:end_char]),
                example_id=example.id,
                task=example.task,
                split=split,
                whole_input=end_char == len(example.input),
                prefix_chars=end_char,
            )
        )
    return _count_repeats(prompts) if unique else prompts


def prefix_end(text: str, tokenizer: PreTrainedTokenizerBase, num_tokens: int) -> int:
    """Return the character at which the first tokens of a text end; all of a short text."""
    cut = _cut_by_offsets if tokenizer.is_fast else _cut_by_search
    end_char = cut(text, tokenizer, num_tokens)
    return end_char if text[end_char:].strip() else len(text)


def later_prefix(
    text: str, tokenizer: PreTrainedTokenizerBase, num_tokens: int, start: float
) -> tuple[int, int]:
    """Return where a prefix begins and ends that does not begin with its text.

    Of n tokens it takes `num_tokens` from number floor(start * (n - num_tokens)) on.

    Raises:
        SettingsError: If the tokenizer does not say where its tokens stand.
    """
    if not tokenizer.is_fast:
        raise SettingsError(
            "audit.prefix_start: want 0 with a tokenizer that does not say where its tokens stand,"
            f" got {start}"
        )
    encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    offsets = encoding["offset_mapping"]
    first = int(start * (len(offsets) - num_tokens))
    chosen = offsets[first : first + num_tokens]
    return int(chosen[0][0]), int(max(end for _, end in chosen))


def _cut_by_offsets(text: str, tokenizer: PreTrainedTokenizerBase, num_tokens: int) -> int:
    """Return where the token number `num_tokens` ends, as the tokenizer itself says."""
    encoding = tokenizer(
        text,
        add_special_tokens=False,
        return_offsets_mapping=True,
        truncation=True,
        max_length=num_tokens + 1,
    )
    offsets = encoding["offset_mapping"]
    if len(offsets) <= num_tokens:
        return len(text)
    return int(max(end for _, end in offsets[:num_tokens]))


def _cut_by_search(text: str, tokenizer: PreTrainedTokenizerBase, num_tokens: int) -> int:
    """Return where the first tokens end, for tokenizers without offsets.

    It is where as many visible characters are passed as the decoded tokens have. Where those are
    not the text's own (unknown tokens), it is the end of a prefix of at most as many tokens.
    """
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    if len(ids) <= num_tokens:
        return len(text)
    visible = [position for position, char in enumerate(text) if not char.isspace()]
    head = "".join(str(tokenizer.decode(ids[:num_tokens])).split())
    end_char = visible[len(head) - 1] + 1 if 0 < len(head) <= len(visible) else 0
    if "".join(text[:end_char].split()) == head:
        return end_char
    first_beyond = bisect_right(
        range(len(text)),
        num_tokens,
        key=lambda end: len(tokenizer(text[:end], add_special_tokens=False)["input_ids"]),
    )
    return first_beyond - 1


def _count_repeats(prompts: list[Prompt]) -> list[Prompt]:
    """Keep the first prompt of each text, with the number of examples that have it."""
    first: dict[str, Prompt] = {}
    for prompt in prompts:
        known = first.get(prompt.text)
        first[prompt.text] = (
            prompt if known is None else replace(known, num_examples=known.num_examples + 1)
        )
    return list(first.values())
