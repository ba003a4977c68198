"""What is withheld leaves no trace: editions that differ in nothing else are the same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.demo import build_musterstadt
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.manifest import write_manifest
from sozialraum.present.passports import write_passports
from sozialraum.present.protocol import write_protocol
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.present.tables import write_tables
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Statement
from sozialraum.secrecy.rules import Secrecy

LEVELS = ("gesamt", "planregion", "sozialraum", "quartier")


def build(moved: int, secret: str) -> tuple[Edition, pd.DataFrame, gpd.GeoDataFrame]:
    """Musterstadt with gaps; as many cases and people of gaps as said are moved between areas."""
    atlas = build_musterstadt().atlas
    values = atlas.values.copy()
    newest = (values["indicator"] == "leistungsbezug") & (values["datenstand"] == "2024-12-31")
    for area, change in (("1101", moved), ("1102", -moved)):
        row = newest & (values["level"] == "quartier") & (values["area"] == area)
        values.loc[row, "numerator"] += change
        top, below = values.loc[row, "numerator"], values.loc[row, "denominator"]
        values.loc[row, "value"] = 100 * top / below
    # Three gaps; the second and third hold too few to be told.
    held = [{"1101": 30, "1103": 30}, {"1103": 8 - moved}, {"1103": 4 + moved}]
    west, south, _, _ = atlas.areas.total_bounds
    gaps = gpd.GeoDataFrame(
        {
            "rank": [1, 2, 3], "group": "u6", "people": [float(sum(h.values())) for h in held],
            "minutes": 20.0, "metres": 1600.0, "offer": None, "limit_min": 15.0,
            "min_people": 1.0,
            "pieces": [
                "{" + ", ".join(f'"{a}": [{float(n)}, 1]' for a, n in h.items()) + "}"
                for h in held
            ],
        },
        geometry=[box(west + 200 * i, south, west + 200 * i + 100, south + 100) for i in range(3)],
        crs=atlas.areas.crs,
    )  # fmt: skip
    edition = build_edition(
        atlas.with_values(values),
        gaps={"kita_15min_u6": gaps},
        secrecy=Secrecy(minimum=10),
        statement=Statement(
            inputs={"werte.csv": secret, "gebiete.gpkg": "0" * 64},
            confidential=["werte.csv"],
            created="2025-01-01",
        ),
    )
    return edition, values, gaps


def write(edition: Edition, folder: Path) -> dict[str, str]:
    """Write every format; SHA-256 of every file."""
    folder.mkdir()
    write_ressourcenkarte(edition, folder / "karte.html", indicator="leistungsbezug")
    for level in LEVELS:
        write_sozialraumprofile(edition, level=level, folder=folder / "profile")
    write_geopackage(edition, folder / "sozialraum.gpkg")
    write_tables(edition, folder / "tabellen")
    write_passports(edition, folder / "tabellen")
    write_protocol(edition, folder)
    write_manifest(edition, folder, parameters={})
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_a_withheld_count_changes_no_byte(tmp_path: Path) -> None:
    first, values, gaps = build(0, "a" * 64)
    second, others, holes = build(1, "b" * 64)
    # They do differ, in nothing that is published.
    assert (values["numerator"] != others["numerator"]).sum() == 2
    assert gaps["people"].tolist() == [60.0, 8.0, 4.0]
    assert holes["people"].tolist() == [60.0, 7.0, 5.0]
    assert first.gaps["people"].notna().tolist() == [True, False, False]
    pd.testing.assert_frame_equal(first.values, second.values)
    written = write(first, tmp_path / "a")
    assert len(written) > 20
    assert written == write(second, tmp_path / "b")


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_withheld_count_changes_no_byte_of_a_printed_profile(tmp_path: Path, kind: str) -> None:
    written = []
    for moved, secret in ((0, "a" * 64), (1, "b" * 64)):
        folder = tmp_path / str(moved)
        edition = build(moved, secret)[0]
        write_sozialraumprofile(edition, level="planregion", folder=folder, formats=[kind])
        written.append([file.read_bytes() for file in sorted(folder.rglob(f"*.{kind}"))])
    assert len(written[0]) == 2
    assert written[0] == written[1]


def test_where_nothing_is_withheld_all_checksums_are_told() -> None:
    edition = build_edition(
        build_musterstadt().atlas,
        secrecy=Secrecy(minimum=0),
        statement=Statement(inputs={"werte.csv": "a" * 64}, confidential=["werte.csv"]),
    )
    assert dict(edition.inputs) == {"werte.csv": "a" * 64}
    assert build(0, "a" * 64)[0].inputs["werte.csv"] == ""
    assert build(0, "a" * 64)[0].inputs["gebiete.gpkg"] == "0" * 64
