"""Musterstadt as a project in a folder: what a project file needs at least, and its tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from sozialraum.demo import build_musterstadt
from sozialraum.model.atlas import Atlas
from sozialraum.secrecy.published import Published
from sozialraum.secrecy.seal import put_seal

# Tests append their own sections; the files are those of `write_town`.
PROJECT = """
[project]
title = "Musterstadt"
redaktionsschluss = "2024-12-31"

[[level]]
id = "sozialraum"
title = "Sozialraum"
plural = "Sozialräume"

[[level]]
id = "quartier"
title = "Quartier"
plural = "Quartiere"

[areas]
file = "quartiere.gpkg"

[[offers]]
file = "angebote.csv"

[indicators]
files = ["merkmale.toml"]
"""
VALUES = """
[[values]]
file = "werte.csv"
"""


def write_town(folder: Path, definitions: str, **columns: object) -> Atlas:
    """Write areas, offers with further columns, and definitions of indicators into a folder."""
    atlas = build_musterstadt().atlas
    areas = atlas.areas.reset_index()
    areas[["area", "name", "sozialraum", "sozialraum_name", "geometry"]].to_file(
        folder / "quartiere.gpkg"
    )
    write_points(folder / "angebote.csv", atlas.offers, ["offer", "name", "category"], **columns)
    (folder / "merkmale.toml").write_text(definitions, encoding="utf-8")
    return atlas


def write_points(path: Path, table: gpd.GeoDataFrame, names: list[str], **columns: object) -> None:
    """Write columns of a table of points as an office does: semicolons, Ost and Nord."""
    plain = pd.DataFrame(table.reset_index()[names])
    place = {"Ost": table.geometry.x.to_numpy(), "Nord": table.geometry.y.to_numpy()}
    plain.assign(**place, **columns).to_csv(path, sep=";", decimal=",", index=False)


def republish(shown: Published, **changes: object) -> Published:
    """An edition as if it had been published with other tables."""
    return put_seal(replace(shown, **changes))
