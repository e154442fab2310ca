"""Simulated models whose truth is known: intervals hold it, and nothing is not called something."""

from collections import Counter

import pytest

pytestmark = pytest.mark.slow

NUM_PROMPTS = 50
SHARE, BASE_SHARE, PARAPHRASE_SHARE, STOCK_SHARE = 0.4, 0.1, 0.25, 0.3
NUM_PLANTED = 20
COPIED = SHARE * (1 - PARAPHRASE_SHARE)
ANY = 1 - (1 - SHARE) * (1 - STOCK_SHARE)
VERBATIM = 1 - (1 - COPIED) * (1 - STOCK_SHARE)
TRUTH = {
    "any": ANY,
    "verbatim": VERBATIM,
    "paraphrase": SHARE * PARAPHRASE_SHARE * (1 - STOCK_SHARE),
    "own": SHARE + (1 - SHARE) * STOCK_SHARE**2,
    "other": STOCK_SHARE,
    "all kinds: verbatim": VERBATIM,
    "all kinds: paraphrase": SHARE * PARAPHRASE_SHARE,
    "without prompt copies": ANY,
    "without degenerate ones": ANY,
    "of unique documents": ANY,
    "without boilerplate: any": SHARE,
    "without boilerplate: verbatim": COPIED,
    "without boilerplate: paraphrase": SHARE * PARAPHRASE_SHARE,
    "corrected verbatim": VERBATIM,
    "cross index": STOCK_SHARE,
    "heldout": STOCK_SHARE,
    "heldout difference": SHARE * (1 - STOCK_SHARE),
    "heldout difference, verbatim": COPIED * (1 - STOCK_SHARE),
    "base model": 1 - (1 - BASE_SHARE) * (1 - STOCK_SHARE),
    "base difference": (SHARE - BASE_SHARE) * (1 - STOCK_SHARE),
    "difference in differences": SHARE * (1 - STOCK_SHARE),
}
"""The chance behind each figure; stock text matches whatever the model has learned."""


def figures(values):
    """The ratios and contrasts of which the truth is known."""
    controls, ratios = values["controls"], values["ratios"]
    without = controls["boilerplate"]["without"]
    heldout, base = controls["heldout"], controls["base_model"]
    return {
        "any": ratios["any"],
        "verbatim": ratios["verbatim"],
        "paraphrase": ratios["paraphrase"],
        "own": controls["own_other"]["own"]["any"],
        "other": controls["own_other"]["other"]["any"],
        "all kinds: verbatim": controls["all_kinds"]["verbatim"],
        "all kinds: paraphrase": controls["all_kinds"]["paraphrase"],
        "without prompt copies": controls["input_copied"]["without"]["any"],
        "without degenerate ones": controls["degenerate"]["without"]["any"],
        "of unique documents": controls["duplicates"][0]["ratios"]["any"],
        "without boilerplate: any": without["any"],
        "without boilerplate: verbatim": without["verbatim"],
        "without boilerplate: paraphrase": without["paraphrase"],
        "corrected verbatim": controls["detector"]["corrected"]["verbatim"],
        "cross index": controls["cross_index"]["any"],
        "heldout": heldout["any"],
        "heldout difference": heldout["difference"]["any"],
        "heldout difference, verbatim": heldout["difference"]["verbatim"],
        "base model": base["any"],
        "base difference": base["difference"]["any"],
        "difference in differences": controls["difference_in_differences"]["any"],
    }


def contrasts(controls):
    """Every contrast by its name in `multiplicity`, over all prompts and over measurable ones."""
    by_control = {
        "heldout": controls["heldout"]["difference"],
        "base_model": controls["base_model"]["difference"],
        "difference_in_differences": controls["difference_in_differences"],
    }
    for control, by_kind in by_control.items():
        for kind, contrast in by_kind.items():
            yield f"{control} {kind}", contrast
            yield f"{control} {kind} measurable_only", contrast["measurable_only"]


def test_the_audit_recovers_the_truth_in_at_least_88_of_100_seeds(audit, copier):
    held = Counter()
    for seed in range(100):
        model = copier(
            seed,
            NUM_PROMPTS,
            share=SHARE,
            base_share=BASE_SHARE,
            paraphrase_share=PARAPHRASE_SHARE,
            stock_share=STOCK_SHARE,
        )
        values = audit(model.generations, model.documents, num_planted=NUM_PLANTED).values
        found = figures(values)
        assert found.keys() == TRUTH.keys()
        for name, share in TRUTH.items():
            low, high = found[name]["ci95"]
            held[name] += low <= 1000 * share <= high
    assert min(held[name] for name in TRUTH) >= 88, held


def test_a_model_that_copies_nothing_is_significant_in_at_most_18_of_200_seeds(audit, copier):
    by_p, by_interval, after_holm = Counter(), Counter(), 0
    for seed in range(1000, 1200):
        model = copier(seed, NUM_PROMPTS, share=0, stock_share=STOCK_SHARE)
        controls = audit(model.generations, model.documents).values["controls"]
        rows = controls["multiplicity"]
        for row in rows:
            by_p[row["test"]] += row["p"] < 0.05
        for name, contrast in contrasts(controls):
            low, high = contrast["ci95"]
            by_interval[name] += low > 0 or high < 0
        after_holm += any(row["p_holm"] < 0.05 for row in rows)
    # three contrasts of four kinds, over all prompts and over measurable ones
    assert by_p.keys() == by_interval.keys()
    assert len(by_p) == 24
    assert max(by_p.values()) <= 18, by_p
    assert max(by_interval.values()) <= 18, by_interval
    assert after_holm <= 18


def test_a_copier_of_everything_comes_out_near_a_thousand(audit, copier):
    model = copier(0, 200, share=1.0)
    values = audit(model.generations, model.documents).values
    assert values["ratios"]["any"]["permille"] > 980
    assert values["controls"]["cross_index"]["any"]["permille"] < 20
    assert values["controls"]["heldout"]["any"]["permille"] < 20
