"""Streets from OpenStreetMap and from tables: who may walk where, and what broken files say."""

from __future__ import annotations

import gzip

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from sozialraum.errors import CrsError, InputError, UnknownNameError
from sozialraum.read.street_rules import WALK, find_direction, may_use
from sozialraum.read.streets import read_streets

ROAD = {"highway": "residential"}


def test_ways_are_split_where_they_meet(read):
    network = read([([1, 2, 3], ROAD), ([4, 2, 5], {"highway": "footway"})])
    # Five ends and one crossing in the middle, four streets; corner 6 belongs to no way.
    assert (len(network), len(network.edges)) == (5, 4)
    assert network.crs.to_epsg() == 25833
    assert (network.mode, network.speed_kmh, network.source) == ("walk", 4.8, "ort.osm")
    # 0.001° of longitude at 53.55° N: 66.2 m on the ground; the projection shortens by up to 0.04 %.
    assert sorted(network.edges.forward.tolist())[:2] == pytest.approx([6630, 6630], abs=10)


def test_corners_that_belong_to_one_way_are_no_nodes(read):
    network = read([([1, 4, 3], ROAD)])
    assert (len(network), len(network.edges)) == (2, 1)
    assert shapely.get_num_points(network.lines[0]) == 3
    assert network.edges.forward[0] == pytest.approx(network.lines[0].length * 100, abs=0.5)


def test_a_closed_way_is_a_loop(read):
    network = read([([1, 2, 4, 1], ROAD), ([1, 5], ROAD)])
    # The ring begins and ends at corner 1; the search does not need it, snapping does.
    assert (len(network), len(network.edges)) == (2, 2)


@pytest.mark.parametrize(
    ("tags", "allowed"),
    [
        ({"highway": "footway"}, True),
        ({"highway": "primary"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "track", "access": "agricultural"}, True),
        ({"highway": "service", "access": "destination"}, True),
        ({"highway": "residential", "vehicle": "no"}, True),
        ({"highway": "residential", "sidewalk": "separate"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway", "foot": "yes"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "trunk", "sidewalk": "right"}, True),
        ({"highway": "trunk", "access": "yes"}, False),
        ({"highway": "primary", "motorroad": "yes"}, False),
        ({"highway": "primary", "motorroad": "yes", "foot": "designated"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "bridleway"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "no"}, False),
        ({"highway": "service", "access": "private", "foot": "permissive"}, True),
        ({"highway": "path", "foot": "no"}, False),
        ({"highway": "path", "foot": "private", "access": "yes"}, False),
        ({"highway": "primary", "foot": "use_sidepath"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "raceway"}, False),
        ({"route": "ferry"}, False),
        ({}, False),
    ],
)
def test_who_may_walk_where(tags, allowed):
    assert may_use(tags, WALK) is allowed


def test_one_way_streets_bind_vehicles_only(read):
    free = read([([1, 2], {**ROAD, "oneway": "yes"})])
    assert (free.edges.forward >= 0).all()
    assert (free.edges.backward >= 0).all()
    assert find_direction({"oneway:foot": "-1"}, WALK) == -1
    assert find_direction({"oneway:foot": "no", "oneway": "yes"}, WALK) == 0
    assert find_direction({"highway": "steps", "conveying": "forward"}, WALK) == 1
    assert find_direction({"highway": "steps", "conveying": "yes"}, WALK) == 0
    bound = read([([1, 2], {**ROAD, "oneway:foot": "yes"}), ([2, 4, 1], ROAD)])
    assert sorted(np.minimum(bound.edges.forward, bound.edges.backward) >= 0) == [False, True]
    assert (bound.component == 0).all()


def test_a_locked_gate_cuts_the_way(read):
    ways = [([1, 2, 3], ROAD), ([4, 2], ROAD)]
    gate = {"barrier": "gate"}
    assert len(read(ways, node_tags={2: gate})) == 4
    for tags in ({"foot": "no"}, {"access": "private"}, {"access": "no"}):
        shut = read(ways, node_tags={2: {**gate, **tags}})
        # Three stumps that do not touch.
        assert len(shut) == 6
        assert shut.component.max() == 2
    open_to_people = {**gate, "access": "private", "foot": "yes"}
    assert len(read(ways, node_tags={2: open_to_people})) == 4


def test_corners_outside_the_extract_end_the_way(read, corners):
    known = {i: place for i, place in corners.items() if i != 2}
    network = read([([1, 2, 3, 6], ROAD), ([1, 4], ROAD)], nodes=known)
    assert len(network.edges) == 2


def test_the_zone_follows_the_middle_of_the_streets(read, corners):
    west = {i: (x - 5, y) for i, (x, y) in corners.items()}
    # One corner far away, as at the edge of an extract, changes nothing.
    west[6] = (9.0, 47.6)
    assert read([([1, 2, 3], ROAD), ([3, 6], ROAD)], nodes=west).crs.to_epsg() == 25832
    assert read([([1, 2], ROAD)], nodes=west, crs=25833).crs.to_epsg() == 25833
    abroad = {i: (x - 40, y) for i, (x, y) in corners.items()}
    with pytest.raises(CrsError, match="crs="):
        read([([1, 2], ROAD)], nodes=abroad)
    with pytest.raises(CrsError, match="Grad"):
        read([([1, 2], ROAD)], crs=4326)
    with pytest.raises(CrsError, match="EPSG:258333"):
        read([([1, 2], ROAD)], crs="EPSG:258333")


def test_speed_is_taken_over(read):
    assert read([([1, 2], ROAD)], speed_kmh=3.6).speed_kmh == 3.6
    with pytest.raises(InputError, match="Geschwindigkeit"):
        read([([1, 2], ROAD)], speed_kmh=0)


def test_unknown_mode_is_refused(read):
    with pytest.raises(UnknownNameError, match="walk"):
        read([([1, 2], ROAD)], mode="wlak")


# --- broken files ----------------------------------------------------------------------------


def one_finding(file, **more):
    with pytest.raises(InputError) as caught:
        read_streets(file, **more)
    findings = caught.value.report.findings
    assert len(findings) == 1
    assert findings[0].table == file.name
    return str(findings[0])


def test_missing_file(tmp_path):
    assert "gibt es nicht" in one_finding(tmp_path / "fehlt.osm.pbf")


def test_unknown_format(tmp_path):
    file = tmp_path / "straßen.xlsx"
    file.write_bytes(b"PK")
    assert ".osm.pbf" in one_finding(file)


@pytest.mark.parametrize("name", ["leer.osm.pbf", "leer.osm.gz", "leer.osm", "leer.parquet"])
def test_empty_file(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"")
    assert "beschädigt" in one_finding(file)


@pytest.mark.parametrize("name", ["text.osm.pbf", "text.osm.gz", "text.osm", "text.parquet"])
def test_text_instead_of_streets(tmp_path, name):
    file = tmp_path / name
    file.write_text("Kein Netz, nur ein Satz.", encoding="utf-8")
    assert "beschädigt" in one_finding(file)


def test_cut_off_xml_and_gz(tmp_path, osm):
    whole = osm([([1, 2, 3], ROAD)] * 200).encode()
    plain, packed = tmp_path / "halb.osm", tmp_path / "halb.osm.gz"
    plain.write_bytes(whole[: len(whole) // 2])
    zipped = gzip.compress(whole)
    packed.write_bytes(zipped[: len(zipped) // 2])
    for file in (plain, packed):
        assert "abgeschnitten" in one_finding(file)


@pytest.mark.realdata
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.9, 0.999])
def test_cut_off_pbf(testdata, tmp_path, part):
    whole = (testdata / "neubrandenburg/neubrandenburg.osm.pbf").read_bytes()
    file = tmp_path / "halb.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * part)])
    assert "abgeschnitten" in one_finding(file)


def test_no_way_for_the_mode(tmp_path, osm):
    file = tmp_path / "autobahn.osm"
    file.write_text(osm([([1, 2], {"highway": "motorway"})]), encoding="utf-8")
    assert "kein" in one_finding(file)


def test_ways_without_points(tmp_path, osm):
    file = tmp_path / "ohne.osm"
    file.write_text(osm([([1, 2], ROAD)], nodes={}), encoding="utf-8")
    assert "Punkten" in one_finding(file)


# --- tables ----------------------------------------------------------------------------------


@pytest.fixture
def tables(tmp_path):
    """Two streets in a row with a bow between, and the nodes beside them."""
    xy = {10: (0.0, 0.0), 20: (100.0, 0.0), 30: (100.0, 80.0)}
    bow = shapely.LineString([(100, 0), (150, 40), (100, 80)])
    lines = [shapely.LineString([xy[10], xy[20]]), bow, bow.reverse()]
    edges = gpd.GeoDataFrame(
        {"u": [10, 20, 30], "v": [20, 30, 20], "length_m": [100.0, 128.06, 200.0],
         "class": ["path", "minor", "motorway"], "oneway": [0, 1, 1]},
        geometry=lines, crs=25833,
    )  # fmt: skip
    nodes = gpd.GeoDataFrame(
        {"node": list(xy)}, geometry=gpd.points_from_xy(*zip(*xy.values(), strict=True)), crs=25833
    )
    place = tmp_path / "ort_edges.parquet"
    edges.to_parquet(place)
    nodes.to_parquet(tmp_path / "ort_nodes.parquet")
    return place, edges, nodes


def test_table_of_edges(tables):
    place, *_ = tables
    network = read_streets(place)
    assert (len(network), len(network.edges)) == (3, 2)
    assert sorted(network.edges.forward.tolist()) == [10_000, 12_806]
    assert sorted(network.edges.backward.tolist()) == [10_000, 12_806]
    assert network.crs.to_epsg() == 25833
    assert (network.component == 0).all()


def test_lines_are_drawn_from_u_to_v(tables, tmp_path):
    place, edges, _ = tables
    edges.geometry = edges.geometry.reverse()
    edges.to_parquet(place)
    network = read_streets(place)
    for line, u in zip(network.lines, network.edges.u, strict=True):
        assert line.coords[0] == (network.x[u], network.y[u])


def test_nodes_may_be_named_given_as_numbers_or_left_to_the_lines(tables, tmp_path):
    place, edges, nodes = tables
    (tmp_path / "ort_nodes.parquet").unlink()
    by_lines = read_streets(place)
    numbers = tmp_path / "knoten.parquet"
    pd.DataFrame({"node": nodes["node"], "x": nodes.geometry.x, "y": nodes.geometry.y}).to_parquet(
        numbers
    )
    by_numbers = read_streets(place, nodes=numbers)
    bare = tmp_path / "kahl.parquet"
    pd.DataFrame(edges.drop(columns=["geometry", "oneway", "class"])).to_parquet(bare)
    without_lines = read_streets(bare, nodes=numbers, crs=25833)
    for network in (by_numbers, without_lines):
        assert sorted(network.x.tolist()) == sorted(by_lines.x.tolist())
    assert len(without_lines.edges) == 3


def test_well_known_binary_without_metadata(tables, tmp_path):
    _, edges, nodes = tables
    plain = tmp_path / "roh_edges.parquet"
    pd.DataFrame(edges.to_wkb()).to_parquet(plain)
    pd.DataFrame(nodes.to_wkb()).to_parquet(tmp_path / "roh_nodes.parquet")
    assert len(read_streets(plain, crs=25833).edges) == 2
    with pytest.raises(CrsError, match="fehlt"):
        read_streets(plain)


def test_table_in_another_system_is_projected(tables):
    place, *_ = tables
    moved = read_streets(place, crs=25832)
    assert moved.crs.to_epsg() == 25832
    assert moved.x.min() > 100_000
    assert sorted(moved.edges.forward.tolist()) == [10_000, 12_806]


def test_table_in_degrees_is_refused(tables, tmp_path):
    place, edges, nodes = tables
    edges.to_crs(4326).to_parquet(place)
    nodes.to_crs(4326).to_parquet(tmp_path / "ort_nodes.parquet")
    with pytest.raises(CrsError, match="Grad"):
        read_streets(place)
    assert len(read_streets(place, crs=25833)) == 3


def test_broken_tables(tables, tmp_path):
    place, edges, nodes = tables
    edges.drop(columns="v").to_parquet(place)
    assert "v" in one_finding(place)
    edges.assign(**{"class": "kanal"}).to_parquet(place)
    assert "kanal" in one_finding(place)
    edges.assign(**{"class": "motorway"}).to_parquet(place)
    assert "kein" in one_finding(place)
    pd.DataFrame(edges.drop(columns=["geometry", "length_m"])).to_parquet(place)
    assert "length_m" in one_finding(place)
    edges.assign(length_m=[-1.0, 2.0, 3.0]).to_parquet(place)
    assert "Länge" in one_finding(place)
    edges.assign(length_m=["lang", "2", "3"]).to_parquet(place)
    assert "Länge" in one_finding(place)
    edges.assign(u=[77, 20, 30]).to_parquet(place)
    assert "77" in one_finding(place)
    edges.to_parquet(place)
    assert "gibt es nicht" in one_finding_of_nodes(place, tmp_path / "fehlt.parquet")
    textual = tmp_path / "text.parquet"
    pd.DataFrame({"node": [10, 20, 30], "x": ["a", "1", "2"], "y": 0.0}).to_parquet(textual)
    assert "Koordinaten" in one_finding_of_nodes(place, textual)
    twice = tmp_path / "doppelt.parquet"
    pd.concat([nodes, nodes]).to_parquet(twice)
    assert "mehrfach" in one_finding_of_nodes(place, twice)
    edges[:0].to_parquet(place)
    assert "kein" in one_finding(place)
    pd.DataFrame(edges.drop(columns="geometry")).assign(geometry=b"Linie").to_parquet(place)
    assert "beschädigt" in one_finding(place, crs=25833)
    (tmp_path / "ort_nodes.parquet").unlink()
    pd.DataFrame(edges.drop(columns="geometry")).to_parquet(place)
    assert "Knoten" in one_finding(place)


def one_finding_of_nodes(place, nodes):
    with pytest.raises(InputError) as caught:
        read_streets(place, nodes=nodes)
    return str(caught.value.report.findings[0])


# --- real files ------------------------------------------------------------------------------


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "epsg", "least"),
    [
        ("neubrandenburg/neubrandenburg.osm.pbf", 25833, 12_000),
        ("osm-small/north-bayreuth.osm.gz", 25832, 2_500),
        ("osm-small/osnabrueck-martini.osm", 25832, 90),
        ("osm-small/dreieich.osm.pbf", 25832, 600),
        ("osm-small/herrenberg-minimal.osm.pbf", 25832, 2_000),
        (
            "potsdam-mittelmark/network/teltow_kleinmachnow_stahnsdorf_derived.osm.pbf",
            25833,
            13_000,
        ),
        ("berlin/network/neukoelln_edges.parquet", 25833, 27_000),
        ("potsdam-mittelmark/network/pm_potsdam_edges.parquet", 25833, 130_000),
    ],
)
def test_real_files(testdata, name, epsg, least):
    network = read_streets(testdata / name)
    assert network.crs.to_epsg() == epsg
    assert len(network) > least
    # 95 of 100 nodes hang together; the rest is cut off by the edge of the extract or by fences.
    assert (network.component == 0).mean() > 0.95
    # A street is never shorter than the straight line between its ends (a centimetre of rounding,
    # a thousandth of distortion by the projection).
    gap = np.hypot(
        network.x[network.edges.u] - network.x[network.edges.v],
        network.y[network.edges.u] - network.y[network.edges.v],
    )
    assert (network.edges.forward / 100 + 0.01 >= gap * 0.999).all()


@pytest.mark.realdata
def test_the_table_and_the_osm_cut_of_teltow_tell_the_same(testdata):
    folder = testdata / "potsdam-mittelmark/network"
    cut = read_streets(folder / "teltow_kleinmachnow_stahnsdorf_derived.osm.pbf")
    whole = read_streets(folder / "pm_potsdam_edges.parquet")
    # Nodes of the cut lie within a metre of nodes of the county.
    tree = shapely.STRtree(shapely.points(whole.x, whole.y))
    _, distance = tree.query_nearest(shapely.points(cut.x, cut.y), return_distance=True)
    assert np.quantile(distance, 0.9) < 1
