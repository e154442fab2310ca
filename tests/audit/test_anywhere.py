"""Runs that a generation shares with any training document, retrieved or not."""

import orjson

from permille.audit.anywhere import search_everywhere
from permille.audit.tally import Tally
from permille.audit.views import TUNED_TRAIN
from permille.core.records import Arm, Document, Generation, Part, Split


def texts(writer, num=12):
    """Training documents, each in the suffix and in the input of its example."""
    documents = []
    for i in range(num):
        text = writer.text(4)
        documents.append(Document(f"s{i}", text, f"e{i}", Part.SUFFIX, Split.TRAIN, "made"))
        documents.append(Document(f"i{i}", f"Tell: {text}", f"e{i}", Part.INPUT, Split.TRAIN))
    return documents


def lines_of(folder):
    return [
        orjson.loads(line)
        for line in (folder / "verbatim_anywhere.jsonl").read_bytes().splitlines()
    ]


def test_a_run_is_reported_with_its_place_and_its_examples(audit, writer, tmp_path):
    documents = texts(writer)
    passage = documents[0].text[:90]
    generation = Generation("g0", f"{writer.sentence()} {passage}", "made", "e0")
    other = Generation("g1", writer.text(2), "made", "e1")
    values = audit([generation, other], documents).values
    exact = values["verbatim_anywhere"]["exact"]
    assert (exact["generations"]["count"], exact["generations"]["of"]) == (1, 2)
    assert exact["runs"] == {
        "total": 1,
        "in_one_example": 1,
        "in_several": 0,
        "in_10_or_more": 0,
        "whole": {"in_one_example": 1, "in_several": 0, "in_10_or_more": 0},
    }
    assert (exact["one_example"]["count"], exact["one_example"]["of"]) == (1, 2)
    (line,) = [line for line in lines_of(tmp_path) if line["form"] == "exact"]
    start, end = line["generation"]
    assert passage in generation.text[start:end]
    assert (line["generation_id"], line["num_examples"], line["own_examples"]) == ("g0", 1, 1)
    assert (line["examples"], line["split"]) == (["e0"], "train")


def test_stock_text_stands_in_many_examples(audit, writer):
    stock = "We thank you for your question and hope that you will be well again soon."
    documents = [
        Document(f"d{i}", f"{writer.text(2)} {stock}", f"e{i}", Part.SUFFIX) for i in range(15)
    ]
    values = audit([Generation("g", f"{writer.sentence()}\n{stock}")], documents).values
    assert values["verbatim_anywhere"]["exact"]["runs"]["in_10_or_more"] == 1


def test_stock_text_with_a_chance_word_beside_it_is_no_passage_of_one_example(audit, writer):
    stock = "We thank you for your question and hope that you will be well again soon."
    documents = [
        Document(f"d{i}", f"{writer.text(2)} {stock} {chr(97 + i) * 3}", f"e{i}", Part.SUFFIX)
        for i in range(15)
    ]
    values = audit([Generation("g", f"{writer.sentence()}\n{stock} ccc")], documents).values
    assert values["verbatim_anywhere"]["exact"]["runs"] == {
        "total": 1,
        "in_one_example": 0,
        "in_several": 0,
        "in_10_or_more": 1,
        "whole": {"in_one_example": 1, "in_several": 0, "in_10_or_more": 0},
    }
    assert values["verbatim_anywhere"]["exact"]["one_example"]["count"] == 0


def test_what_differs_in_case_and_punctuation_is_a_normalized_run_only(audit, writer):
    documents = texts(writer)
    passage = documents[4].text[:120].upper().replace(" ", ", ")
    found = audit([Generation("g", passage)], documents).values["verbatim_anywhere"]
    assert found["exact"]["generations"]["count"] == 0
    assert found["normalized"]["generations"]["count"] == 1


def test_what_stood_in_the_prompt_is_no_run(audit, writer):
    documents = texts(writer)
    passage = documents[0].text[:90]
    generation = Generation("g", passage, prompt=f"Go on: {documents[0].text}")
    found = audit([generation], documents).values["verbatim_anywhere"]
    assert found["exact"]["generations"]["count"] == 0
    assert found["normalized"]["generations"]["count"] == 0


def test_what_follows_a_copy_of_the_prompt_by_chance_is_no_run_either(audit, writer):
    documents = texts(writer)
    text = documents[0].text
    for own, count in ((20, 0), (50, 0), (51, 1)):
        generation = Generation("g", text[: 60 + own], prompt=f"Go on: {text[:60]}")
        found = audit([generation], documents).values["verbatim_anywhere"]
        assert found["exact"]["generations"]["count"] == count


def test_a_line_of_dashes_is_no_run(audit, writer):
    documents = [
        *texts(writer),
        Document("d", f"{writer.text(1)}\n{'- ' * 50}\n", "e", Part.SUFFIX),
    ]
    found = audit([Generation("g", f"{writer.sentence()}\n{'- ' * 40}\n")], documents).values
    assert found["verbatim_anywhere"]["exact"]["generations"]["count"] == 0


def test_the_recall_of_retrieval_is_measured_on_what_stands_anywhere(audit, writer):
    documents = texts(writer)
    passages = [document.text[:90] for document in documents if document.part is Part.SUFFIX]
    # the first hit fills the top 1, so the second passage of a text is missed there and found here
    generations = [
        Generation("seen", passages[0]),
        Generation("missed", f"{passages[1][:60]} {documents[6].text[90:]} {writer.sentence()}"),
    ]
    values = audit(generations, documents).values
    recall = values["controls"]["retrieval"]["verbatim_recall"]
    assert (recall["count"], recall["of"]) == (2, 2)


def test_each_task_of_a_mixture_has_a_recall_of_its_own(audit, writer):
    documents = texts(writer)
    lost = f"{documents[2].text[:60]} {documents[6].text[90:]} {writer.sentence()}"
    generations = [
        Generation("seen", documents[0].text[:90], "qa"),
        Generation("missed", lost, "summarization"),
        Generation("other", writer.text(2), "summarization"),
    ]
    values = audit(generations, documents, top_k=1).values
    recalls = [values["controls"]["retrieval"]["verbatim_recall"]]
    recalls += [
        values["tasks"][task]["controls"]["retrieval"]["verbatim_recall"]
        for task in ("qa", "summarization")
    ]
    assert [recall["of"] for recall in recalls] == [2, 1, 1]
    assert recalls[0]["count"] == recalls[1]["count"] + recalls[2]["count"]
    task = values["tasks"]["qa"]["controls"]
    assert values["controls"].keys() - task.keys() == {"multiplicity"}
    assert values["controls"]["retrieval"].keys() == task["retrieval"].keys()


def test_heldout_generations_are_searched_in_the_training_documents(audit, writer):
    documents = texts(writer)
    documents += [Document(f"h{i}", writer.text(4), f"h{i}", split=Split.HELDOUT) for i in range(3)]
    generations = [
        Generation("t", documents[0].text[:90], example_id="e0"),
        Generation("h", documents[2].text[:90], example_id="h0", split=Split.HELDOUT),
        Generation("own", documents[-1].text[:90], example_id="h2", split=Split.HELDOUT),
        Generation("base", documents[0].text[:90], example_id="e0", model=Arm.BASE),
    ]
    exact = audit(generations, documents).values["verbatim_anywhere"]["exact"]
    assert (exact["generations"]["count"], exact["generations"]["of"]) == (1, 1)
    assert (exact["heldout"]["count"], exact["heldout"]["of"]) == (1, 2)
    assert exact["one_example_heldout"]["count"] == 1


def test_the_published_counting_searches_no_more_than_it_did(audit, writer, tmp_path):
    documents = [document for document in texts(writer) if document.part is Part.SUFFIX]
    values = audit([Generation("g", documents[0].text)], documents, name="paper").values
    assert "verbatim_anywhere" not in values
    assert not (tmp_path / "verbatim_anywhere.jsonl").exists()


def test_generations_are_searched_in_groups(audit, writer, monkeypatch):
    documents = texts(writer)
    generations = [Generation(f"g{i}", documents[2 * i].text[:90]) for i in range(6)]
    whole = audit(generations, documents).values["verbatim_anywhere"]
    monkeypatch.setattr("permille.audit.anywhere.MAX_CHARS", 100)
    assert audit(generations, documents).values["verbatim_anywhere"] == whole


def test_what_was_not_searched_to_the_end_is_counted(audit, writer):
    documents = texts(writer)
    generations = [Generation("laughing", "ha" * 2_000), Generation("g", documents[0].text[:90])]
    found = audit(generations, documents).values["verbatim_anywhere"]
    for form in ("exact", "normalized"):
        assert found[form]["cut_short"] == {"documents": 0, "generations": 1}


def test_a_document_of_endless_repetition_counts_each_time_that_it_is_read(
    make_row, monkeypatch, tmp_path
):
    generations = [Generation(f"g{i}", letter * 20_000) for i, letter in enumerate("ab")]
    documents = [Document(f"d{i}", letter * 300_000, f"e{i}") for i, letter in enumerate("aab")]

    def documents_cut_short() -> int:
        tallies = {TUNED_TRAIN: Tally([make_row(), make_row()])}
        found = search_everywhere(generations, documents, tallies, 51, tmp_path, lambda *_: None)
        assert found.cut_short["exact"]["generations"] == 2
        return found.cut_short["exact"]["documents"]

    assert documents_cut_short() == 3
    # a group for each generation: its own letters only repeat there
    monkeypatch.setattr("permille.audit.anywhere.MAX_CHARS", 100)
    assert documents_cut_short() == 3
    generations[1] = Generation("g1", "a" * 19_999)
    assert documents_cut_short() == 4
