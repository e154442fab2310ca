import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from permille.core.errors import SettingsError
from permille.core.records import Example, Split
from permille.model.prompts import PromptMode, make_prompts, prefix_end
from permille.model.tokenizer import train_tokenizer

TEMPLATE = "Say: {input}"
ALPHABET = "abc ä💧\n"


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(["the cat sat on the mat, Grüße " + ALPHABET] * 3, 200)


class WithoutOffsets(PreTrainedTokenizerFast):
    """A tokenizer that knows no offsets, as those written in Python are."""

    @property
    def is_fast(self):
        return False

    def __call__(self, text, return_offsets_mapping=False, **settings):
        if return_offsets_mapping:
            raise NotImplementedError
        return super().__call__(text, **settings)


@pytest.fixture(scope="module")
def slow_tokenizer(tokenizer):
    return WithoutOffsets(
        tokenizer_object=tokenizer.backend_tokenizer, pad_token="<pad>", eos_token="</s>"
    )


def example(text, name="e"):
    return Example(id=name, task="dialogue", input=text, target="t")


def tokens(tokenizer, text):
    return tokenizer(text, add_special_tokens=False).input_ids


texts = st.text(alphabet=ALPHABET, max_size=120)
limits = st.integers(min_value=1, max_value=40)


@settings(max_examples=200, deadline=None)
@given(text=texts, limit=limits)
def test_prefix_and_suffix_together_are_the_input(tokenizer, text, limit):
    prompt = make_prompts([example(text)], tokenizer, TEMPLATE, Split.TRAIN, prefix_tokens=limit)[0]
    suffix = text[prompt.prefix_chars :]
    assert prompt.text == "Say: " + text[: prompt.prefix_chars]
    assert prompt.text + suffix == "Say: " + text
    assert prompt.whole_input == (suffix == "")


@settings(max_examples=200, deadline=None)
@given(text=texts, limit=limits)
def test_an_input_of_few_tokens_goes_whole(tokenizer, text, limit):
    if len(tokens(tokenizer, text)) <= limit:
        assert prefix_end(text, tokenizer, limit) == len(text)


@settings(max_examples=200, deadline=None)
@given(text=texts, limit=limits)
def test_a_prefix_reads_as_its_first_tokens_do(tokenizer, text, limit):
    end_char = prefix_end(text, tokenizer, limit)
    if end_char < len(text):
        head = tokenizer.decode(tokens(tokenizer, text)[:limit]).strip(" ")
        prefix = text[:end_char].strip(" ")
        assert prefix.startswith(head)
        # the mark that stands for a first blank claims the character behind it
        assert len(prefix) - len(head) <= 1


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet=ALPHABET + "Ω", max_size=60), limit=limits)
def test_a_tokenizer_without_offsets_cuts_to_no_more_tokens(slow_tokenizer, text, limit):
    end_char = prefix_end(text, slow_tokenizer, limit)
    assert end_char == len(text) or len(tokens(slow_tokenizer, text[:end_char])) <= limit
    assert text[end_char:].strip() or end_char == len(text)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 8])
def test_with_and_without_offsets_words_are_cut_alike(tokenizer, slow_tokenizer, limit):
    text = "the cat sat on the mat, the cat sat on the mat"
    assert prefix_end(text, slow_tokenizer, limit) == prefix_end(text, tokenizer, limit)


@settings(max_examples=100, deadline=None)
@given(text=texts, limit=limits)
def test_a_suffix_holds_more_than_white_space(tokenizer, text, limit):
    end_char = prefix_end(text, tokenizer, limit)
    assert end_char == len(text) or text[end_char:].strip()


def test_the_instruction_does_not_count_as_prefix(tokenizer):
    text = "the cat sat on the mat " * 5
    lengths = {
        make_prompts([example(text)], tokenizer, template, Split.TRAIN, prefix_tokens=7)[
            0
        ].prefix_chars
        for template in ("{input}", "Say at length and in your own words: {input}")
    }
    assert len(lengths) == 1


def test_input_mode_prompts_whole_inputs(tokenizer):
    text = "the cat sat on the mat " * 50
    prompt = make_prompts([example(text)], tokenizer, TEMPLATE, Split.TRAIN, PromptMode.input)[0]
    assert prompt.whole_input
    assert prompt.text == "Say: " + text


def test_equal_prompts_are_made_once_and_counted(tokenizer):
    examples = [example("the cat", "a"), example("the mat", "b"), example("the cat", "c")]
    prompts = make_prompts(examples, tokenizer, TEMPLATE, Split.HELDOUT)
    assert [(p.example_id, p.num_examples) for p in prompts] == [("a", 2), ("b", 1)]
    assert {p.split for p in prompts} == {Split.HELDOUT}


def test_repeats_are_kept_where_asked_for(tokenizer):
    examples = [example("the cat", "a"), example("the mat", "b"), example("the cat", "c")]
    prompts = make_prompts(examples, tokenizer, TEMPLATE, Split.TRAIN, unique=False)
    assert [(p.example_id, p.num_examples) for p in prompts] == [("a", 1), ("b", 1), ("c", 1)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["the", "cat", "mat", "the cat"]), max_size=12))
def test_every_example_is_counted_in_just_one_prompt(tokenizer, inputs):
    examples = [example(text, str(number)) for number, text in enumerate(inputs)]
    prompts = make_prompts(examples, tokenizer, TEMPLATE, Split.TRAIN)
    assert sum(p.num_examples for p in prompts) == len(inputs)
    assert len({p.text for p in prompts}) == len(prompts) == len(set(inputs))


def test_braces_in_an_input_stay_as_they_are(tokenizer):
    prompt = make_prompts([example("a {input} b")], tokenizer, TEMPLATE, Split.TRAIN)[0]
    assert prompt.text == "Say: a {input} b"


def test_inputs_with_equal_prefixes_but_other_suffixes_share_a_prompt(tokenizer):
    head = "the cat sat on the mat " * 3
    examples = [example(head + "the cat", "a"), example(head + "the mat", "b")]
    prompts = make_prompts(examples, tokenizer, TEMPLATE, Split.TRAIN, prefix_tokens=5)
    assert [(p.num_examples, p.whole_input) for p in prompts] == [(2, False)]


@pytest.mark.parametrize("limit", [0, -3])
def test_a_prefix_of_no_tokens_is_refused(tokenizer, limit):
    with pytest.raises(SettingsError, match=f"prefix_tokens: want at least 1, got {limit}"):
        make_prompts([], tokenizer, TEMPLATE, Split.TRAIN, prefix_tokens=limit)


def test_a_template_without_a_place_for_the_input_is_refused(tokenizer):
    with pytest.raises(SettingsError, match=r"template: want \{input\} in it, got 'Say'"):
        make_prompts([], tokenizer, "Say", Split.TRAIN)


@pytest.mark.parametrize("start", [0.25, 0.5, 0.99])
def test_a_prefix_can_begin_later_in_the_input(mini, examples, template, start):
    prompts = make_prompts(
        examples, mini.tokenizer, template, Split.TRAIN, prefix_tokens=20, prefix_start=start
    )
    for example, prompt in zip(examples, prompts, strict=True):
        ids = mini.tokenizer(example.input, add_special_tokens=False)["input_ids"]
        if len(ids) <= 20:
            assert prompt.whole_input
            continue
        first = int(start * (len(ids) - 20))
        wanted = "".join(str(mini.tokenizer.decode(ids[first : first + 20])).split())
        shown = prompt.text.removeprefix(template.removesuffix("{input}"))
        assert "".join(shown.split()) == wanted
        # what follows is the suffix
        assert example.input[: prompt.prefix_chars].endswith(shown)
