"""Offers of an area as a table: by category and law, alike ones in one row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.present.classes import name_category
from sozialraum.texts import listing, number, say, words

if TYPE_CHECKING:
    import geopandas as gpd

COLUMNS = ("traeger", "capacity", "opening_hours", "barrier_free")
_DAYS = re.compile(r"\b(Mo|Tu|We|Th|Fr|Sa|Su|PH|SH|off|closed|open)\b")
_HOURS = re.compile(r"^[\sA-Za-z0-9:;,+()|\"-]*\d{1,2}:\d{2}[\sA-Za-z0-9:;,+()|\"-]*$")


@dataclass(frozen=True, slots=True)
class OfferRow:
    """Offers that look the same in the table.

    Attributes
    ----------
    name, place : str
        ``place`` is street and house number.
    count : int
    cells : tuple of str
        One per column of the list; empty where nothing is known.
    website : str
        Only addresses that open a web page.
    """

    name: str
    place: str
    count: int
    cells: tuple[str, ...]
    website: str = ""


@dataclass(frozen=True, slots=True)
class OfferGroup:
    """The offers of one category.

    Attributes
    ----------
    category, title, law : str
    count, whole : int
        Offers here and in all areas together.
    rows : tuple of OfferRow
        Offers of which something beside the name is known.
    bare : tuple of OfferRow
        The others: one list of names is enough for them.
    """

    category: str
    title: str
    law: str
    count: int
    whole: int
    rows: tuple[OfferRow, ...]
    bare: tuple[OfferRow, ...]


@dataclass(frozen=True, slots=True)
class OfferList:
    """The offers of an area.

    Attributes
    ----------
    groups : tuple of OfferGroup
        By title of the category.
    columns : tuple of str
        What is shown beside the name; the same on every profile of an edition.
    unknown : tuple of str
        What the edition knows of no offer at all.
    absent : tuple of str
        Categories that other areas have and this one has not.
    laws, target_groups, access : tuple of str
        By law, by target group and by whether they are free of barriers: how many offers there are
        for each, most first; empty where the edition knows none at all.
    traeger : tuple of str
        Who runs them.
    count, whole : int
    """

    groups: tuple[OfferGroup, ...]
    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]
    count: int
    whole: int
    laws: tuple[str, ...] = ()
    target_groups: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    traeger: tuple[str, ...] = ()


def write_hours(hours: str) -> str:
    """Write opening hours with German days; what is not in OpenStreetMap's form stays as it is.

    Examples
    --------
    >>> write_hours("Mo-Fr 08:00-18:00;Tu,Th 19:00-20:00")
    'Mo–Fr 08:00–18:00; Di, Do 19:00–20:00'
    >>> write_hours("nach Vereinbarung")
    'nach Vereinbarung'
    """
    if not _HOURS.match(hours):
        return hours
    days = words("profile.days")
    text = _DAYS.sub(lambda m: days.get(m[0], m[0]), hours)
    return re.sub(r"\s*([;,])\s*", r"\1 ", text.replace("-", "–")).strip()


def _cell(column: str, value: object) -> str:
    if value is None or pd.isna(value) or not str(value).strip():
        return ""
    if column == "capacity" and isinstance(value, float):
        return number(value)
    if column == "barrier_free":
        return words("tables.choice").get(str(value), str(value))
    return write_hours(str(value)) if column == "opening_hours" else str(value).strip()


def _link(value: object) -> str:
    text = "" if value is None or pd.isna(value) else str(value).strip()
    return text if re.match(r"https?://[^\s<>\"]+$", text, re.IGNORECASE) else ""


def list_offers(
    offers: gpd.GeoDataFrame, inside: pd.Series, categories: Mapping[str, str] | None = None
) -> OfferList:
    """List the offers of an area.

    Parameters
    ----------
    offers : GeoDataFrame
        Public offers of the edition.
    inside : Series of bool
        Which of them lie in the area.
    categories : mapping of str to str, optional
        The town's own words for categories.

    Returns
    -------
    OfferList
    """
    known = [c for c in COLUMNS if c in offers and offers[c].notna().any()]
    located = offers[offers["area"].notna()] if "area" in offers else offers
    everywhere = located["category"].value_counts()
    groups = [
        _group(str(category), rows, known, int(everywhere.get(category, len(rows))), categories)
        for category, rows in offers[inside].groupby("category", sort=True)
    ]
    here = {g.category for g in groups}
    absent = [name_category(str(c), categories) for c in everywhere.index if str(c) not in here]
    return OfferList(
        groups=tuple(sorted(groups, key=lambda g: g.title.casefold())),
        columns=tuple(known),
        unknown=tuple(c for c in COLUMNS if c not in known),
        absent=tuple(sorted(absent)),
        count=int(inside.sum()),
        whole=len(located),
        laws=_count(offers, inside, "law"),
        target_groups=_count(offers, inside, "target_groups"),
        access=_count(offers, inside, "barrier_free", words("tables.choice")),
        traeger=tuple(sorted(set(offers.loc[inside, "traeger"].dropna().astype(str))))
        if "traeger" in offers
        else (),
    )


def _count(
    offers: pd.DataFrame, inside: pd.Series, column: str, known: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Count the offers for each entry of a column; an offer may name several, apart by semicolons."""
    if column not in offers or offers[column].isna().all():
        return ()
    texts = offers.loc[inside, column].fillna("").astype(str)
    entries = texts.str.split(";").explode().str.strip()
    counts = entries[entries != ""].value_counts()
    order = sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0]).casefold()))
    named = known or {}
    told = [say("profile.counted", title=named.get(k, k), count=number(n)) for k, n in order]
    without = int((texts.str.strip() == "").sum())
    if without:
        told.append(say("profile.counted", title=say("number.missing"), count=number(without)))
    return tuple(told)


def _group(
    category: str,
    rows: pd.DataFrame,
    known: list[str],
    whole: int,
    categories: Mapping[str, str] | None,
) -> OfferGroup:
    laws = sorted(set(rows["law"].dropna().astype(str))) if "law" in rows else []
    merged: dict[tuple[str, str, tuple[str, ...], str], int] = {}
    for record in rows.to_dict("records"):
        merged_key = _row_key(record, known)
        merged[merged_key] = merged.get(merged_key, 0) + 1
    # Named ones first; those of which only the category is known stand together at the end.
    order = sorted(merged, key=lambda k: (not k[0], k[0].casefold(), k[1:]))
    made = tuple(OfferRow(k[0], k[1], merged[k], k[2], k[3]) for k in order)
    return OfferGroup(
        category=category,
        title=name_category(category, categories),
        law=listing(laws),
        count=len(rows),
        whole=whole,
        rows=tuple(r for r in made if any(r.cells)),
        bare=tuple(r for r in made if not any(r.cells)),
    )


def _row_key(
    record: Mapping[str, object], known: list[str]
) -> tuple[str, str, tuple[str, ...], str]:
    street, house = (_cell("", record.get(c)) for c in ("street", "housenumber"))
    place = f"{street} {house}".strip() if street else ""
    cells = tuple(_cell(c, record.get(c)) for c in known)
    return _cell("", record.get("name")), place, cells, _link(record.get("website"))


def name_most(groups: tuple[OfferGroup, ...], most: int) -> str:
    """Name the categories with the most offers, with their numbers."""
    largest = sorted(groups, key=lambda g: (-g.count, g.title.casefold()))[:most]
    return listing([say("profile.counted", title=g.title, count=number(g.count)) for g in largest])
