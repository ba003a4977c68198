"""Offers and gaps as the map page reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from sozialraum.model.schema import OFFERS
from sozialraum.present.classes import mark_categories, name_category, round_shown
from sozialraum.present.payload_hours import list_week
from sozialraum.texts import say, words

if TYPE_CHECKING:
    from sozialraum.present.topology import Topology
    from sozialraum.secrecy.edition import Edition

_ADDRESS = ("street", "housenumber", "postcode", "city")
_NOT_SHOWN = {"name", "category", "area", "file", "row", "x", "y", "lon", "lat", "offer", *_ADDRESS}
_PLACED = ("place_quality", "place_address")


def list_offers(edition: Edition, topology: Topology, *, land: str | None = None) -> dict[str, Any]:
    """Lay offers out by column; what repeats itself is stored as a list and codes.

    Parameters
    ----------
    edition : Edition
    topology : Topology
        On whose grid the places are given.
    land : str, optional
        Whose holidays count; opening hours are then evaluated for a usual week from the edition's day.

    Returns
    -------
    dict
        In the order of names; a code of -1 means "keine Angabe".
    """
    offers = edition.offers[edition.offers.geometry.notna()]
    by_name = pd.Series([n.casefold() or "\uffff" for n in _texts(offers, "name")], offers.index)
    offers = offers.loc[by_name.sort_index().sort_values(kind="stable").index]
    smallest = {key: i for i, key in enumerate(topology.objects[edition.levels[-1].id])}
    category = offers.get("category", pd.Series(dtype="str"))
    categories = sorted(set(category.dropna().astype(str)))
    marks = mark_categories(categories)
    labels, choices = words("tables.offer"), words("tables.choice")
    if set(_ADDRESS) & set(offers.columns):
        offers = offers.assign(address=_addresses(offers))
        labels["address"] = say("map.script.address")
    declared = [c.name for c in OFFERS.columns if c.name in offers.columns]
    extra = [c for c in offers.columns if c not in declared and c != offers.geometry.name]
    columns = []
    for name in [c for c in (*declared, *extra) if c not in _NOT_SHOWN]:
        text = offers[name].map(_text, na_action="ignore")
        text = text.where(text.notna() & (text != ""))
        if (name in extra or name in _PLACED) and text.isna().all():
            continue
        if name in _PLACED and "place_quality" in offers:  # an exact place is not worth a line
            text = text.where(offers["place_quality"] != "exact")
        if (declared_column := OFFERS.column(name)) and declared_column.kind == "choice":
            text = text.map(choices, na_action="ignore")
        codes, distinct = pd.factorize(text, sort=True)
        columns.append(
            {
                "id": name,
                "label": labels.get(name, name),
                "values": [str(v) for v in distinct],
                "codes": codes.tolist(),
            }
        )
    hours: list[str] = next((c["values"] for c in columns if c["id"] == "opening_hours"), [])
    week = {"week": list_week(hours, land, edition.created)} if land and hours else {}
    return {
        **week,
        "ids": [str(i) for i in offers.index],
        "names": _texts(offers, "name"),
        "places": topology.to_grid(shapely.get_coordinates(offers.geometry.to_numpy())).tolist(),
        "areas": [smallest.get(key, -1) for key in _texts(offers, "area")],
        "categories": [
            {
                "id": name,
                "title": name_category(name, edition.categories),
                "path": marks[name].path,
                "colour": marks[name].colour,
            }
            for name in categories
        ],
        "category": pd.Categorical(category.astype(object), categories).codes.tolist(),
        "columns": columns,
    }


def list_gaps(edition: Edition) -> list[dict[str, Any]]:
    """List gaps with people and the way to the next offer; what is withheld is None.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    list of dict
        In the order of the edition, which is that of the outlines.
    """
    gaps = edition.gaps
    names = edition.offers["name"] if "name" in edition.offers else pd.Series(dtype="str")
    known = {name: i for i, name in enumerate(edition.indicators)}
    found = []
    for key, row in zip(gaps.index, gaps.to_dict("records"), strict=True):
        offer = row.get("offer")
        found.append(
            {
                "id": str(key),
                "rank": int(row["rank"]),
                "measure": known.get(row.get("measure"), -1),
                "people": _whole(row["people"]),
                "minutes": _whole(row["minutes"]),
                "metres": _whole(row["metres"]),
                "limit": _whole(row["limit_min"]),
                "offer": "" if pd.isna(offer) else str(names.get(offer, offer) or offer),
            }
        )
    return found


def _addresses(offers: pd.DataFrame) -> list[str]:
    street, number, code, city = (_texts(offers, name) for name in _ADDRESS)
    lines = zip(street, number, code, city, strict=True)
    return [
        ", ".join(filter(None, (f"{s} {n}".strip(), f"{p} {c}".strip()))) for s, n, p, c in lines
    ]


def _whole(value: Any) -> int | None:
    return None if pd.isna(value) else int(round_shown([value], 0)[0])


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _texts(table: pd.DataFrame, column: str) -> list[str]:
    if column not in table:
        return [""] * len(table)
    return ["" if pd.isna(v) else str(v) for v in table[column]]
