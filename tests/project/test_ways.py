"""Ways from a grid for the categories a project asks about."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from sozialraum.access.network import StraightLine
from sozialraum.demo import build_musterstadt
from sozialraum.errors import InputError
from sozialraum.project.job import run
from sozialraum.project.ways import measure_ways
from sozialraum.secrecy.build import build_edition
from tests import musterstadt


def project(*categories):
    entries = [{"category": category} for category in categories]
    return SimpleNamespace(entries=lambda name: entries)


def test_every_category_asked_about_gets_a_column_of_minutes() -> None:
    edition = build_edition(build_musterstadt().atlas)
    line = StraightLine(detour=1.0, speed_kmh=4.8)
    ways = measure_ways(edition, project("kita", ["kita", "jugend"], "gibt_es_nicht"), line, 400)
    known = {"kita", "jugend"} & set(edition.offers["category"])
    assert set(ways.columns) == {"geometry", *known}
    # 4.8 km/h are 80 m a minute; the nearest Kita decides.
    kitas = edition.offers.geometry[edition.offers["category"] == "kita"]
    expected = np.min([ways.geometry.distance(place) for place in kitas], axis=0) / 80
    assert np.allclose(ways["kita"], expected, atol=0.01)


def test_cells_as_small_as_a_building_are_refused() -> None:
    edition = build_edition(build_musterstadt().atlas)
    with pytest.raises(InputError, match="100 m"):
        measure_ways(edition, project("kita"), StraightLine(), 20)


def test_no_ways_to_single_offers_may_be_said_without_a_grid(tmp_path: Path) -> None:
    musterstadt.write_town(tmp_path, '[[indicator]]\nid = "u6"\ntitle = "Kinder"\n')
    said = musterstadt.PROJECT + "\n[ressourcenkarte]\ncells_offers = false\n"
    (tmp_path / "sozialraum.toml").write_text(said, encoding="utf-8")
    run(tmp_path / "sozialraum.toml", tmp_path / "aus", progress=False)
    assert (tmp_path / "aus" / "ressourcenkarte.html").is_file()
