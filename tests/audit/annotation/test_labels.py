"""Two simulated people, whose error rates are known, label the pairs of a program that errs too."""

from random import Random

import numpy as np
import orjson
import pytest

from permille.audit.annotation.labels import (
    describe_labels,
    read_labels,
)
from permille.audit.annotation.pairs import LABELS, Pair, draw_pairs
from permille.core.errors import DataError
from permille.core.records import KINDS_BY_STRENGTH, Kind
from permille.measure.ratio import wilson_ratio

KINDS = ("any", *map(str, KINDS_BY_STRENGTH))
TRUE_SHARES = {Kind.VERBATIM: 0.1, Kind.PARAPHRASE: 0.06, Kind.IDEA: 0.04, Kind.NONE: 0.8}


def another(label, random):
    return random.choice([one for one in LABELS if one is not label])


class World:
    """Pairs whose truth is known; the program finds 80 % of the cases and errs in 3 % of the rest.

    A person gives the true label with a chance of 1 - `error`, else another.
    """

    def __init__(self, seed, num_pairs=3000):
        self.random = Random(seed)
        kinds, shares = list(TRUE_SHARES), list(TRUE_SHARES.values())
        self.truth, self.pairs = {}, []
        for i in range(num_pairs):
            true = self.random.choices(kinds, shares)[0]
            found = true
            if true is not Kind.NONE and self.random.random() > 0.8:
                found = Kind.NONE
            if true is Kind.NONE and self.random.random() < 0.03:
                found = self.random.choice(list(KINDS_BY_STRENGTH))
            pair = Pair(f"g{i}", f"d{i}", found, str(found), self.random.random())
            self.pairs.append(pair)
            self.truth[pair.id] = true

    def person(self, drawn, error):
        labels = {}
        for pair in drawn:
            true = self.truth[pair.id]
            labels[pair.id] = another(true, self.random) if self.random.random() < error else true
        return labels

    def ratio(self, kind):
        found = [
            one.kind is not Kind.NONE if kind == "any" else one.kind == kind for one in self.pairs
        ]
        return wilson_ratio(sum(found), len(found))

    def figures(self, kind):
        """True precision, recall and ratio in per mille."""

        def holds(label):
            return label is not Kind.NONE if kind == "any" else label == kind

        claimed = [holds(self.truth[one.id]) for one in self.pairs if holds(one.kind)]
        true = [holds(one.kind) for one in self.pairs if holds(self.truth[one.id])]
        return 1000 * np.mean(claimed), 1000 * np.mean(true), 1000 * len(true) / len(self.pairs)

    def describe(self, people):
        ratios = {kind: self.ratio(kind) for kind in KINDS}
        return describe_labels(self.pairs, people, ratios)


class Crowd(World):
    """Generations with ten pairs each, of which several can be true, as in a run's top 10.

    A copied generation has one to six true pairs of its kind, which retrieval ranks first; the
    program finds each with a chance of 0.6, and errs in 0.4 % of the others.
    """

    def __init__(self, seed, num_generations=1500):
        self.random = Random(seed)
        kinds, shares = list(TRUE_SHARES), list(TRUE_SHARES.values())
        self.truth, self.pairs, self.kind_of = {}, [], {}
        for i in range(num_generations):
            self.kind_of[f"g{i}"] = true = self.random.choices(kinds, shares)[0]
            num_true = 0 if true is Kind.NONE else self.random.choice([1, 1, 2, 6])
            for rank in range(10):
                holds = rank < num_true
                found = true if holds and self.random.random() < 0.6 else Kind.NONE
                if not holds and self.random.random() < 0.004:
                    found = self.random.choice(list(KINDS_BY_STRENGTH))
                pair = Pair(
                    f"g{i}", f"d{rank}", found, str(found), 10 - rank + self.random.random()
                )
                self.pairs.append(pair)
                self.truth[pair.id] = true if holds else Kind.NONE

    def found_kinds(self):
        found = dict.fromkeys(self.kind_of, Kind.NONE)
        for kind in reversed(KINDS_BY_STRENGTH):
            found.update((one.generation_id, kind) for one in self.pairs if one.kind is kind)
        return found

    def ratio(self, kind):
        found = [holds_kind(one, kind) for one in self.found_kinds().values()]
        return wilson_ratio(sum(found), len(found))

    def figures(self, kind):
        """True precision, recall and ratio of generations in per mille."""
        found = {name: holds_kind(one, kind) for name, one in self.found_kinds().items()}
        true = {name: holds_kind(one, kind) for name, one in self.kind_of.items()}
        both = sum(true[name] and found[name] for name in true)
        precision, recall = both / sum(found.values()), both / sum(true.values())
        return 1000 * precision, 1000 * recall, 1000 * sum(true.values()) / len(true)


def holds_kind(label, kind):
    return label is not Kind.NONE if kind == "any" else label == kind


def holds(ratio, truth):
    low, high = ratio["ci95"]
    return low - 1e-9 <= truth <= high + 1e-9


@pytest.mark.parametrize("kind_of_world", [World, Crowd])
def test_people_who_do_not_err_give_the_true_figures_back_within_the_intervals(kind_of_world):
    hits = {"precision": [], "recall": [], "corrected": []}
    for seed in range(20):
        world = kind_of_world(seed)
        drawn = draw_pairs(world.pairs, 400, seed)
        found = world.describe({"A": world.person(drawn, 0)})["people"]["A"]
        for kind in KINDS:
            for name, truth in zip(hits, world.figures(kind), strict=True):
                hits[name].append(holds(found[kind][name], truth))
    assert {name: np.mean(one) >= 0.88 for name, one in hits.items()} == dict.fromkeys(hits, True)


def test_a_generation_copied_from_ten_documents_is_one_generation():
    pairs = [
        Pair(f"g{i}", f"d{k}", Kind.VERBATIM, "verbatim", 9.0 - k)
        for i in range(50)
        for k in range(10)
    ]
    pairs += [Pair(f"g{i}", "d0", Kind.VERBATIM, "verbatim", 5.0) for i in range(50, 150)]
    pairs += [Pair(f"g{i}", "d0", Kind.NONE, "none", 5.0) for i in range(150, 1000)]
    ratios = dict.fromkeys(KINDS, wilson_ratio(150, 1000))
    held = 0
    for seed in range(40):
        labels = {
            one.id: Kind.VERBATIM if int(one.generation_id[1:]) < 50 else Kind.NONE
            for one in draw_pairs(pairs, 200, seed)
        }
        found = describe_labels(pairs, {"A": labels}, ratios)["people"]["A"]["verbatim"]
        held += holds(found["corrected"], 50) and holds(found["precision"], 1000 / 3)
    assert held >= 36


def test_two_people_of_known_error_rates_have_the_kappa_that_follows_from_them():
    world = World(0)
    drawn = draw_pairs(world.pairs, 600, seed=0)
    people = {"A": world.person(drawn, 0.1), "B": world.person(drawn, 0.2)}
    found = world.describe(people)
    # both right, or both wrong in the same one of three ways
    agreed = 0.9 * 0.8 + 0.1 * 0.2 / 3
    marginals = [
        np.array([sum(label is one for label in labels.values()) for one in LABELS]) / 600
        for labels in people.values()
    ]
    by_chance = float(marginals[0] @ marginals[1])
    (kappa,) = found["kappa"]
    assert kappa["between"] == ["A", "B"]
    assert kappa["n"] == found["labeled_by_all"] == 600
    low, high = kappa["ci95"]
    assert low <= (agreed - by_chance) / (1 - by_chance) <= high


def test_what_both_agree_on_is_nearer_to_the_truth_than_either():
    world = World(1)
    drawn = draw_pairs(world.pairs, 600, seed=0)
    people = {"A": world.person(drawn, 0.15), "B": world.person(drawn, 0.15)}
    found = world.describe(people)
    true_precision, _, _ = world.figures("any")

    def distance(side):
        return abs(side["any"]["precision"]["permille"] - true_precision)

    assert distance(found["agreed"]) < max(map(distance, found["people"].values()))


def test_pairs_that_only_one_person_labeled_are_no_agreement():
    world = World(2)
    drawn = draw_pairs(world.pairs, 50, seed=0)
    people = {"A": world.person(drawn[:30], 0), "B": world.person(drawn[20:], 0)}
    found = world.describe(people)
    assert (found["items"], found["labeled_by_all"], found["agreed_by_all"]) == (50, 10, 10)
    assert found["kappa"][0]["n"] == 10


def labels_file(path, *lines):
    path.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    return path


def test_a_file_of_labels_is_read_and_open_pairs_are_passed_over(tmp_path):
    path = labels_file(
        tmp_path / "A.jsonl", {"id": "a", "label": "idea"}, {"id": "b", "label": None}
    )
    assert read_labels(path) == {"a": Kind.IDEA}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([{"id": "a", "label": "copied"}], r'A.jsonl, line 1: want one of .* in "label"'),
        ([{"id": "a", "label": "idea"}] * 2, r"A.jsonl, line 2: the id 'a' stood in an earlier"),
        ([{"id": "a", "label": None}], r"A.jsonl: want labels, got none; label the pairs"),
        ([{"label": "idea"}], r'A.jsonl, line 1: want a text in "id"'),
    ],
)
def test_a_wrong_file_of_labels_is_named(tmp_path, lines, message):
    with pytest.raises(DataError, match=message):
        read_labels(labels_file(tmp_path / "A.jsonl", *lines))
