"""Names of the arrays that prepared texts are made of, and how one that is stored begins."""

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HEADER_BYTES = 4
"""Of a stored array: its length and, in the last bits, the kind of its numbers."""
CODE_BITS = 2
"""Bits of the kind; the kinds have 1, 2, 4 and 8 bytes a number."""
