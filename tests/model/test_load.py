import torch

from permille.model.checkpoints import export
from permille.model.config import ModelConfig
from permille.model.load import load_model


def test_mini_learns_its_tokenizer_from_the_texts(mini_config):
    texts = ["zyx wvu zyx wvu"] * 5
    loaded = load_model(mini_config, texts, seed=0)
    ids = loaded.tokenizer("zyx wvu").input_ids
    assert loaded.from_scratch
    assert loaded.tokenizer.unk_token_id not in ids
    assert loaded.model.config.vocab_size == len(loaded.tokenizer)


def test_mini_is_the_same_for_the_same_texts_and_seed(mini, mini_config, examples, template):
    texts = [template.replace("{input}", e.input) for e in examples]
    again = load_model(mini_config, texts + [e.target for e in examples], seed=1)
    assert again.tokenizer.get_vocab() == mini.tokenizer.get_vocab()
    state, wanted = again.model.state_dict(), mini.model.state_dict()
    assert all(torch.equal(state[name], wanted[name]) for name in wanted)


def test_a_pretrained_model_reads_no_texts(mini, tmp_path):
    export(mini.model, mini.tokenizer, tmp_path / "model")

    def untouched():
        raise RuntimeError
        yield

    config = ModelConfig(source="pretrained", name=str(tmp_path / "model"))
    loaded = load_model(config, untouched(), seed=0)
    assert not loaded.from_scratch
    assert loaded.model.num_parameters() == mini.model.num_parameters()
