"""More ways to look at the audited model than at its answers: `audit.looks`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random

from permille.audit.looks.canaries import TriedCanary, describe_canaries
from permille.audit.looks.config import Look
from permille.audit.looks.extraction import (
    SCHEMES,
    Continuation,
    describe_schemes,
    describe_sides,
    own_scheme,
)
from permille.audit.looks.membership import Scored, describe_membership
from permille.audit.spread import text_groups
from permille.core.records import Document, Example, Split
from permille.data.batches import Encoded
from permille.data.canaries import (
    Canary,
    describe_space,
    draw_secret,
    make_canaries,
    space_size,
)
from permille.data.datamodule import encode
from permille.measure.exposure import exposure
from permille.measure.extraction import NUM_TOKENS, is_extractable
from permille.model.continuing import continue_targets
from permille.model.scoring import TokenScores, score_targets
from permille.run.loading import Loaded
from permille.run.progress import Progress
from permille.run.prompting import drawn


@dataclass(frozen=True, slots=True)
class Side:
    """The examples of one split that are looked at, in tokens, and what the model says of them.

    `groups` names of each the examples that share text with it; None where it is by itself.
    """

    split: Split
    examples: Sequence[Example]
    rows: Sequence[Encoded]
    scores: Sequence[TokenScores]
    groups: Sequence[str | None]


def look_inside(
    loaded: Loaded, documents: Sequence[Document], progress: Progress
) -> dict[str, object]:
    """Return what the looks at the model's probabilities show, by their names.

    Args:
        loaded: The examples and the model.
        documents: Those of the audit, which tell which examples share text.
        progress: Told of each stage how far it is.
    """
    names = loaded.settings.audit.looks.names
    found: dict[str, object] = {}
    if Look.extraction in names or Look.membership in names:
        group_of = text_groups(documents, loaded.settings.align.measurable_chars)
        sides = [_side(loaded, split, group_of, progress) for split in Split]
        if Look.extraction in names:
            found["extraction"] = look_at_extraction(loaded, sides, progress)
        if Look.membership in names:
            found["membership"] = look_at_membership(loaded, sides, progress)
    if Look.canaries in names:
        found["canaries"] = look_at_canaries(loaded, progress)
    return found


def _side(loaded: Loaded, split: Split, group_of: Mapping[str, str], progress: Progress) -> Side:
    """Score the targets of one split."""
    settings, splits = loaded.settings, loaded.splits
    every = splits.train if split is Split.TRAIN else splits.heldout
    examples = drawn(every, settings.audit.looks.num_examples, settings.seed)
    rows = encode(examples, loaded.tokenizer, settings.task)
    schemes = {}
    if Look.extraction in settings.audit.looks.names:
        schemes = SCHEMES | own_scheme(settings.audit.decoding)
    scores = score_targets(
        loaded.model,
        loaded.tokenizer,
        rows,
        batch_size=settings.audit.batch_size,
        schemes=schemes,
        progress=partial(progress, f"score {split}"),
    )
    return Side(split, examples, rows, scores, [group_of.get(one.id) for one in examples])


def look_at_extraction(
    loaded: Loaded, sides: Sequence[Side], progress: Progress
) -> dict[str, object]:
    """Return extraction given the input, and given also the target's first tokens."""
    audit = loaded.settings.audit
    train, heldout = sides
    num_given = audit.looks.given_tokens
    whole, part = (
        describe_sides(
            *(_continuations(loaded, side, count, progress) for side in sides),
            seed=loaded.settings.seed,
        )
        for count in (0, num_given)
    )
    return {
        "given_input": whole,
        "given_tokens": {"tokens": num_given, **part},
        "sampled": describe_schemes(
            [one.by_scheme for one in train.scores],
            [one.by_scheme for one in heldout.scores],
            audit.looks.num_samples,
            audit.looks.chances,
            audit.decoding,
        ),
    }


def _continuations(
    loaded: Loaded, side: Side, num_given: int, progress: Progress
) -> list[Continuation]:
    """Let the model write what follows the first tokens of each target."""
    settings, tokenizer = loaded.settings, loaded.tokenizer
    num_new = max(NUM_TOKENS, settings.audit.max_new_tokens)
    written = continue_targets(
        loaded.model,
        tokenizer,
        side.rows,
        num_given=num_given,
        max_new_tokens=num_new,
        batch_size=settings.audit.batch_size,
        decoding=settings.audit.decoding,
        progress=partial(progress, f"extract {side.split}, {num_given} tokens given"),
    )
    # no more can be compared than may be written
    limit = num_given + num_new

    def text(ids: Sequence[int]) -> str:
        return str(tokenizer.decode(list(ids), skip_special_tokens=True))

    found = []
    for ids, scores, group in zip(written, side.scores, side.groups, strict=True):
        true = scores.true[num_given:].tolist()
        found.append(
            Continuation(
                written=ids,
                true=true,
                predicted=scores.predicted[num_given:].tolist(),
                written_text=text(ids),
                true_text=text(scores.true[num_given:limit].tolist()),
                group=group,
            )
        )
    return found


def look_at_membership(
    loaded: Loaded, sides: Sequence[Side], progress: Progress
) -> dict[str, object]:
    """Return how well probabilities tell training examples from held-out ones."""
    base = loaded.load_base() if loaded.load_base else None
    scored = []
    for side in sides:
        before: Sequence[TokenScores | None] = [None] * len(side.rows)
        if base is not None:
            stage = partial(progress, f"score {side.split}, base")
            before = score_targets(
                base.model,
                base.tokenizer,
                side.rows,
                batch_size=loaded.settings.audit.batch_size,
                progress=stage,
            )
        scored.append(
            [
                Scored(example.target, tuned, other, group)
                for example, tuned, other, group in zip(
                    side.examples, side.scores, before, side.groups, strict=True
                )
            ]
        )
    return describe_membership(*scored, seed=loaded.settings.seed)


def look_at_canaries(loaded: Loaded, progress: Progress) -> dict[str, object]:
    """Return exposure and extraction of the inserted strings, and of as many never inserted."""
    inserted = loaded.splits.canaries
    if not inserted:
        return describe_canaries([], describe_space())
    settings = loaded.settings
    task = inserted[0].example.task
    # others of the same names and space, with which no model was trained
    others = make_canaries(task, len(inserted), settings.seed + 1)
    canaries = [*inserted, *(replace(canary, times=0) for canary in others)]
    tried = []
    for number, canary in enumerate(canaries, 1):
        tried.append(_try(loaded, canary))
        progress("canaries", number, len(canaries))
    return describe_canaries(tried, describe_space())


def _try(loaded: Loaded, canary: Canary) -> TriedCanary:
    """Rank one string among others of its space, and ask the model for it."""
    settings, tokenizer = loaded.settings, loaded.tokenizer
    random = Random(f"{settings.seed}/candidates of {canary.example.id}")
    candidates = [
        replace(canary.example, target=draw_secret(random))
        for _ in range(settings.audit.looks.num_candidates)
    ]
    rows = encode([canary.example, *candidates], tokenizer, settings.task)
    size = settings.audit.batch_size
    scores = score_targets(loaded.model, tokenizer, rows, batch_size=size)
    own, *others = [one.total_loss for one in scores]
    true = rows[0].labels
    (written,) = continue_targets(loaded.model, tokenizer, rows[:1], max_new_tokens=len(true))
    return TriedCanary(
        times=canary.times,
        is_extracted=bool(is_extractable(written, true, num_tokens=len(true))),
        exposure=exposure(own, others, space=space_size()),
    )
