"""Times what measuring the attention costs, and how much memory, beside the plain SDPA pass.

Prints every median with its spread, and every ratio with a 95 % interval (percentiles of 2,000
resamples of both sides' times). The last line is JSON: `one_layer_ratio` (the last decoder
block's cross-attention), `all_layers_ratio` (cross-attention of all layers), `epoch_ratio` (an
epoch of `task=dialogue` that is measured, by one that is not), and the shape. Beside these, under
names of their own: `full_ratio` (every layer, self-attention too), `eager_ratio` (what the
library's own `output_attentions` costs), `extra_mib` (peak memory on top at T5-base's shape) and
`largest_difference` (of a CAD from that of eager's weights).
"""

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytorch_lightning as pl
import torch
import transformers
from scipy import stats
from transformers import PreTrainedModel, T5Config, T5ForConditionalGeneration

from permille.config.compose import compose_program
from permille.config.schema import Program, TrainSettings
from permille.config.settings import to_settings
from permille.data.datamodule import Seq2SeqDataModule
from permille.measure.attention import dispersion
from permille.model.capture import AttentionRecorder, routed_attention
from permille.model.capture_sites import (
    AttentionKind,
    AttentionSite,
    find_sites,
    last_decoder_block,
)
from permille.model.module import Seq2SeqModule
from permille.model.trainer import build_trainer
from permille.run.fitting import callbacks_of
from permille.run.folder import RunFolder
from permille.run.loading import load
from permille.run.progress import Stages

Batch = dict[str, torch.Tensor]
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
"""Wall time, or this process's CPU time, which other programs on the machine disturb less."""
Clock = Callable[[], float]
SMALL = {"d_model": 512, "d_kv": 64, "d_ff": 2048, "num_layers": 6, "num_heads": 8}
BASE = {"d_model": 768, "d_kv": 64, "d_ff": 3072, "num_layers": 1, "num_heads": 12}
"""One layer of T5-base in each stack: the next one would use the same memory again."""


class EpochClock(pl.Callback):
    """Notes when each epoch starts, so that an epoch's time holds all that is done in it."""

    def __init__(self, clock: Clock) -> None:
        self.starts: list[float] = []
        self._clock = clock

    def on_train_epoch_start(self, *_: object) -> None:
        """Note the time."""
        self.starts.append(self._clock())


def model_of(sizes: dict[str, int]) -> PreTrainedModel:
    """Build a T5 with random weights."""
    torch.manual_seed(0)
    config = T5Config(vocab_size=32128, decoder_start_token_id=0, **sizes)
    return T5ForConditionalGeneration(config).eval()


def batch_of(batch: int, source: int, target: int) -> Batch:
    """Draw a batch whose examples have other lengths, as real ones do."""
    generator = torch.Generator().manual_seed(1)
    input_ids = torch.randint(2, 32000, (batch, source), generator=generator)
    lengths = torch.linspace(source, source * 3 // 4, batch).long()
    return {
        "input_ids": input_ids,
        "attention_mask": (torch.arange(source) < lengths[:, None]).long(),
        "labels": torch.randint(2, 32000, (batch, target), generator=generator),
    }


def captured(
    model: PreTrainedModel, batch: Batch, sites: tuple[AttentionSite, ...]
) -> Callable[[], None]:
    """Return a forward pass in which some modules are measured."""

    def forward() -> None:
        recorder = AttentionRecorder(
            sites, source_mask=batch["attention_mask"], target_mask=batch["labels"] >= 0
        )
        with routed_attention(model, recorder):
            model(**batch, use_cache=False)

    return forward


def eager(model: PreTrainedModel, batch: Batch) -> Callable[[], None]:
    """Return a forward pass that hands every weight out."""

    def forward() -> None:
        model.set_attn_implementation("eager")
        model(**batch, use_cache=False, output_attentions=True)
        model.set_attn_implementation("sdpa")

    return forward


def forward_ratios(repeats: int, shape: tuple[int, int, int], clock: Clock) -> dict[str, float]:
    """Time the passes in turn and return each median by the plain pass's."""
    model, batch = model_of(SMALL), batch_of(*shape)
    sites = find_sites(model)
    cross = tuple(site for site in sites if site.kind is AttentionKind.CROSS)
    passes: dict[str, Callable[[], object]] = {
        "plain": lambda: model(**batch, use_cache=False),
        "one_layer": captured(model, batch, last_decoder_block(sites)),
        "all_layers": captured(model, batch, cross),
        "full": captured(model, batch, sites),
        "eager": eager(model, batch),
    }
    times: dict[str, list[float]] = {name: [] for name in passes}
    orders = np.random.default_rng(0)
    with torch.no_grad():
        for _ in range(repeats + 1):
            # in a new order each time, so that no pass always follows the same other one
            for name in orders.permutation(list(passes)):
                start = clock()
                passes[name]()
                times[name].append(clock() - start)
    warm = {name: found[1:] for name, found in times.items()}
    return {f"{name}_ratio": report(name, found, warm["plain"]) for name, found in warm.items()}


def largest_difference(shape: tuple[int, int, int]) -> float:
    """Return how far the CAD of any example, layer and head is from that of eager's weights."""
    model, batch = model_of(SMALL), batch_of(*shape)
    masks = {"source_mask": batch["attention_mask"].bool(), "target_mask": batch["labels"] >= 0}
    sites = [site for site in find_sites(model) if site.kind is AttentionKind.CROSS]
    recorder = AttentionRecorder(tuple(sites), **masks)
    with torch.no_grad():
        with routed_attention(model, recorder):
            model(**batch, use_cache=False)
        model.set_attn_implementation("eager")
        weights = model(**batch, use_cache=False, output_attentions=True).cross_attentions
    differences = [
        (recorder.measures[site][0] - dispersion(weights[site.layer], **masks)["cad"]).abs().max()
        for site in sites
    ]
    print(f"largest difference of CAD from eager's: {max(differences):.1e}")
    return float(max(differences))


def epoch_ratio(epochs: int, folder: Path, clock: Clock) -> float:
    """Time epochs of the dialogue task, every second one measured, and return the ratio."""
    overrides = [
        "task=dialogue",
        "track=files",
        "attention.every_n_epochs=2",
        f"trainer.max_epochs={epochs}",
    ]
    settings = to_settings(compose_program(Program.train, overrides), TrainSettings)
    loaded = load(settings)
    run = RunFolder(folder)
    epoch_clock = EpochClock(clock)
    with Stages() as stages:
        trainer = build_trainer(
            settings.trainer,
            settings.model,
            checkpoints=run.checkpoints,
            seed=settings.seed,
            callbacks=[*callbacks_of(loaded, run, None, stages), epoch_clock],
        )
    data = Seq2SeqDataModule(
        loaded.splits.train,
        loaded.splits.heldout,
        loaded.tokenizer,
        settings.task,
        batch_size=settings.model.batch_size,
        eval_batch_size=settings.model.eval_batch_size,
        seed=settings.seed,
    )
    trainer.fit(Seq2SeqModule(loaded.model, settings.model), data)
    durations = [
        end - start for start, end in zip(epoch_clock.starts, epoch_clock.starts[1:], strict=False)
    ]
    print(f"{len(loaded.splits.train)} training and {len(loaded.splits.heldout)} held-out examples")
    # the first epochs warm up; epochs 1, 3, 5, ... are the measured ones
    plain, measured = durations[2::2], durations[3::2]
    report("plain epoch", plain, plain)
    return report("measured epoch", measured, plain)


def extra_mib() -> dict[str, float]:
    """Return the peak memory of passes at T5-base's shape, on top of the plain pass."""
    peaks = {}
    for name in ("plain", "full", "eager"):
        child = [sys.executable, __file__, "--peak", name]
        done = subprocess.run(child, capture_output=True, text=True, check=True)
        peaks[name] = float(done.stdout.splitlines()[-1])
        print(f"{name}: peak {peaks[name]:.0f} MiB")
    return {name: peaks[name] - peaks["plain"] for name in ("full", "eager")}


def print_peak(name: str) -> None:
    """Run one pass and print the peak memory of this process in MiB."""
    model, batch = model_of(BASE), batch_of(8, 1024, 256)
    passes = {
        "plain": lambda: model(**batch, use_cache=False),
        "full": captured(model, batch, find_sites(model)),
        "eager": eager(model, batch),
    }
    with torch.no_grad():
        passes[name]()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def report(name: str, times: list[float], plain: list[float]) -> float:
    """Print a median with its quartiles in milliseconds, and return its ratio to the plain one."""
    low, median, high = (second * 1e3 for second in statistics.quantiles(times, n=4))
    ratio = ratio_of_medians(times, plain)
    drawn = stats.bootstrap(
        (times, plain), ratio_of_medians, n_resamples=2000, method="percentile", rng=0
    )
    print(
        f"{name}: median {median:.1f} ms, quartiles {low:.1f} to {high:.1f}, ratio {ratio:.3f} "
        f"[{drawn.confidence_interval.low:.3f}, {drawn.confidence_interval.high:.3f}]"
    )
    return ratio


def ratio_of_medians(times: Sequence[float], plain: Sequence[float], axis: int = -1) -> float:
    """Return the median by the plain median, along an axis."""
    return np.median(times, axis=axis) / np.median(plain, axis=axis)


def main() -> None:
    """Time and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--epochs", type=int, default=82)
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    parser.add_argument("--peak", choices=("plain", "full", "eager"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.peak:
        print_peak(given.peak)
        return
    print(
        f"torch {torch.__version__}, transformers {transformers.__version__}, "
        f"python {platform.python_version()}, {torch.get_num_threads()} threads, "
        f"{platform.machine()}"
    )
    shape, clock = (8, 256, 64), CLOCKS[given.clock]
    ratios = forward_ratios(given.repeats, shape, clock)
    difference = largest_difference(shape)
    memory = extra_mib()
    with tempfile.TemporaryDirectory() as folder:
        ratios["epoch_ratio"] = epoch_ratio(given.epochs, Path(folder), clock)
    del ratios["plain_ratio"]
    line = {name: round(ratio, 3) for name, ratio in ratios.items()}
    line["largest_difference"] = float(f"{difference:.1e}")
    line["extra_mib"] = {name: round(peak) for name, peak in memory.items()}
    described = {"model": "t5-small's shape, random weights", "batch": shape[0]}
    print(json.dumps({**line, **described, "source_tokens": shape[1], "target_tokens": shape[2]}))


if __name__ == "__main__":
    main()
