"""The audit of a model: prompts, generations, documents, and what was found."""

from dataclasses import replace

from permille.audit.config import AuditName
from permille.audit.files import write_documents, write_generations
from permille.core.records import Arm, Generation
from permille.model.load import LoadedModel
from permille.run.detection import Audited, audit_generations, nothing_audited
from permille.run.folder import RunFolder
from permille.run.generation_attention import describe_attention
from permille.run.job import is_first_process
from permille.run.loading import Loaded
from permille.run.looks import look_inside
from permille.run.progress import Progress
from permille.run.prompting import (
    SplitPrompts,
    make_all_prompts,
    measure_utility,
    write_generations_of,
)
from permille.run.provenance import Clock
from permille.run.text_looks import look_at_texts


def audit_model(
    loaded: Loaded, folder: RunFolder, clock: Clock, progress: Progress
) -> Audited | None:
    """Prompt a model and find what it gives back, with the files of the run.

    Every process of a distributed run has to call it, since they share the generating; only the
    first one searches and writes, and the others get None.

    Args:
        loaded: The examples and the model.
        folder: The run's folder.
        clock: Times the stages.
        progress: Told of each stage how far it is.
    """
    settings = loaded.settings
    utility = measure_utility(settings, loaded.tuned, loaded.splits.heldout, progress)
    clock.end("utility")
    if settings.audit.name is AuditName.off:
        report = nothing_audited(settings)
        audited = Audited(report, utility, fingerprints=loaded.fingerprints())
        return audited if is_first_process() else None
    prompts = make_all_prompts(settings, loaded.splits, loaded.tuned)
    written = write_all_generations(loaded, prompts, progress)
    clock.end("generate")
    if not is_first_process():
        return None
    documents = [document for one in prompts for document in one.documents()]
    write_generations(folder.generations, written)
    write_documents(folder.documents, documents)
    report = audit_generations(settings, written, documents, folder.path, progress)
    clock.end("audit")
    # by the published counting every prompt is asked, and no example shares another's
    repeated = sum(prompt.num_examples - 1 for prompt in prompts[0].asked)
    report = replace(report, generations={**report.generations, "repeated_prompts": repeated})
    found = look_at_texts(settings, written, documents, folder.cases)
    report = report.with_controls(found | look_inside(loaded, documents, progress))
    clock.end("looks")
    attention = describe_attention(loaded, written, folder)
    clock.end("attention")
    return Audited(report, utility, attention, loaded.fingerprints())


def write_all_generations(
    loaded: Loaded, prompts: tuple[SplitPrompts, SplitPrompts], progress: Progress
) -> list[Generation]:
    """Let the model answer the prompts of both splits, and the model before fine-tuning too.

    A model from scratch has none before it. The published counting has no controls, and asks for
    training prompts alone.
    """
    settings = loaded.settings
    asked = [one.asked for one in (prompts[:1] if settings.audit.is_paper else prompts)]
    arms: list[tuple[Arm, LoadedModel]] = [(Arm.TUNED, loaded.tuned)]
    if loaded.load_base and settings.audit.base_model and not settings.audit.is_paper:
        arms.append((Arm.BASE, loaded.load_base()))
    return [
        generation
        for arm, model in arms
        for one in asked
        for generation in write_generations_of(settings, model, one, arm, progress)
    ]
