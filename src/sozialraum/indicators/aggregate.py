"""Up the hierarchy: counts add, rates come from ΣZ/ΣN, an index stays where it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE, list_levels
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import BETWEEN, add_step

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_GROUP = ("indicator", "datenstand", "gebietsstand")


def aggregate_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    *,
    partial: bool = False,
) -> pd.DataFrame:
    """Aggregate values of the smallest areas to every level above.

    Counts are summed; rates, ratios and means are ``per · ΣZ / ΣN``; an index is not aggregated. A
    rate that comes without Z and N is taken with its definition's ``weight`` (an indicator of kind
    count) as N, or is not aggregated. A sum needs all parts: if one member area has no row or a
    missing count, the result is missing (sign "…"), never 0.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; those of the smallest level are aggregated. Rows of the area
        ``nicht_zuzuordnen`` (people without a place) are members of the whole.
    areas : GeoDataFrame
        The areas of an atlas.
    indicators : mapping of str to Indicator
        Decide by their ``kind``.
    partial : bool, default False
        Add up what is there where parts are missing; such rows carry the quality ``partial``.

    Returns
    -------
    DataFrame
        The rows given and the new ones; rows given for an upper level win over computed ones.
        ``steps`` says of every new row how many parts it was made of, or how many are missing.

    Raises
    ------
    UnknownNameError
        An indicator has no definition, so nobody knows how to aggregate it.

    Notes
    -----
    A rate of a larger area is never a mean of rates; sums of every way up are equal (ΣZ over the
    members of a level is the same for all levels). Nothing is rounded.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"name": ["A", "B"], "gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> rate = Indicator(id="q", title="Quote", kind="rate", per=100, denominator="alle")
    >>> values = pd.DataFrame({"area": ["1", "2"], "level": "quartier", "indicator": "q",
    ...     "datenstand": "2024", "gebietsstand": "2024", "value": [50.0, 10.0],
    ...     "numerator": [5.0, 9.0], "denominator": [10.0, 90.0], "quality": "exact", "sign": ""})
    >>> whole = aggregate_values(values, areas, {"q": rate}).query("level == 'gesamt'").iloc[0]
    >>> float(whole["value"]), whole["steps"]
    (14.0, 'aggregated:2')
    """
    name, names = pd.factorize(values["indicator"])
    for known in names:
        pick(indicators, known)
    levels = list_levels(areas)
    said = values["steps"].astype("str").fillna("") if "steps" in values else ""
    values = values.assign(steps=said)
    adds = np.array([indicators[known].kind != "index" for known in names], dtype=bool)
    lowest = (values["level"] == levels[-1]).to_numpy(dtype=bool)
    values = values[list(VALUE_COLUMNS)].reset_index(drop=True)
    taken = lowest & adds[name]
    if not taken.any():
        return values
    given = values[~lowest]
    base = weigh_rates(values if taken.all() else values[taken], indicators)
    group, groups = _number_groups(base)
    labels = {c: pd.factorize(base[c], use_na_sentinel=False) for c in ("quality", "steps")}
    amounts = base[["numerator", "denominator"]].to_numpy(dtype="float64")
    area, known_areas = pd.factorize(base["area"])
    place = areas.index.get_indexer(known_areas)[area]
    nowhere = place < 0
    if nowhere.any():
        nowhere = (known_areas == UNASSIGNED)[area]
    definitions = [indicators[name] for name in groups["indicator"]]
    counts = np.array([i.kind == "count" for i in definitions])
    per = np.array([i.per for i in definitions], dtype=float)
    parts = [values]
    for level in levels[:-1]:
        above, ids = pd.factorize(areas[level], sort=True)
        size = np.bincount(above[above >= 0], minlength=len(ids))
        code = np.where(place >= 0, above[place], -1)
        if level == WHOLE:
            code = np.where(nowhere, 0, code)
        elif nowhere.any():
            code = np.where(nowhere, len(ids), code)
            ids, size = ids.append(pd.Index([UNASSIGNED])), np.append(size, 0)
        known = slice(None) if (code >= 0).all() else code >= 0
        used, sums = _sum_up(
            amounts[known], code[known] * len(groups) + group[known],
            {name: codes[known] for name, (codes, _) in labels.items()},
            nowhere[known], len(ids) * len(groups), partial,
        )  # fmt: skip
        at, which = np.divmod(used, len(groups))
        sums |= {"members": size[at], "apart": ids[at] == UNASSIGNED}
        columns = {c: groups[c].array.take(which) for c in _GROUP}
        columns |= {"area": ids.array.take(at), "level": _texts([level], np.zeros_like(at))}
        texts = {name: labels[name][1] for name in labels}
        columns |= _with_value(sums, counts[which], per[which], texts, partial)
        parts.append(_without(pd.DataFrame({c: columns[c] for c in VALUE_COLUMNS}), given))
    return pd.concat(parts, ignore_index=True)


def weigh_rates(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Give rates without numerator and denominator those that their weight implies.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, with those of the weights.
    indicators : mapping of str to Indicator

    Returns
    -------
    DataFrame
        Where a definition names a ``weight`` and the row has a value alone: the denominator is the
        weight's value of the same area, level and Datenstand, the numerator ``value · N / per``;
        step ``weighted``.

    Examples
    --------
    >>> values = pd.DataFrame({"area": "1", "level": "q", "indicator": ["s", "n"],
    ...     "datenstand": "2024", "value": [25.0, 40.0], "numerator": [np.nan, 40.0],
    ...     "denominator": np.nan, "steps": ""})
    >>> rate = Indicator(id="s", title="Anteil", kind="rate", per=100, denominator="alle", weight="n")
    >>> table = weigh_rates(values, {"s": rate, "n": Indicator(id="n", title="Menschen")})
    >>> float(table.loc[0, "numerator"]), table.loc[0, "steps"]
    (10.0, 'weighted:Menschen')
    """
    by = {k: i.weight for k, i in indicators.items() if i.weight}
    if not by:
        return values
    bare = values["numerator"].isna() & values["denominator"].isna() & values["value"].notna()
    bare &= values["indicator"].isin(by)
    if not bare.any():
        return values
    key = ["area", "level", "datenstand"]
    weights = values.loc[values["indicator"].isin(set(by.values())), [*key, "indicator", "value"]]
    weights = weights.rename(columns={"indicator": "weight", "value": "amount"})
    rows = values.loc[bare, [*key, "indicator", "value"]]
    rows = rows.assign(weight=rows["indicator"].map(by))
    found = rows.merge(weights.drop_duplicates([*key, "weight"]), how="left", on=[*key, "weight"])
    amount = found["amount"].to_numpy()
    per = rows["indicator"].map({k: indicators[k].per for k in by}).to_numpy(dtype="float64")
    table = values.copy()
    table.loc[bare, "denominator"] = amount
    table.loc[bare, "numerator"] = rows["value"].to_numpy() * amount / per
    taken = bare.copy()
    taken[bare] = ~np.isnan(amount)
    titles = {k: indicators[w].title if w in indicators else w for k, w in by.items()}
    table.loc[taken, "steps"] = add_step(
        table.loc[taken, "steps"], "weighted", table.loc[taken, "indicator"].map(titles)
    )
    return table


def _number_groups(base: pd.DataFrame) -> tuple[Codes, pd.DataFrame]:
    """Give every combination of indicator, Datenstand and Gebietsstand a number, sorted."""
    found = [pd.factorize(base[c], sort=True, use_na_sentinel=False) for c in _GROUP]
    sizes = [len(labels) for _, labels in found]
    code = np.ravel_multi_index([part for part, _ in found], sizes)
    there = np.flatnonzero(np.bincount(code, minlength=math.prod(sizes)))
    number = np.zeros(math.prod(sizes), dtype=np.int64)
    number[there] = np.arange(len(there))
    parts = zip(_GROUP, np.unravel_index(there, sizes), found, strict=True)
    return number[code], pd.DataFrame({c: labels[part] for c, part, (_, labels) in parts})


def _sum_up(
    amounts: Floats, key: Codes, labels: Mapping[str, Codes], nowhere: npt.NDArray[np.bool_],
    size: int, partial: bool,
) -> tuple[Codes, dict[str, npt.NDArray[np.generic]]]:  # fmt: skip
    """Add up by key: keys that have a part, sums, known parts, the common label (-1: none is)."""

    def add(weights: npt.NDArray[np.generic] | None = None) -> Floats:
        return np.asarray(np.bincount(key, weights, size), dtype=np.float64)

    hole = np.isnan(amounts[:, 0])
    if partial:
        amounts = np.where(hole[:, None], 0.0, amounts)
    count = add()
    used = np.flatnonzero(count)
    missing = add(hole)[used] if hole.any() else np.zeros(len(used))
    lost = add(nowhere)[used] if nowhere.any() else 0.0
    sums: dict[str, npt.NDArray[np.generic]] = {
        "numerator": add(amounts[:, 0])[used],
        "denominator": add(amounts[:, 1])[used],
        "known": count[used] - missing - lost,
        "missing": missing,
    }
    for name, codes in labels.items():
        if not codes.any():
            sums[name] = np.zeros(len(used), dtype=np.int64)
            continue
        first, second = add(codes)[used], add(codes.astype(float) ** 2)[used]
        # Equal if and only if n Σc² = (Σc)²
        same = count[used] * second == first**2
        sums[name] = np.where(same, np.rint(first / count[used]), -1).astype(np.int64)
    return used, sums


def _with_value(
    sums: Mapping[str, npt.NDArray[Any]],
    count: npt.NDArray[np.bool_],
    per: Floats,
    texts: Mapping[str, pd.Index],
    partial: bool,
) -> dict[str, Any]:
    """Give value, parts, sign, quality and steps of every sum."""
    known, members = sums["known"].astype(np.int64), sums["members"]
    short = (known < members) | (sums["missing"] > 0)
    stands = (partial | ~short) & ((known > 0) | sums["apart"])
    top = np.where(stands, sums["numerator"], np.nan)
    bottom = np.where(stands & ~count, sums["denominator"], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(count, top, per * top / np.where(bottom == 0, np.nan, bottom))
    incomplete = np.isnan(top) | (~count & np.isnan(bottom))
    sign = np.where(incomplete, 2, np.where(np.isnan(value), 1, 0))
    qualities = [*texts["quality"], "partial", "derived"]
    quality = np.where(short & partial, -2, sums["quality"]) % len(qualities)
    # Few rows differ in how they were made: each way is written once.
    numbers = (sums["steps"] + 1, short, known, members)
    scale = [int(n.max(initial=0)) + 1 for n in numbers]
    way, ways = pd.factorize(np.ravel_multi_index([n.astype(np.int64) for n in numbers], scale))
    kinds = np.column_stack(np.unravel_index(ways, scale)).tolist()
    written = [_write_step(kind, texts["steps"], partial) for kind in kinds]
    return {
        "value": value, "numerator": top, "denominator": bottom,
        "sign": _texts(["", "x", "…"], sign), "quality": _texts(qualities, quality),
        "steps": _texts(written, way),
    }  # fmt: skip


def _texts(texts: list[str], code: Codes) -> Any:
    return pd.array(texts, dtype="str").take(code)


def _write_step(way: list[int], texts: pd.Index, partial: bool) -> str:
    before, short, known, members = way
    done = str(texts[before - 1]) if before else "mixed"
    if not members and not short:
        return done  # people without a known place are taken over, not added up
    name = ("partial" if partial else "incomplete") if short else "aggregated"
    detail = f"{max(members - known, 0)} von {members}" if short else str(known)
    return BETWEEN.join(filter(None, (done, f"{name}:{detail}")))


def _without(made: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Leave out what was given."""
    key = ["area", "indicator", "datenstand"]
    if given.empty or made.empty:
        return made
    there = given.loc[given["level"] == made["level"].iloc[0], key]
    if there.empty:
        return made
    return made[~pd.MultiIndex.from_frame(made[key]).isin(pd.MultiIndex.from_frame(there))]


def count_by_area(
    points: pd.DataFrame, areas: gpd.GeoDataFrame, indicator: Indicator, weight: str | None = None
) -> pd.DataFrame:
    """Count points, or add up one of their columns, for every area of every level.

    Parameters
    ----------
    points : DataFrame
        Offers or population with ``area``; points outside every area are not counted anywhere.
    areas : GeoDataFrame
    indicator : Indicator
        Of kind count; its Datenstand and Gebietsstand enter the rows.
    weight : str, optional
        Column to add up; without it every point counts 1. A missing weight makes the sum missing.

    Returns
    -------
    DataFrame
        Rows of the values table, rounded to a millionth, so that parts of persons spread over points
        add up to persons again. An area without points has the value 0: nothing is there.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> points = pd.DataFrame({"area": ["1", "1", None]})
    >>> count_by_area(points, areas, Indicator(id="n", title="Anzahl"))["value"].tolist()
    [2.0, 2.0, 0.0]
    """
    inside = points[points["area"].notna()]
    amount = pd.Series(1.0, index=inside.index) if weight is None else inside[weight]
    parts = []
    for level in list_levels(areas):
        above = inside["area"].map(areas[level])
        sums = amount.groupby(above.to_numpy()).sum(skipna=False)
        sums = (
            sums.reindex(sorted(areas[level].unique()), fill_value=0.0).astype("float64").round(6)
        )
        parts.append(pd.DataFrame({"area": sums.index, "level": level, "value": sums.to_numpy()}))
    table = pd.concat(parts, ignore_index=True)
    quality = "practice" if indicator.practice else "derived" if indicator.derived else "exact"
    return table.assign(
        indicator=indicator.id,
        datenstand=indicator.datenstand,
        gebietsstand=indicator.gebietsstand,
        numerator=table["value"],
        denominator=np.nan,
        quality=quality,
        sign=np.where(table["value"].isna(), "…", ""),
        steps="counted",
    )[list(VALUE_COLUMNS)]
