"""MinHash signatures of sets, by datasketch.

Broder, "On the resemblance and containment of documents" (1997).
"""

import numpy as np
import numpy.typing as npt
from datasketch import MinHash

Hashes = npt.NDArray[np.uint64]
Signature = npt.NDArray[np.uint32]


class Signer:
    """Signs sets of hashes; the places at which two signatures agree estimate their similarity.

    The same set has the same signature in every process.

    Args:
        num_permutations: Places of a signature.
    """

    def __init__(self, num_permutations: int) -> None:
        self._min_hash = MinHash(num_permutations, seed=1, hashfunc=int, scheme="affine32")

    def sign(self, hashes: Hashes) -> Signature:
        """Return the signature, of shape (permutations,), of a set of hashes of shape (H,).

        Of each hash the upper 32 bits are looked at, enough to tell a text's apart.
        """
        self._min_hash.clear()
        self._min_hash.update_batch((hashes >> np.uint64(32)).tolist())
        signature: Signature = self._min_hash.digest()
        return signature
