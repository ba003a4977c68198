"""Age groups as they were delivered: by sex or not, coarse or by single years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from sozialraum.indicators.form import cover_ages
from sozialraum.model.indicator import Indicator
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import add_step
from sozialraum.texts import number, say

PEOPLE = "einwohner"
SEXES = ("einwohner_w", "einwohner_m", "einwohner_d")
YEARS, MEAN_AGE = "lebensjahre", "durchschnittsalter"
ESTIMATED = "estimated"


def list_groups(
    indicators: Mapping[str, Indicator], there: Iterable[str], base: str = PEOPLE
) -> dict[str, tuple[float, ...]]:
    """List the delivered age groups of a base, by id.

    Examples
    --------
    >>> child = Indicator(id="k", title="Kinder", base="einwohner", ages=(0, 18))
    >>> list_groups({"k": child}, ["k", "x"])
    {'k': (0, 18)}
    """
    known = [indicators[name] for name in there if name in indicators]
    return {i.id: i.ages for i in known if i.kind == "count" and i.base == base and i.ages}


def divide_ages(groups: Mapping[str, tuple[float, ...]]) -> tuple[str, ...]:
    """Find the finest of the groups that together are all ages.

    Parameters
    ----------
    groups : mapping of str to tuple of float
        Half-open spans by id.

    Returns
    -------
    tuple of str
        From young to old; empty if all ages cannot be filled exactly.

    Examples
    --------
    >>> divide_ages({"kind": (0, 18), "u6": (0, 6), "schule": (6, 18), "rest": (18,)})
    ('u6', 'schule', 'rest')
    """

    def within(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        low, high = _ends(one)
        least, most = _ends(other)
        return (low, high) != (least, most) and least <= low and high <= most

    finest = {n: a for n, a in groups.items() if not any(within(b, a) for b in groups.values())}
    return cover_ages((0,), finest) or cover_ages((0,), groups)


def _ends(ages: tuple[float, ...]) -> tuple[float, float]:
    return ages[0], ages[1] if len(ages) > 1 else np.inf


def join_sexes(
    indicators: Mapping[str, Indicator], there: Iterable[str]
) -> tuple[dict[str, Indicator], list[str]]:
    """Let age groups delivered by sex add up to groups of all, and groups to the whole number.

    Parameters
    ----------
    indicators : mapping of str to Indicator
    there : iterable of str
        What was delivered.

    Returns
    -------
    indicators : dict of str to Indicator
        With ``numerator_of`` where a sum stands in for what was not delivered; a group that has no
        definition gets one (``einwohner_27_65``).
    formed : list of str
        Ids of the sums.
    """
    made, there = dict(indicators), list(there)
    by_sex = {base: list_groups(indicators, there, base) for base in SEXES}
    by_sex = {base: groups for base, groups in by_sex.items() if groups}
    formed = []
    known = set(list_groups(indicators, there).values())
    spans = dict.fromkeys(ages for groups in by_sex.values() for ages in groups.values())
    for ages in spans:
        parts = [n for groups in by_sex.values() for n, a in groups.items() if a == ages]
        if ages in known or len(parts) < len(by_sex) or len(by_sex) < 2:
            continue
        name = next((n for n, i in indicators.items() if _is_group(i, ages)), _name(ages))
        model = indicators.get(name) or _define(name, ages, indicators)
        made[name] = replace(model, numerator_of=tuple(parts))
        formed.append(name)
    for base in (PEOPLE, *by_sex):
        groups = list_groups(made, [*there, *formed], base)
        parts = list(divide_ages(groups))
        if base in there or base not in made or not parts:
            continue
        made[base] = replace(made[base], numerator_of=tuple(parts))
        formed.append(base)
    return made, formed


def _is_group(known: Indicator, ages: tuple[float, ...]) -> bool:
    return known.kind == "count" and known.base == PEOPLE and known.ages == ages


def _name(ages: tuple[float, ...]) -> str:
    said = [f"{a:g}".replace(".", "_") for a in ages]
    return f"{PEOPLE}_" + ("_".join(said) if len(said) > 1 else f"ab_{said[0]}")


def _define(name: str, ages: tuple[float, ...], indicators: Mapping[str, Indicator]) -> Indicator:
    model = indicators.get(PEOPLE) or Indicator(id=PEOPLE, title=PEOPLE)
    return replace(
        model, id=name, title=say_ages(ages), base=PEOPLE, ages=ages, numerator=say_ages(ages),
        theme=say("demography.ages"), parts=(), numerator_of=(), source="", licence="",
        licence_url="", changed="", owner="", note="",
    )  # fmt: skip


def say_ages(ages: tuple[float, ...]) -> str:
    """Say a span of ages in words.

    Examples
    --------
    >>> say_ages((3, 6)), say_ages((65,))
    ('Personen von 3 bis unter 6 Jahren', 'Personen ab 65 Jahren')
    """
    low, high = (number(a, 0 if float(a).is_integer() else 1) for a in (ages[0], ages[-1]))
    if len(ages) == 1:
        return say("demography.from_age", low=low)
    return say("demography.under" if ages[0] == 0 else "demography.between", low=low, high=high)


def share_groups(
    indicators: Mapping[str, Indicator], groups: Iterable[str], whole: str = PEOPLE
) -> dict[str, Indicator]:
    """Give the share of each group in the whole: the known definition, or one made for it.

    Examples
    --------
    >>> child = Indicator(id="k", title="Kinder", base="einwohner", ages=(0, 18))
    >>> made = share_groups({"k": child, "einwohner": Indicator(id="einwohner", title="Alle")}, ["k"])
    >>> made["anteil_k"].numerator_of, made["anteil_k"].denominator_of
    (('k',), ('einwohner',))
    """
    made = {}
    for name in groups:
        group = indicators[name]
        known = next(
            (
                i for i in indicators.values()
                if i.kind == "rate" and i.per == 100 and group.ages
                and (i.base, i.ages, i.denominator_ages) == (whole, group.ages, ())
            ),
            None,
        )  # fmt: skip
        share = known or Indicator(
            id=f"anteil_{name}", title=say("demography.share", group=group.title), unit="%",
            kind="rate", per=100, numerator=group.title, denominator=indicators[whole].title,
            numerator_of=(name,), denominator_of=(whole,), theme=group.theme, digits=1,
            supplier=group.supplier,
        )  # fmt: skip
        made[share.id] = share
    return made


def add_years(
    counts: pd.DataFrame,
    groups: Mapping[str, tuple[float, ...]],
    open_age: float | None,
) -> pd.DataFrame:
    """Add up the years lived by all: of a group, the middle of its span times its people.

    Parameters
    ----------
    counts : DataFrame
        Rows of the values table with the groups.
    groups : mapping of str to tuple of float
        All ages, each once.
    open_age : float, optional
        Mean age in the group without an end; without it there are no rows.

    Returns
    -------
    DataFrame
        Rows of ``lebensjahre``; quality "estimated" unless every group is a single year.

    Notes
    -----
    Years = Σ people · (a + b)/2 over groups [a, b). Of a single year of age that is the completed year
    and a half. Where a group is missing the sum is missing.

    Examples
    --------
    >>> counts = pd.DataFrame({"level": "q", "area": "1", "datenstand": "2024", "gebietsstand": "2024",
    ...     "indicator": ["u20", "ab20"], "value": [10.0, 30.0], "quality": "exact"})
    >>> add_years(counts, {"u20": (0, 20), "ab20": (20,)}, 50.0)["value"].tolist()
    [1600.0]
    """
    table = counts[counts["indicator"].isin(groups)]
    ends = [ages for ages in groups.values() if len(ages) == 1]
    if table.empty or (ends and open_age is None):
        return pd.DataFrame(columns=list(VALUE_COLUMNS))
    key = ["level", "area", "datenstand", "gebietsstand"]
    wide = table.pivot(index=key, columns="indicator", values="value").reindex(columns=list(groups))
    middles = [sum(a) / 2 if len(a) > 1 else float(open_age or 0) for a in groups.values()]
    years = (wide * middles).sum(axis=1, skipna=False).rename("value").reset_index()
    single = all(len(a) > 1 and a[1] - a[0] <= 1 for a in groups.values())
    qualities = table.groupby(key)["quality"].agg(["first", "nunique"]).reindex(wide.index)
    given = qualities["first"].where(qualities["nunique"] == 1, "derived").to_numpy()
    said = number(open_age, 1) if ends else say("demography.no_open_group")
    return years.assign(
        indicator=YEARS, numerator=years["value"], denominator=np.nan,
        quality=given if single else ESTIMATED, sign=np.where(years["value"].isna(), "…", ""),
        steps=add_step(pd.Series("", years.index), "middle_of_ages", said),
    )[list(VALUE_COLUMNS)]  # fmt: skip
