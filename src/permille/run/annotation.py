"""Human validation of a run: pairs out for people to label, and their labels back in."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from permille.audit.annotation.labels import describe_labels, read_labels
from permille.audit.annotation.pairs import (
    UNCONFIRMED,
    Pair,
    deciding_pairs,
    draw_pairs,
    pair_of_line,
)
from permille.audit.files import read_documents, read_generations
from permille.audit.json_lines import read_lines, write_lines
from permille.audit.report import SCHEMA_VERSION
from permille.audit.searching import stood_in_prompt
from permille.config.schema import EvaluateSettings
from permille.core.errors import DataError, SettingsError
from permille.core.records import KINDS_BY_STRENGTH, Arm, Document, Generation, Kind, Split
from permille.measure.ratio import Ratio, wilson_ratio
from permille.report.annotation import print_export, print_import, write_annotation_page
from permille.report.claim import part
from permille.report.run_files import RunFiles
from permille.report.terminal import screen
from permille.retrieve.engines import open_retriever
from permille.run.folder import RunFolder, write_json
from permille.run.job import Job
from permille.run.provenance import hash_files
from permille.run.result import begin_run

CHUNK_SIZE = 256


def annotate(job: Job, settings: EvaluateSettings, run: RunFolder) -> Path:
    """Write pairs of a run for people to label, or what their labels say; return the job's folder.

    Raises:
        DataError: If the run is not finished, or the labels are not of its pairs.
    """
    report = RunFiles(run.path).report()
    begin_run(job, is_resumed=False)
    pairs = list(all_pairs(settings, run))
    if settings.annotate == "export":
        found = export_pairs(settings, run, pairs, job.folder.path)
    else:
        found = import_labels(settings, pairs, ratios_of_report(report))
    values = {
        "schema_version": SCHEMA_VERSION,
        "task": report.get("task"),
        "run": str(run.path.resolve()),
        "annotation": found,
    }
    if settings.labels:
        files = hash_files(("labels", path) for path in settings.labels)
        values["provenance"] = {"data": {"files": files}}
    write_json(job.folder.report, values)
    console = screen(sys.stdout)
    if settings.annotate == "export":
        print_export(found, job.folder.path, console)
    else:
        print_import(found, console)
    return job.folder.path


def all_pairs(settings: EvaluateSettings, run: RunFolder) -> Iterator[Pair]:
    """Yield every measurable training generation with each document that retrieval returns for it.

    Those without a case are searched for again, since a run keeps only what it found.
    """
    least_chars = settings.align.measurable_chars
    generations = {
        one.id: one
        for one in read_generations(run.generations)
        if (one.model, one.split) == (Arm.TUNED, Split.TRAIN) and len(one.text) >= least_chars
    }
    lines = read_lines(run.cases) if run.cases.stat().st_size else ()
    found = [pair_of_line(line.values) for line in lines]
    found = [pair for pair in found if pair.generation_id in generations]
    yield from found
    known = {(pair.generation_id, pair.document_id) for pair in found}
    for generation, document, score in _searched(settings, run, list(generations.values())):
        if (generation.id, document.id) not in known and not stood_in_prompt(document, generation):
            yield Pair(generation.id, document.id, Kind.NONE, str(Kind.NONE), score)


def _searched(
    settings: EvaluateSettings, run: RunFolder, generations: Sequence[Generation]
) -> Iterator[tuple[Generation, Document, float]]:
    """Yield what retrieval returns for each generation, and the score."""
    documents = [one for one in read_documents(run.documents) if one.split is Split.TRAIN]
    by_id = {one.id: one for one in documents}
    with open_retriever(settings.retrieve) as retriever:
        corpus = retriever.index(documents)
        waiting = iter(generations)
        while chunk := list(islice(waiting, CHUNK_SIZE)):
            texts = [one.text for one in chunk]
            hits = corpus.search(texts, settings.retrieve.top_k)
            for generation, candidates in zip(chunk, hits, strict=True):
                for one in candidates:
                    yield generation, by_id[one.document_id], one.score


def export_pairs(
    settings: EvaluateSettings, run: RunFolder, pairs: Sequence[Pair], folder: Path
) -> dict[str, object]:
    """Write the pairs that people label, blinded, and a key for those who do not label.

    Raises:
        DataError: If nothing was measurable.
    """
    drawn = draw_pairs(pairs, settings.num_pairs, settings.seed)
    if not drawn:
        raise DataError(f"{run.path}: want pairs to label, got none: nothing was measurable")
    generations = {one.id: one.text for one in read_generations(run.generations)}
    documents = {one.id: one.text for one in read_documents(run.documents)}
    items = [
        {
            "id": pair.id,
            "generation": generations[pair.generation_id],
            "document": documents[pair.document_id],
        }
        for pair in drawn
    ]
    write_lines(folder / "items.jsonl", items)
    write_annotation_page(folder / "annotate.html", items, settings.align.verbatim_minlen)
    write_lines(
        folder / "key.jsonl",
        (
            {
                "id": pair.id,
                "generation_id": pair.generation_id,
                "document_id": pair.document_id,
                "kind": str(pair.kind),
                "confirmed": False if pair.stratum == UNCONFIRMED else None,
                "score": pair.score,
            }
            for pair in drawn
        ),
    )
    return {
        "items": len(drawn),
        "strata": dict(sorted(Counter(pair.stratum for pair in drawn).items())),
        "pairs": dict(sorted(Counter(pair.stratum for pair in deciding_pairs(pairs)).items())),
    }


def import_labels(
    settings: EvaluateSettings, pairs: Sequence[Pair], ratios: Mapping[str, Ratio]
) -> dict[str, object]:
    """Return what people's labels say of the program.

    Raises:
        DataError: If a label is of a pair that the run does not have.
        SettingsError: If a file of labels is named twice, as two people.
    """
    known = {pair.id for pair in pairs}
    people = {}
    paths = [Path(name) for name in settings.labels or ()]
    for path, count in Counter(path.resolve() for path in paths).items():
        if count > 1:
            raise SettingsError(
                f"labels: want a file for each person, got {path} {count} times; name it once, and "
                "beside it another person's"
            )
    for path in paths:
        labels = read_labels(path)
        unknown = next((name for name in labels if name not in known), None)
        if unknown is not None:
            raise DataError(
                f"{path}: want labels of pairs of {settings.run}, got {unknown!r}, which is none;"
                " name the run that annotate=export was given, and its settings"
            )
        people[str(path) if path.name in people else path.name] = labels
    return describe_labels(pairs, people, ratios)


def ratios_of_report(report: Mapping[str, object]) -> dict[str, Ratio]:
    """Return the ratios of a report by kind."""
    found = {}
    for kind in ("any", *map(str, KINDS_BY_STRENGTH)):
        values = part(report, "ratios", kind)
        ratio = wilson_ratio(int(str(values["count"])), int(str(values["of"])))
        size = values.get("effective_of")
        found[kind] = replace(ratio, effective_of=None if size is None else float(str(size)))
    return found
