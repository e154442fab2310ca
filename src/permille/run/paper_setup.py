"""Whether a run was set up as `experiment=paper` is; for all else its figures are no replication.

Every setting counts but those named here, so that a new one counts until someone says otherwise.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from permille.config.compose import compose_program
from permille.config.schema import Program
from permille.config.secrets import plain_settings
from permille.report.claim import part
from permille.report.run_files import RunFiles
from permille.run.folder import REPORT_FILE
from permille.run.result import differing_settings

DECIDING = ("model.name", "data.source", "audit.name", "audit.num_prompts", "retrieve.engine")
"""Told first where a run differs in many settings."""
OF_TRAINING = ("task", "data", "model", "trainer")
"""Groups that say how a model came to be; an evaluation of a run cannot change them."""
IRRELEVANT_GROUPS = ("track", "report", "attention")
"""They say what is told and drawn, and what is measured beside the ratios."""
IRRELEVANT = frozenset(
    {
        # the paper names no seed
        *("seed", "data.split_seed", "audit.seed", "audit.decoding.seed"),
        *("run", "resume", "redraw", "annotate", "labels", "num_pairs"),
        *("audit.chunk_size", "audit.num_workers", "audit.cache_dir", "audit.every_n_epochs"),
        *("audit.epoch_num_prompts", "audit.num_planted", "audit.num_threshold_prompts"),
        *("retrieve.url", "retrieve.cloud_id", "retrieve.ca_file", "retrieve.cache_dir"),
        *("retrieve.timeout_s", "retrieve.wait_s", "retrieve.give_up_after_s"),
        *("retrieve.bulk_mb", "retrieve.parallel", "retrieve.queries_per_request"),
        *("retrieve.replicas", "model.attn_implementation", "model.eval_batch_size"),
        *("model.gradient_checkpointing", "model.allow_pickle", "trainer.accelerator"),
        *("trainer.strategy", "judge.batch_size"),
    }
)
"""They change no figure, or only as another machine does."""

Values = Mapping[str, object]


def setup_differences(run: Path) -> list[str]:
    """Return in what a run's set-up is not the paper's; empty where it is the paper's.

    A model that another run trained is taken as that run's report says, whatever is set now.

    Args:
        run: The folder of a run that has a report.
    """
    report = RunFiles(run).report()
    program, task = part(report, "provenance").get("program"), report.get("task")
    if program not in list(Program) or task is None:
        return ["its set-up is not known"]
    settings = part(report, "settings")
    found = _differences(Program(str(program)), str(task), settings)
    trained = settings.get("run")
    if trained is not None:
        own = {name: said for name, said in found.items() if _group(name) not in OF_TRAINING}
        found = _of_training(Path(str(trained)), str(task)) | own
    return [*found.values()]


def _of_training(run: Path, task: str) -> dict[str, str]:
    """Return in what a model was not trained as the paper's."""
    if not (run / REPORT_FILE).is_file():
        return {"run": f"how {run} was trained is not known"}
    found = _differences(Program.train, task, part(RunFiles(run).report(), "settings"))
    return {name: said for name, said in found.items() if _group(name) in OF_TRAINING}


def _differences(program: Program, task: str, settings: Values) -> dict[str, str]:
    """Return what to say of each setting in which a run is not as the paper's."""
    defaults, wanted = _defaults(program), _of_paper(program, task)
    found: dict[str, str] = {}
    for name in (*DECIDING, *sorted({*wanted, *settings} - {*DECIDING})):
        default = _at(defaults, name)
        is_now, was = settings.get(name, default), wanted.get(name, default)
        if _matters(name) and is_now != was:
            found[name] = f"{name} is {_shown(is_now)}, not {_shown(was)}"
    return found


@cache
def _defaults(program: Program) -> Values:
    """Return a program's settings where nothing is set."""
    return plain_settings(compose_program(program, []))


@cache
def _of_paper(program: Program, task: str) -> Values:
    """Return the settings of the paper's set-up that are not the program's defaults."""
    overrides = ["experiment=paper", f"task={task}"]
    return differing_settings(program, compose_program(program, overrides))


def _at(values: object, name: str) -> object:
    """Return a setting by its dotted name; None where there is none."""
    for key in name.split("."):
        values = values.get(key) if isinstance(values, Mapping) else None
    return values


def _matters(name: str) -> bool:
    """Tell whether a setting can change a figure that the paper reports."""
    is_look = name.startswith("audit.looks")
    return not is_look and name not in IRRELEVANT and _group(name) not in IRRELEVANT_GROUPS


def _group(name: str) -> str:
    return name.partition(".")[0]


def _shown(value: object) -> object:
    return "null" if value is None else value
