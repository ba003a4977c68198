"""The tables of a Demografiebericht."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import CoverageError
from sozialraum.indicators.ages import (
    ESTIMATED,
    MEAN_AGE,
    PEOPLE,
    SEXES,
    YEARS,
    add_years,
    divide_ages,
    join_sexes,
    list_groups,
    share_groups,
)
from sozialraum.indicators.extract import KEY, Extract, Sheet, finish, gather, last_day, select
from sozialraum.indicators.form import form_rates
from sozialraum.indicators.series import compare_values
from sozialraum.model.areas import list_levels
from sozialraum.model.indicator import Indicator, pick
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import add_step
from sozialraum.texts import date, say

BEFORE = "einwohner_vorbericht"
CHANGES = ("einwohner_veraenderung", "einwohner_veraenderung_anteil")
_MOVES = ("zuzuege", "fortzuege")
_EVENTS = ("geburten", "sterbefaelle", "saldo_natuerlich", *_MOVES, "saldo_wanderung")
_PERIOD, _REST = "_zeitraum", "bestandskorrektur"
_RATIOS = (
    "jugendquotient_u18_18_65", "jugendquotient_u20_20_65", "jugendquotient_u15_15_65",
    "altenquotient_65_18_65", "altenquotient_65_20_65", "altenquotient_65_15_65",
    "gesamtquotient_18_65", "billeter", "greying_80_65", "aging_65_15",
)  # fmt: skip
_HOUSEHOLDS = (
    "haushalte", "haushalte_eine_person", "anteil_einpersonenhaushalte", "haushalte_mit_kindern",
    "anteil_haushalte_mit_kindern", "haushalte_alleinerziehend", "alleinerziehendenquote",
    "haushaltsgroesse",
)  # fmt: skip


def build_demography(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    *,
    datenstand: str | None = None,
    before: str | None = None,
    open_age: float | None = None,
) -> Extract:
    """Make the tables of a Demografiebericht.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table under the ids of the catalogue: ``einwohner`` or age groups of it (by
        sex: of ``einwohner_w`` and ``einwohner_m``), ``geburten``, ``sterbefaelle``, ``zuzuege``,
        ``fortzuege``, ``haushalte`` …
    areas : GeoDataFrame
        The areas of an atlas.
    indicators : mapping of str to Indicator
        Definitions: the catalogue (`read_catalogue`) and, where they name their sources, the town's own.
    datenstand : str, optional
        Day of the report; the newest with people unless given.
    before : str, optional
        Day of the last report; the newest before it unless given.
    open_age : float, optional
        Mean age in years of the oldest group, which has no end. Without it no mean age is estimated from
        groups.

    Returns
    -------
    Extract
        Tables: people and change; all years; age groups and shares; ages by sex; dependency ratios,
        Billeter, Greying, mean age; births, deaths, moves and what they leave unexplained; households.
        What was not delivered is in ``missing``.

    Raises
    ------
    CoverageError
        There are no people on the day, or none before it where ``before`` is given.
    UnknownNameError
        ``indicators`` lacks a definition of the report (it was not made from the catalogue).

    Notes
    -----
    Change = P(t) − P(t₀), in percent of P(t₀). It is missing, sign "x", where the two stand on other
    boundaries. Natural balance = births − deaths and migration balance = moves in − moves out of all
    years in (t₀, t]; Bestandskorrektur = change − natural balance − migration balance, so the three
    always add up to the change. They need every year between two ends of years. Moves do not add up,
    since one between two parts is none of the whole: upper levels have them only where delivered (sign
    "x" otherwise); their balance adds up. Billeter J = (P0–14 − P50+) / P15–49. Mean age = years lived /
    people; from groups wider than a year it is an estimate, quality "estimated".

    Examples
    --------
    >>> from sozialraum.read.definitions import read_catalogue
    >>> areas = gpd.GeoDataFrame({"name": ["A"], "gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1"], "quartier_name": ["A"]}, index=["1"])
    >>> values = pd.DataFrame({"area": "1", "level": "quartier", "indicator": "einwohner",
    ...     "datenstand": ["2020-12-31", "2024-12-31"], "gebietsstand": "2024",
    ...     "value": [1000.0, 1050.0], "quality": "exact", "sign": ""})
    >>> report = build_demography(values, areas, read_catalogue())
    >>> change = report.tables["Bevölkerung und Veränderung"]
    >>> change.loc[change["level"] == "gesamt", ["indicator", "value"]].values.tolist()
    [['einwohner', 1050.0], ['einwohner_vorbericht', 1000.0], ['einwohner_veraenderung', 50.0],
     ['einwohner_veraenderung_anteil', 5.0]]
    """
    delivered = values.dropna(subset=["value"])
    there = list(dict.fromkeys(delivered["indicator"]))
    known, sums = join_sexes(indicators, there)
    groups = divide_ages(list_groups(known, [*there, *sums]))
    known |= share_groups(known, groups)
    known = _of_report(known)
    day, last = _find_days(delivered, known, there, datenstand, before)
    given = values[values["datenstand"] <= last_day(day)]
    sheets = _plan(known, [*there, *sums], groups)
    wanted = [i for sheet in sheets for i in sheet.indicators]
    added = form_rates(given, select(known, sums, there))
    rows = gather(added[~added["indicator"].isin(_EVENTS)], areas, known, wanted)
    rows = _add_mean_age(rows, known, {n: known[n].ages for n in groups}, open_age)
    if last is not None:
        rows = _add_change(rows, known, last, day)
        rows = _add_balances(rows, _add_up_events(given, areas, known, last, day), known, day)
    rows = _keep_days(rows, day, last)
    return finish(
        "demografie", say("extract.title.demografie"), sheets, rows, there, known, areas, sums=sums
    )


def _of_report(known: Mapping[str, Indicator]) -> dict[str, Indicator]:
    needed = (
        PEOPLE, BEFORE, *CHANGES, *_RATIOS, YEARS, MEAN_AGE, *_HOUSEHOLDS, *_EVENTS,
        *(name + _PERIOD for name in _EVENTS), _REST,
    )  # fmt: skip
    for name in needed:
        pick(known, name)
    return dict(known)


def _find_days(
    delivered: pd.DataFrame,
    known: Mapping[str, Indicator],
    there: list[str],
    datenstand: str | None,
    before: str | None,
) -> tuple[str, str | None]:
    people = {PEOPLE, *(n for base in (PEOPLE, *SEXES) for n in list_groups(known, there, base))}
    days = sorted(
        set(delivered.loc[delivered["indicator"].isin(people), "datenstand"]), key=last_day
    )
    day = datenstand or (days[-1] if days else "")
    for asked in filter(None, (day, before)):
        if asked not in days:
            raise CoverageError(
                say("demography.no_people", day=date(asked), days=", ".join(map(date, days)))
            )
    if not day:
        raise CoverageError(say("demography.nobody"))
    earlier = [d for d in days if last_day(d) < last_day(day)]
    if before is not None and before not in earlier:
        raise CoverageError(say("demography.not_before", day=date(day), before=date(before)))
    return day, before or (earlier[-1] if earlier else None)


def _plan(
    known: Mapping[str, Indicator], there: list[str], groups: tuple[str, ...]
) -> tuple[Sheet, ...]:
    """Lay out the tables for the age groups that were delivered."""
    by_sex = [n for base in SEXES for n in divide_ages(list_groups(known, there, base))]
    shares = list(share_groups(known, groups))
    tables = {
        "bevoelkerung": (PEOPLE, BEFORE, *CHANGES),
        "entwicklung": (PEOPLE,),
        "altersgruppen": (*groups, *shares),
        "geschlecht": (*[n for n in SEXES[:2] if n in known], *by_sex),
        "altersaufbau": (*_RATIOS, MEAN_AGE),
        "bewegung": (CHANGES[0], *(n + _PERIOD for n in _EVENTS), _REST),
        "haushalte": _HOUSEHOLDS,
    }
    return tuple(
        Sheet(say(f"extract.sheet.{name}"), columns, series=name == "entwicklung")
        for name, columns in tables.items()
    )


def _add_mean_age(
    rows: pd.DataFrame,
    known: Mapping[str, Indicator],
    groups: Mapping[str, tuple[float, ...]],
    open_age: float | None,
) -> pd.DataFrame:
    """Form the mean age where it was not delivered, and say if the years lived are an estimate."""
    if not (rows["indicator"] == YEARS).any():
        years = add_years(rows, groups, open_age)
        rows = pd.concat([rows, years], ignore_index=True) if len(years) else rows
    made = form_rates(rows[rows["indicator"].isin([YEARS, PEOPLE, MEAN_AGE])], {
        name: known[name] for name in (YEARS, PEOPLE, MEAN_AGE)
    })  # fmt: skip
    made = made[made["indicator"] == MEAN_AGE]
    key = ["level", "area", "datenstand", "gebietsstand"]
    years = rows.loc[rows["indicator"] == YEARS, [*key, "quality", "steps"]]
    found = made[key].merge(years, how="left", on=key)
    guess = (found["quality"] == ESTIMATED).to_numpy()
    made = made.assign(
        quality=np.where(guess, ESTIMATED, made["quality"]),
        steps=np.where(guess, found["steps"] + "; " + made["steps"].to_numpy(), made["steps"]),
    )
    rest = rows[rows["indicator"] != MEAN_AGE]
    return pd.concat([rest, made], ignore_index=True)


def _add_change(
    rows: pd.DataFrame, known: Mapping[str, Indicator], last: str, day: str
) -> pd.DataFrame:
    """Set the people of the last report beside today's and form the change where both compare."""
    people = rows[rows["indicator"] == PEOPLE]
    then, now = (people[people["datenstand"] == d] for d in (last, day))
    steps = add_step(then["steps"], "carried", date(last))
    shown = then.assign(indicator=BEFORE, datenstand=day, steps=steps)
    made = form_rates(
        pd.concat([now, shown], ignore_index=True),
        {name: known[name] for name in (PEOPLE, BEFORE, *CHANGES)},
    )
    made = _on_boundaries(made[made["indicator"].isin(CHANGES)], now)
    compared = compare_values(people, known, before=last, after=day).set_index(["level", "area"])
    found = compared.reindex(pd.MultiIndex.from_frame(made[["level", "area"]]))
    unlike = (found["comparable"] == "no") & found["before"].notna() & found["after"].notna()
    reasons = "incomparable:" + found["reason"].fillna("").str.replace("; ", ", ")
    where = unlike.to_numpy()
    made["sign"] = made["sign"].mask(where, "x")
    made["steps"] = made["steps"].mask(where, pd.Series(reasons.to_numpy(), made.index))
    return pd.concat([rows, shown, made], ignore_index=True)


def _on_boundaries(made: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Keep what stands on the boundaries of the people of the day; the rest has one part alone."""
    key = ["level", "area"]
    stands = now.set_index(key)["gebietsstand"].reindex(pd.MultiIndex.from_frame(made[key]))
    same = (stands.isna() | (stands == made["gebietsstand"].to_numpy())).to_numpy()
    return made[same].copy()


def _add_balances(
    rows: pd.DataFrame, events: pd.DataFrame, known: Mapping[str, Indicator], day: str
) -> pd.DataFrame:
    """Form what births, deaths and moves leave unexplained of the change."""
    people = rows[rows["indicator"].isin([PEOPLE, BEFORE]) & (rows["datenstand"] == day)]
    made = form_rates(
        pd.concat([people, events], ignore_index=True),
        {name: known[name] for name in (PEOPLE, BEFORE, *events["indicator"].unique(), _REST)},
    )
    made = _on_boundaries(made[made["indicator"] == _REST], people[people["indicator"] == PEOPLE])
    return pd.concat([rows, events, made], ignore_index=True)


def _add_up_events(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    known: Mapping[str, Indicator],
    last: str,
    day: str,
) -> pd.DataFrame:
    """Add up births, deaths and moves of the years between two reports, on every level."""
    wanted = {last[:4], day[:4]}
    whole_years = all(len(d) == 4 or d.endswith("-12-31") for d in (last, day))
    year = values["datenstand"].str[:4]
    rows = values[
        values["indicator"].isin(_EVENTS) & (year > min(wanted)) & (year <= max(wanted))
    ].reindex(columns=list(VALUE_COLUMNS))
    if rows.empty or not whole_years:
        return rows.iloc[:0]
    definitions = {n: known[n] for n in _EVENTS}
    rows = rows.assign(numerator=rows["numerator"].where(rows["numerator"].notna(), rows["value"]))
    rows = form_rates(rows, definitions)
    moves = rows["indicator"].isin(_MOVES)
    rows = pd.concat([gather(rows[~moves], areas, definitions, _EVENTS), rows[moves]])
    key = ["level", "area", "indicator"]
    number = int(day[:4]) - int(last[:4])
    table = rows.assign(year=rows["datenstand"].str[:4])
    made = table.groupby(key).agg(
        value=("value", "sum"), known=("value", "count"), years=("year", "nunique"),
        stands=("gebietsstand", "nunique"), gebietsstand=("gebietsstand", "last"),
        qualities=("quality", "nunique"), quality=("quality", "last"),
    ).reset_index()  # fmt: skip
    complete = (made[["known", "years"]] == number).all(axis=1) & (made["stands"] == 1)
    made["value"] = made["value"].where(complete)
    made["quality"] = made["quality"].where(made["qualities"] == 1, "derived")
    made["steps"] = f"years:{int(last[:4]) + 1}–{day[:4]}"
    upper = _not_additive(made, areas)
    made = pd.concat([made, upper], ignore_index=True)
    lacking = np.where(made["value"].isna(), "…", "")
    return made.assign(
        indicator=made["indicator"] + _PERIOD, datenstand=day, numerator=made["value"],
        denominator=np.nan, sign=np.where(made["steps"].str.startswith("not_added"), "x", lacking),
    )[list(VALUE_COLUMNS)]  # fmt: skip


def _not_additive(made: pd.DataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give upper areas whose moves nobody delivered a row that says why there is no number."""
    balance = made[made["indicator"] == "saldo_wanderung"]
    smallest = list_levels(areas)[-1]
    parts = []
    for name in _MOVES:
        rows = made[made["indicator"] == name]
        there = pd.MultiIndex.from_frame(rows[["level", "area"]])
        lacking = ~pd.MultiIndex.from_frame(balance[["level", "area"]]).isin(there)
        lacking &= (balance["level"] != smallest).to_numpy()
        if len(rows):
            parts.append(balance[lacking].assign(indicator=name, value=np.nan, steps="not_added"))
    return pd.concat(parts, ignore_index=True) if parts else made.iloc[:0]


def _keep_days(rows: pd.DataFrame, day: str, last: str | None) -> pd.DataFrame:
    """Keep the day of the report, that of the last, and the newest of what has neither."""
    rows = rows.drop_duplicates(KEY, keep="last")
    rows = rows[rows["datenstand"].map(last_day) <= last_day(day)]
    newest = rows.groupby("indicator")["datenstand"].transform("max")
    kept = rows["datenstand"].isin([day, last]) | (rows["datenstand"] == newest)
    return rows[kept | (rows["indicator"] == PEOPLE)]
