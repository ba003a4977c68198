"""Quartiere, derived: Voronoi cells of the named places, clipped to the Gemeinden."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from example.osm import CRS, Extract, bounds_polygon, tag, with_tag

#: A Gemeinde is taken when this share of its area lies inside the extract's bounds.
MIN_SHARE = 0.95
#: A place with fewer homes with a house number is merged into its neighbour.
MIN_HOMES = 25
#: Lakes from this size (ha) are left out of the areas.
LAKE_HA = 100.0
#: Water bodies from this size (ha) are drawn, up to this distance (m) from the areas.
DRAWN_HA, DRAWN_M = 2.0, 3000.0
#: Every corner lies on a grid of one metre.
GRID_M = 1.0

PLANREGIONEN = {"01": "Stadt Neubrandenburg", "02": "Umland"}
SOZIALRAEUME = {
    "0101": "Mitte",
    "0102": "Nord",
    "0103": "Nordost",
    "0104": "Ost",
    "0105": "Süd",
    "0106": "West",
    "0201": "Umland West",
    "0202": "Umland Süd",
}
#: Id → place as OpenStreetMap names it. Merged places keep their number, so ids never move.
QUARTIERE = {
    "010101": "Innenstadt",
    "010102": "Jahnviertel",
    "010103": "Am Oberbach",
    "010104": "Katharinenviertel",
    "010201": "Vogelviertel",
    "010202": "Reitbahnviertel",
    "010301": "Ihlenfelder Vorstadt",
    "010302": "Datzeberg",
    "010303": "Monckeshof",
    "010401": "Oststadt",
    "010402": "Fritscheshof",
    "010403": "Küssow",
    "010404": "Carlshöhe",
    "010501": "Südstadt",
    "010502": "Lindenberg",
    "010503": "Lindenberg Süd",
    "010504": "Am Steep",
    "010505": "An der Landwehr",
    "010506": "Am Waldrand",
    "010507": "Fünfeichen",
    "010601": "Broda",
    "010602": "Brodaer Höhe",
    "010603": "Am Brodaer Holz",
    "010604": "Malerviertel",
    "010605": "Weitin",
    "020101": "Wulkenzin",
    "020102": "Neuendorf",
    "020103": "Neu Rhäse",
    "020104": "Alt-Meiershof",
    "020105": "Zirzow",
    "020201": "Rowa",
    "020202": "Ballwitz",
}


def find_gemeinden(path: Path, extract: Extract) -> gpd.GeoDataFrame:
    """Find the Gemeinden the extract covers.

    Parameters
    ----------
    path : Path
        VG250 GeoPackage with the layer ``gemeinden``.
    extract : Extract

    Returns
    -------
    GeoDataFrame
        ``ags``, ``gemeinde`` (name), ``share`` inside the bounds, ``covered``; all
        Gemeinden that touch the bounds, largest share first.
    """
    raw = gpd.read_file(path, layer="gemeinden").to_crs(CRS)
    bounds = bounds_polygon(extract.bounds)
    table = gpd.GeoDataFrame(
        {"ags": raw["AGS"].astype(str), "gemeinde": raw["GEN"]}, geometry=raw.geometry
    )
    table["share"] = table.intersection(bounds).area / table.area
    table["covered"] = table["share"] >= MIN_SHARE
    table = table[table["share"] > 0]
    return table.sort_values(["share", "ags"], ascending=[False, True]).reset_index(drop=True)


def find_water(extract: Extract) -> gpd.GeoDataFrame:
    """Find the water bodies, each once.

    Parameters
    ----------
    extract : Extract

    Returns
    -------
    GeoDataFrame
        ``name`` (missing where the extract has none), ``kind`` = ``water``, ``flaeche_ha``,
        polygons; largest first. Incomplete multipolygons are not in the extract's areas and so
        not here; a lake drawn twice is kept once, as its multipolygon.
    """
    natural = with_tag(extract.areas, "natural", "water")
    river = with_tag(extract.areas, "waterway", "riverbank")
    raw = pd.concat([natural, river]).drop_duplicates("osm")
    table = gpd.GeoDataFrame(
        {"osm": raw["osm"].to_list(), "name": tag(raw, "name"), "kind": "water"},
        geometry=shapely.make_valid(raw.geometry.to_numpy()),
        crs=CRS,
    )
    table["flaeche_ha"] = (table.area / 1e4).round(2)
    table = table[table["flaeche_ha"] >= DRAWN_HA]
    table = table.assign(way=table["osm"].str.startswith("w"))
    table = table.sort_values(["way", "flaeche_ha", "osm"], ascending=[True, False, True])
    shapes = table.geometry.to_numpy()
    keep = np.ones(len(table), dtype=bool)
    left, right = table.sindex.query(shapes, predicate="intersects")
    for first, second in zip(*(side[left < right] for side in (left, right)), strict=True):
        overlap = shapely.intersection(shapes[first], shapes[second]).area
        if keep[first] and overlap > 0.5 * shapes[second].area:
            keep[second] = False
    table = table[keep].sort_values(["flaeche_ha", "osm"], ascending=[False, True])
    table["geometry"] = shapely.set_precision(table.geometry.to_numpy(), GRID_M)
    return table.drop(columns="way").reset_index(drop=True)


def build_quartiere(
    extract: Extract, gemeinden: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, lakes: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Build the Quartiere and tell which places were merged.

    Parameters
    ----------
    extract : Extract
    gemeinden : GeoDataFrame
        The covered ones, from :func:`find_gemeinden`.
    homes : GeoDataFrame
        From :func:`example.people.find_homes`.
    lakes : GeoDataFrame
        The water bodies to be left out.

    Returns
    -------
    quartiere : GeoDataFrame
        One row per Quartier with its parents, its Gemeinde and ``zusammengelegt``.
    merged : DataFrame
        ``place``, ``into``, ``homes`` per merged place.

    Notes
    -----
    All lines (Gemeinde borders, shores, Voronoi edges) are noded together on the grid and
    polygonised; every face then belongs to exactly one label. So the result is a coverage by
    construction: neighbours share their corners, nothing overlaps, nothing is left between.
    """
    places = _find_places(extract, gemeinden)
    cells = _voronoi(places, gemeinden)
    counted = homes[homes["addresses"] > 0].sjoin(cells[["quartier", "geometry"]])
    cells["homes"] = cells["quartier"].map(counted.groupby("quartier").size()).fillna(0).astype(int)
    into = _choose_neighbours(cells)
    labels = _cut(cells.assign(label=cells["quartier"].replace(into)), lakes, homes)

    table = labels.merge(
        cells[["quartier", "ags", "gemeinde"]], left_on="label", right_on="quartier"
    )
    names = {name: key for key, name in QUARTIERE.items()}
    merged = pd.DataFrame(
        {
            "place": list(into),
            "into": list(into.values()),
            "homes": cells.set_index("quartier")["homes"].reindex(list(into)).to_list(),
        }
    )
    taken = merged.groupby("into")["place"].agg(", ".join)
    area = table["label"].map(names)
    quartiere = gpd.GeoDataFrame(
        {
            "area": area,
            "name": table["label"],
            "sozialraum": area.str[:4],
            "sozialraum_name": area.str[:4].map(SOZIALRAEUME),
            "planregion": area.str[:2],
            "planregion_name": area.str[:2].map(PLANREGIONEN),
            "ags": table["ags"],
            "gemeinde": table["gemeinde"],
            "zusammengelegt": table["label"].map(taken),
        },
        geometry=shapely.normalize(table.geometry.to_numpy()),
        crs=CRS,
    )
    return quartiere.sort_values("area").reset_index(drop=True), merged


def _find_places(extract: Extract, gemeinden: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    places = with_tag(extract.points, "place", "suburb", "village", "hamlet")
    places = places.assign(quartier=tag(places, "name")).dropna(subset="quartier")
    places = places.sjoin(gemeinden[["ags", "gemeinde", "geometry"]])
    unknown = set(places["quartier"]) ^ set(QUARTIERE.values())
    if unknown or places["quartier"].duplicated().any():
        raise ValueError(f"The numbers of the Quartiere do not fit the extract: {sorted(unknown)}")
    return places.drop(columns="index_right").reset_index(drop=True)


def _voronoi(places: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Cut each Gemeinde into the cells nearest to each of its places."""
    parts = []
    for ags, own in places.groupby("ags"):
        outline = gemeinden.loc[gemeinden["ags"] == ags, "geometry"].iloc[0]
        polygons = gpd.GeoSeries([outline], crs=CRS)
        if len(own) > 1:
            polygons = own.geometry.voronoi_polygons(extend_to=outline)
        cells = gpd.GeoDataFrame(geometry=polygons.reset_index(drop=True), crs=CRS)
        cells = cells.sjoin(own, predicate="contains").drop(columns="index_right")
        cells["geometry"] = cells.intersection(outline)
        parts.append(cells)
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values("quartier").reset_index(drop=True)


def _choose_neighbours(cells: gpd.GeoDataFrame) -> dict[str, str]:
    """Choose, for each place with hardly an address, the neighbour with the longest shared border."""
    large = cells[cells["homes"] >= MIN_HOMES]
    into: dict[str, str] = {}
    for small in cells[cells["homes"] < MIN_HOMES].itertuples():
        near = large[large["ags"] == small.ags]
        if len(near) == 0:  # the only place of its Gemeinde stays
            continue
        shared = near.boundary.intersection(small.geometry.boundary.buffer(0.5)).length
        into[small.quartier] = str(near.loc[shared.idxmax(), "quartier"])
    return into


def _cut(
    cells: gpd.GeoDataFrame, lakes: gpd.GeoDataFrame, homes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Cut the labelled cells into one valid coverage without the lakes."""
    shapes = [*cells.boundary, *lakes.boundary]
    lines = shapely.union_all(np.array(shapes), grid_size=GRID_M)
    faces = np.array(shapely.polygonize([lines]).geoms)
    inside = shapely.point_on_surface(faces)
    which, cell = cells.sindex.query(inside, predicate="within")
    label = np.full(len(faces), "", dtype=object)
    label[which] = cells["label"].to_numpy()[cell]
    wet, _ = lakes.sindex.query(inside, predicate="within")
    label[wet] = ""
    table = gpd.GeoDataFrame({"label": label}, geometry=faces, crs=CRS)
    parts = table[table["label"] != ""].dissolve("label", grid_size=GRID_M).reset_index()
    parts = _settle_cut_off(parts.explode(ignore_index=True), homes)
    return parts.dissolve("label", grid_size=GRID_M).reset_index()


def _settle_cut_off(parts: gpd.GeoDataFrame, homes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give cut-off land without a home to the area it touches; leave out what touches none.

    Shores of OpenStreetMap are finer than the Gemeinde borders, so a lake cuts off strips; islands
    and the uninhabited land between Tollensesee and Lieps touch no area.
    """
    part, _ = homes[homes["addresses"] > 0].sindex.query(parts.geometry, predicate="contains")
    lived_in = np.bincount(part, minlength=len(parts))
    order = parts.assign(homes=lived_in, size=parts.area).sort_values(["homes", "size"])
    main = order.groupby("label").tail(1).index
    loose = (lived_in == 0) & ~parts.index.isin(main)
    kept = parts[~loose]
    pieces = shapely.get_parts(
        shapely.union_all(parts.geometry[loose].to_numpy(), grid_size=GRID_M)
    )
    moved = gpd.GeoDataFrame({"label": ""}, index=range(len(pieces)), geometry=pieces, crs=CRS)
    for position, shape in moved.geometry.items():
        shared = kept.boundary.intersection(shape.boundary).length
        if shared.max() > 0:
            moved.loc[position, "label"] = kept.loc[shared.idxmax(), "label"]
    return pd.concat([kept, moved[moved["label"] != ""]], ignore_index=True)
