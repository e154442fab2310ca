"""Pairs of texts as the steps of the detector take them, and texts that repeat themselves."""

from types import ModuleType

from hypothesis import strategies as st

from permille.align import AlignConfig, Aligner
from permille.align.arrays import Ints
from permille.align.kernels import weigh_both
from permille.align.matching import match_stems
from permille.align.pair import Idf, Weighted, published_idf
from permille.align.prepare import Bags
from permille.align.rarity import load_rarity
from permille.align.refine import WordedPair
from permille.align.wording import word_by_word
from permille.align.words import Lexicon

LEXICON = Lexicon()

WHOLE = "Yellow boats crossed the harbor before autumn storms."
HALF = "Yellow boats crossed some valley after winter floods."
MOST = "Yellow boats crossed the harbor before winter storms."
OTHER = "Engineers replaced broken turbines with cheaper models."
FILLER = (
    "Grandmother planted beans behind the shed. Horses waited patiently on the other side. "
    "Three students translated an old manuscript. Oranges travel north in wooden crates. "
    "Lanterns burned all night long. Somebody whistled a tune nobody remembered. "
)
"""As many sentences as end a cluster, like nothing else."""

SENTENCES = st.lists(st.sampled_from([WHOLE, HALF, MOST, OTHER]), min_size=3, max_size=7)
PHRASES = st.sampled_from(
    [
        "The yellow boats lay in the harbor.",
        "Yellow boats and a frozen canal.",
        "A violinist rehearsed beside the frozen canal.",
        "Every violinist lay in the harbor.",
        "Nothing else happened that winter.",
        "Engineers replaced a broken turbine.",
    ]
)
REPETITIVE = st.lists(PHRASES, min_size=1, max_size=20).map(" ".join)


def weigh_pair(suspicious: Bags, source: Bags, matched: Ints, idf: Idf) -> Weighted:
    """Weigh two texts together, as `find_seeds` does; `matched` (V,) as `match_stems` gives it."""
    weights = weigh_both(
        suspicious.df,
        suspicious.entry_stems,
        suspicious.entry_counts,
        source.df,
        source.entry_stems,
        source.entry_counts,
        matched,
        idf(len(suspicious) + len(source)),
    )
    return Weighted(suspicious, source, matched, *weights)


def worded(left: str, right: str) -> WordedPair:
    """Return two texts word by word."""
    texts = [word_by_word(text, LEXICON.written_stems, load_rarity()) for text in (left, right)]
    return WordedPair.of(*texts)


def weighed(
    oracle: ModuleType, suspicious: str, source: str
) -> tuple[Weighted, tuple[list[dict[str, float]], list[dict[str, float]]]]:
    """Return the weights of a pair as the package has them and as the plain detector has them."""
    aligner = Aligner(AlignConfig.paper())
    left, right = (aligner.prepare(text).sentences.bags for text in (suspicious, source))
    weighted = weigh_pair(left, right, match_stems(left.stems, right.stems), published_idf)
    vectors = oracle.weigh(oracle.preprocess(suspicious, 3), oracle.preprocess(source, 3))
    return weighted, vectors
