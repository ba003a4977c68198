"""Musterstadt, worked out on paper."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from sozialraum.access.coverage import aggregate_people, measure_coverage
from sozialraum.access.gaps import find_gaps
from sozialraum.access.travel import measure_nearest, measure_travel
from sozialraum.demo import ORIGIN, Musterstadt, build_musterstadt
from sozialraum.errors import InputError
from sozialraum.indicators.spread import spread_people


@pytest.fixture(scope="module")
def town() -> Musterstadt:
    return build_musterstadt()


def at(x: float, y: float) -> gpd.GeoDataFrame:
    point = shapely.Point(x + ORIGIN[0], y + ORIGIN[1])
    return gpd.GeoDataFrame(geometry=[point], index=["hier"], crs=25833)


def test_a_walk_to_the_youth_club(town: Musterstadt) -> None:
    # Within 500 m (6.25 min) of the crossing (450, 1450) lie 1 + 2·5·6 = 61 crossings of the grid; the
    # westernmost one, at x = -50, does not exist. So 60 crossings with 10 people each.
    clubs = town.atlas.offers.loc[["jugend"]]
    nearest = measure_nearest(town.atlas.population, clubs, town.streets)
    reached = measure_coverage(town.atlas.population["einwohner"], nearest, limit_min=6.25)
    assert reached["reached"].sum() == 600


def test_the_river_is_crossed_only_at_bridges(town: Musterstadt) -> None:
    # From (950, 950) to (1050, 950): 500 m north to the bridge at 1450, 100 m across, 500 m back:
    # 1,100 m, 13.75 min, for neighbours 100 m apart.
    times = measure_travel(
        at(1050, 950), town.atlas.offers.loc[["beratung"]], town.streets, limit_min=60
    )
    assert times[["metres", "minutes"]].to_numpy().tolist() == [[1100.0, 13.75]]


def test_a_kita_beyond_the_border_counts(town: Musterstadt) -> None:
    # From (1950, 450) it is 100 m to kita_aussen, and 1,000 + 200 m to kita_ost.
    kitas = town.atlas.offers.query("category == 'kita'")
    nearest = measure_nearest(at(1950, 450), kitas, town.streets)
    assert nearest["offer"].tolist() == ["kita_aussen"]
    assert nearest["metres"].tolist() == [100.0]


def test_gaps_and_coverage_tell_the_same(town: Musterstadt) -> None:
    people, atlas = town.atlas.population, town.atlas
    nearest = measure_nearest(people, atlas.offers.loc[["kita_west"]], town.streets)
    reached = measure_coverage(people["u6"], nearest, limit_min=10)
    gaps = find_gaps(people, nearest, group="u6", limit_min=10, min_people=0)
    rows = aggregate_people(reached, people, atlas.areas, indicator="kita_15min_u6")
    assert gaps["people"].sum() == reached["unreached"].sum()
    assert (rows.groupby("level")["numerator"].sum() == reached["reached"].sum()).all()


def test_counts_are_spread_over_addresses_and_kept() -> None:
    areas = gpd.GeoDataFrame(
        geometry=shapely.box([0, 10], 0, [10, 20], 10),
        index=pd.Index(["a", "b"], name="area"),
        crs=25833,
    )
    points = gpd.GeoDataFrame(
        {"wohnungen": [1.0, 3.0]}, geometry=shapely.points([1, 2], 5), index=["p", "q"], crs=25833
    )
    counts = pd.DataFrame({"u6": [8.0, 5.0]}, index=["a", "b"])
    people = spread_people(counts, points, areas, weight="wohnungen")
    # 8 children over 1 + 3 dwellings: 2 and 6; area b has no address, its 5 stand at one inner point.
    assert people["u6"].to_dict() == {"p": 2.0, "q": 6.0, "centre_b": 5.0}
    assert people["placed"].tolist() == ["points", "points", "centre"]
    with pytest.raises(InputError, match="keine Fläche"):
        spread_people(counts.rename(index={"b": "z"}), points, areas)
