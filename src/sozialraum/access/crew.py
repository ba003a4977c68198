"""Threads that wait for the next search: to hire new ones takes as long as a short search."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def hire(threads: int) -> ThreadPoolExecutor:
    """Give a crew of so many threads, always the same one."""
    return ThreadPoolExecutor(threads, thread_name_prefix="sozialraum")


def share(work: Callable[[T], None], parts: Sequence[T]) -> None:
    """Let the crew of all cores do the work on every part."""
    if len(parts) == 1:
        work(parts[0])
    else:
        list(hire(os.cpu_count() or 1).map(work, parts))


# Threads do not live on in a forked process, which therefore hires its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=hire.cache_clear)
