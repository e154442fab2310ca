"""What a sweep's runs claim together: the contrast of each run's own page, and one sentence."""

from collections.abc import Mapping, Sequence

from permille.measure.multiplicity import holm_of
from permille.report.claim import (
    ALPHA,
    Report,
    claimed_contrast,
    interval_text,
    is_undecided,
    part,
)
from permille.report.comparison_rows import Row

Claim = Mapping[str, object]


def claimed_by(report: Report) -> dict[str, object]:
    """Return the contrast that a run's page claims, with `against`; empty where there is none."""
    contrast, against = claimed_contrast(report)
    return {**contrast, "against": against} if contrast else {}


def corrected_claims(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return the rows of a comparison with `p_holm` in what they claim, corrected over all rows."""
    all_p_holm = holm_of([part(row, "claimed") for row in rows])
    return [
        dict(row)
        if p_holm is None
        else {**row, "claimed": {**part(row, "claimed"), "p_holm": p_holm}}
        for row, p_holm in zip(rows, all_p_holm, strict=True)
    ]


def sweep_claim(claims: Mapping[str, Claim]) -> str:
    """Return how many runs of a sweep show an effect, which the largest, and how p is corrected.

    Runs whose claims are against different things are counted and compared apart.

    Args:
        claims: What each run claims, by its name, as `corrected_claims` leaves it.
    """
    compared = {
        name: claim for name, claim in claims.items() if isinstance(claim.get("ci95"), list | tuple)
    }
    if not compared:
        return "Nothing to compare: no run has training beside held-out prompts."
    said = []
    for against in dict.fromkeys(claim["against"] for claim in compared.values()):
        own = {name: claim for name, claim in compared.items() if claim["against"] == against}
        said.append(_said_against(str(against), own))
    before = sum(map(_is_above, compared.values()))
    lost = before - sum(map(_is_counted, compared.values()))
    num_corrected = sum(claim.get("p_holm") is not None for claim in compared.values())
    if before and num_corrected > 1:
        said.append(f"p is corrected by Holm over these {num_corrected} runs, intervals are not.")
    if lost:
        said.append(f"{lost} more would be counted without that.")
    without = len(claims) - len(compared)
    if without:
        said.append(f"{without} more {'has' if without == 1 else 'have'} no such difference.")
    return " ".join(said)


def _said_against(against: str, claims: Mapping[str, Claim]) -> str:
    """Return the sentence on the runs whose claims are against the same."""
    runs = "1 run" if len(claims) == 1 else f"{len(claims)} runs"
    more = f"more on training than on {against}"
    above = [name for name, claim in claims.items() if _is_counted(claim)]
    if not above:
        return f"None of {runs} is shown to give back {more}."
    first = max(above, key=lambda name: float(str(claims[name]["permille"])))
    give, most = ("gives", "") if len(above) == 1 else ("give", " the most")
    figure = interval_text(claims[first])
    return f"{len(above)} of {runs} {give} back {more}, {first}{most}: {figure}."


def _is_above(claim: Claim) -> bool:
    """Whether a run's own page calls its texts given back."""
    ci95 = claim["ci95"]
    return isinstance(ci95, list | tuple) and ci95[0] > 0 and not is_undecided(claim)


def _is_counted(claim: Claim) -> bool:
    """Whether it still is where p is corrected for the number of runs."""
    p_holm = claim.get("p_holm")
    return _is_above(claim) and not (isinstance(p_holm, int | float) and p_holm >= ALPHA)
