"""Two editions beside each other: what changed, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import InputError, SecrecyError
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.check import CheckReport, find
from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.overview import Overview, Showing
from sozialraum.secrecy.arguments import need_kind
from sozialraum.secrecy.changed_gaps import compare_gaps
from sozialraum.secrecy.changed_measures import compare_measures
from sozialraum.secrecy.changed_offers import compare_offers
from sozialraum.secrecy.edition import Edition
from sozialraum.secrecy.hindrances import find_hindrances, list_differing
from sozialraum.secrecy.published import Published, show_edition
from sozialraum.secrecy.seal import UNSEALED, check_seal, put_seal
from sozialraum.texts import date, number, say

KEY = ["level", "area", "indicator"]
_FIGURES = ["value", "numerator", "denominator"]
# Outlines that lie nowhere further apart are the same, drawn or rounded otherwise.
_TOLERANCE_M = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Comparison(Showing):
    """What two editions say differently. Made by `compare_editions`; plain tables.

    Attributes
    ----------
    old, new : Published
    values : DataFrame
        One row per level, area and indicator whose newest figures differ in anything: ``level, area,
        name, indicator, before_day, after_day`` (Datenstände), ``before, after`` (as published),
        ``change`` (after − before of the numbers as they are written; of shares percentage points),
        ``percent`` (of counts), ``cases_before, cases_after`` (numerators), ``people_before,
        people_after`` (denominators), ``sign_before, sign_after``, ``comparable`` ("yes", "limited",
        "no"), ``code`` and ``reason`` (German; empty for "yes"). For "no" there is no difference.
    same : int
        Figures that are in both editions and the same in everything.
    revised : DataFrame
        Figures of earlier Datenstände that both publish, with another number: ``level, area, name,
        indicator, datenstand, before, after``.
    offers : DataFrame
        ``what`` ("new", "closed", "moved", "changed"), ``offer, name, traeger, category, area_before,
        area_after, metres, column, before, after``; as `compare_offers` says.
    gaps : DataFrame
        ``what`` ("opened", "closed", "stays"), ``measure, name, people_before, people_after,
        minutes_before, minutes_after``; as `compare_gaps` says.
    measures : DataFrame
        ``what`` ("new", "status", "ended", "gone", "changed", "overdue"), ``measure, title, level, area,
        name, topic, target_group, office, paper, status_before, status, status_date, end, note, column,
        before, after``; as `compare_measures` says.
    """

    old: Published
    new: Published
    values: pd.DataFrame
    same: int
    revised: pd.DataFrame
    offers: pd.DataFrame
    gaps: pd.DataFrame
    measures: pd.DataFrame
    seal: str = field(default="", repr=False, metadata=UNSEALED)

    def verify(self) -> None:
        """Refuse what was changed, here or in one of the editions, since they were compared.

        Raises
        ------
        SecrecyError
        """
        check_seal(self)

    @property
    def empty(self) -> bool:
        """Whether both editions say the same."""
        measures = self.measures[self.measures["what"] != "overdue"]
        return not any(map(len, (self.values, self.revised, self.offers, self.gaps, measures)))

    @property
    def changed(self) -> pd.DataFrame:
        """Rows of ``values`` whose difference can be formed and is not nothing."""
        named = self.values["change"].isna() & (self.values["before"] != self.values["after"])
        differs = (self.values["change"].fillna(0) != 0) | named
        return self.values[(self.values["comparable"] != "no") & differs]

    @property
    def indicators(self) -> dict[str, Indicator]:
        """Definitions of both, the newer ones first."""
        return {**self.new.indicators, **{k: i for k, i in self.old.indicators.items()
                                         if k not in self.new.indicators}}  # fmt: skip

    @property
    def covered(self) -> list[str]:
        """Indicators that say who is reached: those with gaps and those measured by ways."""
        told = {*self.old.gaps["measure"], *self.new.gaps["measure"]}
        told |= {*self.old.measured, *self.new.measured}
        return [name for name in self.indicators if name in told]

    def _overview(self) -> Overview:
        hindered = int((self.values["comparable"] == "no").sum())
        counts = {
            say("overview.changed"): len(self.changed),
            say("overview.same"): self.same,
            say("overview.hindered"): hindered,
            say("changes.revised"): len(self.revised),
        }
        for what in ("new", "closed", "moved"):
            counts[say(f"changes.offers.{what}")] = _count(self.offers, what, "offer")
        counts[say("overview.offers")] = _count(self.offers, "changed", "offer")
        for what in ("opened", "closed", "stays"):
            gaps = int((self.gaps["what"] == what).sum())
            counts[say("overview.gap", what=say(f"changes.gap.{what}"))] = gaps
        for what in ("new", "status", "ended", "gone") if len(self.measures) else ():
            counts[say(f"changes.measures.{what}")] = _count(self.measures, what, "measure")
        days = [date(e.created) if e.created else e.title for e in (self.old, self.new)]
        caption = say("overview.comparison", title=self.new.title, old=days[0], new=days[1])
        heads = (say("atlas.what"), say("atlas.count"))
        return Overview(caption, heads, tuple((w, number(n)) for w, n in counts.items()))


def _count(table: pd.DataFrame, what: str, column: str) -> int:
    return int(table.loc[table["what"] == what, column].nunique())


def verify_comparison(comparison: Comparison) -> None:
    """Refuse what is no comparison, and one that was changed, see `Comparison.verify`.

    Raises
    ------
    InputError, SecrecyError
    """
    need_kind("comparison", comparison, Comparison)
    comparison.verify()


def compare_editions(
    old: Edition | Published,
    new: Edition | Published,
    *,
    intervals: tuple[pd.DataFrame, pd.DataFrame] | None = None,
) -> Comparison:
    """Compare what two editions publish.

    Parameters
    ----------
    old, new : Edition or Published
        Both for the same audience.
    intervals : pair of DataFrame, optional
        Rows of the values tables of ``old`` and ``new`` with ``low`` and ``high``, as
        `measure_intervals` gives them, of those indicators that chance stands behind. Where two
        intervals overlap no difference is formed.

    Returns
    -------
    Comparison

    Raises
    ------
    SecrecyError
        An edition is not protected or was changed, or they are for different audiences.
    InputError
        They have no area in common.

    Notes
    -----
    ``change = after − before`` of the two numbers as they are written (``digits`` of the newer
    definition), in the indicator's unit; ``percent = 100 · change / before`` for counts. Both numbers
    stand in the editions, so a difference tells nothing that a reader of both cannot work out.

    No difference is formed where the definitions, ways of measuring, sources, Gebietsstände, outlines
    (further apart than 1 m) or qualities differ, where a figure is withheld or missing in one edition,
    where the source perturbed it, where rounding alone may explain it (numerators closer than the sum
    of both bases), or where intervals overlap. Dates within the name of a source do not make another
    source. The newest Datenstand of each indicator and level is compared.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> from sozialraum.secrecy.rules import Secrecy
    >>> atlas = build_musterstadt().atlas
    >>> edition = build_edition(atlas)
    >>> compare_editions(edition, edition).empty
    True
    >>> stricter = build_edition(atlas, secrecy=Secrecy(minimum=30))
    >>> compare_editions(edition, stricter).values["code"].unique().tolist()
    ['secret_new']
    """
    one, other = (_take(e) for e in (old, new))
    if one.audience != other.audience:
        mine, its = (say(f"audience.{e.audience}") for e in (other, one))
        raise SecrecyError(say("secrecy.not_beside", audience=mine, other=its))
    crs = other.tables[other.levels[-1].id].crs
    moved = {k: t.to_crs(crs) for k, t in one.tables.items()}
    one = put_seal(
        replace(one, tables=moved, offers=one.offers.to_crs(crs), gaps=one.gaps.to_crs(crs))
    )
    smallest = other.levels[-1].id
    if not set(other.tables[smallest].index) & _ids(one, smallest):
        fault = find("error", "compare_place", other.title, old=one.title, new=other.title)
        raise InputError(CheckReport((fault,)))
    names = _name_areas(one, other)
    rows = _pair(one, other, intervals)
    hindrances = find_hindrances(rows, one, other, _find_redrawn(one, other))
    rows = _subtract(rows, hindrances, {**one.indicators, **other.indicators})
    alike = (
        (rows["day_old"] == rows["day_new"])
        & ((rows["change"] == 0) | _both_missing(rows) | (rows["value_old"] == rows["value_new"]))
        & (rows["sign_old"] == rows["sign_new"])
        & ~rows["code"].isin(list_differing())
    )
    rows = rows.join(names, on=["level", "area"])
    table = rows.rename(columns={
        "day_old": "before_day", "day_new": "after_day", "value_old": "before",
        "value_new": "after", "numerator_old": "cases_before", "numerator_new": "cases_after",
        "denominator_old": "people_before", "denominator_new": "people_after",
        "sign_old": "sign_before", "sign_new": "sign_after",
    })  # fmt: skip
    found = Comparison(
        old=one,
        new=other,
        values=table.loc[~alike, list(VALUE_COLUMNS)].reset_index(drop=True),
        same=int(alike.sum()),
        revised=_find_revised(one, other, rows, names),
        offers=compare_offers(one, other),
        gaps=compare_gaps(one, other),
        measures=compare_measures(one, other),
    )
    return put_seal(found)


VALUE_COLUMNS = (
    "level", "area", "name", "indicator", "before_day", "after_day", "before", "after", "change",
    "percent", "cases_before", "cases_after", "people_before", "people_after",
    "sign_before", "sign_after", "comparable", "code", "reason",
)  # fmt: skip


def _take(edition: Edition | Published) -> Published:
    if isinstance(edition, Edition):
        return show_edition(edition)
    need_kind("edition", edition, Published)
    edition.verify()
    return edition


def _ids(edition: Published, level: str) -> set[str]:
    return set(edition.tables[level].index) if level in edition.tables else set()


def _name_areas(old: Published, new: Published) -> pd.Series:
    """Name every area of both, as the newer one calls it."""
    parts = [
        table["name"].rename_axis("area")
        for edition in (new, old)
        for table in edition.tables.values()
    ]
    keys = [level for edition in (new, old) for level in edition.tables]
    named = pd.concat(
        [part.to_frame().assign(level=key) for key, part in zip(keys, parts, strict=True)]
    )
    lost = pd.DataFrame(
        {"name": say("tables.unassigned"), "level": list(dict.fromkeys(keys))},
        index=pd.Index([UNASSIGNED] * len(set(keys)), name="area"),
    )
    every = pd.concat([named, lost]).reset_index().drop_duplicates(["level", "area"])
    found: pd.Series = every.set_index(["level", "area"])["name"]
    return found


def _newest(edition: Published) -> pd.DataFrame:
    values = edition.values
    last = values.groupby(["level", "indicator"])["datenstand"].transform("max")
    rows = values[values["datenstand"] == last]
    return rows[[*KEY, "datenstand", "gebietsstand", *_FIGURES, "quality", "sign", "steps"]]


def _pair(
    old: Published, new: Published, intervals: tuple[pd.DataFrame, pd.DataFrame] | None
) -> pd.DataFrame:
    """Put the newest figures of both side by side, in the order of the newer edition."""
    sides = []
    for i, edition in enumerate((old, new)):
        rows = _newest(edition).rename(columns={"datenstand": "day"}).assign(there=True)
        rows = rows.assign(low=np.nan, high=np.nan)
        if intervals is not None:
            ends = intervals[i].rename(columns={"datenstand": "day"})
            ends = ends[[*KEY, "day", "low", "high"]].drop_duplicates([*KEY, "day"])
            rows = rows.drop(columns=["low", "high"]).merge(ends, "left", on=[*KEY, "day"])
        sides.append(rows.astype(dict.fromkeys(_FIGURES, float)))
    both = sides[0].merge(sides[1], "outer", on=KEY, suffixes=("_old", "_new"))
    for side in ("old", "new"):
        both[f"there_{side}"] = both[f"there_{side}"].notna()
        texts = [f"{c}_{side}" for c in ("day", "gebietsstand", "quality", "sign", "steps")]
        both[texts] = both[texts].astype("str").fillna("")
    order = {name: i for i, name in enumerate({**new.indicators, **old.indicators})}
    depth = {level.id: i for i, level in enumerate(dict.fromkeys((*new.levels, *old.levels)))}
    return both.sort_values(
        ["indicator", "level", "area"],
        key=lambda c: c.map(order if c.name == "indicator" else depth) if c.name != "area" else c,
        ignore_index=True,
    )


def _find_redrawn(old: Published, new: Published) -> pd.MultiIndex:
    """Find the areas of one id whose outline is another."""
    found: list[tuple[str, str]] = []
    for level, table in new.tables.items():
        if level not in old.tables:
            continue
        both = table.index.intersection(old.tables[level].index)
        mine, theirs = (t.geometry.reindex(both).to_numpy() for t in (table, old.tables[level]))
        other = ~shapely.equals_exact(mine, theirs, tolerance=_TOLERANCE_M)
        far = shapely.hausdorff_distance(mine[other], theirs[other]) > _TOLERANCE_M
        found += [(level, area) for area in both[other][far]]
    return pd.MultiIndex.from_tuples(found, names=["level", "area"])


def _both_missing(rows: pd.DataFrame) -> pd.Series:
    return rows["value_old"].isna() & rows["value_new"].isna()


def as_written(values: pd.Series, digits: pd.Series | int) -> pd.Series:
    """Round as numbers are written: halves away from zero.

    Examples
    --------
    >>> as_written(pd.Series([0.25, -2.5]), pd.Series([1, 0])).tolist()
    [0.3, -3.0]
    """
    scale = 10.0**digits
    return np.sign(values) * np.floor(values.abs() * scale + 0.5 + 1e-9) / scale


def _subtract(
    rows: pd.DataFrame, hindrances: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> pd.DataFrame:
    rows = pd.concat([rows, hindrances], axis=1)
    names = rows["indicator"]
    digits = names.map({k: i.digits for k, i in indicators.items()}).astype(float)
    before, after = (as_written(rows[f"value_{side}"], digits) for side in ("old", "new"))
    hindered = rows["comparable"] == "no"
    # The distance between two named classes is no number.
    named = names.map({k: bool(i.classes) for k, i in indicators.items()}).astype(bool)
    change = as_written(after - before, digits).mask(hindered | named)
    counts = names.map({k: i.kind not in QUOTIENTS and i.kind != "index"
                        for k, i in indicators.items()}).astype(bool)  # fmt: skip
    share = (100 * change / before.where(before > 0)).where(counts)
    return rows.assign(change=change, percent=share)


def _find_revised(
    old: Published, new: Published, rows: pd.DataFrame, names: pd.Series
) -> pd.DataFrame:
    """Find figures of days before the newest that were published with another number."""
    key = [*KEY, "datenstand"]
    pairs = old.values[[*key, "value"]].merge(new.values[[*key, "value"]], on=key)
    pairs.columns = [*key, "before", "after"]
    last = rows.groupby(["level", "indicator"])[["day_old", "day_new"]].max().max(axis=1)
    pairs = pairs.join(last.rename("last"), on=["level", "indicator"])
    both = {**old.indicators, **new.indicators}
    digits = pairs["indicator"].map({k: i.digits for k, i in both.items()}).astype(float)
    before, after = as_written(pairs["before"], digits), as_written(pairs["after"], digits)
    known = before.notna() & after.notna() & (before != after)
    # Of another definition it is another figure, not another number.
    other = set(rows.loc[rows["code"].isin(["definition", "measured"]), "indicator"])
    kept = known & (pairs["datenstand"] < pairs["last"]) & ~pairs["indicator"].isin(other)
    table = pairs[kept].join(names, on=["level", "area"])
    return table[
        ["level", "area", "name", "indicator", "datenstand", "before", "after"]
    ].reset_index(drop=True)
