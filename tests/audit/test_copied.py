"""What stood in the prompt."""

from hypothesis import given
from hypothesis import strategies as st

from permille.audit.copied import PromptWords

PROMPT = "Tell me, dear doctor, why does my left knee hurt so much every single morning?"
words = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon"]), max_size=30)


def test_a_text_of_the_prompt_is_copied_whatever_its_case_and_punctuation():
    prompt = PromptWords(PROMPT, 8)
    assert prompt.holds("why does my left KNEE hurt; so much every single morning", 51)


def test_seven_words_of_the_prompt_are_not_enough():
    prompt = PromptWords(PROMPT, 8)
    assert not prompt.holds("does my left knee hurt so much", 51)
    assert prompt.holds("why does my left knee hurt so much", 51)


def test_a_text_with_enough_of_its_own_is_not_copied():
    prompt = PromptWords(PROMPT, 8)
    new = "a torn ligament would explain the swelling that you describe"
    assert not prompt.holds(f"why does my left knee hurt so much {new}", 51)
    assert prompt.holds(f"why does my left knee hurt so much {new[:40]}", 51)


def test_own_text_on_both_sides_is_not_added_up():
    prompt = PromptWords(PROMPT, 8)
    text = f"{'x' * 40} why does my left knee hurt so much {'y' * 40}"
    assert prompt.holds(text, 51)


def test_no_prompt_copies_nothing():
    assert not PromptWords(None, 8).holds(PROMPT, 51)
    assert not PromptWords("", 8).holds("", 51)


def test_without_a_prompt_no_text_is_cut_into_words(monkeypatch):
    monkeypatch.setattr("permille.audit.copied.WORD", None)
    assert not PromptWords("too short", 8).holds(PROMPT, 51)


@given(prompt=words, text=words, size=st.integers(1, 5))
def test_something_is_copied_only_where_a_run_is_in_both(prompt, text, size):
    runs = {tuple(prompt[i : i + size]) for i in range(len(prompt) - size + 1)}
    shared = any(tuple(text[i : i + size]) in runs for i in range(len(text) - size + 1))
    held = PromptWords(" ".join(prompt), size).holds(" ".join(text), 10_000)
    assert held == shared


@given(text=words, size=st.integers(1, 5))
def test_a_whole_prompt_is_copied_from_itself(text, size):
    joined = " ".join(text)
    assert PromptWords(joined, size).holds(joined, 1) == (len(text) >= size)
