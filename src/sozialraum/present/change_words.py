"""What changed between two editions, said in sentences and laid out as tables."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import QUOTIENTS, name_unit
from sozialraum.present.change_map import sign
from sozialraum.present.classes import name_category
from sozialraum.present.office import show_sign
from sozialraum.present.profile.lines import plain
from sozialraum.present.profile.sheet import Column, Group, Table
from sozialraum.texts import date, listing, number, say, words

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.secrecy.comparison import Comparison

_MOST_NAMES = 3


def say_summary(found: Comparison) -> list[str]:
    """Say in a few sentences what changed, for whom, and what cannot be compared.

    Parameters
    ----------
    found : Comparison

    Returns
    -------
    list of str

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.comparison import compare_editions
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> say_summary(compare_editions(edition, edition))
    ['Beide Ausgaben sagen dasselbe.']
    """
    if found.empty:
        return [say("changes.sentence.nothing")]
    values = found.values
    hindered = values["comparable"] == "no"
    changed = len(found.changed)
    same_day = found.changed["before_day"] == found.changed["after_day"]
    same = found.same + int((~hindered).sum()) - changed
    sentences = [
        say(
            "changes.sentence.figures",
            changed=number(changed), same=number(same), hindered=number(int(hindered.sum())),
        )
    ]  # fmt: skip
    sentences += _count("same_day", int(same_day.sum()))
    whole = values[(values["level"] == WHOLE) & values["indicator"].isin(found.covered)]
    for row in whole[whole["change"].fillna(0) != 0].to_dict("records"):
        sentences.append(_say_reach(found, row))
    for what in ("opened", "closed", "stays"):
        sentences += _count(f"gaps_{what}", int((found.gaps["what"] == what).sum()))
    offers = found.offers
    for what in ("new", "closed", "moved"):
        rows = offers[offers["what"] == what]
        names = [_name_offer(row) for row in rows.to_dict("records")]
        sentences += _count(f"offers_{what}", len(rows), names=_list_some(names))
    others = offers.loc[offers["what"] == "changed", "offer"].nunique()
    sentences += _count("offers_changed", others)
    sentences += _count("revised", len(found.revised))
    return sentences


def _count(key: str, count: int, **values: str) -> list[str]:
    """Say a sentence about a number of things, in the singular for one, not at all for none."""
    if count == 1:
        return [say(f"changes.sentence.{key}_one", **values)]
    return [say(f"changes.sentence.{key}", count=number(count), **values)] if count else []


def _list_some(names: Sequence[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return listing(list(names))
    more = say("changes.sentence.more", count=number(len(names) - _MOST_NAMES + 1))
    return listing([*names[: _MOST_NAMES - 1], more])


def _name_offer(row: Mapping[Hashable, Any]) -> str:
    place = row["area_after"] or row["area_before"]
    name = _call(row)
    return f"{name} ({place})" if place else name


def _call(row: Mapping[Hashable, Any]) -> str:
    """Call an offer by its name, one without a name by its id."""
    return str(row["name"] or say("changes.sentence.nameless", id=row["offer"]))


def _say_reach(found: Comparison, row: Mapping[Hashable, Any]) -> str:
    known = found.indicators[row["indicator"]]
    told = {
        "title": known.title,
        "after": known.show(row["after"]),
        "before": known.show(row["before"]),
        "change": say_change(found, row["indicator"], row["change"]),
    }
    before, after = row["cases_before"], row["cases_after"]
    if before != before or after != after or known.kind != "rate":
        return say("changes.sentence.reach", **told)
    people = {"people_before": number(before), "people_after": number(after)}
    return say("changes.sentence.reach_people", **told, **people)


def say_change(found: Comparison, indicator: str, change: float) -> str:
    """Write a difference with its sign and unit, of shares in Prozentpunkte; empty without one."""
    if change != change:
        return ""
    known = found.indicators[indicator]
    unit = say("changes.points") if known.unit == "%" else known.unit
    return f"{sign(change, known.digits)} {name_unit(unit, change, known.digits)}".strip()


def list_whole(found: Comparison) -> Table | None:
    """List what changed for the whole: indicator, for whom, before, after, difference, people."""
    rows = found.changed[found.changed["level"] == WHOLE]
    if rows.empty:
        return None
    cells = []
    for row in rows.itertuples():
        known = found.indicators[row.indicator]
        quotient = known.kind in QUOTIENTS
        group = known.denominator if quotient else known.numerator
        persons = quotient and known.protects == "persons" and row.people_after == row.people_after
        percent = f" ({sign(row.percent, 1)}\u00a0%)" if row.percent == row.percent else ""
        cells.append((
            known.title, group, _dated(known.show(row.before), row.before_day),
            _dated(known.show(row.after), row.after_day),
            say_change(found, row.indicator, row.change) + percent,
            number(row.people_after) if persons else "",
        ))  # fmt: skip
    columns = {"indicator": 2.4, "whom": 2.0, "before": -1.5, "after": -1.5, "change": -1.5,
               "people": -1.2}  # fmt: skip
    return lay_out(say("changes.whole"), columns, cells)


def list_areas(found: Comparison, level: str, indicator: str) -> Table | None:
    """List an indicator's figures in all areas of a level, with what is to be noted."""
    rows = found.values
    rows = rows[(rows["level"] == level) & (rows["indicator"] == indicator)]
    if rows.empty:
        return None
    known = found.indicators[indicator]
    cells = [
        (
            str(row.name), show_sign(row.before, row.sign_before) or known.show(row.before),
            show_sign(row.after, row.sign_after) or known.show(row.after),
            say_change(found, indicator, row.change) or "–", row.reason,
        )
        for row in rows.assign(name=rows["name"].fillna(rows["area"])).itertuples(name="Row")
    ]  # fmt: skip
    days = rows[["before_day", "after_day"]].max()
    told = {"title": known.title, "after": date(days["after_day"])}
    if days["before_day"] == days["after_day"]:
        caption = say("changes.areas_same_day", **told)
    else:
        caption = say("changes.areas", **told, before=date(days["before_day"]))
    columns = {"area": 1.6, "before": -1.0, "after": -1.0, "change": -1.5, "reason": 2.2}
    return lay_out(caption, columns, sorted(cells))


def list_gaps(found: Comparison) -> Table | None:
    """List gaps that opened, closed or changed."""
    if found.gaps.empty:
        return None
    said = words("changes.gap")

    def write(row: Any, name: str) -> str:
        value = getattr(row, name)
        # Of a gap whose people are not told they are withheld, never unknown.
        hidden = name.startswith("people") and value != value
        return say("changes.gap_hidden") if hidden else number(value)

    rows = []
    for row in found.gaps.rename(columns={"name": "place"}).itertuples():
        was = ("people_before", "minutes_before") if row.what != "opened" else ()
        now = ("people_after", "minutes_after") if row.what != "closed" else ()
        rows.append((
            found.indicators[row.measure].gap_heading, said[row.what], _text(row.place),
            *([write(row, c) for c in was] or ("–", "–")),
            *([write(row, c) for c in now] or ("–", "–")),
        ))  # fmt: skip
    columns = {"gap": 2.4, "what": 1.3, "area": 1.3, "people_before": -1.0, "minutes_before": -1.0,
               "people_after": -1.0, "minutes_after": -1.0}  # fmt: skip
    return lay_out(say("changes.gaps"), columns, rows)


def list_offers(found: Comparison, what: str) -> Table | None:
    """List the offers that are new, closed, moved or changed."""
    rows = write_offers(found)[found.offers["what"] == what]
    if rows.empty:
        return None
    columns = {
        "new": ("offer", "traeger", "category", "area"),
        "closed": ("offer", "traeger", "category", "area"),
        "moved": ("offer", "traeger", "category", "from", "to", "metres"),
        "changed": ("offer", "traeger", "column", "was", "is"),
    }[what]
    cells = []
    for row in rows.to_dict("records"):
        told = {
            "offer": _call(row),
            "traeger": row["traeger"],
            "category": row["category"],
            "area": row["area_after"] or row["area_before"],
            "from": row["area_before"], "to": row["area_after"],
            "metres": number(row["metres"]) if row["metres"] == row["metres"] else "",
            "column": row["column"], "was": row["before"], "is": row["after"],
        }  # fmt: skip
        cells.append(tuple(_text(told[c]) for c in columns))
    shares = {c: -0.7 if c == "metres" else 2.0 if c == "offer" else 1.4 for c in columns}
    return lay_out(words("changes.offers")[what], shares, sorted(cells))


def write_values(values: pd.DataFrame) -> pd.DataFrame:
    """Write a comparison's table of figures in German words."""
    return values.assign(comparable=values["comparable"].map(words("changes.comparable")))


def write_gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    """Write a comparison's table of gaps in German words."""
    return gaps.assign(what=gaps["what"].map(words("changes.gap")))


def write_offers(found: Comparison) -> pd.DataFrame:
    """Write a comparison's table of offers in German words; what an office named itself stays."""
    offers, choices = found.offers, words("tables.choice")
    own = {**found.old.categories, **found.new.categories}
    return offers.assign(
        what=offers["what"].map(words("changes.offer_what")),
        category=offers["category"].map(lambda c: name_category(str(c), own), na_action="ignore"),
        column=offers["column"].replace(words("tables.offer")),
        before=offers["before"].replace(choices),
        after=offers["after"].replace(choices),
    )


def list_hindered(found: Comparison) -> Table | None:
    """List indicators and reasons for which no difference, or only a limited one, can be formed."""
    rows = found.values[found.values["comparable"] != "yes"]
    if rows.empty:
        return None
    titles = {level.id: level.plural for level in (*found.old.levels, *found.new.levels)}
    state = {"no": say("changes.not_comparable"), "limited": say("changes.limited")}
    cells = []
    for (name, how, reason), part in rows.groupby(
        ["indicator", "comparable", "reason"], sort=False
    ):
        counts = part.groupby("level", sort=False).size()
        where = ", ".join(f"{titles[k]}: {number(n)}" for k, n in counts.items())
        cells.append((found.indicators[name].title, state[how], reason, where))
    columns = {"indicator": 1.8, "state": 1.1, "reason": 2.4, "numbers": 1.3}
    return lay_out(say("changes.hindered"), columns, cells)


def list_revised(found: Comparison) -> Table | None:
    """List figures of earlier days that both editions publish, with another number."""
    if found.revised.empty:
        return None
    cells = [
        (
            found.indicators[row.indicator].title, _text(row.place), date(row.datenstand),
            found.indicators[row.indicator].show(row.before),
            found.indicators[row.indicator].show(row.after),
        )
        for row in found.revised.rename(columns={"name": "place"}).itertuples()
    ]  # fmt: skip
    columns = {"indicator": 2.4, "area": 1.6, "day": 1.0, "before": -1.0, "after": -1.0}
    return lay_out(say("changes.revised"), columns, cells)


def _text(cell: object) -> str:
    return str(cell) if isinstance(cell, str) and cell else say("number.missing")


def lay_out(caption: str, columns: Mapping[str, float], rows: Iterable[Sequence[str]]) -> Table:
    """Lay rows of words out as a table of a sheet.

    Parameters
    ----------
    caption : str
    columns : mapping of str to float
        Column → its part of the width; below 0 where numbers stand.
    rows : iterable of sequence of str

    Returns
    -------
    Table
    """
    heads = tuple(
        Column(plain(say(f"changes.head.{name}")), "number" if share < 0 else "text", abs(share))
        for name, share in columns.items()
    )
    return Table(caption, heads, (Group(tuple(tuple(map(plain, row)) for row in rows)),))


def _dated(text: str, day: str) -> str:
    return f"{text} ({date(day)})"
