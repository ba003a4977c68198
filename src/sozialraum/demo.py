"""Musterstadt: a town built in code whose every number can be worked out on paper.

The town is a square of 2 km. Streets cross every 100 m (at 50, 150, … 1950 m in both directions); people
live at the crossings, so ways are Manhattan distances. A river runs from south to north at x = 1000 m;
only the streets at y = 450 m and y = 1450 m cross it. Sixteen Quartiere of 500 m × 500 m form four
Sozialräume of 1 km × 1 km and two Planregionen, west and east of the river.

At every crossing west of the river live 10 people, one of them under six; east of it 20, two under six:
6,000 in all, 600 of them under six.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sozialraum.access.network import StreetNetwork, build_network
from sozialraum.errors import UnknownNameError
from sozialraum.indicators.aggregate import aggregate_values, count_by_area
from sozialraum.model.areas import Level
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.indicator import Indicator

CRS = 25833
ORIGIN = (380_000.0, 5_930_000.0)
BRIDGES_Y = (450.0, 1450.0)
LEVELS = (
    Level("planregion", "Planregion", "Planregionen"),
    Level("sozialraum", "Sozialraum", "Sozialräume", parent="planregion"),
    Level("quartier", "Quartier", "Quartiere", parent="sozialraum"),
)
DATENSTAND = "2024-12-31"
EXAMPLES = ("sozialraum", "potsdam_mittelmark")


class Musterstadt(NamedTuple):
    """The town: what is there, and its streets."""

    atlas: Atlas
    streets: StreetNetwork


def build_musterstadt() -> Musterstadt:
    """Build the town.

    Returns
    -------
    Musterstadt
        ``atlas`` (16 areas, 400 crossings with people, 6 offers, values of three years) and
        ``streets``.

    Notes
    -----
    Kitas: ``kita_west`` at (250, 450) with 60 places, ``kita_ost`` at (1750, 1450) with 90, and
    ``kita_aussen`` at (2050, 450) with 30, beyond the border. Everything is invented.

    Examples
    --------
    >>> town = build_musterstadt()
    >>> people = town.atlas.population
    >>> int(people["einwohner"].sum()), int(people["u6"].sum())
    (6000, 600)
    """
    indicators = _indicators()
    bare = build_atlas(_areas(), levels=LEVELS, title="Musterstadt", population=_people())
    counted = [
        count_by_area(bare.population, bare.areas, indicators[group], group)
        for group in ("einwohner", "u6")
    ]
    atlas = build_atlas(
        _areas(),
        levels=LEVELS,
        title="Musterstadt",
        offers=_offers(),
        population=_people(),
        values=aggregate_values(
            pd.concat([*counted, _benefits()], ignore_index=True), bare.areas, indicators
        ),
        indicators=indicators,
        backdrop=_river(),
    )
    return Musterstadt(atlas, build_streets())


def build_funding() -> pd.DataFrame:
    """Build the funding of Musterstadt's offers: invented, like all of the town.

    Returns
    -------
    DataFrame
        ``offer, year, source, euro, mandatory, serves``: of 2024 four offers of areas and, for the whole
        town, advice and library; of the two years before 92 and 96 percent of that.

    Examples
    --------
    >>> funding = build_funding()
    >>> float(funding.loc[funding["year"] == 2024, "euro"].sum())
    1700000.0
    """
    amounts = pd.DataFrame(
        [
            ("kita_west", "Stadt", 300_000.0, "yes", None),
            ("kita_west", "Land", 200_000.0, "yes", None),
            ("kita_ost", "Stadt", 420_000.0, "yes", None),
            ("kita_ost", "Land", 300_000.0, "yes", None),
            ("jugend", "Stadt", 90_000.0, "no", None),
            ("beratung", "Stadt", 150_000.0, "yes", "gesamt"),
            ("bibliothek", "Stadt", 240_000.0, "no", "gesamt"),
        ],
        columns=["offer", "source", "euro", "mandatory", "serves"],
    )
    years = [
        amounts.assign(year=year, euro=amounts["euro"] * share)
        for year, share in ((2022, 0.92), (2023, 0.96), (2024, 1.0))
    ]
    table = pd.concat(years, ignore_index=True)
    return table[["offer", "year", "source", "euro", "mandatory", "serves"]]


def build_needs() -> pd.DataFrame:
    """Build a needs register of Musterstadt: every voice in it is invented.

    Returns
    -------
    DataFrame
        ``date, source, area, topic, target_group, offer, traeger, statement``: eight statements.

    Examples
    --------
    >>> build_needs()["topic"].value_counts().to_dict()
    {'Armut': 4, 'Kinderbetreuung': 3, 'Treffpunkte': 1}
    """
    rows = [
        ("2024-05-14", "provider", "22", "Armut", "Kinder", "kita_ost", "Verein",
         "Mehr Familien fragen nach einem kostenfreien Mittagessen."),
        ("2024-05-14", "provider", "22", "Armut", None, "bibliothek", "Stadt",
         "Kinder machen ihre Hausaufgaben bei uns, weil zu Hause der Platz fehlt."),
        ("2024-06-03", "provider", "22", "Armut", None, None, "Gemeinde",
         "Die Kleiderausgabe reicht nicht mehr."),
        ("2024-06-20", "residents", "1101", "Armut", "Ältere", None, None,
         "Die Fahrkarte in die Stadt ist zu teuer."),
        ("2024-05-14", "provider", "11", "Kinderbetreuung", "Kinder unter 6", "kita_west", "Stadt",
         "Die Warteliste ist länger als im Vorjahr."),
        ("2024-06-03", "provider", "21", "Kinderbetreuung", None, None, "Gemeinde",
         "Eltern suchen Betreuung am späten Nachmittag."),
        ("2024-06-20", "residents", "21", "Kinderbetreuung", "Kinder unter 6", None, None,
         "Der Weg zur nächsten Kita ist mit zwei Kindern zu weit."),
        ("2024-06-03", "provider", "12", "Treffpunkte", "Jugendliche", "jugend", "Verein",
         "Am Wochenende fehlt ein Ort ohne Verzehrzwang."),
    ]  # fmt: skip
    columns = [
        "date", "source", "area", "topic", "target_group", "offer", "traeger", "statement",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns, dtype="str")


def build_measures() -> pd.DataFrame:
    """Build a list of measures of Musterstadt: every one of them is invented.

    Returns
    -------
    DataFrame
        ``measure, title, area, topic, target_group, offer, office, paper, decided, status,
        status_date, start, end, euro, funds, note, audience``: seven measures, one of them for the
        closed part of a sitting and one for the office alone.

    Examples
    --------
    >>> build_measures()["status"].fillna("?").tolist()
    ['running', 'decided', 'planned', 'done', 'rejected', '?', 'planned']
    """
    social, youth = "Fachdienst Soziales", "Jugendamt"
    rows = [
        ("M1", "Mittagstisch im Stadtteilhaus", "22", "Armut", "Kinder", "bibliothek", social,
         "V 112/2024", "2024-09-12", "running", "2024-10-01", "2024-10-01", "2025-06", 24000.0,
         "Stadt", "Der Träger ist benannt.", "oeffentlich"),
        ("M2", "Zweiter Standort der Kita am Wehr", "11", "Kinderbetreuung", "Kinder unter 6",
         "kita_west", youth, "V 087/2024", "2024-06-20", "decided", "2024-06-20", None, "2024-12-15",
         None, None, "Es fehlt noch ein Grundstück.", "oeffentlich"),
        ("M3", "Offene Halle am Wochenende", "12", "Treffpunkte", "Jugendliche", "jugend", youth,
         None, None, "planned", "2024-11-04", "2025-03", "2026", None, None, None, "oeffentlich"),
        ("M4", "Stadtkarte für alle unter 18", "gesamt", "Armut", "Kinder und Jugendliche", None,
         social, "V 041/2023", "2023-05-11", "done", "2024-04-01", "2023-09-01", "2024-03-31",
         51000.0, "Stadt und Land", None, "oeffentlich"),
        ("M5", "Fahrdienst zur Kita", "21", "Kinderbetreuung", None, None, youth, "V 093/2024",
         "2024-09-12", "rejected", "2024-09-12", None, None, None, None, None, "oeffentlich"),
        ("M6", "Räume für eine zweite Beratungsstelle", "2202", "Armut", None, "beratung", social,
         None, None, None, None, None, None, None, None, "Verhandelt wird über die Miete.",
         "nichtoeffentlich"),
        ("M7", "Neuer Zuschnitt der Teams", "gesamt", "Verwaltung", None, None, youth, None, None,
         "planned", None, None, None, None, None, None, "intern"),
    ]  # fmt: skip
    columns = [
        "measure", "title", "area", "topic", "target_group", "offer", "office", "paper", "decided",
        "status", "status_date", "start", "end", "euro", "funds", "note", "audience",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns, dtype="str")
    return table.astype({"euro": "float64"})


def find_example(name: str = "sozialraum") -> Path:
    """Find the project file of an embedded example.

    Parameters
    ----------
    name : {"sozialraum", "potsdam_mittelmark"}
        Neubrandenburg and its villages, or a rural county with its stops.

    Returns
    -------
    Path
        The file in the source tree, or inside the installed package.

    Raises
    ------
    UnknownNameError

    Examples
    --------
    >>> find_example().name
    'sozialraum.toml'
    """
    if name not in EXAMPLES:
        raise UnknownNameError("example", name, EXAMPLES)
    source = Path(__file__).parents[2] / f"{name}.toml"
    return source if source.is_file() else Path(__file__).parent / "example" / f"{name}.toml"


def _place(x: np.ndarray | list[float], y: np.ndarray | list[float]) -> gpd.GeoSeries:
    points = shapely.points(np.asarray(x) + ORIGIN[0], np.asarray(y) + ORIGIN[1])
    return gpd.GeoSeries(points, crs=CRS)


def _areas() -> gpd.GeoDataFrame:
    column, row = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(4)))
    side = np.where(column < 2, "1", "2")
    half = np.where(row < 2, "1", "2")
    number = 1 + (column % 2) + 2 * (row % 2)
    sozialraum = [f"{a}{b}" for a, b in zip(side, half, strict=True)]
    names = {"11": "Südwest", "12": "Nordwest", "21": "Südost", "22": "Nordost"}
    return gpd.GeoDataFrame(
        {
            "area": [f"{s}0{n}" for s, n in zip(sozialraum, number, strict=True)],
            "name": [f"{names[s]} {n}" for s, n in zip(sozialraum, number, strict=True)],
            "planregion": side,
            "planregion_name": np.where(side == "1", "West", "Ost"),
            "sozialraum": sozialraum,
            "sozialraum_name": [names[s] for s in sozialraum],
        },
        geometry=shapely.box(
            column * 500 + ORIGIN[0],
            row * 500 + ORIGIN[1],
            column * 500 + 500 + ORIGIN[0],
            row * 500 + 500 + ORIGIN[1],
        ),
        crs=CRS,
    )


def _crossings() -> tuple[np.ndarray, np.ndarray]:
    steps = 50.0 + 100.0 * np.arange(20)
    x, y = np.meshgrid(steps, steps)
    return x.ravel(), y.ravel()


def _people() -> gpd.GeoDataFrame:
    x, y = _crossings()
    east = x > 1000
    return gpd.GeoDataFrame(
        {
            "cell": [f"z{i:03d}" for i in range(len(x))],
            "einwohner": np.where(east, 20.0, 10.0),
            "u6": np.where(east, 2.0, 1.0),
        },
        geometry=_place(x, y),
    )


def _offers() -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        [
            ("kita_west", "Kita am Wehr", "Stadt", "kita", "SGB VIII §§ 22–24", 60.0, 250, 450),
            ("kita_ost", "Kita Sonnenhof", "Verein", "kita", "SGB VIII §§ 22–24", 90.0, 1750, 1450),
            ("kita_aussen", "Kita Nachbarort", None, "kita", "SGB VIII §§ 22–24", 30.0, 2050, 450),
            ("jugend", "Jugendclub Insel", "Verein", "jugend", "SGB VIII § 11", np.nan, 450, 1450),
            ("bibliothek", "Stadtbibliothek", "Stadt", "bibliothek", None, np.nan, 1050, 1050),
            (
                "beratung",
                "Erziehungsberatung",
                "Verein",
                "beratung",
                "SGB VIII § 28",
                np.nan,
                950,
                950,
            ),
        ],
        columns=["offer", "name", "traeger", "category", "law", "capacity", "x", "y"],
    )
    table["opening_hours"] = ["Mo-Fr 06:00-17:00", None, None, "Mo-Fr 14:00-20:00", None, None]
    table["barrier_free"] = ["yes", "no", None, "yes", "yes", None]
    place = _place(table["x"].to_numpy(), table["y"].to_numpy())
    return gpd.GeoDataFrame(table.drop(columns=["x", "y"]), geometry=place)


def _benefits() -> pd.DataFrame:
    areas = _areas()["area"]
    people = np.where(areas.str.startswith("1"), 250.0, 500.0)
    share = np.arange(1, 17) / 100
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "area": areas,
                    "level": "quartier",
                    "indicator": "leistungsbezug",
                    "datenstand": f"{year}-12-31",
                    "gebietsstand": "2024",
                    "value": 100 * np.round(people * (share + drift)) / people,
                    "numerator": np.round(people * (share + drift)),
                    "denominator": people,
                    "quality": "practice",
                    "sign": "",
                }
            )
            for year, drift in ((2022, 0.02), (2023, 0.01), (2024, 0.0))
        ],
        ignore_index=True,
    )


def _indicators() -> dict[str, Indicator]:
    common: dict[str, Any] = {
        "source": "Musterstadt, erfunden",
        "datenstand": DATENSTAND,
        "gebietsstand": "2024",
        "practice": True,
    }
    made = [
        Indicator(
            id="einwohner",
            title="Einwohnerinnen und Einwohner",
            unit="Personen",
            numerator="Personen",
            theme="Bevölkerung",
            **common,
        ),
        Indicator(
            id="u6",
            title="Kinder unter 6 Jahren",
            unit="Kinder",
            numerator="Kinder von 0 bis unter 6 Jahren",
            theme="Bevölkerung",
            **common,
        ),
        Indicator(
            id="leistungsbezug",
            title="Menschen mit Leistungsbezug",
            unit="%",
            kind="rate",
            per=100,
            numerator="Menschen mit Leistungsbezug",
            denominator="Einwohnerinnen und Einwohner",
            direction="high_is_need",
            theme="Soziale Lage",
            digits=1,
            **common,
        ),
        Indicator(
            id="kita_15min_u6",
            title="Kinder unter 6 mit einer Kita in 15 Minuten Fußweg",
            unit="%",
            kind="rate",
            per=100,
            numerator="Kinder, die eine Kita erreichen",
            denominator="Kinder unter 6 Jahren",
            direction="low_is_need",
            theme="Erreichbarkeit",
            digits=1,
            **common,
        ),
    ]
    return {i.id: i for i in made}


def _river() -> gpd.GeoDataFrame:
    x, y = ORIGIN
    return gpd.GeoDataFrame(
        {"kind": ["water"], "name": ["Muster"]},
        geometry=[shapely.box(x + 985, y, x + 1015, y + 2000)],
        crs=CRS,
    )


def build_streets() -> StreetNetwork:
    """Build the streets of Musterstadt: 401 crossings and the 100 m between them.

    Examples
    --------
    >>> len(build_streets())
    401
    """
    x, y = _crossings()
    node = np.arange(400).reshape(20, 20)
    east = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    north = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    crosses = (x[east[:, 0]] < 1000) & (x[east[:, 1]] > 1000)
    kept = east[~crosses | np.isin(y[east[:, 0]], BRIDGES_Y)]
    outside = [[int(node[4, 19]), 400]]
    u, v = np.concatenate([kept, north, outside]).T
    nodes = pd.DataFrame(
        {"x": np.append(x, 2050.0) + ORIGIN[0], "y": np.append(y, 450.0) + ORIGIN[1]}
    )
    edges = pd.DataFrame({"u": u, "v": v, "length_m": 100.0, "oneway": 0})
    return build_network(nodes, edges, crs=CRS, source="Musterstadt")
