"""Every judge can stand where the protocol is asked for."""

import pytest

from permille.judge.config import JudgeConfig
from permille.judge.cross_encoder import CrossEncoderJudge
from permille.judge.entities import EntityCheckedJudge
from permille.judge.lexical import LexicalJudge
from permille.judge.protocol import Judge


class NoEntities:
    def entities(self, texts):
        return [frozenset()] * len(texts)


@pytest.mark.parametrize("kind", ["lexical", "entities", "cross_encoder"])
def test_a_judge_gives_one_probability_a_pair_in_order(kind, tiny_bert):
    judge: Judge
    match kind:
        case "lexical":
            judge = LexicalJudge()
        case "entities":
            judge = EntityCheckedJudge(LexicalJudge(), NoEntities())
        case _:
            judge = CrossEncoderJudge(JudgeConfig(kind="cross_encoder", name=str(tiny_bert())))
    pairs = [("a dog barks", "a dog barks"), ("a dog barks", "the cat ran off"), ("x", "x")]
    probabilities = judge.probabilities(pairs)
    assert len(probabilities) == 3
    assert probabilities[0] == probabilities[2] == 1.0
    assert 0 <= probabilities[1] <= 1
    assert judge.probabilities([]) == []
