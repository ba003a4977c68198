"""The needs register: who said what about which area, and on how many voices a sentence rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from sozialraum.errors import UnknownNameError
from sozialraum.model.check import Reading
from sozialraum.model.rows import find_rows
from sozialraum.model.schema import NEEDS
from sozialraum.model.spelling import plain_name
from sozialraum.planning.settle import complete, find_strangers, settle_areas, settle_topics
from sozialraum.texts import date, number, say

COUNTS = ("statements", "offers", "traeger", "without_offer", "without_traeger")
_GROUPS = ("level", "area", "topic", "target_group", "source", "offer", "traeger")
_LABEL = "needs"


def settle_needs(
    needs: pd.DataFrame,
    areas: pd.DataFrame,
    offers: pd.DataFrame,
    *,
    topics: Sequence[str] = (),
    day: str = "",
) -> Reading:
    """Find the areas, offers and topics that the rows of a needs register mean.

    Parameters
    ----------
    needs : DataFrame
        As `read_needs` gives it.
    areas : DataFrame
        Smallest areas with all levels, of an atlas or an edition.
    offers : DataFrame
        Index ``offer``.
    topics : sequence of str
        The topics there are; any are, where none is given.
    day : str
        ISO day of the edition; a later statement is noted.

    Returns
    -------
    Reading
        ``table``: the rows with all columns of the schema, ``level`` and ``area`` the ids of what was
        meant, topics in the spelling of ``topics``. ``findings``: areas, offers and topics that do not
        exist, with the nearest spellings; areas that mean several.

    Notes
    -----
    An area is an id or a name of any level. Where areas were joined, a part means the joint area.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt, build_needs
    >>> atlas = build_musterstadt().atlas
    >>> table, findings = settle_needs(build_needs(), atlas.areas, atlas.offers)
    >>> table["level"].unique().tolist(), findings
    (['sozialraum', 'quartier'], ())
    """
    table = complete(needs, NEEDS)
    found = settle_areas(table, areas, _LABEL)
    found += find_strangers(table, "offer", "need_offer", [str(x) for x in offers.index], _LABEL)
    found += settle_topics(table, topics, _LABEL)
    if day:
        late = table["date"].fillna("") > day
        shown = table["date"].map(date, na_action="ignore")
        found += find_rows("note", "need_later", _LABEL, table, late, column="date", cell=shown)
    return Reading(table, tuple(found))


def summarise_needs(needs: pd.DataFrame, by: Sequence[str] = ("area", "topic")) -> pd.DataFrame:
    """Count who said something, and say on how many voices it rests.

    Parameters
    ----------
    needs : DataFrame
        As `settle_needs` gives it, or any table with ``offer`` and ``traeger``.
    by : sequence of {"level", "area", "topic", "target_group", "source", "offer", "traeger"}
        What each row is about; with ``area`` comes its ``level``.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``statements`` (rows), ``offers`` and ``traeger`` (each counted
        once), ``without_offer`` and ``without_traeger`` (statements that name none), ``sample`` (the
        same in words). In the order of ``by``, never by number.

    Raises
    ------
    UnknownNameError
        ``by`` names a column that nothing can be counted by.

    Notes
    -----
    Spellings of a Träger that differ only in case, blanks or hyphens are one. A statement about a
    Quartier is not counted for the Sozialraum around it: nobody said it of the Sozialraum.

    Examples
    --------
    >>> from sozialraum.demo import build_needs
    >>> summarise_needs(build_needs(), by=["topic"])["sample"].iloc[0]
    '4 Aussagen: 2 Angebote von 2 Trägern, dazu 1 Aussage von 1 Träger ohne Angebot, dazu 1 Aussage ohne Angebot und Träger'
    """  # noqa: E501
    for name in by:
        if name not in _GROUPS:
            raise UnknownNameError("by", name, _GROUPS)
    keys = list(dict.fromkeys(by))
    if "area" in keys and "level" in needs and "level" not in keys:
        keys.insert(keys.index("area"), "level")
    said = needs[keys].reset_index(drop=True)
    who = list_traeger(needs).reset_index(drop=True)
    who = who.where(who != "")
    what = (
        needs["offer"].astype("str").reset_index(drop=True)
        if "offer" in needs
        else pd.Series(pd.NA, index=said.index, dtype="str")
    )
    kind = who.notna().astype(int) + 2 * what.notna().astype(int)
    voices = said.assign(_what=what, _who=who, _all=1)
    for number_of, mask in (("_both", kind == 3), ("_sole", kind == 1), ("_thing", kind == 2),
                            ("_none", kind == 0)):  # fmt: skip
        voices[number_of] = mask.astype(int)
    voices["_what_both"] = what.where(kind == 3)
    voices["_who_both"] = who.where(kind == 3)
    voices["_who_sole"] = who.where(kind == 1)
    groups = voices.groupby(keys, dropna=False, sort=True) if keys else voices.groupby("_all")
    table = groups.agg(
        statements=("_all", "size"), offers=("_what", "nunique"), traeger=("_who", "nunique"),
        offers_both=("_what_both", "nunique"), traeger_both=("_who_both", "nunique"),
        traeger_sole=("_who_sole", "nunique"), sole=("_sole", "sum"), thing=("_thing", "sum"),
        none=("_none", "sum"),
    ).reset_index()  # fmt: skip
    table["without_offer"] = table["sole"] + table["none"]
    table["without_traeger"] = table["thing"] + table["none"]
    table["sample"] = pd.Series(
        [
            say_sample(Voices(*row))
            for row in table[list(Voices._fields)].astype(int).itertuples(index=False)
        ],
        index=table.index,
        dtype="str",
    )
    return table[[*keys, *COUNTS, "sample"]].astype(dict.fromkeys(COUNTS, "Int64"))


def list_traeger(needs: pd.DataFrame) -> pd.Series:
    """Give the Träger of every statement in one spelling, empty where none is named."""
    said = needs["traeger"] if "traeger" in needs else [pd.NA] * len(needs)
    plain = ["" if pd.isna(name) else plain_name(str(name)) for name in said]
    return pd.Series(plain, index=needs.index, dtype="str")


class Voices(NamedTuple):
    """How many statements there are, and who made them."""

    statements: int
    offers_both: int
    traeger_both: int
    sole: int
    traeger_sole: int
    thing: int
    none: int


def say_sample(voices: Voices) -> str:
    """Say on how many voices something rests.

    Examples
    --------
    >>> say_sample(Voices(12, 10, 7, 0, 0, 0, 2))
    '12 Aussagen: 10 Angebote von 7 Trägern, dazu 2 Aussagen ohne Angebot und Träger'
    """
    parts = []
    if voices.offers_both:
        parts.append(
            say(
                "needs.voices", offers=_count(voices.offers_both, "offer"),
                traeger=_count(voices.traeger_both, "by_traeger"),
            )
        )  # fmt: skip
    if voices.sole:
        parts.append(
            say(
                "needs.sole", statements=_count(voices.sole, "statement"),
                traeger=_count(voices.traeger_sole, "by_traeger"),
            )
        )  # fmt: skip
    if voices.thing:
        parts.append(say("needs.thing", statements=_count(voices.thing, "statement")))
    if voices.none:
        parts.append(say("needs.none", statements=_count(voices.none, "statement")))
    if len(parts) == 1 and not voices.offers_both:
        return parts[0]
    total = _count(voices.statements, "statement")
    return say("needs.sample", statements=total, parts=say("needs.further").join(parts))


_NOUNS: Mapping[str, tuple[str, str]] = {
    "offer": ("needs.offer_one", "needs.offer_many"),
    "by_traeger": ("needs.by_traeger_one", "needs.by_traeger_many"),
    "statement": ("needs.statement_one", "needs.statement_many"),
}


def _count(count: int, noun: str) -> str:
    return say(_NOUNS[noun][count != 1], count=number(count))
