"""A tiny sound town in a folder, for tests to break in one place each."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pytest
from shapely import Polygon, box

from sozialraum.cli import main

PROJECT = """
[project]
title = "Kleinstadt"
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
file = "gebiete.gpkg"

[population]
file = "einwohner.csv"
groups = ["einwohner"]

[[offers]]
file = "angebote.csv"

[[values]]
file = "werte.csv"

[indicators]
files = ["merkmale.toml"]
"""
INDICATORS = """
[[indicator]]
id = "sgb2"
title = "Personen mit Leistungen nach SGB II"
unit = "Personen"
kind = "count"
source = "Test"
"""
OFFERS = """Kennung;Einrichtung;Kategorie;Plätze;Alter von;Alter bis;Ost;Nord
a1;Kita Sonne;kita;60;0;6;400100;5800100
a2;Kita Mond;kita;45;1;6;400900;5800100
a3;Schule am Wall;schule;;6;12;400500;5801500
"""
PEOPLE = """cell;x;y;einwohner
c1;400200;5800200;100
c2;401200;5800200;200
c3;400200;5801200;300
c4;401200;5801200;50
"""
VALUES = """Gebiet;Merkmal;Stichtag;Wert
01;sgb2;31.12.2023;10
02;sgb2;31.12.2023;20
03;sgb2;31.12.2023;.
04;sgb2;31.12.2023;5
"""


class Answer(NamedTuple):
    """What the command line said."""

    code: int
    text: str
    error: str

    @property
    def findings(self) -> list[str]:
        """The lines of the report that are errors."""
        return [line for line in self.text.splitlines() if line.startswith("Fehler – ")]


class Town:
    """Four squares of 1 km, two Sozialräume; every method replaces a part."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("sozialraum.toml", PROJECT)
        self.write("merkmale.toml", INDICATORS)
        self.write("angebote.csv", OFFERS)
        self.write("einwohner.csv", PEOPLE)
        self.write("werte.csv", VALUES)
        self.areas = gpd.GeoDataFrame(
            {
                "area": ["01", "02", "03", "04"],
                "name": ["Altstadt", "Hafen", "Nordend", "Ostend"],
                "sozialraum": ["A", "A", "B", "B"],
                "sozialraum_name": ["Süd", "Süd", "Nord", "Nord"],
            },
            geometry=[
                box(400000, 5800000, 401000, 5801000),
                box(401000, 5800000, 402000, 5801000),
                box(400000, 5801000, 401000, 5802000),
                box(401000, 5801000, 402000, 5802000),
            ],
            crs=25833,
        )
        self.save_areas()

    def path(self, name: str) -> Path:
        return self.folder / name

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        self.path(name).write_bytes(text.encode(encoding))

    def change(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def save_areas(self, name: str = "gebiete.gpkg") -> None:
        self.path(name).unlink(missing_ok=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what GDAL says to broken geometry
            self.areas.to_file(self.path(name))

    def use(self, old: str, new: str) -> None:
        """Name another file in the project."""
        self.change("sozialraum.toml", f'file = "{old}"', f'file = "{new}"')

    def shape(self, area: str, corners: list[tuple[float, float]] | None) -> None:
        place = self.areas.index[self.areas["area"] == area][0]
        self.areas.loc[place, "geometry"] = None if corners is None else Polygon(corners)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.fixture
def check(town: Town, capsys: pytest.CaptureFixture[str]) -> Callable[[], Answer]:
    """Run the command line on the town; nothing may escape it."""

    def run() -> Answer:
        capsys.readouterr()
        code = main(["check", str(town.path("sozialraum.toml"))])
        said = capsys.readouterr()
        return Answer(code, said.out, said.err)

    return run
