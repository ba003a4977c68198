"""Which rows of a values table are unsafe by themselves, by which rule, and how wide to protect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.attack import Needs
from sozialraum.secrecy.gaps import find_small_gaps
from sozialraum.secrecy.publication import Publication
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.system import Bools, Floats, Ints

PLACE = ["level", "area", "indicator", "datenstand"]
# Rules in the order in which they are named where several hold.
RULES = ("small", "zero", "all_in_one", "dominance", "providers")
# A number from too few contributors stays uncertain by this share of it.
_BROAD = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What is unsafe, row by row of a values table.

    Attributes
    ----------
    reason : array of str
        The first rule that a row breaks, see ``RULES``; empty: none.
    width : dict of str to array of float
        For ``numerator``, ``denominator`` and ``rest`` (N − Z): how wide the range must be that is
        left of it, NaN where it needs none.
    most : dict of str to array of float
        What everybody knows of it who knows that it is too small: k − 1; NaN otherwise.
    sole : array of int
        Number of the contributor who, as the only one, knows the numerator of a row that breaks a rule
        of contributors; −1: none.
    above : array of float
        How far beyond its value the numerator of a dominated row must seem possible; NaN otherwise.
    """

    reason: np.ndarray
    width: dict[str, Floats]
    most: dict[str, Floats]
    sole: Ints
    above: Floats

    @property
    def unsafe(self) -> Bools:
        """Which rows break a rule."""
        return np.asarray(self.reason != "", dtype=bool)

    def beside(self, gaps: pd.DataFrame | None, rules: Secrecy) -> Judgement:
        """Judge the people of gaps too, whose rows follow those of the table."""
        if gaps is None:
            return self
        small = find_small_gaps(gaps, rules)
        own = [rules.of(str(name)) for name in gaps["measure"]]
        width = np.where(small, [r.width for r in own] or np.nan, np.nan)
        most = np.where(small, [r.minimum - 1.0 for r in own] or np.nan, np.nan)
        nothing = np.full(len(gaps), np.nan)
        return Judgement(
            np.append(self.reason, np.where(small, "small", "").astype(object)),
            {
                k: np.append(v, width if k == "numerator" else nothing)
                for k, v in self.width.items()
            },
            {k: np.append(v, most if k == "numerator" else nothing) for k, v in self.most.items()},
            np.append(self.sole, np.full(len(gaps), -1)),
            np.append(self.above, nothing),
        )

    def needs(self, publication: Publication, rules: Secrecy) -> Needs:
        """Put the needs of all rows on the cells they show; the widest and the best known count.

        Parameters
        ----------
        publication : Publication
            Of the same table and gaps.
        rules : Secrecy

        Returns
        -------
        Needs
            Also for people of single areas in gaps, whom no row shows; that these are few nobody
            guesses.
        """
        width = np.full(publication.system.size, np.nan)
        most = np.full(publication.system.size, np.nan)
        for role in self.width:
            cells = getattr(publication, role)
            at = cells >= 0
            np.fmax.at(width, cells[at], self.width[role][at])
            np.fmin.at(most, cells[at], self.most[role][at])
        for name, cells in publication.secret.items():
            own, people = rules.of(name), np.abs(publication.system.value[cells])
            small = cells[(people > 0) & (people < own.minimum)]
            width[small], most[small] = own.width, np.nan
        sole = np.full(publication.system.size, -1, np.int64)
        at = (self.sole >= 0) & (publication.numerator >= 0)
        sole[publication.numerator[at]] = self.sole[at]
        sole[np.isnan(publication.system.value)] = -1
        above = np.full(publication.system.size, np.nan)
        at = publication.numerator >= 0
        np.fmax.at(above, publication.numerator[at], self.above[at])
        return Needs(width, most, sole, above)


def judge(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    rules: Secrecy,
    contributed: pd.DataFrame | None = None,
) -> Judgement:
    """Judge every row by the rules of its indicator.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping
    rules : Secrecy
    contributed : DataFrame, optional
        As `sum_contributions` gives it.

    Returns
    -------
    Judgement

    Notes
    -----
    Of persons: Z, N or N − Z strictly between 0 and k (of a ratio only Z and N); where told, Z = 0 < N
    or a count of 0, and Z = N > 0 or a part equal to its total. Offers and places are not persons.

    By contributors, whoever they are: with L the sum of the n largest contributions to X, unsafe if
    100·L ≥ p·X, and then possible up to 100·L/p, the next safe total, at the least, and uncertain
    within twice the way there; unsafe if fewer than the minimum contributed, and then uncertain within
    a fifth of X. The rule of an edition holds for indicators with contributions. A rule of an indicator
    of its own holds anyway: without contributions everything is withheld, and where nobody is known to
    have contributed, all but zeros.

    Examples
    --------
    >>> values = pd.DataFrame({"indicator": "u6", "value": [0.0, 4.0, 5.0], "level": "stadt",
    ...     "area": ["a", "b", "c"], "datenstand": "2024", "numerator": [0.0, 4.0, 5.0],
    ...     "denominator": np.nan})
    >>> found = judge(values, {"u6": Indicator(id="u6", title="Kinder")}, Secrecy(minimum=5))
    >>> found.reason.tolist(), found.width["numerator"].tolist()
    (['', 'small', ''], [nan, 5.0, nan])
    """
    name = values["indicator"].astype("str")
    kind = _of(name, {k: i.kind for k, i in indicators.items()}, "count")
    persons = _of(name, {k: i.protects == "persons" for k, i in indicators.items()}, True)
    persons = persons.astype(bool)
    own = {k: rules.of(k) for k in name.unique()}
    minimum, width = (
        _of(name, {k: float(getattr(r, what)) for k, r in own.items()}, 0.0).astype(float)
        for what in ("minimum", "width")
    )
    top, below = (values[c].to_numpy(dtype=float) for c in ("numerator", "denominator"))
    value = values["value"].to_numpy(dtype=float)
    top = np.where((kind == "count") & np.isnan(top), value, top)
    # Of a ratio the numerator is no part of the denominator: their difference counts nobody.
    rest = np.where(kind == "ratio", np.nan, below - top)
    amounts = {"numerator": top, "denominator": below, "rest": rest}
    small = {
        role: persons & (amount != 0) & (np.abs(amount) < minimum)
        for role, amount in amounts.items()
    }
    # A count that differs from its numerator is shown too.
    small["numerator"] |= persons & (kind == "count") & (value != 0) & (np.abs(value) < minimum)
    zeros = _of(name, {k: r.zeros for k, r in own.items()}, False).astype(bool)
    zero = zeros & persons & (top == 0) & (np.isnan(below) | (below > 0))
    zero &= kind != "index"
    told = _of(name, {k: r.all_in_one for k, r in own.items()}, False).astype(bool)
    everybody = persons & told & (kind == "rate") & (top == below) & (below > 0)
    everybody |= persons & _fill_totals(values, top, indicators, own)
    given = _judge_contributors(values, top, own, rules, contributed)
    found = {
        "small": small["numerator"] | small["denominator"] | small["rest"],
        "zero": zero, "all_in_one": everybody,
        "dominance": given.dominance, "providers": given.providers,
    }  # fmt: skip
    reason = np.select([found[rule] for rule in RULES], RULES, default="")
    widths = {role: np.where(small[role], width, np.nan) for role in amounts}
    most = {role: np.where(small[role], minimum - 1, np.nan) for role in amounts}
    widths["numerator"] = np.where(
        zero | everybody | given.dominance | given.providers,
        np.fmax(np.fmax(widths["numerator"], width), given.width),
        widths["numerator"],
    )
    # Whoever knows that zeros are withheld knows no more of them than of small counts.
    most["numerator"] = np.where(zero & (minimum > 1), minimum - 1, most["numerator"])
    alike = everybody & (kind == "rate") & ~np.isnan(rest)
    widths["rest"] = np.where(alike, np.fmax(widths["rest"], width), widths["rest"])
    return Judgement(reason.astype(object), widths, most, given.sole, given.above)


def _of(names: pd.Series, known: Mapping[str, object], other: object) -> np.ndarray:
    """Give what is known by name, for every row."""
    codes, different = pd.factorize(names)
    found = np.empty(len(different), dtype=object)
    found[:] = [known.get(str(name), other) for name in different]
    return np.asarray(found[codes])


def _fill_totals(
    values: pd.DataFrame,
    amount: Floats,
    indicators: Mapping[str, Indicator],
    own: Mapping[str, Secrecy],
) -> Bools:
    """Find parts of a total, or age groups of a base, that are all of it."""
    totals = [(part, k) for k, i in indicators.items() for part in i.parts]
    totals += [(k, i.base) for k, i in indicators.items() if i.base and i.ages]
    asked = [
        (part, whole)
        for part, whole in dict.fromkeys(totals)
        if part in own and (own[part].all_in_one or (whole in own and own[whole].all_in_one))
    ]
    found = np.zeros(len(values), bool)
    if not asked:
        return found
    table = values[PLACE].assign(amount=amount, at=np.arange(len(values)))
    pairs = pd.DataFrame(asked, columns=["indicator", "whole"])
    joined = table.merge(pairs, on="indicator").merge(
        table.rename(columns={"indicator": "whole", "amount": "total"}).drop(columns="at"),
        on=["level", "area", "whole", "datenstand"],
    )
    same = (joined["amount"] == joined["total"]) & (joined["amount"] > 0)
    found[joined.loc[same, "at"].to_numpy(dtype=int)] = True
    return found


class _Contributors(NamedTuple):
    """What contributors tell of every row: which rules it breaks, and as `Judgement` names it."""

    dominance: Bools
    providers: Bools
    width: Floats
    sole: Ints
    above: Floats


def _judge_contributors(
    values: pd.DataFrame,
    amount: Floats,
    own: Mapping[str, Secrecy],
    rules: Secrecy,
    contributed: pd.DataFrame | None,
) -> _Contributors:
    """Judge by the number of contributors and the largest of them."""
    none = np.zeros(len(values), bool)
    broad = np.full(len(values), np.nan)
    asking = {k for k, r in own.items() if r.by_contributors}
    listed = set() if contributed is None else set(contributed.index.unique("indicator"))
    by_name = {
        k for k, entry in rules.indicators.items() if {"dominance", "providers"} & set(entry)
    }
    asking &= listed | by_name
    if not asking:
        return _Contributors(none, none, broad, np.full(len(values), -1, np.int64), broad)
    asked = values["indicator"].isin(asking).to_numpy()
    key = pd.MultiIndex.from_frame(values[PLACE])
    columns = ["contributors", "total", "largest", "sole"]
    if contributed is None:
        table = pd.DataFrame(np.nan, index=key, columns=columns)
    else:
        table = contributed[columns].reindex(key)
    count, total, largest, alone = (table[c].to_numpy(dtype=float) for c in columns)
    name = values["indicator"].astype("str")
    fewest = _of(name, {k: float(r.providers) for k, r in own.items()}, 0.0).astype(float)
    share = _of(
        name, {k: r.dominance.share if r.dominance else np.nan for k, r in own.items()}, np.nan
    ).astype(float)
    unknown = asked & np.isnan(count) & ~(amount == 0)
    unknown |= asked & ~name.isin(listed).to_numpy()
    few = asked & ((count < fewest) | unknown)
    # Where the list is incomplete, what it names may be all there is.
    base = np.fmin(np.abs(amount), total)
    dominated = asked & (largest > 0) & (100 * largest >= share * base)
    broad = np.where(few, _BROAD * np.abs(amount), broad)
    above = np.where(dominated, 100 * largest / share - base, np.nan)
    broad = np.fmax(broad, 2 * above)
    sole = np.where((few | dominated) & (alone >= 0), alone, -1).astype(np.int64)
    return _Contributors(dominated, few, broad, sole, above)
