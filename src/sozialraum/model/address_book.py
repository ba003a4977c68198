"""An address table ready to be searched: streets, numbers and towns in one spelling, as codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.spelling import (
    Number,
    letters,
    parse_number,
    plain_name,
    plain_postcode,
    plain_street,
    split_address,
    street_words,
)

Codes = npt.NDArray[np.int64]

_DIGITS = str.maketrans("", "", "".join(chr(c) for c in range(0x20, 0x7F) if not chr(c).isdigit()))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook:
    """Addresses sorted by town, postcode and street.

    Attributes
    ----------
    rows : DataFrame
        ``street, number, postcode, city`` as written, ``low, high, addition, x, y, group``.
    groups : DataFrame
        One row per street of a place: ``place, key, start, size``.
    places : DataFrame
        One row per pair of ``postcode`` and ``city`` (reduced; empty where unknown).
    streets : dict
        Reduced street → the street as the table writes it.
    """

    rows: pd.DataFrame
    groups: pd.DataFrame
    places: pd.DataFrame
    streets: dict[str, str]

    def describe(self, rows: Any) -> list[str]:
        """Write addresses on one line each."""
        columns = ["street", "number", "postcode", "city"]
        parts = self.rows[columns].take(rows).itertuples(index=False)
        return [
            ", ".join(filter(None, (f"{street} {number}".strip(), f"{postcode} {city}".strip())))
            for street, number, postcode, city in parts
        ]


def reduce_texts(cells: pd.Series, reduce: Callable[[str], Any]) -> list[Any]:
    """Apply a function to every different text once; missing cells count as empty."""
    codes, texts = pd.factorize(cells.astype("str").fillna("").str.strip())
    reduced = [reduce(text) for text in texts]
    return [reduced[code] for code in codes]


def read_cells(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Give text columns, empty where the table has none or a cell is missing."""
    cells = {
        c: table[c].astype("str").fillna("").str.strip() if c in table else "" for c in columns
    }
    return pd.DataFrame(cells, index=table.index, dtype="str")


def add_numbers(table: pd.DataFrame, cells: pd.Series) -> None:
    """Add ``low``, ``high`` and ``addition`` of the house numbers."""
    numbers: list[Number] = reduce_texts(cells, parse_number)
    table["low"] = np.array([n.low for n in numbers], dtype=np.int64)
    table["high"] = np.array([n.high for n in numbers], dtype=np.int64)
    table["addition"] = pd.Series([n.addition for n in numbers], index=table.index, dtype="str")


def make_book(addresses: gpd.GeoDataFrame) -> AddressBook:
    """Sort an address table for searching.

    Parameters
    ----------
    addresses : GeoDataFrame of points
        ``street`` and, where known, ``housenumber``, ``addition``, ``postcode``, ``city``. A street
        with the number behind it is split where no cell of its own holds the number.
    """
    columns = ("street", "housenumber", "addition", "postcode", "city")
    cells = read_cells(addresses, columns).reset_index(drop=True)
    rows = pd.DataFrame({"street": cells["street"]})
    rows["number"] = (cells["housenumber"] + " " + cells["addition"]).str.strip()
    alone = (rows["number"] == "").to_numpy()
    if alone.any():
        split = [split_address(text)[:2] for text in rows.loc[alone, "street"]]
        rows.loc[alone, ["street", "number"]] = np.array(split, dtype=object).reshape(-1, 2)
    rows["city"] = cells["city"]
    rows["postcode"] = reduce_texts(cells["postcode"], plain_postcode)
    rows["key"] = reduce_texts(rows["street"], plain_street)
    add_numbers(rows, rows["number"])
    rows["x"] = addresses.geometry.x.to_numpy()
    rows["y"] = addresses.geometry.y.to_numpy()
    town = pd.Series(reduce_texts(rows["city"], plain_name), dtype="str")
    pairs = pd.DataFrame({"postcode": rows["postcode"], "city": town})
    place = pairs.groupby(["postcode", "city"], sort=True)
    rows["place"] = place.ngroup().to_numpy()
    spelled = rows["city"].groupby(rows["place"].to_numpy()).first()
    places = place.size().reset_index()[["postcode", "city"]].assign(written=spelled.to_numpy())
    rows = rows[(rows["key"] != "") & np.isfinite(rows["x"]) & np.isfinite(rows["y"])]
    rows = rows.sort_values(["place", "key", "low", "high", "addition"], kind="stable")
    rows = rows.reset_index(drop=True)
    change = rows["place"].ne(rows["place"].shift()) | rows["key"].ne(rows["key"].shift())
    rows["group"] = change.cumsum().to_numpy() - 1
    start = np.flatnonzero(change.to_numpy())
    groups = rows.loc[start, ["place", "key"]].reset_index(drop=True)
    groups["start"], groups["size"] = start, np.diff(np.append(start, len(rows)))
    written = rows.drop_duplicates("key").set_index("key")["street"].to_dict()
    return AddressBook(rows=rows, groups=groups, places=places, streets=written)


def split_stated(table: pd.DataFrame, streets: dict[str, str]) -> pd.DataFrame:
    """Take the stated addresses of offers apart.

    Returns
    -------
    DataFrame
        ``stated`` (on one line), ``key, low, high, addition, postcode, city`` (reduced).
    """
    cells = read_cells(table, ("street", "housenumber", "postcode", "city"))

    def part(text: str) -> tuple[str, ...]:
        whole = plain_street(text)
        return (text, "", "", "") if whole in streets else tuple(split_address(text))

    split = np.array(reduce_texts(cells["street"], part), dtype=object).reshape(-1, 4)
    own = (cells["housenumber"] != "").to_numpy()
    # With a number of its own, a trailing number belongs to the street, unless it is the same one.
    again = split[:, 1] == cells["housenumber"].to_numpy()
    street = np.where(
        own & (split[:, 1] != "") & ~again, _join(split[:, 0], split[:, 1]), split[:, 0]
    )
    given = pd.DataFrame({"street": street}, index=table.index, dtype="str")
    given["number"] = cells["housenumber"].where(own, split[:, 1])
    for column, place in (("postcode", 2), ("city", 3)):
        given[column] = cells[column].where(cells[column] != "", split[:, place])
    line = _join(
        _join(given["street"], given["number"]) + ",", _join(given["postcode"], given["city"])
    )
    given["stated"] = pd.Series(line, index=table.index, dtype="str").str.strip(" ,")
    given["key"] = reduce_texts(given["street"], plain_street)
    add_numbers(given, given["number"])
    given["postcode"] = reduce_texts(given["postcode"], plain_postcode)
    given["written_city"] = given["city"]
    given["city"] = reduce_texts(given["city"], plain_name)
    return given


def _join(one: Any, other: Any) -> Any:
    first, second = pd.Series(one, dtype=object), pd.Series(other, dtype=object)
    return (first.astype(str) + " " + second.astype(str)).str.strip().to_numpy(dtype=object)


def rank_places(wanted: pd.DataFrame, book: AddressBook) -> npt.NDArray[np.int8]:
    """Tell how well each place of a book fits each stated pair of postcode and town.

    Parameters
    ----------
    wanted : DataFrame
        Distinct pairs: ``postcode``, ``city`` (reduced), ``written_city``.
    book : AddressBook

    Returns
    -------
    array, shape (stated pairs, places of the book)
        0 nothing speaks against it and something for it; 1 what is stated is only partly known to
        the book or a town's name is only similar; -1 it is another place.
    """
    post = _compare(wanted["postcode"], book.places["postcode"])
    city = _compare(wanted["city"], book.places["city"])
    foreign = (city == _FOREIGN).all(axis=1, where=(book.places["city"] != "").to_numpy()[None, :])
    for i in np.flatnonzero(foreign & (wanted["city"] != "").to_numpy()):
        city[i, _similar_towns(wanted["written_city"].iloc[i], book.places)] = _NEAR
    rank = np.full(post.shape, -1, dtype=np.int8)
    weaker = ((post == _EQUAL) & (city == _FOREIGN)) | ((post == _FOREIGN) & (city == _EQUAL))
    weaker |= (post == _UNKNOWN) & np.isin(city, (_NEAR, _UNKNOWN))
    rank[weaker] = 1
    rank[(post == _EQUAL) & np.isin(city, (_EQUAL, _NEAR, _UNKNOWN))] = 0
    rank[(post == _UNKNOWN) & (city == _EQUAL)] = 0
    rank[((wanted["postcode"] == "") & (wanted["city"] == "")).to_numpy()] = 0
    if not (book.places[["postcode", "city"]] != "").any(axis=None):
        rank[:] = 0
    return rank


_EQUAL, _NEAR, _UNKNOWN, _OTHER, _FOREIGN = 3, 2, 1, 0, -1


def _compare(wanted: pd.Series, known: pd.Series) -> npt.NDArray[np.int8]:
    """Compare stated texts with known ones; one that the book nowhere has is foreign to all."""
    w, k = wanted.to_numpy(dtype=object)[:, None], known.to_numpy(dtype=object)[None, :]
    result = np.where(w == k, _EQUAL, _OTHER).astype(np.int8)
    result[(~np.isin(wanted, known))] = _FOREIGN
    result[np.broadcast_to((w == "") | (k == ""), result.shape)] = _UNKNOWN
    return result


def _similar_towns(written: str, places: pd.DataFrame) -> Codes:
    """Find places whose town differs only by an added part (Ort-Ortsteil) or by a typing error."""
    words = _town_words(written)
    towns = [_town_words(town) for town in places["written"]]
    parts = [
        i
        for i, town in enumerate(towns)
        if town and (words[: len(town)] == town or town[: len(words)] == words)
    ]
    if parts:
        return np.array(parts, dtype=np.int64)
    known = sorted(set(places["city"]) - {""})
    found = find_similar([plain_name(written)], known)[0]
    if found is None:
        return np.array([], dtype=np.int64)
    return np.flatnonzero(places["city"].to_numpy() == known[found])


def _town_words(text: str) -> list[str]:
    return [w for w in "".join(c if c.isalnum() else " " for c in letters(text)).split() if w]


def find_similar(wanted: list[str], known: list[str]) -> list[int | None]:
    """Find for each reduced name the only known one that a few typing errors would explain.

    Up to one error in five letters, three at most (Damerau-Levenshtein, restricted); none in names
    under five letters; digits must agree; a second name as near makes it nobody.

    Returns
    -------
    list of int or None
        Positions in ``known``.

    Examples
    --------
    >>> find_similar(["gartnstr", "artstr", "mark", "str12"], ["gartenstr", "marktstr", "str13"])
    [0, None, None, None]
    """
    if not wanted or not known:
        return [None] * len(wanted)
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    result: list[int | None] = []
    limits = np.array([min(3, len(text) // 5) for text in wanted])
    for begin in range(0, len(wanted), _BATCH):
        part = wanted[begin : begin + _BATCH]
        errors = cdist(part, known, scorer=OSA.distance, score_cutoff=4, dtype=np.uint8, workers=-1)
        best = errors.argmin(axis=1)
        least = errors[np.arange(len(part)), best]
        alone = (errors == least[:, None]).sum(axis=1) == 1
        good = alone & (least <= limits[begin : begin + _BATCH])
        result += [
            int(b) if g and _digits(text) == _digits(known[b]) else None
            for text, b, g in zip(part, best, good, strict=True)
        ]
    return result


_BATCH = 256


def _digits(text: str) -> str:
    return text.translate(_DIGITS)


def same_words(one: str, other: str) -> bool:
    """Tell whether names of equally many words differ in each word by a few typing errors at most.

    Examples
    --------
    >>> one = "Große Wollweberstr."
    >>> same_words(one, "Kleine Wollweberstr."), same_words(one, "Grosse Wollwebrstr.")
    (False, True)
    """
    from rapidfuzz.distance import OSA

    first, second = street_words(one), street_words(other)
    if len(first) != len(second):
        return True
    return all(
        OSA.distance(a, b) <= max(1, len(b) // 3) for a, b in zip(first, second, strict=True)
    )
