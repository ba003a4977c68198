"""Threads that wait for the next search: to hire new ones takes as long as a short search."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache


@cache
def hire(threads: int) -> ThreadPoolExecutor:
    """Give a crew of so many threads, always the same one."""
    return ThreadPoolExecutor(threads, thread_name_prefix="sozialraum")


# Threads do not live on in a forked process, which therefore hires its own.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=hire.cache_clear)
