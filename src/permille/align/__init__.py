"""Text alignment: which passages of two texts correspond, and which kind of copying it is."""

from permille.align.aligner import Aligner
from permille.align.config import AlignConfig
from permille.align.prepare import PreparedText

__all__ = ["AlignConfig", "Aligner", "PreparedText"]
