"""Random towns for the attackers: three levels and a second hierarchy, two years, rates, gaps."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator

LEVELS = (
    Level(WHOLE, "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", WHOLE),
    Level("schulbezirk", "Schulbezirk", "Schulbezirke", WHOLE),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)
INDICATORS = {
    "alle": Indicator(id="alle", title="Alle"),
    "jung": Indicator(id="jung", title="Jung", base="alle", ages=(0, 18)),
    "alt": Indicator(id="alt", title="Alt", base="alle", ages=(18,)),
    "quote": Indicator(
        id="quote", title="Quote", kind="rate", per=100, numerator="Fälle", denominator="Junge",
        numerator_of=("faelle",), denominator_of=("jung",),
    ),
    "nah": Indicator(
        id="nah", title="Nah", kind="rate", per=100, numerator="Junge mit kurzem Weg",
        denominator="Junge", denominator_of=("jung",),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Town:
    """Areas, rows of the values table before protection, gaps with their pieces, the minimum."""

    areas: pd.DataFrame
    values: pd.DataFrame
    gaps: pd.DataFrame
    minimum: int


def build_town(
    room: list[int],
    school: list[int],
    counts: dict[str, list[list[int]]],
    pieces: list[list[int]],
    minimum: int,
) -> Town:
    """Build a town.

    Parameters
    ----------
    room, school
        Sozialraum and Schulbezirk of every Quartier.
    counts
        By year: young, old, cases and reached young of every Quartier.
    pieces
        Of every gap, how many young people of each Quartier it holds, in the newest year.
    minimum
    """
    size = len(room)
    areas = pd.DataFrame(
        {
            WHOLE: WHOLE,
            "sozialraum": [f"s{x}" for x in room],
            "schulbezirk": [f"b{x}" for x in school],
            "quartier": [f"q{i}" for i in range(size)],
        }
    )
    parts = []
    for year, (young, old, cases, reached) in counts.items():
        small = pd.DataFrame({"jung": young, "alt": old})
        small["faelle"], small["nah"] = np.minimum(cases, young), np.minimum(reached, young)
        for level in (level.id for level in LEVELS):
            sums = small.groupby(areas[level].to_numpy()).sum()
            sums["alle"] = sums["jung"] + sums["alt"]
            common = {"area": sums.index, "level": level, "datenstand": year, "sign": ""}
            for name in ("alle", "jung", "alt"):
                row = {"indicator": name, "value": sums[name], "numerator": sums[name]}
                parts.append(pd.DataFrame({**common, **row, "denominator": np.nan}))
            for name, top in (("quote", "faelle"), ("nah", "nah")):
                share = 100 * sums[top] / sums["jung"].where(sums["jung"] > 0)
                row = {"indicator": name, "numerator": sums[top], "denominator": sums["jung"]}
                parts.append(pd.DataFrame({**common, **row, "value": share}))
    values = pd.concat(parts, ignore_index=True)
    values = values.astype({"value": float, "numerator": float, "denominator": float})
    held = sorted((p for p in pieces if sum(p)), key=lambda p: -sum(p))
    gaps = pd.DataFrame(
        {
            "rank": np.arange(1, len(held) + 1),
            "measure": "nah",
            "people": np.array([float(sum(p)) for p in held]),
            "min_people": 0.0,
            # Every piece takes a square of its own, as where nobody lives close to another.
            "pieces": [json.dumps({f"q{i}": [n, 1] for i, n in enumerate(p) if n}) for p in held],
        }
    )
    return Town(areas, values, gaps.astype({"measure": "str", "pieces": "str"}), minimum)


@st.composite
def towns(draw: st.DrawFn, most: int = 6) -> Town:
    """Draw a town of up to so many Quartiere."""
    size = draw(st.integers(1, most))

    def numbers(top: int) -> list[int]:
        return draw(st.lists(st.integers(0, top), min_size=size, max_size=size))

    room, school = numbers(2), numbers(2)
    old = numbers(20)
    counts, young, reached = {}, [0], [0]
    for year in ("2023", "2024"):
        young, cases, reached = numbers(20), numbers(12), numbers(20)
        # The old of both years are often the same: then they are the same cells.
        counts[year] = [young, old, cases, reached]
        old = old if draw(st.booleans()) else numbers(20)
    left = np.array(young) - np.minimum(reached, young)
    pieces = []
    for _ in range(draw(st.integers(0, 3))):
        taken = [draw(st.integers(0, int(n))) for n in left]
        left = left - taken
        pieces.append(taken)
    return build_town(room, school, counts, pieces, draw(st.sampled_from([3, 5, 10])))
