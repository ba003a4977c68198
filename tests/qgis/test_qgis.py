"""The GeoPackage in QGIS itself, offscreen: ready-made, without warnings, edits come back."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sozialraum.demo import build_measures, build_musterstadt
from sozialraum.planning.measures import settle_measures
from sozialraum.present import classes as looks
from sozialraum.present.geopackage import write_geopackage
from sozialraum.project.edited import read_edited_offers
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location(
    "hard_editions_for_qgis", HERE.parent / "present" / "conftest.py"
)
assert _spec is not None
assert _spec.loader is not None
_hard = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_hard)
hostile_atlas, hostile_edition = _hard.hostile_atlas, _hard.hostile_edition
secret_edition, town_edition = _hard.secret_edition, _hard.town_edition

Open = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def qgis(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Open a GeoPackage in QGIS; `make test-qgis` says where its Python is."""
    python = os.environ.get("SOZIALRAUM_QGIS_PYTHON", "")
    found = (
        bool(python)
        and not subprocess.run(
            [python, "-c", "import qgis.core"], capture_output=True, check=False
        ).returncode
    )
    if not found:
        pytest.skip("nicht geprüft: QGIS, siehe make test-qgis")
    home = tmp_path_factory.mktemp("qgis")
    surroundings = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
    }  # fmt: skip

    def show(path: Path, *options: str) -> dict[str, Any]:
        done = subprocess.run(
            [python, HERE / "in_qgis.py", path, path.with_suffix(".png"), *options],
            env=surroundings, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert not done.returncode, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    return show


def test_it_opens_ready_made(qgis: Open, town_edition: Edition, tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    path = write_geopackage(
        town_edition, tmp_path / "stadt.gpkg", indicator="leistungsbezug", level="quartier",
        measures=settle_measures(build_measures(), atlas.areas, atlas.offers).table,
    )  # fmt: skip
    told = qgis(path)
    assert told["read"]
    assert told["heard"] == []
    assert (told["title"], told["crs"]) == ("Musterstadt", "EPSG:25833")
    assert all(layer["valid"] for layer in told["layers"])
    shown = [layer["source"] for layer in told["layers"] if layer["shown"]]
    assert shown == ["angebote", "hintergrund", "gebiete_quartier"]
    layers = {layer["source"]: layer for layer in told["layers"]}
    areas = layers["gebiete_quartier"]
    assert areas["style"].startswith("Menschen mit Leistungsbezug (%)")
    assert areas["rules"][-1] == "keine Angabe"
    assert len(areas["styles"]) == len(town_edition.indicators)
    assert areas["aliases"]["parent_name"] == "Teil von"
    assert areas["named"] == ["name", "name"]
    assert layers["angebote"]["named"] == [False, False]
    assert layers["angebote"]["widgets"]["category"] == "ValueMap"
    assert layers["angebote"]["rights"] == list(town_edition.sources)
    # A layer dragged into another project looks the same as in its own.
    assert all(layer["alone"] == layer["rules"] for layer in told["layers"])
    assert all(told["relations"].values())
    # 16 Quartiere in 4 Sozialräume, these in 2 Planregionen, these in the whole.
    found = told["found"]
    assert [found[f"{x} im Gebiet"] for x in ("Quartiere", "Sozialräume", "Planregionen")] == [
        16, 4, 2,
    ]  # fmt: skip
    # Of the five measures for everybody one is for the whole town, and three are about an offer.
    assert found["Maßnahmen im Gebiet (Sozialraum)"] == 4
    assert found["Maßnahmen im Gebiet (Gesamt)"] == 1
    assert found["Maßnahmen am Angebot"] == 3
    assert layers["massnahmen"]["widgets"]["status"] == "ValueMap"
    rows = town_edition.values.groupby("level").size()
    levels = {level.id: level.title for level in town_edition.levels}
    assert {t: found[f"Werte je Gebiet ({t})"] for t in levels.values()} == {
        levels[name]: count for name, count in rows.items()
    }
    assert found["Werte zum Merkmal"] == len(town_edition.values)


def test_hidden_areas_are_hatched_and_none_stays_white(
    qgis: Open, secret_edition: Edition, tmp_path: Path
) -> None:
    told = qgis(write_geopackage(secret_edition, tmp_path / "stadt.gpkg", indicator="leistung"))
    assert told["heard"] == []
    # The ground of a hidden area and its lines both show, and so does a class.
    assert told["colours"].get(looks.HIDDEN, 0) > 100
    assert told["colours"].get(looks.HIDDEN_INK, 0) > 20
    assert any(told["colours"].get(colour, 0) > 100 for colour in looks.COLOURS)


def test_hostile_names_are_drawn_and_run_nothing(
    qgis: Open, hostile_edition: Edition, tmp_path: Path
) -> None:
    told = qgis(write_geopackage(hostile_edition, tmp_path / "stadt.gpkg"))
    assert told["read"]
    assert told["heard"] == []
    assert all(layer["valid"] for layer in told["layers"])


def test_what_qgis_edits_comes_back(qgis: Open, tmp_path: Path) -> None:
    atlas = build_musterstadt().atlas
    path = write_geopackage(build_edition(atlas), tmp_path / "stadt.gpkg")
    assert qgis(path, "--edit")["heard"] == []
    edited = read_edited_offers(path, atlas)
    first, second, third = atlas.offers.index[:3]
    # 3 m east and 4 m north are 5 m.
    assert edited.changes[["kind", "offer", "column"]].to_numpy().tolist() == [
        ["new", "neu", ""],
        ["removed", third, ""],
        ["moved", first, "geometry"],
        ["changed", second, "name"],
    ]
    assert edited.changes["metres"].dropna().tolist() == [pytest.approx(5.0)]
    assert edited.report.ok
