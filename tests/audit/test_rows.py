"""From findings to the row that is counted."""

import pytest

from permille.audit.rows import CROSS, CUT, MAIN, RowMaker, first_tokens_way, lines_of
from permille.audit.spread import SplitSpread
from permille.audit.survey import Cut
from permille.core.records import Document, Generation, Kind

LONG = "a generation that is long enough to be measured, since it has over fifty characters"


def maker(**named):
    values = {"least_chars": 51, "cut": Cut(0), "spread": SplitSpread(51)}
    return RowMaker(**{**values, **named})


def test_the_strongest_finding_decides(make_finding, make_case):
    idea, verbatim = make_finding(make_case(Kind.IDEA)), make_finding(rank=3)
    row, headline = maker().row(Generation("g", LONG), [idea, verbatim])
    assert headline is verbatim
    assert row.kind(MAIN) is Kind.VERBATIM
    assert row.every_kind == {Kind.VERBATIM, Kind.IDEA}


def test_as_published_the_first_hit_decides(make_finding, make_case):
    idea, verbatim = make_finding(make_case(Kind.IDEA)), make_finding(rank=3)
    row, headline = maker(is_paper=True).row(Generation("g", "short"), [verbatim, idea])
    assert headline is idea
    assert row.kind(MAIN) is Kind.IDEA
    assert row.is_measured
    assert not row.is_measurable


def test_as_published_a_repeated_prompt_does_not_count_again(make_finding):
    published = maker(is_paper=True)
    prompts = ["p", "q", "p", None, None]
    kinds = [
        published.row(Generation(f"g{i}", LONG, prompt=prompt), [make_finding()])[0].kind(MAIN)
        for i, prompt in enumerate(prompts)
    ]
    assert kinds == [Kind.VERBATIM, Kind.VERBATIM, Kind.NONE, Kind.VERBATIM, Kind.VERBATIM]


def test_otherwise_a_repeated_prompt_counts(make_finding):
    mended = maker()
    for name in "ab":
        row, _ = mended.row(Generation(name, LONG, prompt="p"), [make_finding()])
        assert row.kind(MAIN) is Kind.VERBATIM


def test_a_short_generation_has_no_kind(make_finding):
    row, headline = maker().row(Generation("g", "x" * 50), [make_finding()])
    assert (headline, row.kind(MAIN), row.is_measured) == (None, Kind.NONE, False)


def test_a_confirmed_first_hit_is_confident(make_finding, make_case):
    for confirmed in (True, False):
        finding = make_finding(make_case(Kind.PARAPHRASE, confirmed=confirmed))
        row, headline = maker(is_paper=True).row(Generation("g", LONG), [finding])
        assert headline is finding
        assert row.is_confident is confirmed


def test_a_low_paraphrase_is_noticed(make_finding, make_case):
    finding = make_finding(make_case(Kind.PARAPHRASE, confirmed=False))
    row, headline = maker().row(Generation("g", LONG), [finding])
    assert row.is_low_paraphrase
    assert headline is None
    row, _ = maker().row(Generation("g", LONG), [finding, make_finding(rank=1)])
    assert not row.is_low_paraphrase


@pytest.mark.parametrize(
    ("way", "kind"),
    [
        ("own", Kind.PARAPHRASE),
        ("other", Kind.VERBATIM),
        ("not_copied", Kind.PARAPHRASE),
        ("not_boilerplate", Kind.IDEA),
        ("own_words", Kind.IDEA),
        (CUT, Kind.IDEA),
        (CROSS, Kind.VERBATIM),
    ],
)
def test_each_way_looks_at_its_own_cases(make_finding, make_case, way, kind):
    found = [
        make_finding(make_case(Kind.PARAPHRASE, boilerplate=True), own=True, rank=0, views=(MAIN,)),
        make_finding(
            make_case(Kind.VERBATIM, copied=True, boilerplate=True), rank=1, views=(MAIN, CROSS)
        ),
        make_finding(make_case(Kind.IDEA, num_examples=9), rank=2, views=(MAIN, CUT)),
    ]
    row, _ = maker(cut=Cut(0, frozenset())).row(Generation("g", LONG), found)
    assert row.kind(way) is kind


def test_a_prompt_copy_beside_stock_text_survives_each_way_alone_and_not_both(
    make_finding, make_case
):
    copy = make_finding(make_case(Kind.VERBATIM, copied=True))
    stock = make_finding(make_case(Kind.VERBATIM, boilerplate=True), rank=1)
    row, _ = maker().row(Generation("g", LONG), [copy, stock])
    assert row.kind("not_copied") is row.kind("not_boilerplate") is Kind.VERBATIM
    assert row.kind("own_words") is Kind.NONE


@pytest.mark.parametrize("text", [LONG, "again and again " * 20])
def test_a_generation_that_repeats_itself_has_no_case_without_those(make_finding, text):
    row, _ = maker().row(Generation("g", text), [make_finding()])
    kind = Kind.NONE if row.is_degenerate else Kind.VERBATIM
    assert row.is_degenerate == (text != LONG)
    assert (row.kind(MAIN), row.kind("not_loop"), row.kind("not_loop_cut")) == (
        Kind.VERBATIM,
        kind,
        kind,
    )


def test_without_a_cut_its_view_is_the_main_one(make_finding):
    row, _ = maker().row(Generation("g", LONG), [make_finding()])
    assert row.kind(CUT) is Kind.VERBATIM


def test_only_what_lies_in_the_first_tokens_counts_there(make_finding, make_case):
    text = "x" * 640
    found = [
        make_finding(make_case(Kind.VERBATIM, 300, 400)),
        make_finding(make_case(Kind.IDEA, 100, 151), rank=1),
    ]
    row, _ = maker().row(Generation("g", text, num_tokens=128), found)
    kinds = [row.kind(first_tokens_way(n)) for n in (32, 64, 128)]
    assert kinds == [Kind.IDEA, Kind.IDEA, Kind.VERBATIM]
    assert row.kind(MAIN) is Kind.VERBATIM


def test_a_run_cut_off_by_the_last_token_has_to_be_long_enough(make_finding, make_case):
    for start, kind in ((109, Kind.VERBATIM), (110, Kind.NONE)):
        found = [make_finding(make_case(start=start, end=300))]
        row, _ = maker().row(Generation("g", "x" * 640, num_tokens=128), found)
        assert row.kind(first_tokens_way(32)) is kind


def test_a_row_knows_its_generation():
    spread = SplitSpread(10)
    text = "the very same words stand in both of these"
    spread.scan([Document("a", text, "e1"), Document("b", text, "e2")])
    generation = Generation("g", "word " * 40, "qa", "e2", prompt="p", whole_input=True)
    row, _ = maker(spread=spread).row(generation, [])
    assert (row.task, row.unit, row.group, row.num_examples) == ("qa", "example e2", "e1", 2)
    assert (row.num_tokens, row.counts_tokens, row.num_chars) == (40, False, 200)
    assert row.is_whole_input
    assert row.is_degenerate
    assert row.has_prompt
    assert row.has_example


def test_lines_stand_by_rank_with_one_headline(make_finding):
    found = [make_finding(rank=2), make_finding(rank=0), make_finding(views=("cross",), rank=1)]
    lines = lines_of(Generation("g", LONG), found, found[0])
    assert [(line["rank"], line["headline"]) for line in lines] == [(0, False), (2, True)]
