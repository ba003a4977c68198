"""Streets of several modes: one pass, what cannot be crossed, tables, real files."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from sozialraum.access.network import CLOSED
from sozialraum.access.travel import measure_nearest
from sozialraum.errors import CrsError, InputError
from sozialraum.read.street_rules import MODES
from sozialraum.read.streets import read_street_modes, read_streets

ROAD = {"highway": "residential"}
ARRAYS = ("x", "y", "component")


def assert_same(one, other):
    for name in ARRAYS:
        assert (getattr(one, name) == getattr(other, name)).all()
    for graph in ("forward", "backward", "edges"):
        for name, array in vars(getattr(one, graph)).items():
            assert (array == getattr(getattr(other, graph), name)).all()
    assert (one.barriers == other.barriers).all()
    for name in ("mode", "speed_kmh", "source", "timed", "notes", "crs"):
        assert getattr(one, name) == getattr(other, name)


def test_times_are_hundredths_of_a_second(read):
    streets = [([1, 2], {**ROAD, "maxspeed": "30", "oneway": "yes"}), ([2, 4, 1], ROAD)]
    car = read(streets, mode="car")
    assert car.timed
    at = int(np.flatnonzero(car.edges.backward == CLOSED)[0])
    # 30 km/h permitted, 24 driven: 24,000 m take 360,000 hundredths of a second, a metre 15.
    assert car.edges.forward[at] == round(car.lines[at].length * 15)
    # 25 km/h where nothing is tagged: 14.4 a metre.
    other = 1 - at
    assert car.edges.forward[other] == round(car.lines[other].length * 14.4)
    assert car.edges.backward[other] == car.edges.forward[other]
    walk = read(streets, mode="walk")
    assert not walk.timed
    assert (walk.edges.forward == walk.edges.backward).all()


def test_speeds_may_differ_by_direction(read):
    tags = {"highway": "primary", "maxspeed:forward": "50", "maxspeed:backward": "100"}
    car = read([([1, 2], tags), ([2, 4, 1], ROAD)], mode="car")
    at = int(np.flatnonzero(car.edges.forward != car.edges.backward)[0])
    metres = car.lines[at].length
    # Driven at 40 and 80 km/h: 9 and 4.5 hundredths of a second a metre.
    assert car.edges.forward[at] == round(metres * 9)
    assert car.edges.backward[at] == round(metres * 4.5)


def test_a_bollard_stops_cars_only(read):
    ways = [([1, 2, 3], ROAD), ([4, 2], ROAD)]
    bollard = {2: {"barrier": "bollard"}}
    sizes = {mode: len(read(ways, mode=mode, node_tags=bollard)) for mode in MODES}
    # Three stumps of two nodes each by car, one star of four nodes for everyone else.
    assert sizes == {"walk": 4, "wheelchair": 4, "bike": 4, "car": 6}


def test_a_raised_kerb_stops_wheelchairs_only(read):
    ways = [([1, 2, 3], ROAD)]
    sizes = {mode: len(read(ways, mode=mode, node_tags={2: {"kerb": "raised"}})) for mode in MODES}
    assert sizes == {"walk": 2, "wheelchair": 4, "bike": 2, "car": 2}


def test_steps_are_gone_for_wheelchairs(read):
    network = read([([1, 2], ROAD), ([2, 3], {"highway": "steps"})], mode="wheelchair")
    assert (len(network.edges), network.timed, network.mode) == (1, False, "wheelchair")


def test_one_pass_gives_what_four_give(read, tmp_path):
    ways = [
        ([1, 2], {**ROAD, "oneway": "yes"}),
        ([2, 3], {"highway": "cycleway", "foot": "yes"}),
        ([2, 4], {"highway": "steps"}),
        ([4, 1], ROAD),
        ([5, 6], {"waterway": "river"}),
    ]
    read(ways)
    together = read_street_modes(tmp_path / "ort.osm")
    assert list(together) == list(MODES)
    for mode, network in together.items():
        assert_same(network, read(ways, mode=mode))


@pytest.mark.parametrize("mode", ["walk", "wheelchair", "bike", "car"])
def test_a_file_without_ways_for_the_mode(read, mode):
    useless = {"walk": "motorway", "wheelchair": "steps", "bike": "motorway", "car": "footway"}
    with pytest.raises(InputError, match="keinen Weg") as caught:
        read([([1, 2], {"highway": useless[mode]})], mode=mode)
    assert len(caught.value.report.findings) == 1


def test_one_useless_mode_of_several_is_named_too(read, tmp_path):
    read([([1, 2], {"highway": "footway"})])
    with pytest.raises(InputError, match="keinen Weg"):
        read_street_modes(tmp_path / "ort.osm", ["walk", "car"])
    assert list(read_street_modes(tmp_path / "ort.osm", ["walk", "bike"])) == ["walk", "bike"]


# --- what cannot be crossed ------------------------------------------------------------------


def test_rivers_rails_and_motorways_are_kept(read):
    barriers = [{"waterway": "river"}, {"waterway": "canal"}, {"railway": "rail"},
                {"highway": "motorway"}]  # fmt: skip
    harmless = [{"waterway": "stream"}, {"railway": "tram"}, {"railway": "rail", "tunnel": "yes"},
                {"barrier": "fence"}, {"building": "yes"}, {}]  # fmt: skip
    for tags in barriers:
        kept = read([([1, 2], ROAD), ([4, 5], tags)]).barriers
        assert [shape.geom_type for shape in kept] == ["LineString"]
        assert kept[0].length == pytest.approx(222.6, abs=0.5)
    for tags in harmless:
        assert len(read([([1, 2], ROAD), ([4, 5], tags)]).barriers) == 0


POND = {"natural": "water"}


def test_water_is_kept_as_an_area(read):
    # A triangle of 132 m by 111 m: 7,370 m².
    kept = read([([1, 2], ROAD), ([1, 3, 4, 1], POND)]).barriers
    assert [shape.geom_type for shape in kept] == ["Polygon"]
    assert kept[0].area == pytest.approx(7370, rel=0.01)


def test_a_fountain_is_no_lake(read, corners):
    small = {**corners, 7: (13.2601, 53.5500), 8: (13.2601, 53.5501)}
    assert len(read([([1, 2], ROAD), ([1, 7, 8, 1], POND)], nodes=small).barriers) == 0


def test_water_of_several_ways_is_put_together(read):
    # The shore is two ways without tags; one that belongs to nothing changes nothing.
    ways = [([1, 2], ROAD), ([1, 3, 4], {}), ([4, 1], {}), ([5, 6], {})]
    kept = read(ways, areas=[([2, 3], POND)]).barriers
    assert [shape.geom_type for shape in kept] == ["Polygon"]
    assert kept[0].area == pytest.approx(7370, rel=0.01)


def test_an_island_is_no_water(read, corners):
    inner = {7: (13.2606, 53.5502), 8: (13.2614, 53.5502), 9: (13.2610, 53.5506)}
    ways = [([1, 2], ROAD), ([1, 3, 4, 1], {}), ([7, 8, 9, 7], {})]
    kept = read(ways, nodes={**corners, **inner}, areas=[([2, 3], POND)]).barriers
    # The ring of 53 m by 45 m is cut out.
    assert kept[0].area == pytest.approx(7370 - 1180, rel=0.02)
    assert len(kept[0].interiors) == 1


def test_a_shore_cut_off_by_the_extract_stays_a_line(read):
    kept = read([([1, 2], ROAD), ([1, 3, 4], {})], areas=[([2, 77], POND)]).barriers
    assert [shape.geom_type for shape in kept] == ["LineString"]


def test_barriers_may_be_given(read):
    river = gpd.GeoSeries([shapely.LineString([(13.2605, 53.54), (13.2605, 53.56)])], crs=4326)
    network = read([([1, 2], ROAD), ([4, 5], {"railway": "rail"})], barriers=river)
    assert len(network.barriers) == 2
    assert network.barriers[1].bounds[0] > 100_000
    with pytest.raises(CrsError, match="Hindernisse"):
        read([([1, 2], ROAD)], barriers=river.set_crs(None, allow_override=True))


# --- tables ----------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path):
    """A residential one-way street, a path and a motorway, each of 100 m."""
    lines = [shapely.LineString([(x, 0), (x + 100, 0)]) for x in (0, 100, 200)]
    edges = gpd.GeoDataFrame(
        {"u": [1, 2, 3], "v": [2, 3, 4], "length_m": 100.0, "class": ["minor", "path", "motorway"],
         "oneway": [1, 0, 1]},
        geometry=lines, crs=25833,
    )  # fmt: skip
    place = tmp_path / "ort_edges.parquet"
    edges.to_parquet(place)
    return place, edges


def test_tables_know_classes_and_one_way_streets(table):
    place, _ = table
    networks = read_street_modes(place)
    assert {mode: len(n.edges) for mode, n in networks.items()} == {
        "walk": 2, "wheelchair": 2, "bike": 2, "car": 2
    }  # fmt: skip
    # minor 30 km/h: 100 m in 12 s; motorway 100 km/h: 3.6 s; both one-way.
    assert sorted(networks["car"].edges.forward.tolist()) == [360, 1200]
    assert (networks["car"].edges.backward == CLOSED).all()
    assert networks["car"].edges.through.tolist() == [False, True]
    # minor 16 km/h: 22.5 s; path 12 km/h: 30 s both ways.
    assert networks["bike"].edges.forward.tolist() == [2250, 3000]
    assert networks["bike"].edges.backward.tolist() == [CLOSED, 3000]
    assert (networks["walk"].edges.backward == 10_000).all()


def test_tables_say_what_they_cannot_tell(table):
    place, edges = table
    notes = {mode: " ".join(n.notes) for mode, n in read_street_modes(place).items()}
    assert (notes["walk"], notes["car"]) == ("", "")
    assert "Treppen" in notes["wheelchair"]
    assert "Treppen" in notes["bike"]
    edges.drop(columns="oneway").to_parquet(place)
    assert "Einbahnstraßen" in read_streets(place, "car").notes[0]
    edges.drop(columns="class").to_parquet(place)
    with pytest.raises(InputError, match="class"):
        read_streets(place, "wheelchair")


# --- real files ------------------------------------------------------------------------------

REAL = [
    "heidelberg/heidelberg.test.osm.pbf",
    "neubrandenburg/neubrandenburg.osm.pbf",
    "osm-small/north-bayreuth.osm.gz",
    "osm-small/dreieich.osm.pbf",
]


@pytest.mark.realdata
@pytest.mark.parametrize("name", REAL)
def test_modes_of_real_towns(testdata, name):
    networks = read_street_modes(testdata / name)
    size = {mode: len(network.edges) for mode, network in networks.items()}
    assert size["car"] < size["bike"]
    assert size["wheelchair"] < size["walk"]
    for network in networks.values():
        assert (network.component == 0).mean() > 0.85
    # A tenth to a third of the streets for cars are one-way, none of those on foot.
    for mode, low, high in (("walk", 0, 0.001), ("wheelchair", 0, 0.001), ("car", 0.01, 0.5)):
        edges = networks[mode].edges
        closed = (edges.forward == CLOSED) | (edges.backward == CLOSED)
        assert low <= closed.mean() <= high
    # Nobody is faster than 105 km/h by car and 17 km/h by bicycle, nor slower than 4 km/h.
    for mode, fastest in (("bike", 17), ("car", 105)):
        network = networks[mode]
        metres = shapely.length(network.lines)
        long = metres > 20
        for cost in (network.edges.forward, network.edges.backward):
            kmh = metres[long & (cost >= 0)] * 360 / cost[long & (cost >= 0)]
            assert kmh.min() > 3.9
            assert kmh.max() < fastest * 1.01


@pytest.mark.realdata
@pytest.mark.parametrize("name", REAL[:2])
def test_minutes_of_the_modes_stand_in_proportion(testdata, name):
    networks = read_street_modes(testdata / name)
    walk = networks["walk"]
    rng = np.random.default_rng(4)
    car = networks["car"]
    places = [
        [car.lines[e].interpolate(0.5, normalized=True) for e in rng.choice(car.main_edges, count)]
        for count in (400, 15)
    ]
    people, offers = (
        gpd.GeoDataFrame(geometry=p, index=pd.RangeIndex(len(p)).astype("str"), crs=walk.crs)
        for p in places
    )
    minutes = {m: measure_nearest(people, offers, n)["minutes"] for m, n in networks.items()}
    known = pd.DataFrame(minutes).dropna()
    assert len(known) > 300
    median = known.median()
    # By bicycle three to four times as fast as on foot, by car in a town a little faster still.
    assert 2.5 < median["walk"] / median["bike"] < 4.5
    assert 1.0 < median["bike"] / median["car"] < 4.0
    assert median["walk"] <= median["wheelchair"] < 1.5 * median["walk"]


@pytest.mark.realdata
def test_steps_of_a_real_town_are_never_used_in_a_wheelchair(testdata, tmp_path):
    import osmium

    name = testdata / REAL[0]
    steps = [
        shapely.LineString([(n.lon, n.lat) for n in way.nodes])
        for way in osmium.FileProcessor(str(name)).with_locations()
        if way.is_way()
        and way.tags.get("highway") == "steps"
        and way.tags.get("wheelchair") not in ("yes", "designated")
        and way.tags.get("ramp:wheelchair") != "yes"
        and all(n.location.valid() for n in way.nodes)
    ]
    assert len(steps) > 500
    network = read_streets(name, "wheelchair")
    drawn = gpd.GeoSeries(steps, crs=4326).to_crs(network.crs)
    middles = shapely.line_interpolate_point(drawn.to_numpy(), 0.37, normalized=True)
    _, metres = shapely.STRtree(network.lines).query_nearest(
        middles, return_distance=True, all_matches=False
    )
    # A few lie right beside or above another way.
    assert (metres < 0.05).mean() < 0.02
    walk = read_streets(name)
    _, metres = shapely.STRtree(walk.lines).query_nearest(
        middles, return_distance=True, all_matches=False
    )
    assert (metres < 0.05).mean() > 0.9


@pytest.mark.realdata
def test_the_county_by_car(testdata):
    place = testdata / "potsdam-mittelmark/network/pm_potsdam_edges.parquet"
    car = read_streets(place, "car")
    assert 60_000 < len(car.edges) < 100_000
    assert car.notes == ()
    assert car.edges.through.sum() > 1000
    # Farms and sites whose only way is a track, or cut off at the county's border, stand apart.
    assert (car.component == 0).mean() > 0.9
