"""The whole audit, on texts whose truth is known."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.audit.files import (
    read_documents,
    read_generations,
    write_documents,
    write_generations,
)
from permille.core.errors import DataError
from permille.core.records import Arm, Document, Generation, Part, Split
from permille.retrieve.config import RetrieveConfig
from permille.retrieve.tantivy import TantivyRetriever

KINDS = ("verbatim", "paraphrase", "idea")


def published_counts(generations, documents, judge, corpus_of, top_k=10):
    """The published counting, said again as plainly as it goes."""
    aligner = Aligner(AlignConfig.paper())
    asked = [g for g in generations if g.split is Split.TRAIN and g.model is Arm.TUNED]
    corpus = corpus_of(
        d for d in documents if d.split is Split.TRAIN and d.part in (None, Part.SUFFIX)
    )
    counts, seen = Counter(), set()
    for generation in asked:
        if generation.prompt is not None and generation.prompt in seen:
            continue
        seen.add(generation.prompt)
        for hit in corpus.search([generation.text], top_k)[0]:
            document = corpus.documents[hit.document_id]
            found = aligner.align(document.text, generation.text)
            if found.cases:
                counts[str(found.kind)] += 1
                break
    return counts, len(asked)


def garbled(text, rng):
    """Leave out every sixth word and swap some, so that only a paraphrase is left."""
    words = [word for i, word in enumerate(text.split()) if i % 6 != 5]
    for at in range(1, len(words) - 1, 4):
        words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def mixed_texts(writer, size=30):
    """Documents of every part, and generations that give some of them back in several ways."""
    documents, generations = [], []
    for i in range(size):
        text = writer.text(6)
        part = [Part.SUFFIX, Part.TARGET, Part.INPUT, None][i % 4]
        documents.append(Document(f"d{i:02}", text, f"e{i}", part, Split.TRAIN, "made"))
    for i, document in enumerate(documents):
        text = [
            document.text[:150],
            garbled(document.text, writer.rng),
            writer.text(2),
            document.text[:40],
            f"{document.text[:90]} {documents[i - 4].text[:90]}",
        ][i % 5]
        prompt = [f"p{i}", None, "the same"][i % 3]
        generations.append(Generation(f"g{i}", text, "made", f"e{i}", prompt=prompt))
    return generations, documents


@pytest.mark.parametrize("seed", range(3))
def test_paper_equals_the_published_counting(audit, new_writer, corpus_of, seed, shared):
    generations, documents = mixed_texts(new_writer(seed))
    found = audit(generations, documents, name="paper", align=AlignConfig.paper())
    counts, of = published_counts(generations, documents, None, corpus_of)
    assert {kind: found.counts[kind] for kind in KINDS} == {kind: counts[kind] for kind in KINDS}
    assert found.values["ratios"]["any"]["of"] == of
    assert sum(counts.values()) > 5
    assert Counter(line["kind"] for line in found.headlines) == counts


def test_paper_has_no_controls_and_says_so(audit, writer, shared):
    generations, documents = mixed_texts(writer)
    values = audit(generations, documents, name="paper", align=AlignConfig.paper()).values
    assert values["audit"] == "paper"
    assert values["controls"] == {}
    assert values["ratios"]["paraphrase_confident"] == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "there was no judge (judge=none)",
    }


def test_paper_counts_every_paraphrase_and_the_confident_ones_again(
    audit, writer, word_judge, shared
):
    document = Document("d", writer.text(6), part=Part.SUFFIX)
    texts = [garbled(document.text, writer.rng), document.text[:150], writer.text(2)]
    generations = [Generation(f"g{i}", text) for i, text in enumerate(texts)]
    for threshold, confident in ((0.0, 1), (0.99, 0)):
        found = audit(
            generations,
            [document],
            name="paper",
            align=AlignConfig.paper(),
            judge=word_judge,
            judge_threshold=threshold,
        )
        assert found.counts == {
            "any": 2,
            "verbatim": 1,
            "paraphrase": 1,
            "idea": 0,
            "paraphrase_confident": confident,
        }


def test_paper_hands_the_document_over_as_the_suspicious_text(audit, writer, shared):
    document = Document("d", writer.text(3), part=Part.SUFFIX)
    generation = Generation("g", writer.sentence() + " " + document.text[5:140])
    line = audit([generation], [document], name="paper", align=AlignConfig.paper()).lines[0]
    (case,) = line["cases"]
    own, other = (
        generation.text[slice(*case["generation"])],
        document.text[slice(*case["document"])],
    )
    assert own[-40:] == other[-40:]
    assert case["document"][0] < case["generation"][0]


def test_the_ratios_are_the_share_that_was_copied(audit, copier):
    model = copier(seed=1)
    found = audit(model.generations, model.documents)
    copied = model.num_copied(Arm.TUNED, Split.TRAIN)
    assert found.counts == {"any": copied, "verbatim": copied, "paraphrase": 0, "idea": 0}
    assert found.values["ratios"]["any"]["of"] == model.num_prompts
    assert copied > 4


def test_the_kinds_add_up_to_any_and_every_counted_generation_has_one_headline(
    audit, writer, word_judge
):
    generations, documents = mixed_texts(writer, 60)
    found = audit(generations, documents, judge=word_judge, judge_threshold=0.7)
    assert found.counts["any"] == sum(found.counts[kind] for kind in KINDS)
    headlines = Counter(line["generation_id"] for line in found.headlines)
    assert set(headlines.values()) == {1}
    assert len(headlines) == found.counts["any"]
    assert Counter(line["kind"] for line in found.headlines) == {
        kind: found.counts[kind] for kind in KINDS if found.counts[kind]
    }


def test_a_low_paraphrase_has_a_line_but_no_headline(audit, writer, word_judge):
    document = Document("d", writer.text(6))
    generation = Generation("g", garbled(document.text, writer.rng))
    found = audit([generation], [document], judge=word_judge, judge_threshold=0.99)
    assert [(line["kind"], line["confirmed"], line["headline"]) for line in found.lines] == [
        ("paraphrase", False, False)
    ]
    assert found.counts["any"] == 0
    assert found.values["controls"]["paraphrase_low"]["count"] == 1
    assert found.values["controls"]["all_kinds"]["any"]["count"] == 0


def test_without_a_judge_every_paraphrase_counts(audit, writer):
    document = Document("d", writer.text(6))
    found = audit([Generation("g", garbled(document.text, writer.rng))], [document])
    assert found.counts["paraphrase"] == 1
    assert found.lines[0]["confirmed"] is None


def test_short_generations_are_not_measurable_and_never_zero(audit, writer):
    document = Document("d", writer.text(3))
    generations = [Generation("short", document.text[:50]), Generation("long", document.text[:51])]
    values = audit(generations, [document]).values
    assert values["generations"]["measurable"] == 1
    assert values["generations"]["not_measurable"] == 1
    assert values["ratios"]["any"]["of"] == 1


def test_a_text_of_fifty_characters_is_counted_as_clean_and_in_the_default_not_measured(
    audit, shared
):
    copied = "Forty yellow boats counted by some old harbor master"[:51]
    document = Document("d", f"{copied}. Engineers replaced the broken turbine with another.")
    clean = "Grandmother planted beans behind our shed in March."

    def counted(text: str, name: str, align: AlignConfig) -> tuple[int, int]:
        generations = [Generation("g", text), Generation("clean", clean)]
        ratio = audit(generations, [document], name=name, align=align).values["ratios"]["verbatim"]
        return ratio["count"], ratio["of"]

    def side_by_side(text: str) -> list[tuple[int, int]]:
        return [
            counted(text, "paper", AlignConfig.paper()),
            counted(text, "standard", AlignConfig()),
        ]

    assert (len(copied), len(clean)) == (51, 51)
    assert side_by_side(copied) == [(1, 2), (1, 2)]
    assert side_by_side(copied[:50]) == [(0, 2), (0, 1)]


def test_a_ratio_of_nothing_is_null_with_a_reason(audit, writer):
    values = audit([Generation("g", "too short")], [Document("d", writer.text())]).values
    assert values["ratios"]["any"] == {
        "count": 0,
        "of": 0,
        "permille": None,
        "ci95": None,
        "reason": "nothing to measure",
    }


def test_an_input_that_stood_in_its_own_prompt_is_never_a_case(audit, writer):
    text = writer.text(3)
    documents = [
        Document("own", text, "e1", Part.INPUT),
        Document("same", text, "e2", Part.INPUT),
        Document("other", writer.text(3), "e3", Part.INPUT),
    ]
    prompt = f"Answer:  {text}"
    generation = Generation("g", text[:120], None, "e1", prompt=prompt, whole_input=True)
    found = audit([generation], documents)
    assert found.lines == []
    assert found.values["generations"]["whole_input"] == 1
    elsewhere = replace(generation, example_id="e9", prompt="Answer: something else")
    assert {line["document_id"] for line in audit([elsewhere], documents).lines} == {"own", "same"}


def test_documents_passed_over_leave_their_ranks_to_the_next(audit, writer):
    text = writer.text(3)
    inputs = [Document(f"a{i}", text, f"e{i}", Part.INPUT) for i in range(5)]
    target = Document("target", f"{text} {writer.text(2)}", "e9", Part.TARGET)
    generation = Generation("g", text, None, "e0", prompt=text)
    (line,) = audit([generation], [*inputs, target], top_k=3).lines
    assert (line["document_id"], line["rank"]) == ("target", 0)


def test_lines_have_the_fields_of_the_contract(audit, copier):
    model = copier(seed=2)
    for line in audit(model.generations, model.documents).lines:
        assert list(line) == [
            "generation_id",
            "document_id",
            "example_id",
            "kind",
            "confirmed",
            "headline",
            "rank",
            "score",
            "own",
            "input_copied",
            "num_examples",
            "direction",
            "cases",
        ]
        assert line["own"] is True
        assert line["num_examples"] == 1
        for case in line["cases"]:
            assert {"kind", "generation", "document"} <= case.keys()


def test_only_training_generations_of_the_tuned_model_have_headlines(audit, copier):
    model = copier(seed=3, heldout_share=0.5, base_share=0.5)
    found = audit(model.generations, model.documents)
    arms = {line["generation_id"].rsplit("-", 2)[0] for line in found.lines}
    assert arms == {
        "train-tuned",
        "train-base",
        "heldout-tuned",
        "heldout-base",
    }
    assert {line["generation_id"].split("-", 2)[1] for line in found.headlines} == {"tuned"}
    assert {line["generation_id"].split("-", 1)[0] for line in found.headlines} == {"train"}


def test_every_control_is_there_or_says_why_not(audit, copier):
    model = copier(seed=4, base_share=0.1)
    with_all = audit(model.generations, model.documents, num_planted=5, num_threshold_prompts=5)
    tuned = [g for g in model.generations if g.model is Arm.TUNED and g.split is Split.TRAIN]
    foreign = [Generation(g.id, g.text) for g in tuned]
    without = audit(foreign, [Document(d.id, d.text) for d in model.documents])
    names = {
        "heldout", "base_model", "difference_in_differences", "cross_index", "own_other",
        "all_kinds", "paraphrase_low", "input_copied", "duplicates", "boilerplate", "length",
        "degenerate", "retrieval", "thresholds", "detector", "multiplicity",
    }  # fmt: skip
    assert with_all.values["controls"].keys() == names
    assert not [name for name in names if "missing" in with_all.values["controls"][name]]
    missing = {n for n in names if "missing" in without.values["controls"][n]}
    assert missing == {
        "heldout", "base_model", "difference_in_differences", "cross_index", "own_other",
        "input_copied", "duplicates", "thresholds", "detector", "multiplicity",
    }  # fmt: skip


def test_files_and_lists_give_the_same_report(audit, copier, tmp_path):
    model = copier(seed=5, num_prompts=15)
    write_generations(tmp_path / "g.jsonl", model.generations)
    write_documents(tmp_path / "d.jsonl.gz", model.documents)
    from_lists = audit(model.generations, model.documents)
    from_files = audit(
        read_generations(tmp_path / "g.jsonl"), read_documents(tmp_path / "d.jsonl.gz")
    )
    from_iterators = audit(iter(model.generations), iter(model.documents))
    assert from_lists.values == from_files.values == from_iterators.values
    assert from_lists.lines == from_files.lines


def test_neither_chunks_nor_order_change_the_figures(audit, copier):
    model = copier(seed=6, num_prompts=12)
    expected = audit(model.generations, model.documents).values

    @settings(max_examples=6, deadline=None)
    @given(chunk_size=st.integers(1, 50), order=st.randoms(use_true_random=False))
    def check(chunk_size, order):
        generations, documents = list(model.generations), list(model.documents)
        order.shuffle(generations)
        order.shuffle(documents)
        found = audit(generations, documents, chunk_size=chunk_size).values
        assert found["ratios"] == expected["ratios"]
        assert found["controls"]["heldout"] == expected["controls"]["heldout"]

    check()


def test_an_interrupted_audit_goes_on_where_it_was(audit, copier, tmp_path):
    model = copier(seed=7)
    expected = audit(model.generations, model.documents)
    cache = tmp_path / "kept"

    def stop(stage, done, total):
        if stage == "align tuned train" and done == 20:
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        audit(
            model.generations, model.documents, chunk_size=10, progress=stop, cache_dir=str(cache)
        )
    assert len(list(cache.iterdir())) == 2
    again = audit(model.generations, model.documents, chunk_size=10, cache_dir=str(cache))
    searched = again.retriever.corpora[0].searched
    assert model.generations[0].text not in searched
    assert again.values == expected.values
    assert again.lines == expected.lines
    assert not cache.exists()


def test_what_was_found_under_other_settings_is_not_used(audit, writer, tmp_path):
    document = Document("d", writer.text(6))
    generation = Generation("g", document.text[:100])

    def stop(stage, done, total):
        if done == 1 and stage.startswith("align"):
            raise KeyboardInterrupt("stopped")

    with pytest.raises(KeyboardInterrupt, match="stopped"):
        audit([generation], [document], progress=stop, cache_dir=str(tmp_path / "kept"))
    longer = AlignConfig(verbatim_minlen=120, min_plaglen=120)
    found = audit([generation], [document], align=longer, cache_dir=str(tmp_path / "kept"))
    assert found.counts["any"] == 0


def test_nothing_to_measure_is_an_error(audit, writer):
    heldout = Generation("g", writer.text(), split=Split.HELDOUT)
    with pytest.raises(DataError, match=r"split=train and model=tuned .* got 1 of tuned heldout"):
        audit([heldout], [Document("d", writer.text())])


@pytest.mark.parametrize("has_documents", [True, False], ids=["with documents", "without"])
def test_heldout_generations_without_heldout_documents_are_told(
    audit, copier, caplog, has_documents
):
    made = copier(0, num_prompts=12)
    documents = [one for one in made.documents if has_documents or one.split is Split.TRAIN]
    report = audit(made.generations, documents).report
    told = [one for one in caplog.messages if "held out" in one]
    assert len(told) == (not has_documents)
    assert ("missing" in report.controls["heldout"]) is not has_documents
    if told:
        assert told[0].startswith("24 of the generations are held out and no document is")


def test_nothing_to_search_is_an_error(audit, writer):
    document = Document("d", writer.text(), part=Part.TARGET)
    with pytest.raises(DataError, match="want documents with split=train and part=suffix"):
        audit([Generation("g", writer.text())], [document], name="paper")


def test_several_tasks_stand_side_by_side(audit, copier):
    one, other = copier(seed=8, num_prompts=10), copier(seed=9, num_prompts=10)
    rename = {"task": "other"}
    generations = one.generations + [
        replace(g, id=f"o{g.id}", example_id=f"o{g.example_id}", **rename)
        for g in other.generations
    ]
    documents = one.documents + [
        replace(d, id=f"o{d.id}", example_id=f"o{d.example_id}", **rename) for d in other.documents
    ]
    values = audit(generations, documents).values
    assert values["task"] == "multitask"
    assert values["tasks"].keys() == {"made", "other"}
    parts = [task["ratios"]["any"]["count"] for task in values["tasks"].values()]
    assert sum(parts) == values["ratios"]["any"]["count"]
    assert values["tasks"]["made"]["heldout"]["any"]["of"] == 10
    tests = {row["test"] for row in values["controls"]["multiplicity"]}
    assert {"heldout any", "made: heldout any", "other: heldout verbatim"} <= tests


@pytest.mark.parametrize(
    "backend",
    ["threading", "sequential", "multiprocessing", pytest.param("loky", marks=pytest.mark.slow)],
)
def test_many_chunks_under_any_backend_of_joblib_are_as_in_one_process(
    audit, writer, backend, tmp_path
):
    documents = [Document(f"d{i}", writer.text(4), f"e{i}") for i in range(30)]
    generations = [
        Generation(f"g{i}", documents[i % 30].text[20:160] + writer.text(1)) for i in range(90)
    ]
    with TantivyRetriever(RetrieveConfig(cache_dir=str(tmp_path / "indexes"))) as retriever:
        one, many = (
            partial(audit, generations, documents, retriever=retriever, num_workers=n)
            for n in (1, 2)
        )
        expected = one(chunk_size=1024)
        with parallel_config(backend=backend):
            found = many(chunk_size=16)
    assert found.lines == expected.lines
    assert found.counts == expected.counts
    assert found.counts["verbatim"] > 50


# joblib's word on the chunk that was begun
@pytest.mark.filterwarnings("ignore:.*tasks .* have been cancelled:UserWarning")
def test_an_error_in_a_later_chunk_leaves_the_next_audit_whole(audit, writer, tmp_path):
    documents = [Document(f"d{i}", writer.text(4), f"e{i}") for i in range(8)]
    generations = [Generation(f"g{i}", documents[i % 8].text[20:160]) for i in range(40)]

    def stop(stage, done, total):
        if stage.startswith("align") and done:
            raise KeyboardInterrupt("stopped")

    with (
        TantivyRetriever(RetrieveConfig(cache_dir=str(tmp_path / "indexes"))) as retriever,
        parallel_config(backend="threading"),
    ):
        settings = {"retriever": retriever, "num_workers": 2, "chunk_size": 8}
        with pytest.raises(KeyboardInterrupt, match="stopped"):
            audit(generations, documents, progress=stop, **settings)
        assert audit(generations, documents, **settings).counts["verbatim"] == 40
