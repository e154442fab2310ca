import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer

from permille.model.tokenizer import train_tokenizer

TEXTS = [
    "The doctor said that the fever would pass.",
    "Ein Mann steht am Fluss; der Fluss ist tief.",
    "A fever, said the doctor, is not an illness.",
] * 3

IN_A_PROCESS = """
import json, sys
from permille.model.tokenizer import train_tokenizer
print(train_tokenizer(json.loads(sys.argv[1]), 260).backend_tokenizer.to_str())
"""


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS, 200)


def test_the_same_texts_give_the_same_tokenizer_in_every_process():
    serialized = {
        subprocess.run(
            [sys.executable, "-c", IN_A_PROCESS, json.dumps(TEXTS)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    }
    assert len(serialized) == 1
    assert json.loads(serialized.pop())["model"]["type"] == "Unigram"


def test_special_tokens_are_numbered_as_in_t5(tokenizer):
    assert (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id) == (0, 1, 2)


def test_an_encoding_ends_with_the_end_token(tokenizer):
    assert tokenizer("the doctor").input_ids[-1] == tokenizer.eos_token_id
    assert tokenizer.eos_token_id not in tokenizer("the doctor", add_special_tokens=False).input_ids


@pytest.mark.parametrize("text", TEXTS[:3])
def test_texts_that_it_learned_from_survive_encoding_and_decoding(tokenizer, text):
    assert tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True) == text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(alphabet=sorted(set("".join(TEXTS)) - {" "}), min_size=1), min_size=1))
def test_any_text_of_known_characters_survives_encoding_and_decoding(tokenizer, words):
    text = " ".join(words)
    assert tokenizer.decode(tokenizer(text).input_ids, skip_special_tokens=True) == text


def test_an_unknown_character_is_the_unknown_token(tokenizer):
    assert tokenizer.unk_token_id in tokenizer("Ω").input_ids


@pytest.mark.parametrize("vocab_size", [60, 80, 120])
def test_the_vocabulary_keeps_to_its_size(vocab_size):
    assert len(train_tokenizer(TEXTS, vocab_size)) <= vocab_size


def test_every_character_has_a_piece_even_beyond_the_size():
    text = "".join(chr(0x4E00 + number) for number in range(50))
    small = train_tokenizer([text], 10)
    assert small.unk_token_id not in small(text).input_ids


def test_more_pieces_make_shorter_encodings():
    lengths = [
        sum(len(train_tokenizer(TEXTS, size)(text).input_ids) for text in TEXTS)
        for size in (40, 200)
    ]
    assert lengths[0] > lengths[1]


def test_a_saved_tokenizer_encodes_as_before(tokenizer, tmp_path):
    tokenizer.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    for text in [*TEXTS, "  two  blanks", "new\nline", "unknown Ω"]:
        assert again(text).input_ids == tokenizer(text).input_ids


@pytest.mark.parametrize("name", ["<pad>", "</s>", "<unk>"])
def test_the_name_of_a_control_token_in_a_text_is_text(name):
    text = f"The {name} would pass{name}{name}, said {name}"
    tokenizer = train_tokenizer([*TEXTS, text], 200)
    ids = tokenizer(text).input_ids
    assert [one for one in ids if one in tokenizer.all_special_ids] == [tokenizer.eos_token_id]
    assert tokenizer.decode(ids, skip_special_tokens=True) == text


def test_the_name_of_a_control_token_that_was_never_seen_is_unknown_text(tokenizer):
    ids = tokenizer("pass </s>", add_special_tokens=False).input_ids
    assert set(ids) & set(tokenizer.all_special_ids) == {tokenizer.unk_token_id}
