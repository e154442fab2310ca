"""Ratios corrected for a detector that misses cases and raises false alarms."""

import math
from dataclasses import replace

from permille.measure.intervals import Z95, Interval
from permille.measure.ratio import Ratio


def corrected_ratio(observed: Ratio, sensitivity: Ratio, false_alarm: Ratio) -> Ratio:
    """Return the ratio that a perfect detector would have shown.

    The estimate is (R + Sp - 1) / (Se + Sp - 1), clipped to [0, 1] (Rogan & Gladen, American
    Journal of Epidemiology 107, 1978); the interval carries the uncertainty of Se and Sp (Lang &
    Reiczigel, Preventive Veterinary Medicine 113, 2014). Things that hang together count as their
    effective size. Where more or less was found than any true share explains, the interval is that
    of the nearest share that some true one does explain, so that it never shrinks to a point.

    Args:
        observed: What the detector found, R.
        sensitivity: Planted texts that it found, of those planted, Se.
        false_alarm: Texts with nothing planted in which it found something, 1 - Sp.

    Returns:
        The corrected ratio with the observed counts; null where one of the three is, or where the
        detector is no better than chance (Se + Sp <= 1).
    """
    counted = (observed, sensitivity, false_alarm)
    reasons = [ratio.reason for ratio in counted if ratio.reason is not None]
    if reasons:
        return Ratio(observed.count, observed.of, reason=reasons[0])
    youden = sensitivity.count / sensitivity.of - false_alarm.count / false_alarm.of
    smoothed_youden = _smoothed(sensitivity) - _smoothed(false_alarm)
    if youden <= 0 or smoothed_youden <= 0:
        return Ratio(
            observed.count,
            observed.of,
            reason="the detector is no better than chance: Se + Sp <= 1",
        )
    share = (observed.count / observed.of - false_alarm.count / false_alarm.of) / youden
    share = min(1.0, max(0.0, share))
    low, high = _lang_reiczigel(observed, sensitivity, false_alarm)
    ends = (1000 * min(low, share), 1000 * max(high, share))
    method = "rogan-gladen, lang-reiczigel"
    return replace(observed, ci95=ends, method=method, estimate_permille=1000 * share)


def _smoothed(ratio: Ratio) -> float:
    """Return the share with one success and one failure added."""
    return (ratio.count + 1) / (ratio.of + 2)


def _lang_reiczigel(observed: Ratio, sensitivity: Ratio, false_alarm: Ratio) -> Interval:
    """Return the interval of the true share, clipped to [0, 1]."""
    of = observed.size + Z95**2
    found = (observed.size * observed.count / observed.of + Z95**2 / 2) / of
    se, sp = _smoothed(sensitivity), 1 - _smoothed(false_alarm)
    se_variance = se * (1 - se) / (sensitivity.of + 2)
    sp_variance = sp * (1 - sp) / (false_alarm.of + 2)
    found = min(se, max(1 - sp, found))
    share = (found + sp - 1) / (se + sp - 1)
    shift = 2 * Z95**2 * (share * se_variance - (1 - share) * sp_variance)
    variance = found * (1 - found) / of + share**2 * se_variance + (1 - share) ** 2 * sp_variance
    half = Z95 * math.sqrt(variance) / (se + sp - 1)
    return max(0.0, share + shift - half), min(1.0, share + shift + half)
