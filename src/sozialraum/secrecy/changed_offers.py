"""Offers of two editions: new, closed, moved, changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.secrecy.published import Published
from sozialraum.texts import number

COLUMNS = (
    "what", "offer", "name", "traeger", "category", "area_before", "area_after", "metres", "column",
    "before", "after",
)  # fmt: skip
MOVED_M = 50.0
# Where it lies is said by the area and the metres; whose row it was is of no interest.
_NO_ATTRIBUTE = {"geometry", "area", "x", "y", "lon", "lat", "file", "row", "place_quality"}


def compare_offers(old: Published, new: Published) -> pd.DataFrame:
    """Compare the offers of two editions.

    Parameters
    ----------
    old, new : Published
        In one coordinate system.

    Returns
    -------
    DataFrame
        ``what``: "new", "closed", "moved" (more than 50 m, with ``metres``) or "changed" (one row per
        column, ``before`` and ``after`` as text, empty where nothing was stated); ``area_before`` and
        ``area_after`` are names of the smallest areas.

    Notes
    -----
    Offers of one id are the same. Of the others those are the same whose name and Träger agree and
    are the only ones of that name and Träger in both editions: an id alone may have changed. An offer
    counts from ``valid_from`` to ``valid_to``, on the day of its edition. Only columns that both
    editions have are compared.
    """
    before, after = (_list_valid(edition) for edition in (old, new))
    pairs = match_rows(before, after, ("name", "traeger"))
    gone = before.index.difference([a for a, _ in pairs], sort=False)
    come = after.index.difference([b for _, b in pairs], sort=False)
    rows: list[dict[str, Any]] = []
    rows += [
        {"what": "new", **_describe(after, key), "area_after": after.at[key, "_in"]} for key in come
    ]
    rows += [
        {"what": "closed", **_describe(before, key), "area_before": before.at[key, "_in"]}
        for key in gone
    ]
    one, other = before.loc[[a for a, _ in pairs]], after.loc[[b for _, b in pairs]]
    far = shapely.distance(one.geometry.to_numpy(), other.geometry.to_numpy())
    for at in np.flatnonzero(far > MOVED_M).tolist():
        rows.append(
            {
                "what": "moved",
                **_describe(after, pairs[at][1]),
                "area_before": one["_in"].iloc[at],
                "area_after": other["_in"].iloc[at],
                "metres": float(far[at]),
            }
        )
    shared = [c for c in before.columns if c in after.columns and c not in _NO_ATTRIBUTE]
    for column in [c for c in shared if c != "_in"]:
        was, now = one[column].map(_write), other[column].map(_write)
        for at in np.flatnonzero(was.to_numpy() != now.to_numpy()).tolist():
            told = _describe(after, pairs[at][1])
            said = {"column": column, "before": was.iloc[at], "after": now.iloc[at]}
            rows.append({"what": "changed", **told, "area_after": other["_in"].iloc[at], **said})
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = [c for c in COLUMNS if c != "metres"]
    table[texts] = table[texts].astype("str").fillna("")
    return table.astype({"metres": float})


def _list_valid(edition: Published) -> gpd.GeoDataFrame:
    """List the offers that exist on the day of the edition, with the name of the area they lie in."""
    offers, day = edition.offers, edition.created
    there = pd.Series(True, index=offers.index)
    if day and "valid_from" in offers:
        there &= ~(offers["valid_from"].astype("str").fillna("") > day)
    if day and "valid_to" in offers:
        there &= ~(offers["valid_to"].astype("str").fillna("9") < day)
    kept = offers[there]
    return kept.assign(_in=locate(kept.geometry, edition.tables[edition.levels[-1].id]))


def match_rows(
    before: pd.DataFrame, after: pd.DataFrame, columns: Sequence[str]
) -> list[tuple[str, str]]:
    """Pair rows of one id, and others that agree in columns and are the only ones that do.

    Parameters
    ----------
    before, after : DataFrame
        Index of ids.
    columns : sequence of str
        The first of them must say something.

    Returns
    -------
    list of pair of str

    Examples
    --------
    >>> old = pd.DataFrame({"name": ["Kita Nord", "Hort"]}, index=["1", "2"])
    >>> new = pd.DataFrame({"name": ["kita  nord", "Treff"]}, index=["7", "2"])
    >>> match_rows(old, new, ["name"])
    [('2', '2'), ('1', '7')]
    """
    same = after.index[after.index.isin(before.index)]
    names = [_name(table.drop(index=same), columns) for table in (before, after)]
    alone = [name[~name.duplicated(keep=False) & (name != "")] for name in names]
    there = dict(zip(alone[0], alone[0].index, strict=True))
    return [
        *((key, key) for key in same),
        *((there[name], key) for key, name in alone[1].items() if name in there),
    ]


def _name(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Write cells so that case and spaces do not matter; empty without the first of them."""
    parts = [
        rows[c].astype("str").fillna("").str.casefold().str.split().str.join(" ")
        if c in rows
        else pd.Series("", index=rows.index)
        for c in columns
    ]
    joined = parts[0].str.cat(parts[1:], sep="\n")
    return joined.where(parts[0] != "", "").astype("str")


def _describe(offers: gpd.GeoDataFrame, key: str) -> dict[str, Any]:
    texts = {c: _write(offers.at[key, c]) for c in ("name", "traeger", "category") if c in offers}
    return {"offer": key, **texts}


def _write(cell: Any) -> str:
    """Write a cell as a text; a number as German writes it."""
    if cell is None or cell != cell or cell is pd.NA:
        return ""
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
        text = number(float(cell), 4)
        return text.rstrip("0").rstrip(",") if "," in text else text
    return str(cell)


def locate(shapes: gpd.GeoSeries, table: gpd.GeoDataFrame) -> pd.Series:
    """Name the area in which each shape's inner point lies; missing outside all.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"name": ["A"]}, geometry=[shapely.box(0, 0, 9, 9)], index=["1"])
    >>> locate(gpd.GeoSeries([shapely.Point(1, 1), shapely.Point(20, 1)]), table).tolist()
    ['A', nan]
    """
    points = shapely.point_on_surface(shapes.to_numpy())
    tree = shapely.STRtree(table.geometry.to_numpy())
    point, area = tree.query(points, predicate="intersects")
    first = pd.Series(area, index=point).groupby(level=0).min()
    found = first.reindex(range(len(points)))
    named = table["name"].reset_index(drop=True)
    return pd.Series(found.map(named).to_numpy(), index=shapes.index, dtype="str")
