"""Where people live: the Zensus total of each Gemeinde, spread over its addressed buildings."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from example.osm import CRS, Extract, tag, with_tag, words

#: Reference date of the Zensus 2011.
ZENSUS_DAY = "2011-05-09"
#: ``building=*`` values in which nobody lives.
NOT_LIVED_IN = frozenset(
    words(
        "barn bunker carport chapel church civic commercial construction demolished entrance "
        "farm_auxiliary garage garages greenhouse hangar hospital industrial kiosk no office "
        "prefabricated public retail roof ruins school service shed stable supermarket warehouse"
    )
)
#: A tag of these keys on the outline itself gives the building another use …
OTHER_USE = words(
    "amenity shop leisure office craft tourism healthcare military man_made aeroway power historic "
    "railway public_transport"
)
#: … except these, in which people live.
HOMES = frozenset({"nursing_home", "social_facility"})
#: An institution that takes the whole building or site; shops and practices below flats do not.
INSTITUTIONS = frozenset(
    words(
        "school kindergarten hospital prison college university place_of_worship fire_station police "
        "courthouse townhall concert_hall theatre arts_centre library public_building"
    )
)
#: Land on which addresses belong to work, parking or gardens.
OTHER_LAND = frozenset(
    words(
        "industrial commercial retail garages allotments military quarry landfill railway cemetery"
    )
)
#: Low houses by their own tag.
HOUSES = frozenset(words("house detached terrace semidetached_house bungalow farm"))
#: Footprint in m² below which a building is an outbuilding.
MIN_FOOTPRINT = 30.0
#: Footprint in m² per house number above which a building is a hall, unless its tag says housing.
MAX_PER_NUMBER = 600.0
#: Storeys where none are tagged: low houses, houses of the middle, blocks of flats (the 30
#: buildings from 350 m² that say their storeys have 4.9 on average).
LOW, MIDDLE, BLOCK = 1.0, 2.0, 5.0
#: Low is a building up to the first footprint (m²), or up to the second per house number (rows of
#: houses drawn as one); from the third on it is a block, between them of the middle.
LOW_FOOTPRINT, ROW_PER_NUMBER, BLOCK_FOOTPRINT = 200.0, 130.0, 350.0
#: A house number this near (m) to a building that has none belongs to it.
NEAR_M = 10.0


def read_settlements(path: Path) -> gpd.GeoDataFrame:
    """Read the settlement points with the people of the Zensus 2011.

    Parameters
    ----------
    path : Path
        GeoJSON of open_eGo load areas.

    Returns
    -------
    GeoDataFrame
        ``settlement``, ``ags``, ``einwohner`` (missing where the source has none),
        ``flaeche_ha``, points in the CRS of the example.
    """
    raw = gpd.read_file(path).to_crs(CRS).sort_values("id")
    return gpd.GeoDataFrame(
        {
            "settlement": raw["id"].astype(str),
            "ags": raw["ags_0"].astype(str),
            "einwohner": raw["zensus_sum"],
            "flaeche_ha": raw["area_ha"].round(2),
        },
        geometry=raw.geometry,
    ).reset_index(drop=True)


def find_homes(extract: Extract) -> gpd.GeoDataFrame:
    """Find the buildings people can live in, with footprint and storeys.

    Parameters
    ----------
    extract : Extract

    Returns
    -------
    GeoDataFrame
        ``osm``, ``addresses`` (house numbers at the building, 0 where there is none), ``footprint_m2``,
        ``storeys``, ``storeys_tagged``, ``weight`` = footprint × storeys; representative points.

    Notes
    -----
    Left out are buildings whose own tag names another use, that lie on land of another use, that
    hold a school, church or the like, and halls without any word that they are housing.
    """
    buildings = with_tag(extract.areas, "building").reset_index(drop=True)
    kind = pd.Series(tag(buildings, "building"), dtype=object)
    inside = buildings.representative_point()
    lived_in = ~kind.isin(NOT_LIVED_IN)
    lived_in &= np.array(
        [
            not any(key in tags and tags[key] not in HOMES for key in OTHER_USE)
            for tags in buildings["tags"]
        ]
    )
    points = with_tag(extract.points, "amenity", *INSTITUTIONS)
    lived_in &= ~_holds(buildings.geometry, points)
    sites = with_tag(extract.areas, "amenity", *INSTITUTIONS)
    lived_in &= ~_lies_in(inside, sites)
    lived_in &= ~_lies_in(inside, with_tag(extract.areas, "landuse", *OTHER_LAND))
    footprint = buildings.area
    addresses = _count_addresses(buildings, extract)
    per_number = footprint / np.maximum(addresses, 1)
    said_housing = kind.isin(HOUSES | {"apartments", "residential", "dormitory"})
    lived_in &= (footprint >= MIN_FOOTPRINT) & ((per_number <= MAX_PER_NUMBER) | said_housing)

    tagged = pd.to_numeric(
        pd.Series(tag(buildings, "building:levels"), dtype=object), errors="coerce"
    )
    low = kind.isin(HOUSES) | (footprint <= LOW_FOOTPRINT) | (per_number <= ROW_PER_NUMBER)
    storeys = pd.Series(np.select([low, footprint < BLOCK_FOOTPRINT], [LOW, MIDDLE], BLOCK))
    homes = gpd.GeoDataFrame(
        {
            "osm": buildings["osm"],
            "addresses": addresses,
            "footprint_m2": footprint.round(1),
            "storeys": tagged.fillna(storeys),
            "storeys_tagged": tagged.notna(),
        },
        geometry=shapely.set_precision(inside.to_numpy(), 0.1),
        crs=CRS,
    )
    homes["weight"] = homes["footprint_m2"] * homes["storeys"]
    return homes[lived_in].reset_index(drop=True)


def spread_people(
    homes: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Spread the people of each Gemeinde over its homes, to the person.

    Parameters
    ----------
    homes : GeoDataFrame
        From :func:`find_homes`.
    settlements : GeoDataFrame
        From :func:`read_settlements`.
    areas : GeoDataFrame
        ``area``, ``ags`` and polygons; a home outside all of them gets nobody.

    Returns
    -------
    GeoDataFrame
        ``cell``, ``x``, ``y`` (to 0.1 m), ``einwohner`` (whole), ``area``, ``ags``; points.

    Notes
    -----
    Share of a home = weight / sum of weights in the Gemeinde, over homes with a house number; a
    Gemeinde without a single house number takes all its homes. Whole persons by the largest
    remainder (Hare-Niemeyer), ties by OSM id: the sum is the Zensus total.
    """
    joined = homes.sjoin(areas[["area", "ags", "geometry"]], predicate="within")
    joined = joined.sort_values("osm").drop_duplicates("osm")
    without = joined.groupby("ags")["addresses"].transform("sum") == 0
    joined = joined[(joined["addresses"] > 0) | without]
    totals = settlements.groupby("ags")["einwohner"].sum()
    share = joined["weight"] / joined.groupby("ags")["weight"].transform("sum")
    exact = share * joined["ags"].map(totals)
    people = np.floor(exact)
    rest = (exact - people).rename("rest")
    order = joined.assign(rest=rest).sort_values(
        ["ags", "rest", "osm"], ascending=[True, False, True]
    )
    rank = order.groupby("ags").cumcount()
    missing = (totals - people.groupby(joined["ags"]).sum()).reindex(totals.index)
    extra = rank < order["ags"].map(missing)
    people = (people + extra.reindex(people.index)).astype(int)
    table = gpd.GeoDataFrame(
        {
            "x": joined.geometry.x,
            "y": joined.geometry.y,
            "einwohner": people,
            "area": joined["area"],
            "ags": joined["ags"],
        },
        geometry=joined.geometry,
    )
    table = table[table["einwohner"] > 0].sort_values(["area", "x", "y", "einwohner"])
    table.insert(0, "cell", [f"z{number:05d}" for number in range(1, len(table) + 1)])
    return table.reset_index(drop=True)


def measure_density(people: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Measure inhabitants per hectare of land, as rows of the values table.

    Parameters
    ----------
    people : GeoDataFrame
        From :func:`spread_people`.
    areas : GeoDataFrame
        ``area`` and polygons.

    Returns
    -------
    DataFrame
        ``area``, ``indicator``, ``datenstand``, ``numerator`` (people), ``denominator`` (hectares).
    """
    hectares = (areas.set_index("area").area / 1e4).round(2)
    counted = people.groupby("area")["einwohner"].sum().reindex(hectares.index)
    return pd.DataFrame(
        {
            "area": hectares.index,
            "indicator": "einwohner_dichte",
            "datenstand": ZENSUS_DAY,
            "numerator": counted.to_numpy(),
            "denominator": hectares.to_numpy(),
        }
    )


def _count_addresses(buildings: gpd.GeoDataFrame, extract: Extract) -> np.ndarray:
    """Count the house numbers of each building: its own, on its outline, inside, nearby."""
    numbers = with_tag(extract.points, "addr:housenumber")
    at = {osm: position for position, osm in enumerate(buildings["osm"])}
    count = np.array([int("addr:housenumber" in tags) for tags in buildings["tags"]])
    on_outline = [extract.on_outline.get(osm, []) for osm in numbers["osm"]]
    placed = np.array([any(way in at for way in ways) for ways in on_outline], dtype=bool)
    np.add.at(count, [at[w] for ways in on_outline for w in ways[:1] if w in at], 1)
    rest = numbers[~placed]
    near = rest.sjoin_nearest(
        buildings[["geometry"]], how="inner", max_distance=NEAR_M
    ).sort_values(["osm", "index_right"])
    near = near[~near["osm"].duplicated()]
    np.add.at(count, near["index_right"].to_numpy(), 1)
    return count


def _lies_in(points: gpd.GeoSeries, sites: gpd.GeoDataFrame) -> np.ndarray:
    found = np.zeros(len(points), dtype=bool)
    which, _ = sites.sindex.query(points, predicate="within")
    found[which] = True
    return found


def _holds(outlines: gpd.GeoSeries, points: gpd.GeoDataFrame) -> np.ndarray:
    found = np.zeros(len(outlines), dtype=bool)
    which, _ = points.sindex.query(outlines, predicate="intersects")
    found[which] = True
    return found
