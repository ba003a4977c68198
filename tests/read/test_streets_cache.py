"""Networks on disk: what is loaded is what was read, or it is read again."""

from __future__ import annotations

import shutil

import geopandas as gpd
import numpy as np
import pytest
import shapely

from sozialraum.errors import InputError
from sozialraum.read import street_cache, streets
from sozialraum.read.street_rules import MODES
from sozialraum.read.streets import read_street_modes, read_streets

WAYS = [
    ([1, 2, 3], {"highway": "residential", "oneway": "yes"}),
    ([2, 4, 1], {"highway": "residential", "maxspeed": "30"}),
    ([4, 6], {"highway": "tertiary", "tunnel": "yes"}),
    ([5, 6], {"waterway": "river"}),
    ([1, 3, 4, 1], {"natural": "water"}),
]


@pytest.fixture
def town(tmp_path, osm):
    file = tmp_path / "ort.osm"
    file.write_text(osm(WAYS), encoding="utf-8")
    return file


def forbid_reading(monkeypatch):
    def fail(*_):
        raise AssertionError("read again")

    monkeypatch.setattr(streets, "read_osm", fail)
    monkeypatch.setattr(streets, "read_street_table", fail)


def assert_same(one, other):
    for name in ("x", "y", "component"):
        assert (getattr(one, name) == getattr(other, name)).all()
        assert getattr(one, name).dtype == getattr(other, name).dtype
    for graph in ("forward", "backward", "edges"):
        for name, array in vars(getattr(one, graph)).items():
            again = getattr(getattr(other, graph), name)
            assert (array == again).all()
            assert array.dtype == again.dtype
            assert not again.flags.writeable
    assert shapely.equals_identical(one.barriers, other.barriers).all()
    for name in ("mode", "speed_kmh", "source", "timed", "notes", "crs"):
        assert getattr(one, name) == getattr(other, name)


@pytest.mark.parametrize("mode", MODES)
def test_what_is_loaded_is_what_was_read(town, tmp_path, monkeypatch, mode):
    folder = tmp_path / "neu" / "netze"
    fresh = read_streets(town, mode)
    stored = read_streets(town, mode, cache=folder)
    assert [p.suffix for p in folder.iterdir()] == [".npz"]
    forbid_reading(monkeypatch)
    loaded = read_streets(town, mode, cache=folder)
    for network in (stored, loaded):
        assert_same(fresh, network)


def test_the_folder_is_where_the_system_keeps_such_things(tmp_path, monkeypatch):
    monkeypatch.setenv("SOZIALRAUM_CACHE", str(tmp_path / "eigener"))
    assert street_cache.find_cache_folder() == tmp_path / "eigener"
    monkeypatch.setenv("SOZIALRAUM_CACHE", "")
    assert street_cache.find_cache_folder() is None
    monkeypatch.delenv("SOZIALRAUM_CACHE")
    places = {
        "linux": ("XDG_CACHE_HOME", tmp_path / "xdg"),
        "win32": ("LOCALAPPDATA", tmp_path / "local"),
        "darwin": ("HOME", tmp_path / "home"),
    }
    for system, (variable, place) in places.items():
        monkeypatch.setattr(street_cache.sys, "platform", system)
        monkeypatch.setenv(variable, str(place))
        below = place / "Library/Caches" if system == "darwin" else place
        assert street_cache.find_cache_folder() == below / "sozialraum"
    monkeypatch.setattr(street_cache.sys, "platform", "linux")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert street_cache.find_cache_folder() == tmp_path / "home/.cache/sozialraum"


def test_without_a_place_to_write_nothing_is_kept(tmp_path, monkeypatch):
    (tmp_path / "datei").write_text("kein Ordner", encoding="utf-8")
    monkeypatch.setenv("SOZIALRAUM_CACHE", str(tmp_path / "datei/darin"))
    assert street_cache.find_cache_folder() is None


def test_a_renamed_file_is_the_same_file(town, tmp_path, monkeypatch):
    read_streets(town, cache=tmp_path / "netze")
    copy = shutil.copy(town, tmp_path / "ort.andere.osm")
    forbid_reading(monkeypatch)
    assert read_streets(copy, cache=tmp_path / "netze").source == "ort.andere.osm"


def test_whatever_matters_is_part_of_the_key(town, tmp_path, osm, monkeypatch):
    folder = tmp_path / "netze"
    variants = [{}, {"mode": "car"}, {"speed_kmh": 4.0}, {"crs": 25832}]
    for count, options in enumerate(variants, 1):
        read_streets(town, cache=folder, **options)
        assert len(list(folder.iterdir())) == count
    town.write_text(osm(WAYS[:3]), encoding="utf-8")
    assert len(read_streets(town, cache=folder).barriers) == 0
    monkeypatch.setattr(street_cache, "_hash_code", lambda: "another version")
    read_streets(town, cache=folder)
    assert len(list(folder.iterdir())) == len(variants) + 2


def test_modes_missing_in_the_cache_are_read_together(town, tmp_path):
    read_streets(town, "bike", cache=tmp_path / "netze")
    networks = read_street_modes(town, cache=tmp_path / "netze")
    assert list(networks) == list(MODES)
    for mode, network in networks.items():
        assert_same(read_streets(town, mode), network)


def test_a_damaged_entry_is_read_again_and_replaced(town, tmp_path):
    folder = tmp_path / "netze"
    fresh = read_streets(town, "car", cache=folder)
    (place,) = folder.iterdir()
    whole = place.read_bytes()
    rng = np.random.default_rng(5)
    flipped = []
    for at in rng.integers(0, len(whole), 60):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        flipped.append(bytes(broken))
    for content in (b"", b"kein Netz", whole[: len(whole) // 2], whole[:-1], *flipped):
        place.write_bytes(content)
        assert_same(fresh, read_streets(town, "car", cache=folder))
    place.write_bytes(b"kein Netz")
    read_streets(town, "car", cache=folder)
    assert len(place.read_bytes()) == len(whole)
    assert [p.name for p in folder.iterdir()] == [place.name]


def test_another_network_in_the_place_is_not_taken(town, tmp_path):
    folder = tmp_path / "netze"
    read_streets(town, "walk", cache=folder)
    (walk,) = folder.iterdir()
    bike = read_streets(town, "bike", cache=folder)
    (other,) = set(folder.iterdir()) - {walk}
    shutil.copy(walk, other)
    assert_same(bike, read_streets(town, "bike", cache=folder))


def test_given_barriers_are_not_stored(town, tmp_path):
    line = gpd.GeoSeries([shapely.LineString([(0, 0), (1, 1)])], crs=25833)
    read_streets(town, cache=tmp_path / "netze", barriers=line)
    assert len(read_streets(town, cache=tmp_path / "netze").barriers) == 2


def test_tables_are_stored_with_their_nodes(tmp_path, monkeypatch):
    edges = gpd.GeoDataFrame(
        {"u": [1, 2], "v": [2, 3], "length_m": 100.0, "class": ["minor", "path"]},
        geometry=[shapely.LineString([(x, 0), (x + 100, 0)]) for x in (0, 100)], crs=25833,
    )  # fmt: skip
    nodes = gpd.GeoDataFrame(
        {"node": [1, 2, 3]}, geometry=gpd.points_from_xy([0, 100, 200], [0, 0, 0]), crs=25833
    )
    place = tmp_path / "ort_edges.parquet"
    edges.to_parquet(place)
    nodes.to_parquet(tmp_path / "ort_nodes.parquet")
    fresh = read_streets(place, "bike", cache=tmp_path / "netze")
    assert len(fresh.notes) == 2
    nodes.translate(5).to_frame("geometry").assign(node=nodes["node"]).to_parquet(
        tmp_path / "ort_nodes.parquet"
    )
    assert read_streets(place, "bike", cache=tmp_path / "netze").x.min() == 5
    nodes.to_parquet(tmp_path / "ort_nodes.parquet")
    forbid_reading(monkeypatch)
    loaded = read_streets(place, "bike", cache=tmp_path / "netze")
    assert (loaded.notes, loaded.x.min()) == (fresh.notes, 0)


def test_a_folder_that_is_a_file_is_refused(town, tmp_path):
    with pytest.raises(InputError, match="Zwischenspeicher"):
        read_streets(town, cache=town)


@pytest.mark.realdata
def test_a_real_town_is_loaded_as_it_was_read(testdata, tmp_path, monkeypatch):
    file = testdata / "osm-small/north-bayreuth.osm.gz"
    fresh = read_street_modes(file, cache=tmp_path)
    forbid_reading(monkeypatch)
    for mode, network in read_street_modes(file, cache=tmp_path).items():
        assert_same(fresh[mode], network)
