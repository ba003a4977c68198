"""The least loss on small tables, by trying all choices; and an attacker of another make."""

from __future__ import annotations

from itertools import combinations, product

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.attack import Needs
from sozialraum.secrecy.breaches import find_breaches
from sozialraum.secrecy.protect import attack_values, protect_values
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.suppress import complete_suppression
from sozialraum.secrecy.system import System, build_system

UPPER = ("sozialraum", "schulbezirk")
LEVELS = (
    Level(WHOLE, "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", WHOLE),
    Level("schulbezirk", "Schulbezirk", "Schulbezirke", WHOLE),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)
KNOWN = {
    "alle": Indicator(id="alle", title="Alle", parts=("jung", "alt")),
    "jung": Indicator(id="jung", title="Jung"),
    "alt": Indicator(id="alt", title="Alt"),
    "quote": Indicator(
        id="quote", title="Quote", kind="rate", per=100, numerator="Fälle", denominator="Junge",
        denominator_of=("jung",),
    ),
}  # fmt: skip


def as_table(counts: list[int], rows: int) -> tuple[System, Publication]:
    """A table with its sums over rows, columns and both; one row of values per cell."""
    inner = np.array(counts, float).reshape(rows, -1)
    whole = np.vstack([inner, inner.sum(axis=0)])
    whole = np.column_stack([whole, whole.sum(axis=1)])
    number = np.arange(whole.size).reshape(whole.shape)
    blocks = []
    for cells in (number, number.T):
        sign = np.ones(cells.shape)
        sign[:, -1] = -1.0
        row = np.repeat(np.arange(len(cells)), cells.shape[1])
        blocks.append((row, cells.ravel(), sign.ravel()))
    labels = pd.DataFrame({"cell": number.ravel()})
    system = build_system(labels, whole.ravel(), blocks)
    none = np.full(system.size, -1)
    return system, Publication(system, np.arange(system.size), none, none)


@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.lists(st.integers(1, 9), min_size=12, max_size=12),
    st.sampled_from([2, 3, 5]),
)
@settings(max_examples=15)
def test_no_choice_loses_less(counts: list[int], costs: list[int], minimum: int) -> None:
    system, publication = as_table(counts, 2)
    small = (system.value > 0) & (system.value < minimum)
    needs = Needs.of_small(small, minimum)
    cost = np.array(costs, float)
    hidden, done = complete_suppression(publication, small, needs, cost)
    assert not find_breaches(system, publication.known(hidden), needs, hidden & ~small)
    loss = cost[hidden & ~small].sum()
    assert np.isclose(loss, done.loss)
    assert np.isclose(loss, done.bound)
    open_cells = np.flatnonzero(~small)
    for size in range(len(open_cells) + 1):
        for taken in combinations(open_cells, size):
            choice = small.copy()
            choice[list(taken)] = True
            if cost[choice & ~small].sum() < loss - 1e-6:
                known = publication.known(choice)
                assert find_breaches(system, known, needs, choice & ~small)


def as_rows(areas: pd.DataFrame, counts: dict[str, list[int]]) -> pd.DataFrame:
    """All counts and a rate at four levels, for two years; in the second there are more young."""
    parts = []
    for year, more in (("2023", 0), ("2024", 1)):
        small = pd.DataFrame(counts)
        small["jung"] += more
        small["fall"] = small[["fall", "jung"]].min(axis=1)
        small["alle"] = small["jung"] + small["alt"]
        for level in (x.id for x in LEVELS):
            sums = small.groupby(areas[level].to_numpy()).sum()
            common = {"area": sums.index, "level": level, "datenstand": year, "sign": ""}
            for name in ("alle", "jung", "alt"):
                of = {"indicator": name, "value": sums[name], "numerator": sums[name]}
                parts.append(pd.DataFrame({**common, **of, "denominator": np.nan}))
            of = {"indicator": "quote", "numerator": sums["fall"], "denominator": sums["jung"]}
            parts.append(pd.DataFrame({**common, **of, "value": 1.0}))
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"value": float, "numerator": float, "denominator": float})


Cell = tuple[str, str, str, str]


class Outsider:
    """Bounds every count by linear programmes, from the sums that a reader knows of."""

    def __init__(self, areas: pd.DataFrame, table: pd.DataFrame) -> None:
        self.truth: dict[Cell, float] = {}
        for row in table.itertuples():
            place = (row.level, row.area, row.datenstand)
            if row.indicator == "quote":
                self.truth["fall", *place] = row.numerator
                self.truth["rest", *place] = row.denominator - row.numerator
            else:
                self.truth[row.indicator, *place] = row.value
        self.number = {cell: i for i, cell in enumerate(self.truth)}
        self.sums: list[dict[int, float]] = []
        for year, what in product(("2023", "2024"), ("alle", "jung", "alt", "fall", "rest")):
            for upper in (WHOLE, *UPPER):
                for area, part in areas.groupby(upper):
                    for lower in ("quartier", *(UPPER if upper == WHOLE else ())):
                        self.add((what, upper, str(area), year),
                                 [(what, lower, x, year) for x in part[lower].unique()])  # fmt: skip
        for level, area, year in {cell[1:] for cell in self.truth}:
            for total, parts in (("alle", ("jung", "alt")), ("jung", ("fall", "rest"))):
                self.add((total, level, area, year), [(p, level, area, year) for p in parts])

    def add(self, total: Cell, parts: list[Cell]) -> None:
        self.sums.append({self.number[total]: -1.0, **{self.number[p]: 1.0 for p in parts}})

    def bound(self, cell: Cell, shown: set[Cell], most: dict[Cell, float]) -> tuple[float, float]:
        """Give the least and the most of a count for who sees some, and knows limits of others."""
        matrix = np.zeros((len(self.sums), len(self.truth)))
        for i, equation in enumerate(self.sums):
            matrix[i, list(equation)] = list(equation.values())
        limits = [
            (value, value) if c in shown else (1.0, most[c]) if c in most else (0.0, None)
            for c, value in self.truth.items()
        ]
        goal = np.zeros(len(self.truth))
        goal[self.number[cell]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * goal, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=limits)
            ends.append(np.inf if found.status == 3 else sign * found.fun)
        return float(np.ceil(ends[0] - 1e-6)), float(np.floor(ends[1] + 1e-6))


@st.composite
def towns(draw):  # type: ignore[no-untyped-def]
    size = draw(st.integers(2, 4))
    lists = [draw(st.lists(st.integers(0, most), min_size=size, max_size=size))
             for most in (1, 1, 15, 15, 9)]  # fmt: skip
    return lists, draw(st.sampled_from([3, 5, 10]))


@given(towns())
@settings(max_examples=8)
def test_an_attacker_of_another_make_finds_nothing(town) -> None:  # type: ignore[no-untyped-def]
    """Three levels and a second hierarchy, two years, a total with its parts, a rate."""
    (room, school, young, old, cases), minimum = town
    areas = gpd.GeoDataFrame(
        {WHOLE: WHOLE, "sozialraum": [f"s{x}" for x in room],
         "schulbezirk": [f"b{x}" for x in school],
         "quartier": [f"q{i}" for i in range(len(room))]}
    )  # fmt: skip
    table = as_rows(areas, {"jung": young, "alt": old, "fall": cases})
    rules = Secrecy(minimum=minimum)
    protected, _ = protect_values(table, areas, LEVELS, KNOWN, rules)
    assert not len(attack_values(table, protected, areas, LEVELS, KNOWN, rules))
    outsider = Outsider(areas, table)
    shown = set()
    for row in protected[protected["sign"] == ""].itertuples():
        names = ("fall", "jung", "rest") if row.indicator == "quote" else (row.indicator,)
        shown |= {(name, row.level, row.area, row.datenstand) for name in names}
    small = [c for c, value in outsider.truth.items() if 0 < value < minimum]
    assert not shown & set(small)
    guessed = dict.fromkeys(small, minimum - 1.0)
    for cell in small:
        low, high = outsider.bound(cell, shown, {})
        assert high - low >= minimum
        low, high = outsider.bound(cell, shown, guessed)
        # Unless he would know it if nothing were published.
        if low == high:
            low, high = outsider.bound(cell, set(), guessed)
            assert low == high


def test_what_is_withheld_for_its_parts_may_follow_its_parts_may_not() -> None:
    # 3 births in a; "doppelt" is made of the births, but at the same time the sum of the deaths.
    areas = gpd.GeoDataFrame({WHOLE: WHOLE, "quartier": ["a", "b"]})
    levels = (LEVELS[0], Level("quartier", "Quartier", "Quartiere", WHOLE))
    known = {
        "geburten": Indicator(id="geburten", title="Geburten"),
        "tote": Indicator(id="tote", title="Sterbefälle"),
        "doppelt": Indicator(id="doppelt", title="Zweimal", made_of=("geburten",), parts=("tote",)),
    }
    rows = [
        (level, area, name, value)
        for name, counts in (("geburten", (3.0, 50.0)), ("tote", (40.0, 60.0)))
        for level, area, value in (
            ("quartier", "a", counts[0]), ("quartier", "b", counts[1]), (WHOLE, WHOLE, sum(counts)),
        )
    ]  # fmt: skip
    rows += [("quartier", "a", "doppelt", 40.0), ("quartier", "b", "doppelt", 60.0)]
    table = pd.DataFrame(rows, columns=["level", "area", "indicator", "value"])
    table = table.assign(
        numerator=table["value"], denominator=np.nan, datenstand="2024", sign="", steps=""
    )
    hidden = table["area"].isin(["a", "b"]) & table["indicator"].isin(["geburten", "doppelt"])
    protected = table.copy()
    protected.loc[hidden, ["value", "numerator"]] = np.nan
    protected.loc[hidden, "sign"] = "."
    rules = Secrecy(minimum=5)
    # "doppelt" is 40, as the published "tote" says: allowed, it is hidden for the births alone.
    assert not len(attack_values(table, protected, areas, levels, known, rules))
    # The births follow as soon as those of b are shown: 53 − 50.
    at = (table["area"] == "b") & (table["indicator"] == "geburten")
    protected.loc[at, ["value", "numerator"]] = 50.0
    protected.loc[at, "sign"] = ""
    found = attack_values(table, protected, areas, levels, known, rules)
    assert found[["what", "area"]].drop_duplicates().to_numpy().tolist() == [["geburten", "a"]]
