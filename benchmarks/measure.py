"""Measure two ways of doing the same work side by side: A B A B …, one line per work."""

from __future__ import annotations

import re
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Result:
    """Median of the paired ratios, and whether both gave the same. Without a goal it only tells."""

    work: str
    peer: str
    ratio: float
    ours: float
    theirs: float
    agree: str
    goal: float | None

    def __str__(self) -> str:
        goal = ""
        if self.goal is not None:
            reached = "reached" if self.ratio >= self.goal else "MISSED"
            goal = f" (at least {self.goal:g} x: {reached})"
        return (
            f"{self.work} | {self.peer} | {self.ratio:.1f} x{goal} | "
            f"{self.ours:.4f} s against {self.theirs:.3f} s | {self.agree}"
        )


def peak_gb() -> float:
    """Give the most memory of this process; not what a process that started it had before."""
    status = Path("/proc/self/status")
    own = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    kilobytes = int(own[1]) if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / 2**20


def clock(work: Callable[[], Any]) -> tuple[float, Any]:
    """Give the seconds a work takes, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def least(work: Callable[[], Any]) -> tuple[float, Any]:
    """Repeat a work for a second, five times at most; give the least seconds, and a result."""
    best, result = clock(work)
    spent = best
    for _ in range(4):
        if spent > 1:
            break
        seconds, result = clock(work)
        best, spent = min(best, seconds), spent + seconds
    return best, result


def compare(
    work: str,
    peer: str,
    goal: float | None,
    ours: Callable[[], Any],
    theirs: Callable[[], Any],
    agree: Callable[[Any, Any], str],
    runs: int = 5,
) -> Result:
    """Run both in turn; the first run of ours, which compiles, does not count.

    In a pair each side repeats for a second, five times at most, and its least time counts: a busy
    machine lengthens a run, and shortens none.
    """
    ours()
    pairs = []
    for _ in range(runs):
        (a, mine), (b, other) = least(ours), least(theirs)
        pairs.append((a, b))
    result = Result(
        work,
        peer,
        statistics.median(b / a for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        agree(mine, other),
        goal,
    )
    print(result, flush=True)
    return result


def same_rows(ours: Any, theirs: Any) -> str:
    """Tell whether two lists of (node, offer, cost) are equal in any order."""
    columns = [[np.asarray(c, dtype=np.int64) for c in side] for side in (ours, theirs)]
    one, other = (np.stack([c[np.lexsort((s[1], s[0]))] for c in s]) for s in columns)
    if one.shape != other.shape:
        return f"DIFFERENT: {one.shape[1]} and {other.shape[1]} pairs"
    wrong = int((one != other).any(axis=0).sum())
    return "equal" if not wrong else f"DIFFERENT: {wrong} of {one.shape[1]} pairs"


def same_costs(ours: Any, theirs: Any) -> str:
    """Tell whether costs per node are equal."""
    wrong = int((ours != theirs).sum())
    return "equal" if not wrong else f"DIFFERENT: {wrong} of {len(ours)} nodes"
