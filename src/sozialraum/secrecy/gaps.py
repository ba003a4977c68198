"""Gaps in the system of equations: how many people of which area live in which gap."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.system import Block, Bools, Floats, Ints, join_blocks


@dataclass(frozen=True, slots=True, eq=False)
class GapCells:
    """Further cells of a system and what holds between them and the others.

    Attributes
    ----------
    labels : DataFrame
    value, floor : array of float
    blocks : list of (equation, cell, factor) arrays
    people : array of int
        Cell of every gap: the people in it.
    secret : array of bool
        Which of the cells count people of one area though nobody publishes them.
    """

    labels: pd.DataFrame
    value: Floats
    floor: Floats
    blocks: list[Block]
    people: Ints
    secret: Bools


def list_pieces(gaps: pd.DataFrame, areas: pd.DataFrame, smallest: str) -> pd.DataFrame:
    """List which part of every gap's people lives in which smallest area.

    Parameters
    ----------
    gaps : DataFrame
        With ``pieces`` as `sozialraum.find_gaps` writes them. Where a gap has none, its polygon tells
        which areas it may reach into.
    areas : DataFrame
        Smallest areas.
    smallest : str
        Their level.

    Returns
    -------
    DataFrame
        ``gap`` (position), ``area`` ("" outside all), ``people`` (NaN: not known), ``squares``.

    Examples
    --------
    >>> gaps = pd.DataFrame({"pieces": ['{"": [2.0, 1], "a": [40.0, 2]}']})
    >>> areas = pd.DataFrame({"quartier": ["a", "b"]})
    >>> list_pieces(gaps, areas, "quartier").to_dict("list")
    {'gap': [0, 0], 'area': ['', 'a'], 'people': [2.0, 40.0], 'squares': [1, 2]}
    """
    told: list[tuple[int, str, float, int]] = []
    texts = gaps["pieces"].fillna("") if "pieces" in gaps else pd.Series("", index=gaps.index)
    for at, text in enumerate(texts):
        told += [(at, area, *piece) for area, piece in json.loads(text or "{}").items()]
    mute = np.flatnonzero((texts == "").to_numpy())
    if len(mute) and isinstance(gaps, gpd.GeoDataFrame) and isinstance(areas, gpd.GeoDataFrame):
        gap, area = areas.sindex.query(gaps.geometry.to_numpy()[mute], predicate="intersects")
        names = areas[smallest].to_numpy()
        told += [(int(mute[g]), names[a], np.nan, 0) for g, a in zip(gap, area, strict=True)]
        told += [(int(g), "", np.nan, 0) for g in mute]
    return pd.DataFrame(told, columns=["gap", "area", "people", "squares"])


def build_gap_cells(
    gaps: pd.DataFrame,
    values: pd.DataFrame,
    areas: pd.DataFrame,
    levels: Sequence[Level],
    unreached: tuple[Ints, Floats],
    first: int,
) -> GapCells:
    """Join gaps to the rates they belong to.

    Parameters
    ----------
    gaps : DataFrame
        All gaps; ``measure`` is the rate's indicator.
    values : DataFrame
        Rows of the values table.
    areas : DataFrame
    levels : sequence of Level
    unreached : (array of int, array of float)
        Cell of N − Z of every row of ``values``, −1 for none, and the values of all cells so far.
    first : int
        Number of the first cell to come.

    Returns
    -------
    GapCells

    Notes
    -----
    With p_ga people of area a in gap g: Σ_a p_ga = people of g; Σ_g p_ga + s_a = N_a − Z_a of the same
    measure, s_a ≥ 0 being the people of a who are not reached and in no gap. Gaps are ranked by
    people: every gap holds at least as many as the next. No gap holds fewer than it needs to be
    listed, and where people are whole every square of it holds somebody.

    Examples
    --------
    >>> gaps = pd.DataFrame({"measure": ["nah"], "rank": [1], "people": [7.0],
    ...                      "pieces": ['{"a": [7.0, 2]}']})
    >>> values = pd.DataFrame({"indicator": ["nah"], "level": "quartier", "area": "a",
    ...                        "datenstand": "2024"})
    >>> areas = pd.DataFrame({"quartier": ["a"]})
    >>> level = Level("quartier", "Quartier", "Quartiere")
    >>> made = build_gap_cells(gaps, values, areas, [level], (np.array([0]), np.array([9.0])), 1)
    >>> made.labels["what"].tolist(), made.value.tolist(), made.floor.tolist()
    (['nah/gap', 'nah/piece', 'nah/outside'], [7.0, 7.0, 2.0], [0.0, 2.0, 0.0])
    """
    rest, amount = unreached
    smallest = levels[-1].id
    measure = gaps["measure"].astype("str").to_numpy()
    people = gaps["people"].to_numpy(dtype=float)
    least = gaps["min_people"].to_numpy(dtype=float) if "min_people" in gaps else people * 0
    pieces = list_pieces(gaps, areas, smallest)
    size, parts = len(gaps), len(pieces)
    of_gap = pieces["gap"].to_numpy(dtype=np.int64)
    piece = first + size + np.arange(parts)
    held = pieces["people"].to_numpy(dtype=float)
    whole = _all_whole(pd.Series(measure[of_gap]), held)
    floor = np.where(whole, np.fmin(pieces["squares"].to_numpy(dtype=float), held), 0.0)
    labels = [
        _label(measure, "gap", "", gaps.get("rank", pd.Series(0, index=gaps.index)).astype(str)),
        _label(measure[of_gap], "piece", smallest, pieces["area"]),
    ]
    values_of = [people, held]
    floors = [np.fmax(np.fmin(least, people), 0.0), np.nan_to_num(floor)]
    secret = [np.zeros(size, bool), np.ones(parts, bool)]
    blocks = [join_blocks(of_gap, piece, first + np.arange(size))]
    after = first + size + parts
    for level, at in _choose_rows(values, rest, measure, levels).items():
        of_area = dict(zip(areas[smallest], areas[level], strict=True))
        place = pd.MultiIndex.from_arrays(
            [values["indicator"].to_numpy()[at], values["area"].to_numpy()[at]]
        )
        wanted = pd.MultiIndex.from_arrays([measure[of_gap], pieces["area"].map(of_area)])
        row = place.get_indexer(wanted)
        inside = row >= 0
        rows, number = np.unique(row[inside], return_inverse=True)
        cells = rest[at[rows]]
        taken = np.bincount(number, held[inside], len(rows))
        spare = after + np.arange(len(rows))
        children = np.concatenate([piece[inside], spare])
        blocks.append(join_blocks(np.concatenate([number, np.arange(len(rows))]), children, cells))
        values_of.append(np.maximum(amount[cells] - taken, 0.0))
        floors.append(np.zeros(len(rows)))
        secret.append(np.ones(len(rows), bool))
        chosen = values.iloc[at[rows]]
        labels.append(_label(chosen["indicator"], "outside", level, chosen["area"]))
        after += len(rows)
    higher, lower = _pair_ranks(gaps, measure, people)
    blocks.append(
        (
            np.tile(np.arange(len(higher)), 3),
            np.concatenate([first + higher, first + lower, after + np.arange(len(higher))]),
            np.repeat([1.0, -1.0, -1.0], len(higher)),
        )
    )
    values_of.append(people[higher] - people[lower])
    floors.append(np.zeros(len(higher)))
    secret.append(np.zeros(len(higher), bool))
    labels.append(_label(measure[higher], "rank", "", ""))
    return GapCells(
        pd.concat(labels, ignore_index=True), np.concatenate(values_of), np.concatenate(floors),
        blocks, first + np.arange(size), np.concatenate(secret),
    )  # fmt: skip


def find_small_gaps(gaps: pd.DataFrame, rules: Secrecy) -> Bools:
    """Tell which gaps hold so few people that their number must be withheld."""
    people = gaps["people"].to_numpy(dtype=float)
    minimum = np.array([rules.of(str(name)).minimum for name in gaps["measure"]], dtype=float)
    return np.asarray((people > 0) & (people < minimum))


def weigh_gaps(gaps: pd.DataFrame) -> Floats:
    """Weigh the numbers of people of gaps: half of a share, for polygon and way stay; small first."""
    rank = gaps["people"].groupby(gaps["measure"]).rank(method="dense", pct=True)
    return np.asarray(0.5 * (1 + 0.5 * rank.fillna(0.0)), dtype=float)


def withhold_gaps(gaps: pd.DataFrame, hidden: Bools) -> pd.DataFrame:
    """Withhold the number of people of gaps; polygon and way stay.

    Parameters
    ----------
    gaps : GeoDataFrame
    hidden : array of bool

    Returns
    -------
    GeoDataFrame
        With a column ``sign``.

    Examples
    --------
    >>> gaps = pd.DataFrame({"people": [4.0, 60.0]})
    >>> withhold_gaps(gaps, np.array([True, False])).to_dict("list")
    {'people': [nan, 60.0], 'sign': ['.', '']}
    """
    return gaps.assign(
        people=gaps["people"].where(~hidden), sign=pd.Series(np.where(hidden, ".", ""), gaps.index)
    ).astype({"sign": "str"})


def _label(measure: object, what: str, level: str, area: object) -> pd.DataFrame:
    table = pd.DataFrame({"what": pd.Series(np.asarray(measure), dtype="str") + f"/{what}"})
    area = area if isinstance(area, str) else np.asarray(area)
    return table.assign(level=level, area=area, datenstand="")


def _all_whole(group: pd.Series, amount: Floats) -> Bools:
    """Tell whether all amounts of a group are whole and known."""
    whole = pd.Series(np.abs(amount - np.round(amount)) < 1e-9)
    return np.asarray(whole.groupby(group.to_numpy()).transform("all"), bool)


def _choose_rows(
    values: pd.DataFrame, rest: Ints, measure: object, levels: Sequence[Level]
) -> dict[str, Ints]:
    """Find the newest rows of the measures, at levels that none further down stands for."""
    rows = values[values["indicator"].isin(set(np.asarray(measure))) & (rest[: len(values)] >= 0)]
    newest = rows.groupby("indicator")["datenstand"].transform("max")
    rows = rows[rows["datenstand"] == newest]
    found: dict[str, list[Ints]] = {}
    for _, part in rows.groupby("indicator"):
        there, covered = set(part["level"]), set()
        for level in reversed(levels):
            if level.id in there and level.id not in covered:
                at = values.index.get_indexer(part.index[part["level"] == level.id])
                found.setdefault(level.id, []).append(at)
                covered.add(level.id)
            if level.id in covered:
                # All levels above are made of the smallest areas.
                covered |= {x.id for x in levels} if level == levels[-1] else {level.parent}
    return {level: np.concatenate(at) for level, at in found.items()}


def _pair_ranks(gaps: pd.DataFrame, measure: object, people: Floats) -> tuple[Ints, Ints]:
    """Pair every gap with the next of its measure, as far as the ranks are ranks by people."""
    if "rank" not in gaps:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    table = pd.DataFrame({"measure": measure, "rank": gaps["rank"].to_numpy()})
    order = table.sort_values(["measure", "rank"], kind="stable").index.to_numpy()
    higher, lower = order[:-1], order[1:]
    same = (table["measure"].to_numpy()[higher] == table["measure"].to_numpy()[lower]) & (
        people[higher] >= people[lower]
    )
    return higher[same], lower[same]
