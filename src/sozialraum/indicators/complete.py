"""Who has delivered what, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from sozialraum.model.areas import list_levels, need_level
from sozialraum.model.indicator import Indicator

# A value that comes later was not delivered; every other sign says why there is none.
_LATER = "…"
COLUMNS = ["indicator", "title", "supplier", "datenstand", "expected", "delivered", "missing"]


def list_missing(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    indicators: Mapping[str, Indicator],
    *,
    level: str | None = None,
    datenstand: str | None = None,
) -> pd.DataFrame:
    """List for every indicator how many areas have been delivered and which are missing.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table.
    areas : GeoDataFrame
    indicators : mapping of str to Indicator
        Everything that is expected, also what has no row at all.
    level : str, optional
        The smallest unless given.
    datenstand : str, optional
        The day expected of all (ISO); the newest of each indicator unless given.

    Returns
    -------
    DataFrame
        One row per indicator in the order of the definitions: ``indicator, title, supplier``
        (``owner`` where the definition names one), ``datenstand`` (empty if there is no row),
        ``expected`` and ``delivered`` (numbers of areas), ``missing`` (tuple of area ids). A withheld
        or impossible value (signs ``.`` ``–`` ``x`` ``/``) was delivered, ``…`` was not.

    Raises
    ------
    UnknownNameError
        No such level.

    Notes
    -----
    expected = delivered + number of missing.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": "gesamt", "gesamt_name": "Stadt",
    ...     "quartier": ["1", "2"], "quartier_name": ["A", "B"]}, index=["1", "2"])
    >>> values = pd.DataFrame({"area": ["1"], "level": "quartier", "indicator": "n",
    ...     "datenstand": "2024", "value": [3.0], "sign": ""})
    >>> people = Indicator(id="n", title="Menschen", supplier="Einwohnermeldewesen")
    >>> list_missing(values, areas, {"n": people})[["supplier", "expected", "delivered", "missing"]]
                  supplier  expected  delivered missing
    0  Einwohnermeldewesen         2          1    (2,)
    """
    level = list_levels(areas)[-1] if level is None else need_level(areas, level)
    wanted = sorted(areas[level].dropna().unique())
    rows = values[values["level"] == level]
    newest = rows.groupby("indicator")["datenstand"].max()
    there = rows[rows["value"].notna() | ~rows["sign"].fillna("").isin(["", _LATER])]
    by = {key: set(group) for key, group in there.groupby(["indicator", "datenstand"])["area"]}
    table = []
    for name, known in indicators.items():
        day = datenstand or newest.get(name, "")
        given = by.get((name, day), set())
        missing = tuple(area for area in wanted if area not in given)
        supplier = known.owner or known.supplier
        count = len(wanted)
        table.append([name, known.title, supplier, day, count, count - len(missing), missing])
    return pd.DataFrame(table, columns=COLUMNS)
