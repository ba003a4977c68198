"""Protecting and attacking Berlin's register at five levels, whole and in growing parts.

python benchmarks/secrecy.py
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
from measure import peak_gb

from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.rules import Secrecy

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.secrecy.berlin import LEVELS, read_berlin

_GOAL_SECONDS, _GOAL_GIB, _GOAL_GROWTH, _GOAL_RATIO = 60, 4, 1.5, 1.3


def secrecy() -> None:
    """Protect, then attack, Berlin with k = 5 and k = 10; seconds are of one processor."""
    folder = Path(os.environ["SOZIALRAUM_TESTDATA"])
    for minimum in (5, 10):
        sizes, spent = [], []
        for districts in (3, 6, 12):
            values, areas, known = read_berlin(folder, districts)
            rules = Secrecy(minimum=minimum)
            start, wall = time.process_time(), time.perf_counter()
            done = protect_together(values, None, areas, LEVELS, known, rules)
            middle = time.process_time()
            found = attack_values(values, done.values, areas, LEVELS, known, rules)
            end = time.process_time()
            sizes.append(len(areas))
            spent.append(end - start)
            cost = done.completion
            assert cost is not None
            hidden = int((done.values["sign"] == ".").sum())
            reached = "reached" if cost.ratio <= _GOAL_RATIO else "MISSED"
            print(
                f"secrecy k = {minimum}, {len(areas)} areas, {len(values):,} counts | "
                f"{hidden - cost.rows} small, {cost.rows} more withheld | "
                f"loss {cost.ratio:.3f} x bound (at most {_GOAL_RATIO:g}: {reached}), "
                f"{cost.exact_parts} of {cost.parts} parts proven best | "
                f"found by the attack: {len(found)} | protected in {middle - start:.1f} s, "
                f"attacked in {end - middle:.1f} s ({time.perf_counter() - wall:.1f} s by the clock)",
                flush=True,
            )
        growth = np.polyfit(np.log(sizes), np.log(spent), 1)[0]
        memory = peak_gb()
        goals = (
            ("seconds", spent[-1], _GOAL_SECONDS),
            ("growth n^", growth, _GOAL_GROWTH),
            ("GiB", memory, _GOAL_GIB),
        )
        print(
            f"secrecy k = {minimum} | "
            + ", ".join(
                f"{name} {value:.2f} (at most {goal:g}: {'reached' if value <= goal else 'MISSED'})"
                for name, value, goal in goals
            ),
            flush=True,
        )


if __name__ == "__main__":
    secrecy()
