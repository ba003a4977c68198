"""People by age and sex, found in the indicators by how their ids name ages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from sozialraum.present.profile.figures import HIDDEN, Figure
from sozialraum.texts import number, percent, say

if TYPE_CHECKING:
    from sozialraum.model.indicator import Indicator

WOMEN, MEN, ALL = "w", "m", ""
_SEX = {
    "w": WOMEN,
    "weiblich": WOMEN,
    "frauen": WOMEN,
    "f": WOMEN,
    "m": MEN,
    "maennlich": MEN,
    "männlich": MEN,
    "maenner": MEN,
}
_OPEN = {"plus", "ab", "ue", "über", "ueber"}


@dataclass(frozen=True, slots=True)
class AgeName:
    """What an id says about ages.

    Attributes
    ----------
    low : int
    high : int, optional
        As it stands in the id; None for an open group.
    sex : str
        "w", "m", or "" for both.
    family : str
        The rest of the id; groups of one family belong together.
    """

    low: int
    high: int | None
    sex: str
    family: str


def read_age(identity: str) -> AgeName | None:
    """Read ages and sex out of an indicator's id.

    Examples
    --------
    >>> read_age("alter_18_26_w")
    AgeName(low=18, high=26, sex='w', family='alter')
    >>> read_age("alter_80_plus").high is None, read_age("sgb2")
    (True, None)
    """
    tokens = re.findall(r"\d+|[^\W\d_]+", identity.casefold())
    ages = [int(t) for t in tokens if t.isdigit()]
    is_open = not _OPEN.isdisjoint(tokens) or identity.endswith("_")
    if len(ages) != (1 if is_open else 2) or ages[-1] > 130 or ages != sorted(ages):
        return None
    sex = next((_SEX[t] for t in tokens if t in _SEX), ALL)
    family = " ".join(t for t in tokens if not t.isdigit() and t not in _SEX and t not in _OPEN)
    return AgeName(ages[0], None if is_open else ages[1], sex, family)


def find_age_groups(
    indicators: Mapping[str, Indicator],
) -> tuple[dict[str, list[str]], list[str]]:
    """Find the finest set of age groups that follow each other without gap or overlap.

    Parameters
    ----------
    indicators : mapping of str to Indicator

    Returns
    -------
    groups : dict of str to list of str
        Ids from youngest to oldest under "w" and "m", or under "" where sexes are not told apart;
        empty if there is no such set of three groups or more.
    names : list of str
        The groups in words, in completed years.

    Notes
    -----
    Both customs are understood: half-open (``0_3``, ``3_6``) and completed years (``0_2``, ``3_5``).
    """
    families: dict[tuple[str, str], list[tuple[AgeName, str]]] = {}
    for identity, indicator in indicators.items():
        age = read_age(identity)
        if age and indicator.kind == "count" and indicator.protects == "persons":
            families.setdefault((age.family, age.sex), []).append((age, identity))
    found: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for key, members in families.items():
        members.sort(key=lambda m: m[0].low)
        names = _name_groups([age for age, _ in members])
        if names:
            found[key] = [identity for _, identity in members], names
    best: tuple[dict[str, list[str]], list[str]] = ({}, [])
    for family, sex in found:
        ids, names = found[family, sex]
        other = found.get((family, MEN)) if sex == WOMEN else None
        if sex == ALL and len(names) > len(best[1]):
            best = {ALL: ids}, names
        if other and other[1] == names and len(names) >= len(best[1]):
            best = {WOMEN: ids, MEN: other[0]}, names
    return best


def _name_groups(ages: list[AgeName]) -> list[str]:
    """Name groups that follow each other; nothing if they do not."""
    if len(ages) < 3 or any(a.high is None for a in ages[:-1]):
        return []
    steps = {b.low - a.high for a, b in pairwise(ages) if a.high is not None}
    if steps not in ({0}, {1}):
        return []
    return [_name_group(a.low, a.high, half_open=steps == {0}) for a in ages]


def _name_group(low: int, high: int | None, *, half_open: bool) -> str:
    if high is None:
        return say("profile.age_open", low=low)
    last = high - 1 if half_open else high
    return str(low) if low == last else say("profile.age_range", low=low, high=last)


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """One age group of an area.

    Attributes
    ----------
    name : str
    women, men, people : Figure, optional
        ``people`` where sexes are not told apart.
    shares : dict of str to float
        Share of all people in percent, by "w", "m" and "" (together); missing where withheld.
    whole : dict of str to float
        The same of the whole.
    """

    name: str
    women: Figure | None
    men: Figure | None
    people: Figure | None
    shares: Mapping[str, float]
    whole: Mapping[str, float]

    @property
    def together(self) -> str:
        """The number of people as it is written."""
        if self.people:
            return self.people.bare
        pair = [f for f in (self.women, self.men) if f]
        if any(f.hidden for f in pair):
            return HIDDEN
        return number(_add(f.value for f in pair))

    def share(self, sex: str = ALL, *, of_whole: bool = False) -> str:
        """Write a share, or the sign that stands for it."""
        known = self.whole if of_whole else self.shares
        if sex in known:
            return percent(known[sex])
        pair = [f for f in (self.women, self.men, self.people) if f]
        hidden = not of_whole and any(f.hidden for f in pair)
        return HIDDEN if hidden else say("number.missing")


@dataclass(frozen=True, slots=True)
class AgeStructure:
    """People of an area by age: groups from youngest to oldest.

    Attributes
    ----------
    groups : tuple of AgeGroup
    by_sex : bool
    figures : tuple of Figure
        All of them, for marks and sources.
    """

    groups: tuple[AgeGroup, ...]
    by_sex: bool
    figures: tuple[Figure, ...]

    @property
    def datenstand(self) -> str:
        """The date of the figures."""
        return self.figures[0].datenstand

    def share_between(self, low: int, high: int | None) -> tuple[float, float | None] | None:
        """Give the share of an age span and the whole's, if the groups' borders allow it.

        Parameters
        ----------
        low : int
        high : int, optional
            Half-open; None for no upper end.
        """
        spans = [_span(g) for g in self.groups]
        chosen = [
            g
            for g, (a, b) in zip(self.groups, spans, strict=True)
            if a >= low and (high is None or (b is not None and b <= high))
        ]
        edges = {a for a, _ in spans} | {b for _, b in spans}
        if not chosen or low not in edges or high not in edges:
            return None
        own, whole = _add(g.shares.get(ALL) for g in chosen), _add(g.whole.get(ALL) for g in chosen)
        return None if own is None else (own, whole)


def _span(group: AgeGroup) -> tuple[int, int | None]:
    """Read the half-open span back from the group's name in completed years."""
    ages = [int(n) for n in re.findall(r"\d+", group.name)]
    is_open = group.name == say("profile.age_open", low=ages[0])
    return ages[0], None if is_open else ages[-1] + 1


def _add(values: Iterable[float | None]) -> float | None:
    """Add; a sum needs all parts."""
    known = list(values)
    if not known or any(v is None for v in known):
        return None
    return sum(v for v in known if v is not None)


def build_ages(
    indicators: Mapping[str, Indicator],
    own: Callable[[str], Figure],
    whole: Callable[[str], Figure] | None,
) -> AgeStructure | None:
    """Gather the age groups of an area.

    Parameters
    ----------
    indicators : mapping of str to Indicator
    own, whole : callable
        Give the figure of an indicator's id for the area and for the whole.

    Returns
    -------
    AgeStructure or None
        None if there are no age groups or none of them is published here.

    Notes
    -----
    Shares are of the sum of all groups. Where one of them is withheld the sum is unknown, and so are
    all shares: the chart then shows numbers of people.
    """
    ids, names = find_age_groups(indicators)
    if not names:
        return None
    figures = {sex: [own(i) for i in row] for sex, row in ids.items()}
    every = tuple(f for row in figures.values() for f in row)
    if not any(f.datenstand for f in every):
        return None
    shares = _shares(figures)
    compare = _shares({sex: [whole(i) for i in row] for sex, row in ids.items()}) if whole else {}
    groups = tuple(
        AgeGroup(
            name=name,
            women=figures[WOMEN][i] if WOMEN in figures else None,
            men=figures[MEN][i] if MEN in figures else None,
            people=figures[ALL][i] if ALL in figures else None,
            shares={sex: row[i] for sex, row in shares.items()},
            whole={sex: row[i] for sex, row in compare.items()},
        )
        for i, name in enumerate(names)
    )
    return AgeStructure(groups, WOMEN in figures, every)


def _shares(figures: Mapping[str, list[Figure]]) -> dict[str, list[float]]:
    """Give each group's share of all, by sex and together; nothing if any of them is missing."""
    total = _add(f.value for row in figures.values() for f in row)
    if not total:
        return {}
    shares = {
        sex: [100 * f.value / total for f in row if f.value is not None]
        for sex, row in figures.items()
    }
    if ALL not in shares:
        shares[ALL] = [sum(pair) for pair in zip(*shares.values(), strict=True)]
    return shares
