"""What a print map shows, whatever its paper: classes, names, figures, offers, gaps of one date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import WHOLE
from sozialraum.present.classes import Classes, Scheme, classify_indicator, mark_categories
from sozialraum.present.print_ground import MISSING, SECRET, Ground, write_figures
from sozialraum.present.ressourcenkarte import choose_start
from sozialraum.present.topology import build_topology

if TYPE_CHECKING:
    from sozialraum.model.areas import Level
    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition


@dataclass(frozen=True)
class Content:
    """What a print map shows, whatever its paper.

    Attributes
    ----------
    edition : Edition
    definition : Indicator or None
        None where the level has no figures at all.
    level, stand : str
    ground : Ground
    counts : dict of int to int
        Areas of each class.
    rows : DataFrame
        The protected row of each area, in the order of the ground; empty cells where there is none.
    """

    edition: Edition
    definition: Indicator | None
    level: str
    stand: str
    ground: Ground
    counts: dict[int, int]
    rows: pd.DataFrame

    @property
    def shape(self) -> Level:
        """The level that is shown."""
        return next(one for one in self.edition.levels if one.id == self.level)


def gather_content(
    edition: Edition,
    indicator: str | None,
    level: str | None,
    datenstand: str | None,
    *,
    scheme: Scheme,
    limits: Sequence[float] | None,
    offers: Sequence[str],
    gaps: bool,
    hatched: bool,
) -> Content:
    """Take what a map needs out of an edition.

    Parameters
    ----------
    edition : Edition
    indicator, level, datenstand : str, optional
    scheme, limits, offers, gaps, hatched
        See `write_print_map`.

    Returns
    -------
    Content

    Raises
    ------
    UnknownNameError
        There is no such indicator, level, Datenstand or category.
    """
    level, indicator = choose_start(edition, level, indicator)
    bounds = edition.areas.total_bounds
    # Half a dot of a good printer on A3.
    fine = float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])) / 8000
    upper = _list_above(edition, level)
    topology = build_topology(
        edition.areas, list(dict.fromkeys((level, *upper, WHOLE))),
        loose={"water": edition.water.geometry}, grid_m=fine, tolerance_m=2 * fine,
    )  # fmt: skip
    ids = list(topology.objects[level])
    parents = edition.table(level) if level == WHOLE else None
    names = (
        parents["name"]
        if parents is not None
        else edition.areas.drop_duplicates(level).set_index(level)[f"{level}_name"]
    ).reindex(ids)
    rows = edition.values
    rows = rows[(rows["indicator"] == indicator) & (rows["level"] == level)]
    dates = sorted(set(rows["datenstand"]))
    if datenstand is not None and datenstand not in dates:
        raise UnknownNameError("datenstand", datenstand, dates)
    stand = datenstand or (dates[-1] if dates else "")
    rows = rows[rows["datenstand"] == stand].set_index("area").reindex(ids)
    definition = edition.indicators.get(indicator)
    places = np.full(len(ids), MISSING)
    classes = Classes((), (), (), (), ())
    figures = ("",) * len(ids)
    if definition is not None:
        classes = classify_indicator(
            edition, indicator, level, scheme=scheme, breaks=limits, with_unit=False
        )
        places = classes.find(rows["value"])
        places[(places == MISSING) & (rows["sign"] == ".").to_numpy(bool)] = SECRET
        percent = "\u00a0%" if definition.unit == "%" else ""
        figures = write_figures(
            rows["value"], rows["sign"], lambda value: definition.write(value) + percent
        )
    known = sorted(set(edition.offers.get("category", pd.Series(dtype="str")).dropna().astype(str)))
    for category in offers:
        if category not in known:
            raise UnknownNameError("category", category, known)
    drawn = edition.offers[np.isfinite(shapely.bounds(edition.offers.geometry.to_numpy()))[:, 0]]
    drawn = drawn[drawn["category"].isin(list(offers))] if offers else drawn.iloc[:0]
    seen = edition.gaps
    seen = seen[seen["measure"] == indicator] if gaps and "measure" in seen else seen.iloc[:0]
    ground = Ground(
        topology=topology, level=level, upper=upper, names=tuple(names.astype(str)), figures=figures,
        places=tuple(places.tolist()), classes=classes, offers=drawn,
        marks={k: v for k, v in mark_categories(known).items() if k in offers},
        gaps=gpd.GeoSeries(seen.geometry), hatched=hatched,
    )  # fmt: skip
    return Content(edition, definition, level, stand, ground, Counter(ground.places), rows)


def _list_above(edition: Edition, level: str) -> tuple[str, ...]:
    """Give the levels above whose borders are drawn, without the whole."""
    parents = {x.id: x.parent for x in edition.levels}
    found, at = [], parents[level]
    while at and at != WHOLE:
        found.append(at)
        at = parents[at]
    return tuple(found)
