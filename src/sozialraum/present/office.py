"""An edition in an office's words: German headings, names beside ids, a sign where no number is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.model.areas import UNASSIGNED, WHOLE
from sozialraum.model.schema import CHOICES, MEASURES, SIGNS
from sozialraum.planning.measures import show_measures
from sozialraum.planning.settle import settle_again
from sozialraum.present.classes import name_category, round_shown
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: object) -> str:
    r"""Make signs visible that XML, SQLite and CSV cannot hold.

    Parameters
    ----------
    text : object
        Anything; missing gives an empty text.

    Returns
    -------
    str
        The text itself, except that control signs other than tab and line ends become their
        pictures of the Unicode block U+2400 (a null byte becomes ␀) and what is not a character
        becomes �.

    Examples
    --------
    >>> clean("Kita\x00 Nord"), clean("=1+1"), clean(None)
    ('Kita␀ Nord', '=1+1', '')
    """
    if text is None or text != text:
        return ""
    return _UNWRITABLE.sub(_picture, str(text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 32:
        return chr(0x2400 + code)
    return "␡" if code == 127 else "\ufffd"


class Newest(NamedTuple):
    """The newest figures of a level: one row per area, one column per indicator.

    Attributes
    ----------
    values : DataFrame of float
    signs : DataFrame of str
        "" beside a number, "." where it is withheld, missing where there is no row at all.
    dates : dict of str to str
        Datenstand by indicator.
    """

    values: pd.DataFrame
    signs: pd.DataFrame
    dates: dict[str, str]


def find_newest(edition: Edition, level: str) -> Newest:
    """Give the newest figures of a level.

    Parameters
    ----------
    edition : Edition
    level : str

    Returns
    -------
    Newest
        Rows in the order of ids, columns in the order of the edition's indicators; only indicators
        that have a row on this level.
    """
    rows = edition.values[edition.values["level"] == level]
    newest = rows.groupby("indicator")["datenstand"].transform("max")
    rows = rows[rows["datenstand"] == newest]
    present = set(rows["indicator"])
    wanted = {
        "index": sorted(edition.areas[level].dropna().unique()),
        "columns": [name for name in edition.indicators if name in present],
    }
    values, signs = (
        rows.pivot(index="area", columns="indicator", values=column).reindex(**wanted)
        for column in ("value", "sign")
    )
    dates = dict(zip(rows["indicator"], rows["datenstand"].astype(str), strict=True))
    return Newest(values.astype("float64"), signs.astype("str"), dates)


def name_areas(edition: Edition) -> pd.DataFrame:
    """Give name and parent of every area: index level, area; ``name, parent, parent_name``."""
    parts = []
    for level in edition.levels:
        table = edition.areas.drop_duplicates(level.id).sort_values(level.id)
        above = level.parent
        parts.append(
            pd.DataFrame(
                {
                    "level": level.id,
                    "area": table[level.id].to_numpy(),
                    "name": table[f"{level.id}_name"].to_numpy(),
                    "parent": table[above].to_numpy() if above else "",
                    "parent_name": table[f"{above}_name"].to_numpy() if above else "",
                }
            )
        )
        if level.id != WHOLE:
            parts.append(
                pd.DataFrame(
                    {
                        "level": [level.id],
                        "area": [UNASSIGNED],
                        "name": [say("tables.unassigned")],
                        "parent": [UNASSIGNED if above != WHOLE else WHOLE],
                        "parent_name": [""],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True).set_index(["level", "area"])


def show_sign(value: float, sign: object) -> str | None:
    """Give the sign that stands in place of a number, or None where the number stands.

    Examples
    --------
    >>> show_sign(3.0, ""), show_sign(float("nan"), "."), show_sign(float("nan"), None)
    (None, '.', 'k. A.')
    """
    if value == value:
        return None
    return str(sign) if sign in SIGNS else say("tables.missing")


def say_signs(signs: Iterable[object]) -> str:
    """Explain the signs that occur, in one line.

    Examples
    --------
    >>> say_signs(["", ".", "."])
    '. zurückgehalten oder unbekannt'
    >>> say_signs([""])
    ''
    """
    there = set(signs)
    return " · ".join(f"{sign} {text}" for sign, text in words("sign").items() if sign in there)


def explain_sign(value: float, sign: object) -> str:
    """Say in words what a sign means; empty for a plain number.

    Examples
    --------
    >>> explain_sign(float("nan"), "."), explain_sign(1.0, "()"), explain_sign(1.0, "")
    ('zurückgehalten oder unbekannt', 'Aussagewert eingeschränkt', '')
    """
    if sign in SIGNS:
        return words("sign")[str(sign)]
    return "" if value == value else say("number.missing")


def head_indicator(definition: Indicator, datenstand: str, joint: str = ", ") -> str:
    """Write the heading of a column of figures: title, unit, date, and "Übungsdaten" if so.

    Examples
    --------
    >>> from sozialraum.model.indicator import Indicator
    >>> head_indicator(Indicator(id="u6", title="Kinder", unit="Personen"), "2024-12-31")
    'Kinder (Personen), Stand 31.12.2024'
    """
    unit = definition.unit
    parts = [f"{definition.title} ({unit})" if unit else definition.title]
    parts.append(say("tables.as_of", date=date(datenstand)) if datenstand else "")
    practice = say("tables.practice")
    parts.append(practice if definition.practice and practice not in definition.title else "")
    return joint.join(filter(None, parts))


def count_digits(rows: pd.DataFrame, definition: Indicator) -> int:
    """Tell how many decimals numerators and denominators need; persons are whole."""
    given = rows[["numerator", "denominator"]].to_numpy(float)
    given = given[~np.isnan(given)]
    whole = definition.protects == "persons" or np.allclose(given, np.rint(given), atol=1e-6)
    return 0 if whole else 1


def list_passports(edition: Edition) -> pd.DataFrame:
    """Give one row per indicator: id, theme and passport under German headings."""
    known = words("passport")
    table = pd.DataFrame(
        [
            {
                say("tables.column.indicator_id"): name,
                say("tables.column.theme"): definition.theme,
                **definition.passport(),
                known["datenstand"]: date(edition.latest(name)),
                say("tables.column.numerator_text"): definition.numerator,
                say("tables.column.denominator_text"): definition.denominator,
            }
            for name, definition in edition.indicators.items()
        ]
    )
    first = [say("tables.column.indicator_id"), say("tables.column.theme"), *known.values()]
    order = [c for c in dict.fromkeys([*first, *table.columns]) if c in table.columns]
    return table[order].fillna("")


def list_offers(edition: Edition) -> pd.DataFrame:
    """Give the offers under German headings, with the area's name and the place."""
    offers = edition.offers
    plain = pd.DataFrame(offers.drop(columns=offers.geometry.name))
    choices = words("tables.choice")
    for column in plain.columns.intersection(list(CHOICES)):
        plain[column] = plain[column].map(choices).where(plain[column].notna())
    for column in plain.columns.intersection(["valid_from", "valid_to"]):
        plain[column] = plain[column].map(date, na_action="ignore")
    if "category" in plain:
        own = edition.categories
        plain["category"] = plain["category"].map(
            lambda c: name_category(str(c), own), na_action="ignore"
        )
    names = edition.areas["name"]
    plain["area_name"] = plain["area"].map(names) if "area" in plain else None
    headings = words("tables.offer")
    plain.insert(0, "offer", offers.index)
    plain = plain.rename(columns=lambda c: headings.get(c, c))
    crs = offers.crs.to_string() if offers.crs else "?"
    return plain.assign(
        **{
            say("tables.column.x", crs=crs): offers.geometry.x.round(1),
            say("tables.column.y", crs=crs): offers.geometry.y.round(1),
        }
    )


def list_gaps(edition: Edition) -> pd.DataFrame:
    """Give the gaps under German headings; a withheld number of people is a sign."""
    gaps = pd.DataFrame(edition.gaps.drop(columns=edition.gaps.geometry.name))
    titles = {name: i.title for name, i in edition.indicators.items()}
    headings = {name: i.gap_heading for name, i in edition.indicators.items()}
    names = edition.offers["name"] if "name" in edition.offers else pd.Series(dtype="str")
    people = [
        show_sign(value, sign) or float(round_shown(value, 0))
        for value, sign in zip(gaps["people"].astype(float), gaps["sign"], strict=True)
    ]
    table = pd.DataFrame(
        {
            "rank": gaps["rank"],
            "measure": gaps["measure"].map(lambda m: headings.get(m, m)),
            "group": gaps["group"].map(lambda g: titles.get(g, g)),
            "people": pd.Series(people, index=gaps.index, dtype=object),
            "minutes": gaps["minutes"].astype(float).round(1),
            "metres": gaps["metres"].astype(float).round(0),
            "offer": gaps["offer"].map(lambda o: names.get(o, o), na_action="ignore"),
            "limit_min": gaps["limit_min"].astype(float),
        }
    )
    return table.rename(columns=words("tables.gap"))


def see_measures(edition: Edition, measures: pd.DataFrame) -> pd.DataFrame | None:
    """Give what an edition's readers see of a list of measures, with the names of areas, or None.

    Raises
    ------
    InputError
        The list names areas that the edition does not have.
    """
    table = show_measures(settle_again(measures, MEASURES, edition.areas), edition.audience)
    if table is not None:
        places = list(zip(table["level"], table["area"], strict=True))
        known = name_areas(edition)["name"].reindex(places).to_numpy()
        table.insert(table.columns.get_loc("area") + 1, "name", known)
    return table


def list_measures(edition: Edition, measures: pd.DataFrame) -> pd.DataFrame | None:
    """Give what `see_measures` gives as an office reads it: under German headings, in German words."""
    table = see_measures(edition, measures)
    if table is None:
        return None
    titles = {level.id: level.title for level in edition.levels}
    table["level"] = table["level"].map(titles)
    for name in table.columns:
        column = MEASURES.column(name)
        if column and column.choices:
            table[name] = table[name].map(column.words, na_action="ignore")
        elif column and column.kind == "date":
            table[name] = table[name].map(date, na_action="ignore")
    return table.rename(columns=words("measures.column"))


def list_statements(edition: Edition) -> list[tuple[str, str]]:
    """Give what must stand beside the figures: pairs of a German word and a sentence."""
    head, hidden = edition.head, int((edition.values["sign"] == ".").sum())
    withheld = "withheld" if hidden else "nothing_withheld"
    rows = [
        ("title", head.title),
        ("title", head.subtitle),
        ("notice", head.notice),
    ]
    stated = [(say(f"tables.note.{key}"), text) for key, text in rows if text]
    stated += list(head.entries().items())
    rest = [("reading", head.reading), ("created", date(edition.created or None))]
    rest += [("method", text) for text in edition.methods]
    rest.append(
        (
            "secrecy",
            say(f"tables.note.{withheld}", count=number(hidden), all=number(len(edition.values))),
        )
    )
    rest += [("source", text) for text in edition.sources]
    rest += [("check", text) for text in edition.notes]
    if not edition.created:
        rest = [entry for entry in rest if entry[0] != "created"]
    return stated + [(say(f"tables.note.{key}"), text) for key, text in rest if text]


def list_signs() -> list[tuple[str, str]]:
    """Give the signs of official statistics with their meaning, "k. A." and 0 included."""
    pairs: dict[str, Any] = words("sign")
    known = [say("tables.note.sign", sign=sign, meaning=text) for sign, text in pairs.items()]
    word = say("tables.note.signs")
    return [(word, text) for text in (*known, say("tables.note.missing"), say("tables.note.zero"))]
