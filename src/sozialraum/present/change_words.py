"""What changed between two editions, said in sentences and laid out as tables."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sozialraum.model.areas import WHOLE
from sozialraum.model.indicator import QUOTIENTS
from sozialraum.present.change_map import sign
from sozialraum.present.office import show_sign
from sozialraum.texts import date, listing, number, say, words

if TYPE_CHECKING:
    from sozialraum.secrecy.comparison import Comparison

_MOST_NAMES = 3


@dataclass(frozen=True)
class Table:
    """A table of a report: the first cell of a row is its heading.

    Attributes
    ----------
    caption : str
    heads : tuple of pair of str and bool
        Words, and whether numbers stand below.
    rows : tuple of tuple of str
    """

    caption: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


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
    same = found.same + int((~hindered).sum()) - changed
    sentences = [
        say(
            "changes.sentence.figures",
            changed=number(changed), same=number(same), hindered=number(int(hindered.sum())),
        )
    ]  # fmt: skip
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
    name = row["name"] or row["offer"]
    return f"{name} ({place})" if place else str(name)


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
    return f"{sign(change, known.digits)} {unit}".strip()


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
    heads = ("indicator", "whom", "before", "after", "change", "people")
    return Table(say("changes.whole"), _heads(heads, 2), tuple(cells))


def list_areas(found: Comparison, level: str, indicator: str) -> Table:
    """List an indicator's figures in all areas of a level, with what is to be noted."""
    rows = found.values
    rows = rows[(rows["level"] == level) & (rows["indicator"] == indicator)]
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
    caption = say(
        "changes.areas", title=known.title, before=date(days["before_day"]),
        after=date(days["after_day"]),
    )  # fmt: skip
    heads = _heads(("area", "before", "after", "change", "reason"), 1)
    return Table(caption, (*heads[:4], (heads[4][0], False)), tuple(sorted(cells)))


def list_gaps(found: Comparison) -> Table | None:
    """List gaps that opened, closed or changed."""
    if found.gaps.empty:
        return None
    said = words("changes.gap")
    rows = []
    for row in found.gaps.rename(columns={"name": "place"}).itertuples():
        was = ("people_before", "minutes_before") if row.what != "opened" else ()
        now = ("people_after", "minutes_after") if row.what != "closed" else ()
        rows.append((
            found.indicators[row.measure].gap_heading, said[row.what], _text(row.place),
            *([number(getattr(row, c)) for c in was] or ("–", "–")),
            *([number(getattr(row, c)) for c in now] or ("–", "–")),
        ))  # fmt: skip
    heads = (
        "gap", "what", "area", "people_before", "minutes_before", "people_after", "minutes_after",
    )  # fmt: skip
    return Table(say("changes.gaps"), _heads(heads, 3), tuple(rows))


def list_offers(found: Comparison, what: str) -> Table | None:
    """List the offers that are new, closed, moved or changed."""
    rows = found.offers[found.offers["what"] == what]
    if rows.empty:
        return None
    columns = {
        "new": ("offer", "traeger", "category", "area"),
        "closed": ("offer", "traeger", "category", "area"),
        "moved": ("offer", "traeger", "category", "from", "to", "metres"),
        "changed": ("offer", "traeger", "column", "was", "is"),
    }[what]
    fields, categories, choices = map(words, ("tables.offer", "category", "tables.choice"))
    cells = []
    for row in rows.to_dict("records"):
        told = {
            "offer": row["name"] or row["offer"],
            "traeger": row["traeger"],
            "category": categories.get(row["category"], row["category"]),
            "area": row["area_after"] or row["area_before"],
            "from": row["area_before"], "to": row["area_after"],
            "metres": number(row["metres"]) if row["metres"] == row["metres"] else "",
            "column": fields.get(row["column"], row["column"]),
            "was": choices.get(row["before"], row["before"]),
            "is": choices.get(row["after"], row["after"]),
        }  # fmt: skip
        cells.append(tuple(_text(told[c]) for c in columns))
    heads = tuple((say(f"changes.head.{c}"), c == "metres") for c in columns)
    return Table(words("changes.offers")[what], heads, tuple(sorted(cells)))


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
    heads = _heads(("indicator", "state", "reason", "numbers"), 4)
    return Table(say("changes.hindered"), heads, tuple(cells))


def list_revised(found: Comparison) -> Table | None:
    """List figures of earlier days that both editions publish, with another number."""
    if found.revised.empty:
        return None
    cells = tuple(
        (
            found.indicators[row.indicator].title, _text(row.place), date(row.datenstand),
            found.indicators[row.indicator].show(row.before),
            found.indicators[row.indicator].show(row.after),
        )
        for row in found.revised.rename(columns={"name": "place"}).itertuples()
    )  # fmt: skip
    heads = _heads(("indicator", "area", "day", "before", "after"), 3)
    return Table(say("changes.revised"), heads, cells)


def _text(cell: object) -> str:
    return str(cell) if isinstance(cell, str) and cell else say("number.missing")


def _heads(columns: Iterable[str], numbers_from: int) -> tuple[tuple[str, bool], ...]:
    return tuple((say(f"changes.head.{c}"), i >= numbers_from) for i, c in enumerate(columns))


def _dated(text: str, day: str) -> str:
    return f"{text} ({date(day)})"
