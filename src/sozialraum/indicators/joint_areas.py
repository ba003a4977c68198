"""Join areas that are too small for figures of their own with a neighbour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import InputError, UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.model.areas import Level, need_level
from sozialraum.model.atlas import Atlas
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import add_step

BETWEEN = " + "


def merge_areas(
    atlas: Atlas, groups: Sequence[Sequence[str]], *, level: str | None = None
) -> Atlas:
    """Join areas of a level to one area each, before anything is computed.

    Parameters
    ----------
    atlas : Atlas
    groups : sequence of sequence of str
        Ids of the areas to be joined, two or more each.
    level : str, optional
        The smallest unless given.

    Returns
    -------
    Atlas
        The joint area ``"1 + 2"`` stands in place of its members, whose own figures are in no output;
        offers and people of both lie in it. Counts are added, quotients formed again of the sums of
        their parts (or with their ``weight``); what cannot be joined is missing with the sign "x", and
        the report says which indicators that are. Levels above stay as they are.

    Raises
    ------
    UnknownNameError
        There is no such level or area.
    InputError
        Areas of one group lie in different areas above, so that these would lose or win people; an area
        is in two groups.

    Notes
    -----
    The same areas are joined for every indicator and year: if one was shown apart, the other could be
    computed from the sum.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> town = build_musterstadt().atlas
    >>> one, other = town.areas.index[:2]
    >>> joint = merge_areas(town, [(one, other)])
    >>> len(town.areas) - len(joint.areas), joint.areas.index[0] == f"{one} + {other}"
    (1, True)
    """
    level = need_level(atlas.areas, level or atlas.levels[-1].id)
    areas = atlas.areas
    known = set(areas[level])
    for name in (name for group in groups for name in group):
        if name not in known:
            raise UnknownNameError("area", name, sorted(known))
    names = areas.drop_duplicates(level).set_index(level)[f"{level}_name"]
    found = _check(areas, atlas.levels, groups, level, names)
    CheckReport(tuple(found)).raise_for_errors()
    joint = {member: BETWEEN.join(group) for group in groups for member in group}
    title = {BETWEEN.join(group): BETWEEN.join(names[list(group)]) for group in groups}
    values, lacking = _join_values(atlas.values, joint, level, atlas.indicators)
    smallest = level == atlas.levels[-1].id
    found += [
        find("note", "joint_area", title[name], level=_title(atlas.levels, level), id=name)
        for name in title
    ]
    if lacking:
        found.append(find("note", "not_joined", atlas.title, titles=", ".join(lacking)))
    return atlas.with_areas(
        _join_rows(areas, joint, title, level, smallest),
        values,
        {name: _move(getattr(atlas, name), joint) for name in ("offers", "population") if smallest},
        found,
    )


def _title(levels: Sequence[Level], level: str) -> str:
    return next(x.title for x in levels if x.id == level)


def _check(
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    groups: Sequence[Sequence[str]],
    level: str,
    names: pd.Series,
) -> list[Finding]:
    """Find groups across a border of a level above, areas in two groups, areas that do not touch."""
    found = []
    parents = {x.id: x.parent for x in levels}
    if level == levels[-1].id:
        above = [x for x in levels if x.id != level]
    else:
        above, at = [], parents[level]
        while at:
            above.append(next(x for x in levels if x.id == at))
            at = parents[at]
    for group in groups:
        rows = areas[areas[level].isin(group)]
        label = BETWEEN.join(names[list(group)])
        found += [
            find("note", "joint_apart", label, id=name)
            for name, part in rows.groupby(level)
            if not rows[rows[level] != name].intersects(part.union_all()).any()
        ]
        found += [
            find("error", "joint_border", label, level=x.title, ids=", ".join(group))
            for x in above
            if rows[x.id].nunique() > 1
        ]
    every = pd.Series([name for group in groups for name in group])
    found += [
        find("error", "joint_twice", names[name], id=name) for name in every[every.duplicated()]
    ]
    return found


def _move(table: gpd.GeoDataFrame, joint: Mapping[str, str]) -> gpd.GeoDataFrame:
    return table.assign(area=table["area"].replace(dict(joint))) if "area" in table else table


def _join_rows(
    areas: gpd.GeoDataFrame,
    joint: Mapping[str, str],
    title: Mapping[str, str],
    level: str,
    smallest: bool,
) -> gpd.GeoDataFrame:
    named = areas[level].map(joint)
    member = named.notna()
    table = areas.copy()
    table.loc[member, level] = named[member]
    table.loc[member, f"{level}_name"] = named[member].map(title)
    if not smallest:
        return table
    table.loc[member, "name"] = named[member].map(title)
    rows = table[member]
    kept = rows.groupby(named[member]).head(1).index
    # What the members do not agree in holds for none of them.
    own = [c for c in rows.columns if c not in ("geometry", "file", "row")]
    agrees = rows[own].groupby(named[member]).nunique(dropna=False) == 1
    for column in own:
        differs = ~agrees.loc[table.loc[kept, level], column].to_numpy()
        if differs.any():
            table[column] = table[column].mask(table.index.isin(kept[differs]))
    shapes = {
        name: shapely.union_all(part.geometry.to_numpy())
        for name, part in rows.groupby(named[member])
    }
    table = table[~member | table.index.isin(kept)]
    geometry = [
        shapes.get(name, shape) for name, shape in zip(table[level], table.geometry, strict=True)
    ]
    table = table.set_geometry(gpd.GeoSeries(geometry, index=table.index, crs=areas.crs))
    table.index = pd.Index(table[level].to_numpy(), name="area", dtype="str")
    return table


def _join_values(
    values: pd.DataFrame,
    joint: Mapping[str, str],
    level: str,
    indicators: Mapping[str, Indicator],
) -> tuple[pd.DataFrame, list[str]]:
    """Aggregate the members' rows; name the indicators of which something was lost."""
    member = (values["level"] == level) & values["area"].isin(joint)
    rows = values[member]
    if rows.empty:
        return values, []
    members = pd.Index(list(joint), dtype="str")
    above = gpd.GeoDataFrame(
        {"joint": members.map(joint), "joint_name": "", level: members, f"{level}_name": ""},
        index=members,
    )
    made = aggregate_values(rows, above, indicators)
    made = made[made["level"] == "joint"]
    key = ["area", "indicator", "datenstand"]
    wanted = rows.assign(area=rows["area"].map(joint)).drop_duplicates(key)
    left = ~pd.MultiIndex.from_frame(wanted[key]).isin(pd.MultiIndex.from_frame(made[key]))
    # An index is no sum: it stays without a value.
    nothing = dict.fromkeys(("value", "numerator", "denominator"), np.nan)
    rest = wanted[left].assign(**nothing, sign="x", quality="derived", steps="")
    made = pd.concat([made, rest], ignore_index=True).assign(level=level)
    had = rows.groupby([rows["area"].map(joint), "indicator", "datenstand"])["value"].count()
    complete = had.reindex(pd.MultiIndex.from_frame(made[key])).to_numpy()
    size = pd.Series(joint).value_counts()
    lost = made["value"].isna() & (complete == made["area"].map(size).to_numpy())
    lost &= made["sign"] != "."
    lost &= ~((made["denominator"] == 0) & made["numerator"].notna())
    made.loc[lost, "sign"] = "x"
    made["steps"] = add_step(made["steps"], "joint", made["area"])
    titles = [indicators[name].title for name in dict.fromkeys(made.loc[lost, "indicator"])]
    table = pd.concat([values[~member], made[list(VALUE_COLUMNS)]], ignore_index=True)
    return table, titles


def gather_groups(pairs: Sequence[Mapping[str, object]]) -> dict[str, list[tuple[str, ...]]]:
    """Put pairs of a project file together: who is joined with whom, by level.

    Parameters
    ----------
    pairs : sequence of mapping
        ``area``, ``with`` (one id or several), ``level`` ("" for the smallest).

    Returns
    -------
    dict of str to list of tuple of str
        Chains become one group, in the order of the file.

    Raises
    ------
    InputError
        An area is to be joined with itself.

    Examples
    --------
    >>> gather_groups([{"area": "1", "with": "2"}, {"area": "3", "with": ["2"]}])
    {'': [('1', '2', '3')]}
    """
    found: dict[str, list[tuple[str, ...]]] = {}
    for pair in pairs:
        other = pair["with"]
        names = [str(pair["area"]), *([other] if isinstance(other, str) else map(str, other))]  # type: ignore[call-overload]
        if len(set(names)) < len(names) or len(names) < 2:
            twice = find("error", "joint_itself", "secrecy.merge", id=names[0])
            raise InputError(CheckReport((twice,)))
        groups = found.setdefault(str(pair.get("level", "")), [])
        touched = [g for g in groups if set(g) & set(names)]
        joined = tuple(dict.fromkeys(name for g in (*touched, names) for name in g))
        groups[:] = [g for g in groups if g not in touched] + [joined]
    return found
