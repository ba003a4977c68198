"""Natural breaks (Fisher–Jenks): classes whose values differ least among themselves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def find_natural_breaks(values: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    """Find the highest value of each of k classes with the least squared deviation in all.

    Parameters
    ----------
    values : array of float
        Without missing ones.
    k : int
        Number of classes; at most as many as there are different values.

    Returns
    -------
    array of float
        Ascending, the last is the largest value.

    Notes
    -----
    Fisher (1958), exactly: dynamic programming over the distinct values and how often each occurs.
    The best beginning of the last class never moves down as values are added, which halves the
    search at every step (n log n a class instead of n²).

    Examples
    --------
    >>> find_natural_breaks(np.array([1.0, 2, 2, 10, 11, 30]), 3).tolist()
    [2.0, 11.0, 30.0]
    """
    distinct, counts = np.unique(values, return_counts=True)
    size = len(distinct)
    k = min(k, size)
    # Around the mean, so that the sums of squares keep their digits.
    centred = distinct - np.average(distinct, weights=counts)
    weight, total, square = (
        np.concatenate([[0.0], np.cumsum(counts * part)])
        for part in (np.ones(size), centred, centred**2)
    )

    def spread(begin: NDArray[np.int64], end: int) -> NDArray[np.float64]:
        """Squared deviation within ``begin … end - 1``."""
        n, s = weight[end] - weight[begin], total[end] - total[begin]
        return np.asarray(square[end] - square[begin] - s * s / n)

    tie = 1e-12 * square[-1]
    least = np.array([0.0, *(spread(np.array([0]), end)[0] for end in range(1, size + 1))])
    begins = np.zeros((k, size + 1), dtype=np.int64)
    for c in range(1, k):
        before, least = least, np.full(size + 1, np.inf)
        open_spans = [(c + 1, size, c, size - 1)]
        while open_spans:
            low, high, first, last = open_spans.pop()
            if low > high:
                continue
            end = (low + high) // 2
            begin = np.arange(first, min(last, end - 1) + 1)
            costs = before[begin] + spread(begin, end)
            # Of divisions that are equally good the one with the lowest limits, not that of rounding.
            best = int(np.argmax(costs <= costs.min() + tie))
            least[end], begins[c, end] = costs[best], begin[best]
            open_spans += [(low, end - 1, first, begin[best]), (end + 1, high, begin[best], last)]
    ends = [size]
    for c in range(k - 1, 0, -1):
        ends.append(int(begins[c, ends[-1]]))
    return np.asarray(distinct[np.array(ends[::-1]) - 1], dtype=float)
