"""A figure over the years: on one set of boundaries, and whether two of its values can be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.indicators.convert import complete_rows, convert_boundaries
from sozialraum.model.check import CheckReport
from sozialraum.model.indicator import Indicator, pick, say_differences
from sozialraum.model.rows import add_origin, find_rows
from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.versions import AreaVersion, check_versions, find_version, pick_version
from sozialraum.texts import date, say


def convert_series(
    values: pd.DataFrame,
    versions: Sequence[AreaVersion],
    indicators: Mapping[str, Indicator],
    *,
    to: str,
    keys: Mapping[str, pd.DataFrame] | None = None,
    points: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Bring a time series over one or more reforms onto the boundaries of one Gebietsstand.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; ``gebietsstand`` says on which boundaries each stands.
    versions : sequence of AreaVersion
        All boundaries that occur, the wanted ones too.
    indicators : mapping of str to Indicator
    to : str
        The wanted Gebietsstand, as a version is called.
    keys : mapping of str to DataFrame, optional
        Old Gebietsstand → Umsteigeschlüssel to the wanted one; for old ones without a key, points or
        areas decide, see `convert_boundaries`.
    points : GeoDataFrame, optional

    Returns
    -------
    DataFrame
        All rows on the wanted boundaries. Rows that stand on them are given back as they are.

    Raises
    ------
    InputError
        A row's Gebietsstand is none of the versions' and falls into the days of none, versions hold
        on the same days, or what `convert_boundaries` refuses.
    UnknownNameError
        ``to`` is no version.

    Notes
    -----
    Every old version is converted at once to the wanted one, not over the reforms between.

    Examples
    --------
    >>> from shapely import box
    >>> def draw(names, *boxes):
    ...     return gpd.GeoDataFrame(geometry=[box(*b) for b in boxes], index=names, crs=25833)
    >>> old = AreaVersion("2006", draw(["a"], (0, 0, 900, 900)))
    >>> new = draw(["1", "2"], (0, 0, 300, 900), (300, 0, 900, 900))
    >>> new = AreaVersion("2021", new)
    >>> values = pd.DataFrame({"area": ["a", "1", "2"], "level": "q", "indicator": "n",
    ...     "datenstand": ["2019", "2022", "2022"], "gebietsstand": ["2019", "2022", "2022"],
    ...     "value": [90.0, 40.0, 60.0], "numerator": [90.0, 40.0, 60.0]})
    >>> table = convert_series(values, [old, new], {"n": Indicator(id="n", title="Kinder")}, to="2021")
    >>> table.pivot(index="datenstand", columns="area", values="value")
    area           1     2
    datenstand
    2019        30.0  60.0
    2022        40.0  60.0
    """
    CheckReport(tuple(check_versions(versions))).raise_for_errors()
    wanted = pick_version(versions, to)
    stand = name_versions(values, versions)
    parts = []
    for version in versions:
        rows = values[stand == version.gebietsstand]
        if rows.empty:
            continue
        if version is wanted:
            parts.append(complete_rows(rows)[list(VALUE_COLUMNS)].assign(gebietsstand=to))
            continue
        key = (keys or {}).get(version.gebietsstand)
        parts.append(convert_boundaries(rows, version, wanted, indicators, key=key, points=points))
    empty = complete_rows(values.iloc[:0])[list(VALUE_COLUMNS)]
    return pd.concat(parts, ignore_index=True) if parts else empty


def name_versions(values: pd.DataFrame, versions: Sequence[AreaVersion]) -> pd.Series:
    """Tell for every row the Gebietsstand of the version it stands on.

    Raises
    ------
    InputError
        Rows of a Gebietsstand that falls into no version.
    """
    texts = values["gebietsstand"].astype("str").fillna("")
    named = {text: find_version(versions, text) for text in texts.unique()}
    stand = texts.map({t: v.gebietsstand for t, v in named.items() if v is not None})
    if stand.isna().any():
        rows = values[["gebietsstand"]].join(values[[c for c in ("file", "row") if c in values]])
        add_origin(rows, "values")
        known = ", ".join(version.gebietsstand for version in versions)
        CheckReport(
            tuple(
                find_rows(
                    "error", "unknown_gebietsstand", "values", rows, stand.isna(),
                    column="gebietsstand", cell=texts, known=known,
                )
            )
        ).raise_for_errors()  # fmt: skip
    return stand


_ESTIMATED = ("key", "dasymetric", "areal")


def compare_values(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    *,
    before: str,
    after: str,
    earlier: Mapping[str, Indicator] | None = None,
) -> pd.DataFrame:
    """Compare two Datenstände, and say where that is not possible.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    indicators : mapping of str to Indicator
        The definitions that hold for ``after``.
    before, after : str
        Two Datenstände as they stand in the table.
    earlier : mapping of str to Indicator, optional
        The definitions that held for ``before``, if they were others.

    Returns
    -------
    DataFrame
        One row per area of every level and indicator: ``area``, ``level``, ``indicator``, ``before``,
        ``after``, ``change`` (after − before, of shares in percentage points), ``comparable`` ("yes",
        "limited" or "no") and ``reason`` in German, empty for "yes". Where it is "no", ``change`` is
        missing.

    Raises
    ------
    UnknownNameError
        An indicator has no definition.

    Notes
    -----
    "no": one of the values is missing; the definitions differ in kind, unit, factor, numerator,
    denominator or ages; the Gebietsstände differ or are not given (`convert_series` brings values onto
    one); a value is an incomplete sum, or only one of them goes by the straight line. "limited": a
    value was estimated by key, points or area, so that part of the change may come of that.

    Examples
    --------
    >>> values = pd.DataFrame({"area": "1", "level": "q", "indicator": "n",
    ...     "datenstand": ["2019", "2024"], "gebietsstand": ["2006", "2021"], "value": [90.0, 95.0]})
    >>> table = compare_values(values, {"n": Indicator(id="n", title="Kinder")}, before="2019",
    ...                        after="2024")
    >>> table[["change", "comparable", "reason"]].values.tolist()
    [[nan, 'no', 'verschiedene Gebietsstände: 2006 und 2021']]
    """
    rows = complete_rows(values)
    for name in rows["indicator"].unique():
        pick(indicators, name)
    key = ["area", "level", "indicator"]
    wanted = [*key, "value", "gebietsstand", "quality"]
    old, new = (rows.loc[rows["datenstand"] == day, wanted] for day in (before, after))
    both = old.merge(new, how="outer", on=key, suffixes=("_old", "_new"))
    stands = [both[f"gebietsstand_{of}"].astype("str").fillna("") for of in ("old", "new")]
    changes = _list_changes(
        both["indicator"].unique(), indicators, indicators if earlier is None else earlier
    )
    changed = both["indicator"].map(changes).astype("str")
    quality = both[["quality_old", "quality_new"]]
    estimated = quality.isin(_ESTIMATED).any(axis=1)
    differ = say("compare.gebietsstand", before="{0}", after="{1}")
    reasons: list[tuple[pd.Series, str | pd.Series]] = [
        (both["value_old"].isna(), say("compare.missing", day=date(before))),
        (both["value_new"].isna(), say("compare.missing", day=date(after))),
        (changed != "", changed),
        ((stands[0] == "") | (stands[1] == ""), say("compare.no_gebietsstand")),
        (
            stands[0] != stands[1],
            pd.Series(
                [differ.format(*pair) for pair in zip(*stands, strict=True)], both.index, "str"
            ),
        ),
        ((quality == "partial").any(axis=1), say("compare.partial")),
        ((quality == "straight_line").sum(axis=1) == 1, say("compare.straight_line")),
    ]
    hindered = pd.concat([where for where, _ in reasons], axis=1).any(axis=1)
    reason = pd.Series("", both.index, dtype="str").mask(estimated, say("compare.estimated"))
    for where, text in reversed(reasons):
        reason = reason.mask(where, text)
    change = (both["value_new"] - both["value_old"]).mask(hindered)
    state = np.select([hindered, estimated], ["no", "limited"], default="yes")
    table = both[key].assign(
        before=both["value_old"], after=both["value_new"], change=change,
        comparable=pd.Series(state, both.index, dtype="str"), reason=reason,
    )  # fmt: skip
    return table.sort_values(["indicator", "level", "area"], ignore_index=True)


def _list_changes(
    names: Sequence[str], now: Mapping[str, Indicator], then: Mapping[str, Indicator]
) -> dict[str, str]:
    """Say for every indicator in what its definition differs; empty where it does not."""
    said = {}
    for name in names:
        if name not in then:
            said[name] = say("compare.not_defined")
            continue
        said[name] = say_differences(now[name], then[name])
    return said
