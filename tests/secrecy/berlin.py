"""Berlin's register 2024: eight age groups and origin, five levels, all that adds up."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator

LEVELS = (
    Level(WHOLE, "Berlin", "Berlin"),
    Level("bez", "Bezirk", "Bezirke", WHOLE),
    Level("pgr", "Prognoseraum", "Prognoseräume", "bez"),
    Level("bzr", "Bezirksregion", "Bezirksregionen", "pgr"),
    Level("plr", "Planungsraum", "Planungsräume", "bzr"),
)
_FILES = ("city", "districts", "forecast-areas", "district-regions", "planning-areas")
_GROUPS = {
    "european_union": ("france", "greece", "italy", "austria", "spain", "poland", "bulgaria",
                       "rumania", "croatia"),
    "former_yugoslavia": ("croatia", "bosnia_herzegovina", "serbia"),
    "former_soviet_union": ("russia", "ukraine", "kazakhstan"),
    "islamic_countries": ("turkey", "iran", "arabic_countries"),
    "arabic_countries": ("lebanon", "syria"),
}  # fmt: skip


def read_berlin(
    folder: Path, districts: int = 12
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, dict[str, Indicator]]:
    """Read the first Bezirke: values of all levels, areas, indicators.

    Groups of countries overlap (Croatia is of the EU and of Yugoslavia). What a group holds beside the
    countries named ("andere") is a row of its own, so that every sum of the table is an equation.
    """
    parts = []
    for level, name in zip(LEVELS, _FILES, strict=True):
        tables = [
            pd.read_csv(
                folder / f"berlin/indicators/ewr/berlin-lor-population-2024-02-{t}-{name}.csv",
                dtype={"id": str},
            ).set_index("id")
            for t in ("t2", "t4")
        ]
        ages, origin = (t[[c for c in t if "percent" not in c]] for t in tables)
        ages = ages.rename(columns=lambda c: c.removeprefix("inhabitants_"))
        ages = ages.drop(columns=["female", "foreigners"])
        origin = origin.rename(columns=lambda c: c.removeprefix("inhabitants_from_"))
        origin = origin.rename(columns={"inhabitants": "migration"})
        table = pd.concat([ages, origin], axis=1)
        table["without"] = table["inhabitants"] - table["migration"]
        for group, countries in _GROUPS.items():
            table[f"{group}_other"] = table[group] - table[list(countries)].sum(axis=1)
        if level.id == WHOLE:
            table.index = [WHOLE]
        else:
            table = table[table.index.str[:2].astype(int) <= districts]
        long = (
            table.rename_axis("area").melt(ignore_index=False, var_name="indicator").reset_index()
        )
        parts.append(long.assign(level=level.id))
    smallest = parts[-1]["area"].unique()
    if districts < 12:
        small = parts[1].groupby("indicator", sort=False)["value"].sum()
        parts[0]["value"] = parts[0]["indicator"].map(small)
    values = pd.concat(parts, ignore_index=True).assign(datenstand="2024-12-31", sign="")
    values["value"] = values["value"].astype("float64")
    values["numerator"], values["denominator"] = values["value"], np.nan
    areas = gpd.GeoDataFrame(
        {WHOLE: WHOLE, "bez": [a[:2] for a in smallest], "pgr": [a[:4] for a in smallest],
         "bzr": [a[:6] for a in smallest], "plr": smallest}
    )  # fmt: skip
    sums = {group: (*countries, f"{group}_other") for group, countries in _GROUPS.items()}
    ages_of = [i for i in values["indicator"].unique() if i.startswith("age_")]
    sums["inhabitants"] = tuple(ages_of)
    known = {
        str(i): Indicator(id=str(i), title=str(i), parts=sums.get(str(i), ()))
        for i in values["indicator"].unique()
    }
    # The same people once more: with and without a migration history.
    known["everybody"] = Indicator(
        id="everybody", title="everybody", numerator_of=("inhabitants",),
        parts=("migration", "without"),
    )  # fmt: skip
    return values, areas, known
