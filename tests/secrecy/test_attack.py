"""Known tables of the literature, and random ones, against the attacker."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.attack import Needs, bound_cells, reader
from sozialraum.secrecy.breaches import find_breaches, find_by_singles
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.protect import Protected, attack_values, protect_values
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.suppress import complete_suppression
from sozialraum.secrecy.system import System, build_system
from sozialraum.secrecy.unsafe import judge


def crossed(table: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, System]:
    """All sums over each subset of the keys of a table of counts, as cells "total"."""
    parts = []
    for bits in range(2 ** len(keys)):
        held = [k for i, k in enumerate(keys) if not bits >> i & 1]
        gone = {k: "total" for k in keys if k not in held}
        if held:
            parts.append(table.groupby(held, as_index=False)["count"].sum().assign(**gone))
        else:
            parts.append(pd.DataFrame([{"count": table["count"].sum(), **gone}]))
    cells = pd.concat(parts, ignore_index=True)[[*keys, "count"]]
    blocks = []
    for key in keys:
        others = [k for k in keys if k != key]
        number = cells.groupby(others).ngroup().to_numpy()
        sign = np.where(cells[key] == "total", -1.0, 1.0)
        blocks.append((number, np.arange(len(cells)), sign))
    return cells, build_system(cells, cells["count"].to_numpy(dtype=float), blocks)


def as_rows(system: System) -> Publication:
    """One row of a table per cell."""
    none = np.full(system.size, -1)
    return Publication(system, np.arange(system.size), none, none)


def test_two_gaps_in_every_row_and_column_are_not_enough(testdata: Path) -> None:
    # (230 + 250) − (89 + 124 + 31) − ((1021 + 770) − (92 + 59 + 800 + 651)) = 47
    table = pd.read_csv(testdata / "references/secrecy/two_gaps_not_enough.csv")
    blocks = [
        (table.groupby(a).ngroup().to_numpy(), np.arange(len(table)),
         np.where(table[b] == "total", -1.0, 1.0))
        for a, b in (("row", "column"), ("column", "row"))
    ]  # fmt: skip
    value = table["count"].to_numpy(dtype=float)
    system = build_system(table, value, blocks)
    lower, upper = bound_cells(system, ~np.isnan(value), reader(system))
    exact = np.flatnonzero(np.isnan(value) & (lower == upper))
    assert table.loc[exact, ["row", "column"]].to_numpy().tolist() == [["w", "b"]]
    assert lower[exact].tolist() == [47.0]


def test_one_hidden_cell_needs_three_more(testdata: Path) -> None:
    table = pd.read_csv(testdata / "references/secrecy/region_by_sex.csv")
    cells, system = crossed(table, ["region", "sex"])
    assert len(cells) == 15
    small = ((cells["count"] > 0) & (cells["count"] < 4)).to_numpy()
    hidden, _ = complete_suppression(as_rows(system), small, Needs.of_small(small, 4), np.ones(15))
    assert hidden.sum() == 4
    # Where totals cost more, the three are a male count and those of another region.
    totals = (cells[["region", "sex"]] == "total").any(axis=1).to_numpy()
    hidden, _ = complete_suppression(
        as_rows(system), small, Needs.of_small(small, 4), np.where(totals, 2.0, 1.0)
    )
    assert hidden.sum() == 4
    assert not totals[hidden].any()


def test_tables_that_are_safe_alone_are_mended_together(testdata: Path) -> None:
    table = pd.read_csv(testdata / "references/secrecy/linked_small_places.csv")
    number = {"place": 0, "county-1": 8, "county-2": 9, "small": 10, "big": 11}
    labels = [*table["place"], "county-1", "county-2", "small", "big"]
    value = table["count"].to_numpy(dtype=float)
    sums = [value[(table[k] == x).to_numpy()].sum()
            for k, x in (("county", "county-1"), ("county", "county-2"),
                         ("size", "small"), ("size", "big"))]  # fmt: skip
    alone = []
    for key in ("county", "size"):
        total = table[key].map(number).to_numpy()
        alone.append((
            np.concatenate([total, np.unique(total)]),
            np.concatenate([np.arange(8), np.unique(total)]),
            np.concatenate([np.ones(8), -np.ones(2)]),
        ))  # fmt: skip
    cells = pd.DataFrame({"place": labels})
    amounts = np.append(value, sums)
    small = (amounts > 0) & (amounts < 4)
    for block in alone:
        system = build_system(cells, amounts, [block])
        lower, upper = bound_cells(system, ~small, reader(system))
        assert (upper - lower)[small].min() >= 4
    system = build_system(cells, amounts, alone)
    lower, upper = bound_cells(system, ~small, reader(system))
    assert cells.loc[small & (lower == upper), "place"].tolist() == ["K"]  # 7 − 4
    cost = np.append(np.ones(8), [11.0, 11.0, 10.0, 10.0])
    hidden, _ = complete_suppression(as_rows(system), small, Needs.of_small(small, 4), cost)
    lower, upper = bound_cells(system, ~hidden, reader(system))
    assert (upper - lower)[small].min() >= 4
    # N mends K. Who knows that L and M are at most 3 each also has both from "big" = 6, so this sum
    # goes too, and as the places of both sizes are those of both counties, so does "small".
    assert cells.loc[hidden & ~small, "place"].tolist() == ["N", "small", "big"]


def test_the_only_case_knows_its_neighbour() -> None:
    cells = pd.DataFrame({"cell": ["a", "b", "c", "sum"]})
    triples = (np.zeros(4, int), np.arange(4), np.array([1.0, 1.0, 1.0, -1.0]))
    system = build_system(cells, np.array([1.0, 4.0, 30.0, 35.0]), [triples])
    small = np.array([True, True, False, False])
    needs = Needs.of_small(small, 5)
    found = find_by_singles(system, ~small, needs)
    assert [(single, cells.tolist()) for single, cells in found] == [(0, [1])]
    hidden, _ = complete_suppression(as_rows(system), small, needs, np.array([1.0, 1, 1, 10]))
    assert hidden.tolist() == [True, True, True, False]


LEVELS = (
    Level(WHOLE, "Gesamt", "Gesamt"),
    Level("sozialraum", "Sozialraum", "Sozialräume", WHOLE),
    Level("schulbezirk", "Schulbezirk", "Schulbezirke", WHOLE),
    Level("quartier", "Quartier", "Quartiere", "sozialraum"),
)
KNOWN = {
    "alle": Indicator(id="alle", title="Alle"),
    "jung": Indicator(id="jung", title="Jung", base="alle", ages=(0, 18)),
    "alt": Indicator(id="alt", title="Alt", base="alle", ages=(18,)),
    "quote": Indicator(
        id="quote", title="Quote", kind="rate", per=100, numerator_of=("faelle",),
        denominator_of=("jung",),
    ),
}  # fmt: skip


def edition_rows(areas: pd.DataFrame, young: list[int], old: list[int], cases: list[int]):  # type: ignore[no-untyped-def]
    """All counts and a rate, at four levels, of two years."""
    parts = []
    for year, shift in (("2023", 0), ("2024", 1)):
        small = pd.DataFrame({"jung": np.add(young, shift), "alt": old, "faelle": cases})
        small["faelle"] = np.minimum(small["faelle"], small["jung"])
        for level in (WHOLE, "sozialraum", "schulbezirk", "quartier"):
            sums = small.groupby(areas[level].to_numpy()).sum()
            sums["alle"] = sums["jung"] + sums["alt"]
            common = {"area": sums.index, "level": level, "datenstand": year, "sign": ""}
            for name in ("alle", "jung", "alt"):
                counts = {"indicator": name, "value": sums[name], "numerator": sums[name]}
                parts.append(pd.DataFrame({**common, **counts, "denominator": np.nan}))
            quote = {"indicator": "quote", "numerator": sums["faelle"], "denominator": sums["jung"]}
            parts.append(pd.DataFrame({**common, **quote, "value": 1.0}))
    table = pd.concat(parts, ignore_index=True)
    return table.astype({"value": float, "numerator": float, "denominator": float})


@st.composite
def towns(draw):  # type: ignore[no-untyped-def]
    size = draw(st.integers(1, 6))
    lists = [draw(st.lists(st.integers(0, most), min_size=size, max_size=size))
             for most in (2, 2, 20, 20, 12)]  # fmt: skip
    return lists, draw(st.sampled_from([3, 5, 10]))


@given(towns())
@settings(max_examples=15)
def test_nobody_finds_anything_in_a_protected_table(town) -> None:  # type: ignore[no-untyped-def]
    """Four levels in two overlapping hierarchies, two years, ages with their total, a rate."""
    (room, school, young, old, cases), minimum = town
    areas = gpd.GeoDataFrame(
        {WHOLE: WHOLE, "sozialraum": [f"s{x}" for x in room],
         "schulbezirk": [f"b{x}" for x in school],
         "quartier": [f"q{i}" for i in range(len(room))]}
    )  # fmt: skip
    table = edition_rows(areas, young, old, cases)
    rules = Secrecy(minimum=minimum)
    protected, _ = protect_values(table, areas, LEVELS, KNOWN, rules)
    assert not len(attack_values(table, protected, areas, LEVELS, KNOWN, rules))


def test_an_edition_of_musterstadt_stands_the_attack() -> None:
    town = build_musterstadt().atlas
    edition = build_edition(town, secrecy=Secrecy(minimum=10))
    rows = edition.values
    before = town.values.set_index(["level", "area", "indicator", "datenstand"])
    key = pd.MultiIndex.from_frame(rows[["level", "area", "indicator", "datenstand"]])
    amounts = before.loc[key, ["value", "numerator", "denominator"]].reset_index(drop=True)
    table = rows.assign(**amounts)
    hidden = rows["sign"] == "."
    assert hidden.any()
    found = attack_values(table, rows, town.areas, town.levels, town.indicators, edition.secrecy)
    assert not len(found)


def test_writers_refuse_an_edition_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def hide_small_counts_only(rows, gaps, areas, levels, indicators, rules, **more):  # type: ignore[no-untyped-def]
        gone = pd.Series(judge(rows, indicators, rules).unsafe)
        numbers = ["value", "numerator", "denominator"]
        protected = rows.assign(sign=rows["sign"].where(~gone, "."))
        protected[numbers] = rows[numbers].where(~gone)
        return Protected(protected, gaps, rows[gone], None, rows[:0])

    monkeypatch.setattr("sozialraum.secrecy.build.protect_together", hide_small_counts_only)
    edition = build_edition(build_musterstadt().atlas, secrecy=Secrecy(minimum=10))
    with pytest.raises(SecrecyError):
        edition.verify()


@pytest.mark.parametrize(("above", "low"), [(2.0, [0]), (0.0, [])])
def test_how_far_a_number_may_reach_is_known_by_all_sums_together(
    above: float, low: list[int]
) -> None:
    # a + b = a + c = b + c = 10: one sum alone leaves 0 … 10, all three together leave 5.
    numbers = np.repeat(np.arange(3), 3)
    members = np.array([0, 1, 3, 0, 2, 4, 1, 2, 5])
    cells = pd.DataFrame({"cell": ["a", "b", "c", "ab", "ac", "bc"]})
    value = np.array([5.0, 5.0, 5.0, 10.0, 10.0, 10.0])
    system = build_system(cells, value, [(numbers, members, np.tile([1.0, 1.0, -1.0], 3))])
    nothing = np.full(6, np.nan)
    needs = Needs(np.where(np.arange(6) == 0, 1.0, np.nan), nothing,
                  above=np.where(np.arange(6) == 0, above, np.nan))  # fmt: skip
    known = np.arange(6) > 2
    found = find_breaches(system, known, needs, np.zeros(6, bool))
    assert [b.cells.tolist() for b in found if b.upward] == [low] * bool(low)
    # With one of the sums withheld a may be anything up to 10, b too: five above.
    assert not find_breaches(system, np.arange(6) > 3, needs, np.zeros(6, bool))
