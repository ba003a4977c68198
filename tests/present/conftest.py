"""Editions that are hard on writers: secret figures that must not get out, names that want to run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from sozialraum.demo import LEVELS, build_musterstadt
from sozialraum.model.areas import Level
from sozialraum.model.atlas import Atlas, build_atlas
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Head, Statement

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "javascript:alert(4)",
    "`${alert(5)}`",
    "{{ 7*7 }}{% raw %}",
    "${7*7}#{7*7}",
    "=HYPERLINK(\"http://x\";\"y\")",
    "=1+1",
    "+49 395",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "#N/A",
    "\u202egnp.exe",
    "Kita\x00Nord",
    "../../etc/passwd",
    "C:\\neu\\tab",
    "a\"b'c;d,e\nf",
    "'); DROP TABLE werte;--",
    "& < > ]]> <!--",
    "_x0041_",
    "👩‍👧 Zoë Ǆ",
)  # fmt: skip
SECRETS = (48611, 7219)
PRIVATE = ("CANARY-contact", "CANARY-area-note", "CANARY-carried-along")


@pytest.fixture(scope="session")
def hostile_names() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture(scope="session")
def town_edition() -> Edition:
    """Musterstadt with a head and one gap of 3 people, which is withheld."""
    atlas = build_musterstadt().atlas
    gaps = gpd.GeoDataFrame(
        {
            "rank": [1, 2], "group": "u6", "people": [40.0, 3.0], "minutes": [21.5, 18.0],
            "metres": [1720.0, 1440.0], "offer": ["kita_west", None], "limit_min": 15.0,
        },
        geometry=[shapely.box(380000, 5931000, 380300, 5931200)] * 2,
        index=pd.Index(["1", "2"], name="gap"),
        crs=25833,
    )  # fmt: skip
    head = Head(
        title="Musterstadt", notice="Beispiel, nicht für Planung", office="Amt für Jugend",
        vorlage="12/2025", date="2025-02-11", reading="Je dunkler, desto höher der Anteil.",
    )  # fmt: skip
    said = Statement(head=head, methods=("Gemessen auf den Straßen.",), created="2025-01-31")
    return build_edition(atlas, gaps={"kita_15min_u6": gaps}, statement=said)


@pytest.fixture(scope="session")
def secret_edition() -> Edition:
    """Four Quartiere of one Sozialraum: a 3 is withheld, and with it 48611, the smallest sibling.

    "leistung" has 3 of 7219 in area 1, which makes all three figures secret: 100 · 3 / 7219 % too.
    Area 3 states a sign "/", area 4 has no row for "leistung"; "frei" is 0 everywhere but never
    secret. Columns nobody declared carry texts that must not get out.
    """
    areas = gpd.GeoDataFrame(
        {
            "area": ["01", "02", "03", "04"],
            "name": ["Ost", "West", "Nord", "Süd"],
            "stadtteil": "9",
            "stadtteil_name": "Mitte",
            "bemerkung": PRIVATE[1],
        },
        geometry=shapely.box(380000 + np.arange(4) * 100, 0, 380100 + np.arange(4) * 100, 100),
        crs=25833,
    )
    offers = gpd.GeoDataFrame(
        {
            "offer": ["k"], "name": ["Kita"], "category": ["kita"], "contact_name": [PRIVATE[0]],
            "interne_notiz": [PRIVATE[2]],
        },
        geometry=[shapely.Point(380050, 50)], crs=25833,
    )  # fmt: skip
    levels = (
        Level("stadtteil", "Stadtteil", "Stadtteile"),
        Level("quartier", "Quartier", "Quartiere", parent="stadtteil"),
    )
    source = {"source": "Statistikstelle", "licence": "dl-de/by-2-0", "gebietsstand": "2024"}
    indicators = {
        "u6": Indicator(id="u6", title="Kinder unter 6", unit="Kinder", **source),
        "leistung": Indicator(
            id="leistung", title="Leistungsbezug", unit="%", kind="rate", per=100, digits=2,
            numerator="Menschen mit Leistungsbezug", denominator="Menschen", **source,
        ),
        "frei": Indicator(id="frei", title="Freie Plätze", protects="none", **source),
    }  # fmt: skip
    count = [("01", 3.0), ("02", float(SECRETS[0])), ("03", 60000.0), ("04", 70000.0)]
    rows = [("quartier", a, "u6", "2024-12-31", n, n, np.nan, "") for a, n in count]
    rows += [("quartier", a, "u6", "2023-12-31", 800.0, 800.0, np.nan, "") for a, _ in count]
    rows += [("quartier", a, "frei", "2024", 0.0, 0.0, np.nan, "") for a, _ in count]
    rows += [
        ("stadtteil", "9", "u6", "2024-12-31", 178614.0, 178614.0, np.nan, ""),
        ("quartier", "01", "leistung", "2024", 100 * 3 / SECRETS[1], 3.0, float(SECRETS[1]), ""),
        ("quartier", "02", "leistung", "2024", 100 * 1000 / 8000, 1000.0, 8000.0, "()"),
        ("quartier", "03", "leistung", "2024", np.nan, np.nan, np.nan, "/"),
    ]
    names = ["level", "area", "indicator", "datenstand", "value", "numerator", "denominator"]
    values = pd.DataFrame(rows, columns=[*names, "sign"])
    values["gebietsstand"], values["quality"] = "2024", "exact"
    atlas = build_atlas(
        areas, levels=levels, title="Teststadt", offers=offers, values=values,
        indicators=indicators,
    )  # fmt: skip
    return build_edition(atlas, statement=Statement(created="2025-01-31"))


@pytest.fixture(scope="session")
def hostile_atlas() -> Atlas:
    """Musterstadt whose names, ids, titles and sources are the hostile ones."""
    town = build_musterstadt().atlas
    areas = town.areas.drop(columns=[c for c in town.areas if c.startswith(("gesamt", "quartier"))])
    areas["name"] = HOSTILE[:16]
    areas["sozialraum_name"] = areas["sozialraum"].map(
        dict(zip(sorted(set(areas["sozialraum"])), HOSTILE[16:20], strict=True))
    )
    ids = [f"{name.strip()}{i}" for i, name in enumerate(HOSTILE)]
    offers = gpd.GeoDataFrame(
        {
            "offer": ids, "name": HOSTILE, "traeger": HOSTILE[::-1], "category": HOSTILE,
            "website": HOSTILE, "opening_hours": HOSTILE, "barrier_free": "yes",
        },
        geometry=[town.offers.geometry.iloc[0]] * len(HOSTILE),
        crs=town.areas.crs,
    )  # fmt: skip
    indicators = {
        key: Indicator(
            id=key, title=name, unit=name[:9], source=name, note=name, theme=name, practice=True,
            numerator=name,
        )
        for key, name in zip(ids, HOSTILE, strict=True)
    }  # fmt: skip
    values = pd.DataFrame(
        [(a, i, "2024", 100.0 + n) for i in ids for n, a in enumerate(areas.index)],
        columns=["area", "indicator", "datenstand", "value"],
    )
    return build_atlas(
        areas.reset_index().drop(columns=["file", "row"]),
        levels=[*LEVELS[:2], Level("quartier", HOSTILE[0], HOSTILE[21], parent="sozialraum")],
        title=HOSTILE[1],
        offers=offers,
        values=values,
        indicators=indicators,
    )


@pytest.fixture(scope="session")
def hostile_edition(hostile_atlas: Atlas) -> Edition:
    head = Head(title=HOSTILE[1], notice=HOSTILE[7], office=HOSTILE[22], reading=HOSTILE[17])
    said = Statement(head=head, methods=HOSTILE, sources=HOSTILE, created="2025-01-31")
    return build_edition(hostile_atlas, statement=said)
