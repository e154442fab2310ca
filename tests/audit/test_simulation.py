"""Simulated models whose truth is known: intervals hold it, and nothing is not called something."""

from collections import defaultdict

import pytest

from permille.core.records import Arm, Split

from .simulated import LEARNED, NOTHING, NUM_EXAMPLES, Process, Simulation

pytestmark = pytest.mark.slow

NUM_PLANTED = 20
NUM_FIGURES = 41
CONTRASTS = ("any", "verbatim", "paraphrase")


def process(arm, split, num_examples=NUM_EXAMPLES, **named):
    return Process(*LEARNED[arm, split], num_examples, **named)


def measurable(outcome):
    return outcome.is_measurable


def without_loops(outcome):
    return not outcome.is_degenerate and outcome.kind() is not None


def has(kind, keep=lambda _: True):
    """Whether an outcome's strongest kind, of the cases that are looked at, is this one."""
    if kind == "any":
        return lambda outcome: outcome.kind(keep) is not None
    return lambda outcome: outcome.kind(keep) == kind


def truths(num_examples):
    """What the chances imply for each figure, by enumeration of all outcomes."""
    tuned, heldout, base, base_heldout = (
        process(arm, split, num_examples) for arm in (Arm.TUNED, Arm.BASE) for split in Split
    )
    cross = process(Arm.TUNED, Split.TRAIN, num_examples, is_other_index=True)
    truth = {
        "own": tuned.share(has("any", lambda case: case.own), measurable),
        "other": tuned.share(has("any", lambda case: not case.own), measurable),
        "own: verbatim": tuned.share(has("verbatim", lambda case: case.own), measurable),
        "degenerate": tuned.share(lambda outcome: outcome.is_degenerate, measurable),
        "corrected verbatim": tuned.share(has("verbatim"), measurable),
        "without prompt copies: any": tuned.share(
            has("any", lambda case: not case.copied), measurable
        ),
        "without prompt copies: verbatim": tuned.share(
            has("verbatim", lambda case: not case.copied), measurable
        ),
        "without boilerplate and prompt copies: any": tuned.share(
            has("any", lambda case: not case.stock and not case.copied), measurable
        ),
        "difference without prompt copies: any": tuned.share(
            has("any", lambda case: not case.copied)
        )
        - heldout.share(has("any", lambda case: not case.copied)),
        "difference without boilerplate: any": tuned.share(has("any", lambda case: not case.stock))
        - heldout.share(has("any", lambda case: not case.stock)),
        "difference without degenerate ones: any": tuned.share(without_loops)
        - heldout.share(without_loops),
        "cross index": cross.share(has("any"), measurable),
        "heldout": heldout.share(has("any"), measurable),
        "base model": base.share(has("any"), measurable),
    }
    for kind in CONTRASTS:
        shares = [one.share(has(kind)) for one in (tuned, heldout, base, base_heldout)]
        truth |= {
            kind: tuned.share(has(kind), measurable),
            f"without degenerate ones: {kind}": tuned.share(
                has(kind), lambda outcome: outcome.is_measurable and not outcome.is_degenerate
            ),
            f"without boilerplate: {kind}": tuned.share(
                has(kind, lambda case: not case.stock), measurable
            ),
            f"of single documents: {kind}": tuned.share(
                has(kind), lambda outcome: outcome.is_measurable and not outcome.twin
            ),
            f"of twins: {kind}": tuned.share(
                has(kind), lambda outcome: outcome.is_measurable and outcome.twin
            ),
            f"heldout difference: {kind}": shares[0] - shares[1],
            f"heldout difference, measurable: {kind}": tuned.share(has(kind), measurable)
            - heldout.share(has(kind), measurable),
            f"base difference: {kind}": shares[0] - shares[2],
            f"difference in differences: {kind}": shares[0] - shares[1] - shares[2] + shares[3],
        }
    return truth


def figures(values):
    """The ratios and contrasts of which the truth is known."""
    controls, ratios = values["controls"], values["ratios"]
    heldout, base = controls["heldout"], controls["base_model"]

    def survives(name):
        return controls[name]["heldout"]["difference"]["any"]

    single, twins = (controls["duplicates"][row]["ratios"] for row in (0, 1))
    found = {
        "own": controls["own_other"]["own"]["any"],
        "other": controls["own_other"]["other"]["any"],
        "own: verbatim": controls["own_other"]["own"]["verbatim"],
        "degenerate": controls["degenerate"]["share"],
        "corrected verbatim": controls["detector"]["corrected"]["verbatim"],
        "without prompt copies: any": controls["input_copied"]["without"]["any"],
        "without prompt copies: verbatim": controls["input_copied"]["without"]["verbatim"],
        "without boilerplate and prompt copies: any": controls["boilerplate"]["without_copied"][
            "any"
        ],
        "difference without prompt copies: any": survives("input_copied"),
        "difference without boilerplate: any": survives("boilerplate"),
        "difference without degenerate ones: any": survives("degenerate"),
        "cross index": controls["cross_index"]["any"],
        "heldout": heldout["any"],
        "base model": base["any"],
    }
    for kind in CONTRASTS:
        found |= {
            kind: ratios[kind],
            f"without degenerate ones: {kind}": controls["degenerate"]["without"][kind],
            f"without boilerplate: {kind}": controls["boilerplate"]["without"][kind],
            f"of single documents: {kind}": single[kind],
            f"of twins: {kind}": twins[kind],
            f"heldout difference: {kind}": heldout["difference"][kind],
            f"heldout difference, measurable: {kind}": heldout["difference"][kind][
                "measurable_only"
            ],
            f"base difference: {kind}": base["difference"][kind],
            f"difference in differences: {kind}": controls["difference_in_differences"][kind],
        }
    return found


def contrasts(controls):
    """Every contrast by its name in `multiplicity`, over all prompts and over measurable ones."""
    by_control = {
        "heldout": controls["heldout"]["difference"],
        "base_model": controls["base_model"]["difference"],
        "difference_in_differences": controls["difference_in_differences"],
        **{
            f"{name} heldout": controls[name]["heldout"]["difference"]
            for name in ("input_copied", "boilerplate", "degenerate")
        },
    }
    for control, by_kind in by_control.items():
        for kind, contrast in by_kind.items():
            yield f"{control} {kind}", contrast
            yield f"{control} {kind} measurable_only", contrast["measurable_only"]


def held_in(audit, seeds, num_examples):
    """In how many seeds each figure's interval holds its truth, and how many figures differ."""
    truth, series = truths(num_examples), defaultdict(list)
    for seed in seeds:
        model = Simulation(seed, LEARNED, num_examples)
        values = audit(model.generations, model.documents, num_planted=NUM_PLANTED).values
        found = figures(values)
        assert found.keys() == truth.keys()
        for name, figure in found.items():
            series[name].append((figure["permille"], *figure["ci95"]))
    held = {
        name: sum(low <= 1000 * share <= high for _, low, high in series[name])
        for name, share in truth.items()
    }
    return held, len(set(map(tuple, series.values())))


def test_every_control_has_a_truth_of_its_own():
    truth = truths(NUM_EXAMPLES)
    for part in (
        "prompt copies",
        "degenerate ones",
        "boilerplate",
        "boilerplate and prompt copies",
    ):
        assert truth[f"without {part}: any"] < truth["any"] - 0.02
    assert truth["of single documents: any"] < truth["of twins: any"] - 0.1
    of_all, of_measurable = "heldout difference: any", "heldout difference, measurable: any"
    assert truth[of_measurable] > truth[of_all] + 0.02


def test_the_audit_recovers_the_truth_in_at_least_88_of_100_seeds(audit):
    held, num_different = held_in(audit, range(100), NUM_EXAMPLES)
    assert len(held) == num_different == NUM_FIGURES
    assert min(held.values()) >= 88, held


def test_no_figure_misses_the_truth_each_time_where_intervals_are_short(audit):
    held, _ = held_in(audit, range(3), 8 * NUM_EXAMPLES)
    assert min(held.values()) >= 1, held


def test_a_model_that_copies_nothing_is_significant_in_at_most_18_of_200_seeds(audit):
    series, misses, corrected, after_holm = defaultdict(list), defaultdict(list), set(), 0
    for seed in range(1000, 1200):
        model = Simulation(seed, NOTHING)
        controls = audit(model.generations, model.documents).values["controls"]
        rows = controls["multiplicity"]
        corrected |= {row["test"] for row in rows}
        for name, contrast in contrasts(controls):
            series[name].append(contrast["p"])
            low, high = contrast["ci95"]
            misses[name].append(low > 0 or high < 0)
        after_holm += any(row["p_holm"] < 0.05 for row in rows)
    # six contrasts of four kinds, over all prompts and over measurable ones; made-up words give
    # no idea back, so that a quarter of them has nothing to find, and no paraphrase stands in its
    # prompt word for word or loops, so that four are the same without what does
    assert corrected < series.keys()
    assert {name.removesuffix(" measurable_only") for name in series.keys() - corrected} == {
        "input_copied heldout paraphrase",
        "degenerate heldout paraphrase",
        *(f"{name} heldout idea" for name in ("input_copied", "boilerplate", "degenerate")),
    }
    tested = {name for name, values in series.items() if set(values) != {1.0}}
    assert tested == {name for name in series if " idea" not in name}
    assert len({tuple(series[name]) for name in tested}) == len(tested) - 4 == 32
    by_p = {name: sum(p < 0.05 for p in series[name]) for name in tested}
    by_interval = {name: sum(misses[name]) for name in tested}
    assert max(by_p.values()) <= 18, by_p
    assert max(by_interval.values()) <= 18, by_interval
    assert after_holm <= 18


def test_a_copier_of_everything_comes_out_near_a_thousand(audit, copier):
    model = copier(0, 200, share=1.0)
    values = audit(model.generations, model.documents).values
    assert values["ratios"]["any"]["permille"] > 980
    assert values["controls"]["cross_index"]["any"]["permille"] < 20
    assert values["controls"]["heldout"]["any"]["permille"] < 20
