"""The small audit that is repeated while a model trains."""

from dataclasses import replace

from permille.core.records import Kind
from permille.model.module import Seq2SeqModule
from permille.run.epoch_audit import SmallAudit
from permille.run.loading import Loaded

from .conftest import train_settings


def test_it_asks_a_fixed_draw_and_counts_what_is_given_back(loaded: Loaded) -> None:
    settings = train_settings("audit.epoch_num_prompts=5", "audit.max_new_tokens=40")
    told: list[tuple[str, int, int]] = []
    audit = SmallAudit(replace(loaded, settings=settings), lambda *one: told.append(one))
    module = Seq2SeqModule(loaded.model, settings.model)
    first, again = audit(module, 3), audit(module, 4)
    assert first is not None
    assert first == again
    assert len(first.kinds) <= 5
    assert set(first.kinds) <= set(Kind)
    assert first.ngram_overlap is None or 0 <= first.ngram_overlap <= 1
    assert [one[0] for one in told] == ["audit, epoch 3", "audit, epoch 4"]
