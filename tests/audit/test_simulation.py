"""Simulated models whose truth is known: intervals hold it, and nothing is not called something."""

from collections import Counter

import pytest

pytestmark = pytest.mark.slow

NUM_PROMPTS = 50
SHARE, BASE_SHARE, PARAPHRASE_SHARE, STOCK_SHARE = 0.4, 0.1, 0.25, 0.3
TRUTH = {
    "any": 1 - (1 - SHARE) * (1 - STOCK_SHARE),
    "own": SHARE + (1 - SHARE) * STOCK_SHARE**2,
    "without boilerplate: any": SHARE,
    "without boilerplate: verbatim": SHARE * (1 - PARAPHRASE_SHARE),
    "without boilerplate: paraphrase": SHARE * PARAPHRASE_SHARE,
    "heldout": STOCK_SHARE,
    "heldout difference": SHARE * (1 - STOCK_SHARE),
    "base difference": (SHARE - BASE_SHARE) * (1 - STOCK_SHARE),
    "difference in differences": SHARE * (1 - STOCK_SHARE),
}
"""The chance behind each figure; stock text matches whatever the model has learned."""


def figures(values):
    """The ratios and contrasts of which the truth is known."""
    controls = values["controls"]
    without = controls["boilerplate"]["without"]
    return {
        "any": values["ratios"]["any"],
        "own": controls["own_other"]["own"]["any"],
        "without boilerplate: any": without["any"],
        "without boilerplate: verbatim": without["verbatim"],
        "without boilerplate: paraphrase": without["paraphrase"],
        "heldout": controls["heldout"]["any"],
        "heldout difference": controls["heldout"]["difference"]["any"],
        "base difference": controls["base_model"]["difference"]["any"],
        "difference in differences": controls["difference_in_differences"]["any"],
    }


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
        found = figures(audit(model.generations, model.documents).values)
        for name, share in TRUTH.items():
            low, high = found[name]["ci95"]
            held[name] += low <= 1000 * share <= high
    assert min(held[name] for name in TRUTH) >= 88, held


def test_a_model_that_copies_nothing_is_significant_in_at_most_18_of_200_seeds(audit, copier):
    significant = Counter()
    for seed in range(1000, 1200):
        model = copier(seed, NUM_PROMPTS, share=0, stock_share=STOCK_SHARE)
        controls = audit(model.generations, model.documents).values["controls"]
        rows = controls["multiplicity"]
        for row in rows:
            significant[row["test"]] += row["p"] < 0.05
        significant["any test after Holm's correction"] += any(row["p_holm"] < 0.05 for row in rows)
    # three contrasts of four kinds, over all prompts and over measurable ones, and all together
    assert len(significant) == 25
    assert max(significant.values()) <= 18, significant


def test_a_copier_of_everything_comes_out_near_a_thousand(audit, copier):
    model = copier(0, 200, share=1.0)
    values = audit(model.generations, model.documents).values
    assert values["ratios"]["any"]["permille"] > 980
    assert values["controls"]["cross_index"]["any"]["permille"] < 20
    assert values["controls"]["heldout"]["any"]["permille"] < 20
