"""Offers without coordinates are placed at their address, or not at all."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.address_book import (
    AddressBook,
    find_similar,
    make_book,
    rank_places,
    same_words,
    split_stated,
)
from sozialraum.model.areas import require_metric
from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.rows import add_origin, find_rows
from sozialraum.model.spelling import street_words
from sozialraum.texts import number, say

NEAR_NUMBERS = 6
"""A neighbouring number differs by no more."""
SAME_ADDRESS_M = 50.0
"""Points of one address further apart are different addresses."""
SAME_STREET_M = 500.0
"""Neighbouring numbers further apart are different streets of one name."""
LONG_STREET_M = 1000.0
"""A street that reaches further from its middle says too little about the place."""
FAR_FROM_ADDRESS_M = 250.0
"""A point further from its stated address or postcode contradicts it."""

_EXACT, _SIMILAR, _NEIGHBOUR, _STREET, _NONE = range(5)
_NAMES = np.array(["exact", "similar", "neighbour", "street", "none"], dtype=object)
_SPREAD = np.array([SAME_ADDRESS_M, SAME_ADDRESS_M, SAME_STREET_M, LONG_STREET_M])
_HINTS = 3
_LISTED = 200


def place_offers(offers: pd.DataFrame, addresses: gpd.GeoDataFrame) -> Reading:
    """Place offers that have an address but no coordinates.

    Parameters
    ----------
    offers : DataFrame or GeoDataFrame
        ``street`` (the number may stand behind it, and postcode and town behind that),
        ``housenumber``, ``postcode``, ``city``; rows whose ``geometry`` is there keep it.
    addresses : GeoDataFrame of points
        As `read_addresses` gives it, in a metric system.

    Returns
    -------
    Reading
        ``table``: the offers with ``geometry`` (in their own system, else that of the addresses),
        ``place_quality`` and ``place_address`` (the address found); both missing where coordinates
        were given. ``findings``: every offer whose place is not exact, those not found with
        suggestions, and given coordinates that contradict the stated address or postcode.

    Raises
    ------
    CrsError
        Coordinates in degrees or without system.

    Notes
    -----
    Quality, the first that holds:

    * ``exact``: street, number and all that is stated of postcode and town agree after spelling is
      made one (``Str.`` = ``Straße`` = ``strasse``, ``ä`` = ``ae``, hyphens, ``12 A`` = ``12a``). A
      stated range is exact at its first number; a number at the end of a range of the table is too.
    * ``similar``: the same with typing errors in the street or town (at most one in five letters, three
      in all, digits not at all, and no other street as near), or with a postcode or town that the
      table does not know at all.
    * ``neighbour``: the street is there, the number is not, but one that differs by 6 at most; the
      same side of the street is preferred.
    * ``street``: only the street is known, and no part of it is further than 1,000 m from the
      point, which is the address nearest to its middle.
    * ``none``: nothing of that, or several places answer to it (points of one address further
      apart than 50 m). The geometry stays missing: an offer is never put at a town's centre.

    The invariant: an address of the table whose points lie together finds itself, exactly.

    Examples
    --------
    >>> from shapely import Point
    >>> addresses = gpd.GeoDataFrame(
    ...     {"street": ["Rigaer Straße", "Rigaer Straße"], "housenumber": ["12", "14a"]},
    ...     geometry=[Point(0, 0), Point(30, 0)], crs=25833)
    >>> offers = pd.DataFrame(
    ...     {"street": ["Rigaer Str. 14 A", "Rigarstr. 12", "Rigaer Str. 16", "Am Tor 1"]})
    >>> place_offers(offers, addresses).table["place_quality"].tolist()
    ['exact', 'similar', 'neighbour', 'none']
    """
    require_metric(addresses, "addresses")
    table = offers.copy()
    add_origin(table, "offers")
    if "geometry" not in table:
        table = gpd.GeoDataFrame(
            table, geometry=gpd.GeoSeries(None, index=table.index), crs=addresses.crs
        )
    require_metric(table, "offers")
    book = make_book(addresses.to_crs(table.crs))
    stated = split_stated(table, book.streets)
    best = _search(stated, book)
    missing = table.geometry.isna().to_numpy()
    located = ~missing & ~table.geometry.is_empty.to_numpy()
    found = _contradictions(table, stated, best, book, located)
    quality = pd.Series(_NAMES[best["quality"]], index=table.index).where(missing)
    placed = missing & (best["quality"] < _NONE).to_numpy()
    rows = best["row"].to_numpy()[placed]
    points = gpd.GeoSeries(
        gpd.points_from_xy(book.rows["x"].to_numpy()[rows], book.rows["y"].to_numpy()[rows]),
        index=table.index[placed],
        crs=table.crs,
    )
    geometry = table.geometry.copy()
    geometry[placed] = points
    lines = pd.Series(None, index=table.index, dtype="str")
    lines[placed] = book.describe(rows)
    table = table.set_geometry(geometry)
    for column, cells in (("place_quality", quality), ("place_address", lines)):
        given = table[column] if column in table else pd.Series(None, table.index, dtype="str")
        table[column] = cells.where(missing, given).astype("str")
    return Reading(table, (*_report(table, stated, best, book, missing), *found))


def _search(stated: pd.DataFrame, book: AddressBook) -> pd.DataFrame:
    """Find the best row of the book for each stated address.

    Returns
    -------
    DataFrame
        ``quality`` (code), ``row`` of the book, ``several`` (whether places far apart answer).
    """
    best = pd.DataFrame({"quality": _NONE, "row": -1, "several": False}, index=range(len(stated)))
    pairs = _match_streets(stated, book)
    if pairs.empty:
        return best
    size = pairs["size"].to_numpy()
    pair = np.repeat(np.arange(len(pairs)), size)
    first = np.repeat(np.cumsum(size) - size, size)
    row = np.arange(len(pair)) - first + pairs["start"].to_numpy()[pair]
    hits = pd.DataFrame({"offer": pairs["offer"].to_numpy()[pair], "row": row})
    weak = ((pairs["rank"] > 0) | pairs["spelled"]).to_numpy()[pair]
    kind, cost = _compare_numbers(stated.iloc[hits["offer"]], book.rows.iloc[row])
    hits["quality"] = np.select(
        [(kind < 2) & ~weak, kind < 2, kind == 2], [_EXACT, _SIMILAR, _NEIGHBOUR], _STREET
    )
    hits["rank"] = pairs["rank"].to_numpy()[pair]
    hits["kind"], hits["cost"] = kind, cost
    hits = hits.sort_values(["offer", "quality", "rank", "kind", "cost", "row"], ignore_index=True)
    lead = hits.drop_duplicates("offer").set_index("offer")
    for column in ("quality", "rank", "kind"):
        hits = hits[hits[column].to_numpy() == lead[column].reindex(hits["offer"]).to_numpy()]
    return _settle(best, hits, book)


def _settle(best: pd.DataFrame, hits: pd.DataFrame, book: AddressBook) -> pd.DataFrame:
    """Choose among equally good rows the one in the middle, or none if they lie far apart."""
    x, y = (book.rows[c].to_numpy()[hits["row"]] for c in ("x", "y"))
    places = pd.DataFrame({"offer": hits["offer"].to_numpy(), "x": x, "y": y})
    middle = places.groupby("offer")[["x", "y"]].transform("median")
    apart = np.hypot(x - middle["x"].to_numpy(), y - middle["y"].to_numpy())
    # The nearest number is the best neighbour; otherwise what lies in the middle stands for all.
    neighbour = (hits["quality"] == _NEIGHBOUR).to_numpy()
    order = np.where(neighbour, hits["cost"].to_numpy(), apart)
    ranked = hits.assign(order=order, x=x, y=y).sort_values(["offer", "order", "row"])
    chosen = ranked.drop_duplicates("offer").set_index("offer")
    own = chosen.reindex(hits["offer"])
    away = np.hypot(x - own["x"].to_numpy(), y - own["y"].to_numpy())
    reach = pd.Series(away).groupby(hits["offer"].to_numpy()).max()
    offers = chosen.index.to_numpy()
    quality = chosen["quality"].to_numpy()
    several = reach.reindex(offers).to_numpy() > _SPREAD[quality]
    best.loc[offers, "quality"] = np.where(several, _NONE, quality)
    best.loc[offers, "row"] = chosen["row"].to_numpy()
    best.loc[offers, "several"] = several
    return best


def _match_streets(stated: pd.DataFrame, book: AddressBook) -> pd.DataFrame:
    """Pair stated addresses with the streets of the book they may mean."""
    place = stated.groupby(["postcode", "city"], sort=True)
    distinct = place["written_city"].first().reset_index()
    ranks = rank_places(distinct, book)
    ask = pd.DataFrame(
        {"offer": np.arange(len(stated)), "scope": place.ngroup().to_numpy()}
    ).assign(key=stated["key"].to_numpy())
    ask = ask[ask["key"] != ""]
    wanted = ask.drop_duplicates(["scope", "key"])[["scope", "key"]]
    same = _in_scope(wanted.assign(meant=wanted["key"], spelled=False), book, ranks)
    done = pd.MultiIndex.from_frame(same[["scope", "key"]])
    rest = wanted[~pd.MultiIndex.from_frame(wanted).isin(done)]
    written = dict(zip(stated["key"], stated["street"], strict=True))
    near = []
    for scope, keys in rest.groupby("scope")["key"]:
        inside = book.groups["place"].isin(np.flatnonzero(ranks[scope] >= 0))
        known = sorted(set(book.groups.loc[inside, "key"]))
        full = ["".join(street_words(book.streets[key])) for key in known]
        asked = ["".join(street_words(written[key])) for key in keys]
        for key, at in zip(keys, find_similar(asked, full), strict=True):
            if at is not None and same_words(written[key], book.streets[known[at]]):
                near.append((scope, key, known[at], True))
    spelled = pd.DataFrame(near, columns=["scope", "key", "meant", "spelled"])
    streets = [same, *([_in_scope(spelled, book, ranks)] if near else [])]
    return ask.merge(pd.concat(streets, ignore_index=True), on=["scope", "key"])


def _in_scope(wanted: pd.DataFrame, book: AddressBook, ranks: np.ndarray) -> pd.DataFrame:
    """Give the streets of the book that bear a name within the stated place."""
    streets = book.groups.rename(columns={"key": "meant"})
    pairs = wanted.merge(streets, on="meant")
    pairs["rank"] = ranks[pairs["scope"].to_numpy(int), pairs["place"].to_numpy(int)]
    return pairs[pairs["rank"] >= 0].drop(columns=["meant", "place"])


def _compare_numbers(stated: pd.DataFrame, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tell whether house numbers are the same (0), begin or end alike (1), are near (2) or not (3)."""
    low, high, more = (stated[c].to_numpy() for c in ("low", "high", "addition"))
    first, last, other = (rows[c].to_numpy() for c in ("low", "high", "addition"))
    alike = more == other
    there = (low >= 0) & (first >= 0)
    same = there & (low == first) & (high == last) & alike
    end = there & alike & ((low == first) | ((high == low) & (last == low)))
    steps = np.maximum(np.maximum(first - high, low - last), 0)
    side = (low - first) % 2
    cost = 4 * steps + 5 * side + ~alike
    near = there & (steps <= NEAR_NUMBERS)
    return np.select([same, end, near], [0, 1, 2], 3), np.where(near, cost, 0)


def _report(
    table: pd.DataFrame,
    stated: pd.DataFrame,
    best: pd.DataFrame,
    book: AddressBook,
    missing: np.ndarray,
) -> list[Finding]:
    """List what was placed less than exactly, and what was not placed, with suggestions."""
    quality = best["quality"].to_numpy()
    counts = np.bincount(quality[missing], minlength=5)
    if not missing.any():
        return []
    label = "offers"
    files = table.loc[missing, "file"].unique()
    source = str(files[0]) if len(files) == 1 else label
    numbers = dict(zip(_NAMES, counts.tolist(), strict=True))
    found = [find("note", "addresses_placed", source, **numbers)]
    for code, kind in ((_SIMILAR, "similar"), (_NEIGHBOUR, "neighbour"), (_STREET, "street")):
        where = pd.Series(missing & (quality == code), index=table.index)
        found += find_rows(
            "note", f"address_{kind}", label, table, where, column="street",
            stated=stated["stated"], found=table["place_address"],
        )  # fmt: skip
    lost = missing & (quality == _NONE)
    empty = lost & (stated["key"] == "").to_numpy()
    several = lost & best["several"].to_numpy()
    hints = pd.Series("", index=table.index, dtype=object)
    rest = lost & ~empty & ~several
    groups = book.groups.groupby("key").indices if lost.any() else {}
    for rows in (several, rest):
        for i in np.flatnonzero(rows)[:_LISTED]:
            hints.iloc[i] = _suggest(stated.iloc[i], book, groups)
    for kind, rows in (("empty", empty), ("several", several), ("unknown", rest)):
        where = pd.Series(rows, index=table.index)
        found += find_rows(
            "note", f"address_{kind}", label, table, where, column="street",
            stated=stated["stated"], hint=hints, most=_LISTED,
        )  # fmt: skip
    return found


def _suggest(stated: pd.Series, book: AddressBook, groups: Mapping[str, np.ndarray]) -> str:
    """Name addresses that may be meant: the same street elsewhere, else streets written alike."""
    from rapidfuzz.fuzz import ratio
    from rapidfuzz.process import extract

    keys = [stated["key"]] if stated["key"] in book.streets else []
    if not keys:
        streets = list(book.streets)
        alike = extract(stated["key"], streets, scorer=ratio, limit=_HINTS, score_cutoff=60)
        keys = [key for key, _, _ in alike]
    places = book.places.iloc
    said: list[int] = []
    for key in keys:
        own = book.groups.iloc[groups[key]]
        fit = [
            2 * (places[at]["postcode"] == stated["postcode"])
            + (places[at]["city"] == stated["city"])
            for at in own["place"]
        ]
        for at in np.argsort(-np.array(fit), kind="stable")[: _HINTS - len(said)]:
            start, size = own[["start", "size"]].iloc[at]
            numbers = book.rows["low"].to_numpy()[start : start + size]
            said.append(int(start + np.abs(numbers - stated["low"]).argmin()))
    return "; ".join(dict.fromkeys(book.describe(said))) or say("atlas.nothing_alike")


def _contradictions(
    table: gpd.GeoDataFrame,
    stated: pd.DataFrame,
    best: pd.DataFrame,
    book: AddressBook,
    located: np.ndarray,
) -> list[Finding]:
    """Find given coordinates that lie far from the stated address or in another postcode."""
    from scipy.spatial import cKDTree

    rows = book.rows
    if not located.any() or rows.empty:
        return []
    x, y = table.geometry.x.to_numpy(), table.geometry.y.to_numpy()
    exact = located & (best["quality"] == _EXACT).to_numpy()
    row = best["row"].to_numpy()
    away = np.hypot(x - rows["x"].to_numpy()[row], y - rows["y"].to_numpy()[row])
    metres = pd.Series(away, index=table.index)
    far = exact & (away > FAR_FROM_ADDRESS_M)
    shown = pd.Series([number(m) for m in np.nan_to_num(away)], index=table.index)
    found = find_rows(
        "note", "address_contradicts", "offers", table, pd.Series(far, index=table.index),
        column="street", stated=stated["stated"], metres=shown,
    )  # fmt: skip
    known = rows["postcode"].to_numpy() != ""
    asked = located & (stated["postcode"] != "").to_numpy() & ~far
    if not known.any() or not asked.any():
        return found
    corners = rows[["x", "y"]].to_numpy()
    codes = rows["postcode"].to_numpy(dtype=object)
    at = np.flatnonzero(asked)
    own = np.column_stack([x[at], y[at]])
    close, nearest = cKDTree(corners[known]).query(own, distance_upper_bound=FAR_FROM_ADDRESS_M * 2)
    inside = np.append(codes[known], "")[nearest]
    metres = pd.Series(np.nan, index=table.index)
    wanted = stated["postcode"].to_numpy(dtype=object)[at]
    for code in np.unique(wanted[(inside != wanted) & np.isfinite(close)]):
        mine = (wanted == code) & (inside != wanted) & np.isfinite(close)
        there = codes == code
        metres.iloc[at[mine]] = (
            cKDTree(corners[there]).query(own[mine])[0] if there.any() else np.inf
        )
    real = pd.Series("", index=table.index, dtype=object)
    real.iloc[at] = inside
    return found + find_rows(
        "note", "postcode_contradicts", "offers", table, metres > FAR_FROM_ADDRESS_M,
        column="postcode", cell=stated["postcode"], inside=real,
    )  # fmt: skip
