"""Whether the other tables fit: offers by themselves, values against areas and definitions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, Level
from sozialraum.model.check import Finding, find
from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.near import list_near
from sozialraum.model.nesting import unknown_areas
from sozialraum.model.rows import find_rows, find_twins, say_heading
from sozialraum.model.schema import SIGNS, VALUE_COLUMNS


def check_offers(offers: gpd.GeoDataFrame) -> list[Finding]:
    """Check what only several columns or several files of offers together can show."""
    found = find_twins(offers, ["offer"], "offers", across=True) if "offer" in offers else []
    if {"age_from", "age_to"} <= set(offers.columns):
        found += find_rows(
            "error",
            "ages_turned",
            "offers",
            offers,
            offers["age_from"] >= offers["age_to"],
            column="age_to",
            low=offers["age_from"],
            high=offers["age_to"],
        )
    if {"valid_from", "valid_to"} <= set(offers.columns):
        # A bare year or month ends with its last day: "~" sorts behind every digit and dash.
        late = (offers["valid_to"] + "~") < offers["valid_from"]
        found += find_rows(
            "error",
            "dates_turned",
            "offers",
            offers,
            late.fillna(False).astype(bool),
            column="valid_to",
            start=offers["valid_from"],
            end=offers["valid_to"],
        )
    if {"capacity", "places_used"} <= set(offers.columns):
        found += find_rows(
            "note",
            "over_capacity",
            "offers",
            offers,
            offers["places_used"] > offers["capacity"],
            column="places_used",
            used=offers["places_used"],
            capacity=offers["capacity"],
        )
    return found


def check_funding(
    funding: pd.DataFrame, offers: pd.DataFrame, levels: Sequence[Level]
) -> list[Finding]:
    """Check that the offers that are paid for, and the levels they serve, exist; nothing twice.

    Parameters
    ----------
    funding : DataFrame
        As read, with ``file`` and ``row``.
    offers : DataFrame
        Index ``offer``.
    levels : sequence of Level

    Returns
    -------
    list of Finding
    """
    known = list(offers.index.astype("str"))
    unknown = ~funding["offer"].isin(known)
    near = funding["offer"].where(unknown).map(lambda x: list_near(x, known), na_action="ignore")
    found = find_rows(
        "error", "unknown_offer", "funding", funding, unknown, column="offer",
        cell=funding["offer"], hint=near,
    )  # fmt: skip
    if "serves" in funding:
        served = funding["serves"]
        ids = [level.id for level in levels]
        odd = served.notna() & ~served.isin(ids)
        found += find_rows(
            "error", "unknown_level", "funding", funding, odd, column="serves", cell=served,
            known=", ".join(ids),
        )  # fmt: skip
    return found + find_twins(funding, ["offer", "year", "source"], "funding", across=True)


def check_population(population: pd.DataFrame) -> list[Finding]:
    """Check that no cell occurs in two files and no number of people is negative."""
    label = "population"
    found = find_twins(population, ["cell"], label, across=True) if "cell" in population else []
    groups = population.select_dtypes("number").columns.difference(["row"], sort=False)
    for group in groups:
        found += find_rows(
            "error",
            "too_small",
            label,
            population,
            population[group] < 0,
            column=group,
            cell=population[group],
            minimum=0,
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
    denominator stand, a missing numerator of a count is its value.
    """
    missing = {"area", "indicator", "datenstand"} - set(values.columns)
    if missing or values.empty:
        return values.reindex(columns=list(VALUE_COLUMNS)), []
    table = _complete_values(values, levels[-1].id)
    label = str(table["file"].iloc[0]) if table["file"].nunique() == 1 else "values"
    found = _check_keys(values, table, areas, levels, indicators, label)
    kinds = table["indicator"].map({key: i.kind for key, i in indicators.items()})
    per = table["indicator"].map({key: i.per for key, i in indicators.items()}).astype("float64")
    counts = kinds == "count"
    signed = {key for key, i in indicators.items() if i.signed}
    ratio = kinds.isin(QUOTIENTS)
    odd = ~table["sign"].fillna("").isin(["", *SIGNS])
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
    empty = table["sign"].isin(set(SIGNS) - {"()"})
    # Nothing there ("–") may be written as 0.
    numbers = table[["value", "numerator", "denominator"]]
    filled = numbers.notna().any(axis=1) & ((table["sign"] != "–") | (numbers["value"] != 0))
    found += find_rows(
        "error",
        "sign_contradicts",
        label,
        table,
        empty & filled,
        column="sign",
        cell=table["sign"],
    )
    found += find_rows(
        "error",
        "too_small",
        label,
        table,
        counts & ~table["indicator"].isin(signed) & (table["value"] < 0),
        column="value",
        cell=table["value"],
        minimum=0,
    )
    table["numerator"] = table["numerator"].where(
        ~counts | table["numerator"].notna(), table["value"]
    )
    computed = per * table["numerator"] / table["denominator"].where(table["denominator"] != 0)
    computed = computed.where(ratio)
    found += check_counts(table, indicators, label)
    apart = (
        table["value"].notna()
        & computed.notna()
        & ~np.isclose(table["value"], computed, rtol=0.01, atol=0.06)
    )
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
    computed = computed.where(~counts, table["numerator"])
    table["value"] = table["value"].where(table["value"].notna(), computed)
    stand = table["indicator"].map({key: i.gebietsstand for key, i in indicators.items()})
    table["gebietsstand"] = table["gebietsstand"].where(table["gebietsstand"].notna(), stand)
    quality = table["indicator"].map(
        {
            key: "practice" if i.practice else "derived" if i.derived else "exact"
            for key, i in indicators.items()
        }
    )
    table["quality"] = table["quality"].where(table["quality"].notna(), quality)
    table["sign"] = table["sign"].fillna("")
    table["steps"] = table["steps"].fillna("")
    return table[list(VALUE_COLUMNS)].reset_index(drop=True), found


def check_counts(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], label: str
) -> list[Finding]:
    """Check that no count has another value than its numerator: they are one number, and both are shown.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; without ``file`` and ``row`` counted as a spreadsheet would.
    indicators : mapping of str to Indicator
    label : str
        What findings call the table.

    Returns
    -------
    list of Finding
    """
    counted = values["indicator"].isin([k for k, i in indicators.items() if i.kind == "count"])
    table = values[counted]
    value, top = table["value"].astype("float64"), table["numerator"].astype("float64")
    apart = value.notna() & top.notna() & ~np.isclose(value, top, rtol=1e-9, atol=1e-6)
    if not apart.any():
        return []
    if "row" not in table:
        table = table.assign(file=label, row=np.flatnonzero(counted) + 2)
    place = {name: table[name] for name in ("level", "area", "indicator", "datenstand")}
    return find_rows(
        "error",
        "count_contradicts",
        label,
        table,
        apart,
        column="value",
        cell=value,
        top=top,
        **place,
    )


def _complete_values(values: pd.DataFrame, smallest: str) -> pd.DataFrame:
    table = values.copy()
    for column in ("level", "gebietsstand", "quality", "sign", "steps"):
        if column not in table:
            table[column] = pd.Series(np.nan, index=table.index, dtype="str")
    for column in ("value", "numerator", "denominator"):
        if column not in table:
            table[column] = np.nan
    table["level"] = table["level"].fillna(smallest)
    return table


def _check_keys(
    values: pd.DataFrame,
    table: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    label: str,
) -> list[Finding]:
    """Check that levels, areas and indicators exist and that no key occurs twice."""
    known_levels = [level.id for level in levels]
    found = find_rows(
        "error",
        "unknown_level",
        label,
        table,
        ~table["level"].isin(known_levels),
        column="level",
        cell=table["level"],
        known=", ".join(known_levels),
    )
    for level in known_levels:
        known = set(areas[level].dropna())
        unknown = (table["level"] == level) & table["area"].notna()
        unknown &= ~table["area"].isin({*known, UNASSIGNED})
        found += unknown_areas(table, table["area"], unknown, known, label)
    key = ["indicator", "datenstand"]
    lost = table["area"] == UNASSIGNED
    counted = pd.MultiIndex.from_frame(table.loc[lost & (table["level"] == known_levels[-1]), key])
    uncounted = lost & ~pd.MultiIndex.from_frame(table[key]).isin(counted)
    found += find_rows(
        "error", "unassigned_level", label, table, uncounted, column="level", level=known_levels[-1]
    )  # fmt: skip
    for name in sorted(set(table["indicator"].dropna()) - set(indicators)):
        near = difflib.get_close_matches(name, list(indicators), n=1, cutoff=0.6)
        rows = table.loc[table["indicator"] == name]
        file = str(rows["file"].iloc[0]) or label
        found.append(
            find(
                "error",
                "unknown_indicator",
                file,
                column=say_heading(table, file, "indicator"),
                cell=name,
                hint=near[0] if near else "–",
                row=int(rows["row"].iloc[0]),
                count=len(rows),
            )
        )
    key = ["level", "area", "indicator", "datenstand"]
    # What stands twice in one file was found when it was read.
    read = ["file", *(c for c in key if c in values)]
    again = values.duplicated(read) & values[read].notna().all(axis=1)
    found += find_rows(
        "error",
        "value_twice",
        label,
        table,
        table.duplicated(key) & table[key].notna().all(axis=1) & ~again,
        area=table["area"],
        indicator=table["indicator"],
        date=table["datenstand"],
    )
    return found
