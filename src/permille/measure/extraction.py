"""What a model would write if it were asked for a training target, from its token probabilities.

Every function takes one target: arrays over its tokens, teacher-forced, of shape (T,). Discoverable
extraction: Carlini et al. 2023. (n, p): Hayes et al. 2024. Extraction strength: Carlini et al. 2021
in the form of Maini et al. 2024.
"""

import math

import numpy as np
import numpy.typing as npt

NUM_TOKENS = 50
"""How many tokens after the known ones discoverable extraction wants, or all that follow."""


def is_extractable(
    generated: npt.ArrayLike, true: npt.ArrayLike, *, num_tokens: int = NUM_TOKENS
) -> bool | None:
    """Return whether a generation begins with the next `num_tokens` true tokens, exactly.

    Where fewer follow, with all that follow; None where nothing follows. Both are token ids, of
    shape (S,) and (T,).
    """
    wanted = np.asarray(true)[:num_tokens]
    return (
        bool(np.array_equal(np.asarray(generated)[: len(wanted)], wanted)) if wanted.size else None
    )


def exact_match_rate(predicted: npt.ArrayLike, true: npt.ArrayLike) -> float | None:
    """Return the share of positions whose most probable token is the true one; None of nothing.

    Both are token ids of shape (T,), `predicted` given the true tokens before each position.

    Raises:
        ValueError: If they are not of one shape.
    """
    right = _right(predicted, true)
    return float(right.mean()) if right.size else None


def extraction_strength(predicted: npt.ArrayLike, true: npt.ArrayLike) -> float | None:
    """Return the share of a target that follows greedily from the rest given before it.

    1 where the model writes the whole target unaided, 0 where even its last token must be given.
    Both are token ids of shape (T,), `predicted` given the true tokens before each position; None
    of nothing.

    Raises:
        ValueError: If they are not of one shape.
    """
    right = _right(predicted, true)
    if not right.size:
        return None
    wrong = np.flatnonzero(~right)
    return float(1 - (wrong[-1] + 1) / right.size) if wrong.size else 1.0


def extraction_probability(log_probabilities: npt.ArrayLike, num_samples: int) -> float:
    """Return the chance that at least one of `num_samples` samples is the target.

    1 - (1 - p_z)^n, p_z the product of the target's token probabilities, given as their logs of
    shape (T,).
    """
    log_product = min(0.0, float(np.sum(np.asarray(log_probabilities, dtype=np.float64))))
    if log_product == 0:
        return 1.0
    if log_product > -math.log(2):
        log_missed = math.log(-math.expm1(log_product))
    else:
        log_missed = math.log1p(-math.exp(log_product))
    return -math.expm1(num_samples * log_missed)


def is_extractable_in(log_probabilities: npt.ArrayLike, num_samples: int, chance: float) -> bool:
    """Return whether a target is (n, p)-discoverably extractable.

    Args:
        log_probabilities: Of the target's tokens under the scheme, of shape (T,).
        num_samples: n, how often the model is asked.
        chance: p, how probable the target must be among the answers.
    """
    return extraction_probability(log_probabilities, num_samples) >= chance


def _right(predicted: npt.ArrayLike, true: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return where two arrays of token ids, of shape (T,), are equal.

    Raises:
        ValueError: If they are not of one shape.
    """
    guesses, tokens = np.asarray(predicted), np.asarray(true)
    if guesses.shape != tokens.shape:
        raise ValueError(f"want a prediction a token, got {guesses.shape} for {tokens.shape}")
    return np.asarray(guesses == tokens, dtype=np.bool_)
