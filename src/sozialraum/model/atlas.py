"""The frozen bundle of tables that fit together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from sozialraum.model.areas import WHOLE, Level, complete_areas
from sozialraum.model.cells import check_table
from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.entries import Kind, check_keys
from sozialraum.model.indicator import Indicator
from sozialraum.model.nesting import check_areas, check_upper, find_inside
from sozialraum.model.overview import Overview, Showing
from sozialraum.model.relations import check_offers, check_population, check_values
from sozialraum.model.schema import AREAS, OFFERS, POPULATION, VALUE_COLUMNS, VALUES, Table
from sozialraum.texts import number, say


@dataclass(frozen=True, slots=True, repr=False)
class Atlas(Showing):
    """Areas, offers, people and values that were checked against each other.

    Made by `build_atlas` (or `read_atlas`), never directly. It measures nothing and draws nothing; the
    tables handed out are shallow copies, so nothing done to them reaches the atlas.
    """

    title: str
    levels: tuple[Level, ...]
    indicators: Mapping[str, Indicator]
    report: CheckReport
    _areas: gpd.GeoDataFrame
    _offers: gpd.GeoDataFrame
    _population: gpd.GeoDataFrame
    _values: pd.DataFrame
    _backdrop: gpd.GeoDataFrame
    categories: Mapping[str, str] = field(default_factory=dict)

    @property
    def areas(self) -> gpd.GeoDataFrame:
        """Smallest areas with the ids and names of every level above."""
        return self._areas.copy(deep=False)

    @property
    def offers(self) -> gpd.GeoDataFrame:
        """Offers, also those beyond the border."""
        return self._offers.copy(deep=False)

    @property
    def population(self) -> gpd.GeoDataFrame:
        """Where people live: points with one column per group."""
        return self._population.copy(deep=False)

    @property
    def values(self) -> pd.DataFrame:
        """Indicator values as they were read, long."""
        return self._values.copy(deep=False)

    @property
    def backdrop(self) -> gpd.GeoDataFrame:
        """What is drawn for orientation only, such as water."""
        return self._backdrop.copy(deep=False)

    def with_values(self, values: pd.DataFrame, findings: Sequence[Finding] = ()) -> Atlas:
        """Give the same atlas with another values table and what was noted making it."""
        return replace(self, _values=values, report=self.report + CheckReport(tuple(findings)))

    def with_areas(
        self,
        areas: gpd.GeoDataFrame,
        values: pd.DataFrame,
        points: Mapping[str, gpd.GeoDataFrame],
        findings: Sequence[Finding] = (),
    ) -> Atlas:
        """Give an atlas of other areas, with the values, offers and population that go with them."""
        made = replace(self, _areas=areas, **{f"_{name}": t for name, t in points.items()})
        return made.with_values(values, findings)

    def to_frame(self) -> pd.DataFrame:
        """Count what the atlas holds."""
        rows = [(level.plural, self._areas[level.id].nunique()) for level in self.levels]
        rows += [
            (say("atlas.offers"), len(self._offers)),
            (say("atlas.cells"), len(self._population)),
            (say("atlas.values"), len(self._values)),
            (say("atlas.indicators"), len(self.indicators)),
            (say("atlas.notes"), len(self.report.notes)),
        ]
        return pd.DataFrame(rows, columns=[say("atlas.what"), say("atlas.count")])

    def _overview(self) -> Overview:
        table = self.to_frame()
        rows = tuple((what, number(count)) for what, count in table.itertuples(index=False))
        return Overview(self.title, tuple(table.columns), rows)


# Where a table lies is unknown: one such finding says it, a second one would only confuse, and where
# it is the areas nothing can be checked against their place.
_NO_PLACE = {
    "no_crs",
    "unknown_crs",
    "not_degrees",
    "geometry_in_degrees",
    "areas_in_degrees",
    "geometry_column",
    "no_place",
}


def _empty_points(crs: Any, *columns: str) -> gpd.GeoDataFrame:
    texts = {name: pd.Series(dtype="str") for name in (*columns, "file")}
    return gpd.GeoDataFrame(
        {**texts, "row": pd.Series(dtype=int)}, geometry=gpd.GeoSeries([], crs=crs)
    )


def _first_of_place(found: Sequence[Finding]) -> list[Finding]:
    said: dict[str, str] = {}
    return [
        f for f in found if f.code not in _NO_PLACE or said.setdefault(f.table, f.code) == f.code
    ]


def build_atlas(
    areas: gpd.GeoDataFrame | None,
    *,
    levels: Sequence[Level],
    title: str,
    offers: gpd.GeoDataFrame | None = None,
    population: gpd.GeoDataFrame | None = None,
    values: pd.DataFrame | None = None,
    indicators: Mapping[str, Indicator] | None = None,
    backdrop: gpd.GeoDataFrame | None = None,
    categories: Mapping[str, str] | None = None,
    upper: Mapping[str, gpd.GeoDataFrame] | None = None,
    findings: Sequence[Finding] = (),
) -> Atlas:
    """Check all tables against each other and freeze them.

    Parameters
    ----------
    areas : GeoDataFrame
        Smallest areas with ``area``, ``name`` and one id column per upper level, in a metric system;
        None if their file could not be read, which ``findings`` then say.
    levels : sequence of Level
        From the top down to the smallest; the whole is added if it is not the first.
    title : str
        The name of the whole, such as the town's.
    offers, population : GeoDataFrame, optional
        Points in the same system.
    values : DataFrame, optional
        Long indicator values.
    indicators : mapping, optional
        The definitions by id.
    backdrop : GeoDataFrame, optional
        Drawn for orientation; column ``kind``.
    categories : mapping of str to str, optional
        The town's own words for categories of offers, by what stands in ``category``.
    upper : mapping of level to GeoDataFrame, optional
        Official geometries of upper levels (``area``, geometry), checked against the dissolve.
    findings : sequence of Finding
        What readers found already; it enters the same report.

    Returns
    -------
    Atlas

    Raises
    ------
    InputError
        Its report lists every error of all tables at once.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> build_musterstadt().atlas.report.ok
    True
    """
    if areas is None:
        CheckReport(tuple(findings)).raise_for_errors()
    levels = tuple(levels)
    if levels[0].id != WHOLE:
        top = Level(levels[0].id, levels[0].title, levels[0].plural, levels[0].parent or WHOLE)
        levels = (Level(WHOLE, say("atlas.whole"), say("atlas.whole")), top, *levels[1:])
    indicators = dict(indicators or {})
    own = {} if categories is None else categories
    kinds = {"categories": Kind((Mapping,))}
    found = list(findings)
    found += check_keys({"categories": own}, kinds, (), "atlas", "atlas") or check_keys(
        own, dict.fromkeys(own, Kind((str,))), (), "categories", "atlas"
    )

    def typed(table: pd.DataFrame, schema: Table) -> pd.DataFrame:
        if isinstance(table, gpd.GeoDataFrame) and "geometry" not in table:
            table = table.rename_geometry("geometry")
        if isinstance(table, pd.DataFrame) and {"file", "row"} <= set(table.columns):
            return table.reset_index(drop=table.index.name is None or table.index.name in table)
        reading = check_table(table, schema, schema.name)
        found.extend(reading.findings)
        return reading.table

    areas = typed(areas, AREAS)
    crs = getattr(areas, "crs", None)
    offers = _empty_points(crs, "offer", "category") if offers is None else typed(offers, OFFERS)
    population = _empty_points(crs, "cell") if population is None else typed(population, POPULATION)
    values = (
        pd.DataFrame(columns=[*VALUE_COLUMNS, "file", "row"])
        if values is None
        else typed(values, VALUES)
    )
    about_areas = check_areas(areas, levels)
    found += about_areas + check_offers(offers) + check_population(population)
    if {"area", "name", *(x.id for x in levels[1:-1])} <= set(areas.columns):
        located = not any(f.code in _NO_PLACE for f in about_areas)
        if "geometry" not in areas:
            areas = gpd.GeoDataFrame(areas, geometry=gpd.GeoSeries(None, index=areas.index))
        areas = complete_areas(areas, levels, title)
        if located:
            for level, official in (upper or {}).items():
                found += check_upper(areas, level, official)
            offers, more = find_inside(offers, areas, "offers")
            found += more
            population, more = find_inside(population, areas, "population")
            found += more
        values, more = check_values(values, areas, levels, indicators)
        found += more
    report = CheckReport(tuple(dict.fromkeys(_first_of_place(found))))
    report.raise_for_errors()
    return Atlas(
        title=title,
        levels=levels,
        indicators=MappingProxyType(indicators),
        report=report,
        _areas=areas,
        _offers=offers.set_index("offer"),
        _population=population.set_index("cell"),
        _values=values,
        _backdrop=_empty_points(crs, "kind") if backdrop is None else backdrop,
        categories=MappingProxyType(dict(own)),
    )
