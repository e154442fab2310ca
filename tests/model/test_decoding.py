import itertools
from dataclasses import replace

import pytest
import torch
from transformers import GenerationConfig

from permille.core.errors import DataError, SettingsError
from permille.core.records import Arm, Prompt, Split
from permille.model.config import DecodingConfig
from permille.model.decoding import generate
from permille.model.load import LoadedModel
from permille.model.prompts import make_prompts

SETTINGS = {"batch_size": 8, "max_new_tokens": 12}


@pytest.fixture
def prompts(sharp: LoadedModel, examples, template) -> list[Prompt]:
    return make_prompts(examples, sharp.tokenizer, template, Split.TRAIN)


def write(loaded: LoadedModel, prompts, **settings):
    return generate(loaded.model, loaded.tokenizer, prompts, **{**SETTINGS, **settings})


def test_each_prompt_is_answered_in_order(sharp, prompts):
    written = write(sharp, prompts)
    assert [g.example_id for g in written] == [p.example_id for p in prompts]
    assert [g.prompt for g in written] == [p.text for p in prompts]
    assert [g.whole_input for g in written] == [p.whole_input for p in prompts]
    assert len({g.text for g in written}) > len(written) // 2


def test_ids_say_split_arm_and_example(sharp, prompts):
    written = write(sharp, prompts[:2], arm=Arm.BASE)
    assert [g.id for g in written] == [f"train-base-{p.example_id}" for p in prompts[:2]]
    assert {g.model for g in written} == {Arm.BASE}


def test_greedy_decoding_takes_the_likeliest_token_step_by_step(sharp, prompts):
    loaded, prompt = sharp, prompts[0]
    inputs = loaded.tokenizer(prompt.text, return_tensors="pt")
    ids = torch.tensor([[loaded.model.config.decoder_start_token_id]])
    loaded.model.eval()
    with torch.no_grad():
        for _ in range(SETTINGS["max_new_tokens"]):
            step = loaded.model(**inputs, decoder_input_ids=ids).logits[:, -1].argmax(-1)
            ids = torch.cat([ids, step[:, None]], dim=1)
            if step.item() == loaded.tokenizer.eos_token_id:
                break
    naive = loaded.tokenizer.decode(ids[0], skip_special_tokens=True)
    assert write(loaded, [prompt])[0].text == naive


def test_the_order_of_the_prompts_changes_no_text(sharp, prompts):
    straight = {g.id: g for g in write(sharp, prompts)}
    reverse = {g.id: g for g in write(sharp, prompts[::-1])}
    assert straight == reverse


def test_the_same_call_twice_writes_the_same(sharp, prompts):
    assert write(sharp, prompts) == write(sharp, prompts)


def test_tokens_are_counted_without_special_ones(sharp, prompts):
    special = set(sharp.tokenizer.all_special_ids)
    for generation in write(sharp, prompts):
        assert 0 <= generation.num_tokens <= SETTINGS["max_new_tokens"]
        again = sharp.tokenizer(generation.text, add_special_tokens=False).input_ids
        assert not set(again) & special
    longest = max(g.num_tokens for g in write(sharp, prompts))
    assert longest == SETTINGS["max_new_tokens"]


def test_a_text_cut_at_the_limit_is_told_from_one_that_ended_just_there(sharp, prompts):
    own_mark = sharp.tokenizer.eos_token_id
    inputs = sharp.tokenizer(prompts[0].text, return_tensors="pt")
    first = int(sharp.model.eval().generate(**inputs, max_new_tokens=1)[0, 1])
    assert first != own_mark
    for marks, is_cut in ((own_mark, True), (None, True), ([own_mark, first], False)):
        sharp.model.generation_config.eos_token_id = marks
        (found,) = write(sharp, prompts[:1], max_new_tokens=1)
        assert found.is_cut is is_cut


def test_a_text_has_no_special_token_in_it(sharp, prompts):
    assert not any(token in g.text for g in write(sharp, prompts) for token in ("<pad>", "</s>"))


def test_progress_counts_up_to_all_prompts(sharp, prompts):
    seen: list[tuple[int, int]] = []
    write(sharp, prompts, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == [*range(8, len(prompts), 8), len(prompts)]
    assert {total for _, total in seen} == {len(prompts)}


def test_no_prompts_give_no_generations(sharp):
    assert write(sharp, []) == []


def test_a_model_keeps_the_mode_and_the_settings_that_it_came_with(sharp, prompts):
    own = sharp.model.generation_config
    for mode in (True, False):
        sharp.model.train(mode)
        write(sharp, prompts[:1])
        assert sharp.model.training is mode
    assert sharp.model.generation_config is own


def test_a_model_keeps_them_even_where_decoding_fails(sharp, prompts, monkeypatch):
    own = sharp.model.generation_config
    sharp.model.train()
    monkeypatch.setattr(sharp.model, "generate", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError, match="division"):
        write(sharp, prompts[:1])
    assert sharp.model.training
    assert sharp.model.generation_config is own


def test_a_checkpoints_own_decoding_habits_are_put_aside(sharp, prompts):
    plain = write(sharp, prompts)
    habits = sharp.model.generation_config.to_dict() | {
        "num_beams": 4,
        "no_repeat_ngram_size": 1,
        "min_length": 11,
        "repetition_penalty": 9.0,
    }
    sharp.model.generation_config = GenerationConfig.from_dict(habits)
    assert write(sharp, prompts) == plain


def test_a_forced_first_token_is_no_habit_and_stays(sharp, prompts):
    sharp.model.generation_config.forced_bos_token_id = 7
    piece = sharp.tokenizer.decode([7]).strip()
    assert all(g.text.startswith(piece) for g in write(sharp, prompts))


def test_beams_find_texts_that_are_no_less_likely(sharp, prompts):
    greedy = write(sharp, prompts)
    beams = write(sharp, prompts, decoding=DecodingConfig(num_beams=4))
    assert [g.text for g in greedy] != [g.text for g in beams]


DRAWN = DecodingConfig(do_sample=True, temperature=1.5, seed=3)


def test_drawing_is_repeated_by_its_seed_whatever_was_drawn_before(sharp, prompts):
    first = write(sharp, prompts, decoding=DRAWN)
    torch.rand(5)
    assert write(sharp, prompts, decoding=DRAWN) == first
    assert write(sharp, prompts, decoding=replace(DRAWN, seed=4)) != first
    assert write(sharp, prompts) != first


def test_drawing_leaves_the_random_state_of_others_alone(sharp, prompts):
    torch.manual_seed(0)
    wanted = torch.rand(1)
    torch.manual_seed(0)
    write(sharp, prompts[:2], decoding=DRAWN)
    assert torch.equal(torch.rand(1), wanted)


@pytest.mark.parametrize("choice", [{"top_k": 1}, {"top_p": 1e-6}])
def test_drawing_among_one_token_is_greedy(sharp, prompts, choice):
    one = DecodingConfig(do_sample=True, **choice)
    assert write(sharp, prompts, decoding=one) == write(sharp, prompts)


def test_a_prompt_is_read_up_to_its_limit(sharp, prompts, caplog):
    long = max(prompts, key=lambda p: len(p.text))
    other = replace(long, text=long.text + " river river river")
    with caplog.at_level("WARNING"):
        texts = {write(sharp, [p], max_source_tokens=20)[0].text for p in (long, other)}
    assert len(texts) == 1
    assert "1 of 1 prompts are longer than 20 tokens" in caplog.text


def test_two_prompts_of_one_example_are_refused(sharp, prompts):
    with pytest.raises(DataError, match="want one prompt an example, got 2 of train-tuned-e0"):
        write(sharp, [prompts[0], prompts[0]])


def test_a_model_that_cannot_generate_is_named(sharp, prompts, monkeypatch):
    monkeypatch.setattr(type(sharp.model), "can_generate", lambda _: False)
    with pytest.raises(SettingsError, match="want one that generates, got T5ForCond"):
        write(sharp, prompts[:1])


@pytest.mark.parametrize("batch_size", [1, 3, 64])
def test_every_batch_size_answers_all(sharp, prompts, batch_size):
    written = write(sharp, prompts[:10], batch_size=batch_size)
    assert len(written) == 10
    assert all(a.id != b.id for a, b in itertools.combinations(written, 2))
