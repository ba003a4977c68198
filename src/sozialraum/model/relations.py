"""Whether the other tables fit: offers by themselves, values against areas and definitions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import Level
from sozialraum.model.cells import find_rows
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import Indicator
from sozialraum.model.nesting import unknown_areas
from sozialraum.model.schema import SIGNS, VALUE_COLUMNS


def check_offers(offers: gpd.GeoDataFrame) -> list[Finding]:
    """Check what only several columns of an offer together can show."""
    found: list[Finding] = []
    if {"age_from", "age_to"} <= set(offers.columns):
        turned = offers["age_from"] >= offers["age_to"]
        found += find_rows(
            "error",
            "ages_turned",
            "offers",
            offers,
            turned,
            column="age_to",
            low=offers["age_from"],
            high=offers["age_to"],
        )
    if {"valid_from", "valid_to"} <= set(offers.columns):
        late = offers["valid_to"] < offers["valid_from"]
        found += find_rows(
            "error",
            "dates_turned",
            "offers",
            offers,
            late.fillna(False),
            column="valid_to",
            start=offers["valid_from"],
            end=offers["valid_to"],
        )
    if {"capacity", "places_used"} <= set(offers.columns):
        full = offers["places_used"] > offers["capacity"]
        found += find_rows(
            "note",
            "over_capacity",
            "offers",
            offers,
            full,
            column="places_used",
            used=offers["places_used"],
            capacity=offers["capacity"],
        )
    return found


def check_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
) -> tuple[pd.DataFrame, list[Finding]]:
    """Check values against areas, levels and definitions and give the table its fixed columns.

    A missing ``level`` means the smallest; a missing ``value`` is computed where numerator and
    denominator stand.
    """
    missing = {"area", "indicator", "datenstand"} - set(values.columns)
    if missing or values.empty:
        return values.reindex(columns=list(VALUE_COLUMNS)), []
    table = values.copy()
    smallest = levels[-1].id
    for column in ("level", "gebietsstand", "quality", "sign"):
        if column not in table:
            table[column] = pd.Series(np.nan, index=table.index, dtype="str")
    for column in ("value", "numerator", "denominator"):
        if column not in table:
            table[column] = np.nan
    table["level"] = table["level"].fillna(smallest)
    label = str(table["file"].iloc[0]) if table["file"].nunique() == 1 else "values"
    found: list[Finding] = []
    known_levels = [level.id for level in levels]
    wrong_level = ~table["level"].isin(known_levels)
    found += find_rows(
        "error",
        "unknown_level",
        label,
        table,
        wrong_level,
        column="level",
        cell=table["level"],
        known=", ".join(known_levels),
    )
    for level in known_levels:
        here = table["level"] == level
        known = set(areas[level])
        unknown = here & table["area"].notna() & ~table["area"].isin(known)
        found += unknown_areas(table, table["area"], unknown, known, label)
    ids = table["indicator"].dropna().unique()
    for name in sorted(set(ids) - set(indicators)):
        near = difflib.get_close_matches(name, list(indicators), n=1, cutoff=0.6)
        rows = table.loc[table["indicator"] == name, "row"]
        found.append(
            find(
                "error",
                "unknown_indicator",
                label,
                column="indicator",
                cell=name,
                hint=near[0] if near else "–",
                row=int(rows.iloc[0]),
                count=len(rows),
            )
        )
    twins = table.duplicated(["level", "area", "indicator", "datenstand"], keep="first")
    found += find_rows(
        "error",
        "value_twice",
        label,
        table,
        twins,
        area=table["area"],
        indicator=table["indicator"],
        date=table["datenstand"],
    )
    odd = table["sign"].notna() & ~table["sign"].isin(SIGNS)
    found += find_rows(
        "error",
        "unknown_sign",
        label,
        table,
        odd,
        column="sign",
        cell=table["sign"],
        known=" ".join(SIGNS),
    )
    kinds = table["indicator"].map({i.id: i.kind for i in indicators.values()})
    per = table["indicator"].map({i.id: i.per for i in indicators.values()}).astype("float64")
    empty = (table["denominator"] == 0) & kinds.isin(["rate", "mean"])
    computed = per * table["numerator"] / table["denominator"].where(~empty)
    computed = computed.where(kinds.isin(["rate", "mean"]), table["numerator"])
    table["numerator"] = table["numerator"].where(
        (kinds != "count") | table["numerator"].notna(), table["value"]
    )
    both = table["value"].notna() & computed.notna() & kinds.notna()
    apart = both & ~np.isclose(table["value"], computed, rtol=0.01, atol=0.06)
    found += find_rows(
        "error",
        "value_contradicts",
        label,
        table,
        apart,
        column="value",
        cell=table["value"],
        computed=computed.round(4),
    )
    table["value"] = table["value"].where(table["value"].notna(), computed)
    defined = {i.id: i for i in indicators.values()}
    for column, fallback in (("gebietsstand", "gebietsstand"),):
        default = table["indicator"].map({k: getattr(i, fallback) for k, i in defined.items()})
        table[column] = table[column].where(table[column].notna(), default)
    kind = table["indicator"].map(
        {
            k: "practice" if i.practice else "derived" if i.derived else "exact"
            for k, i in defined.items()
        }
    )
    table["quality"] = table["quality"].where(table["quality"].notna(), kind)
    table["sign"] = table["sign"].fillna("")
    return table[list(VALUE_COLUMNS)].reset_index(drop=True), found
