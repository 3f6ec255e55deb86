"""Words as vectors: what stands beside a word, as surprising as it is, in few dimensions.

Counts of neighbours become positive pointwise mutual information, and a truncated singular value decomposition keeps
what is common to many words (Levy, Goldberg and Dagan 2015).

Public names: `vectors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_SMOOTHING = 0.75  # of the neighbours' distribution: rare ones are else too surprising


def vectors(counts: Any, dimensions: int, seed: int) -> np.ndarray[Any, Any]:
    """Vectors of length 1 (of what has no neighbours, 0), one a row of the CSR matrix of counts.

    They have as many dimensions as asked for, or fewer when the matrix is smaller.
    """
    from sklearn.utils.extmath import randomized_svd

    surprise = _positive_information(counts)
    size = min(dimensions, min(surprise.shape) - 1)
    if size < 1:
        return np.zeros((surprise.shape[0], 1))
    left, values, _ = randomized_svd(surprise, size, n_iter=4, random_state=seed)
    found = left * np.sqrt(values)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    scaled: np.ndarray[Any, Any] = found / np.where(lengths > 0, lengths, 1)
    return scaled


def _positive_information(counts: Any) -> Any:
    """log P(word, neighbour) / (P(word) P(neighbour)), where that is above 0."""
    found = counts.astype(np.float64).tocoo()
    of_words = np.asarray(counts.sum(axis=1)).ravel().astype(float)
    of_neighbours = np.asarray(counts.sum(axis=0)).ravel().astype(float) ** _SMOOTHING
    expected = of_words[found.row] * of_neighbours[found.col] / max(of_neighbours.sum(), 1.0)
    found.data = np.maximum(np.log(found.data / expected), 0)
    result = found.tocsr()
    result.eliminate_zeros()
    return result
