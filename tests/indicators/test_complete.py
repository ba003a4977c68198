"""What is missing is named, with who delivers it."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import UnknownNameError
from sozialraum.indicators.complete import list_missing
from sozialraum.model.indicator import Indicator

AREAS = gpd.GeoDataFrame(
    {"gesamt": "gesamt", "gesamt_name": "Stadt", "quartier": ["1", "2", "3"],
     "quartier_name": ["A", "B", "C"]}, index=["1", "2", "3"],
)  # fmt: skip
KNOWN = {
    "n": Indicator(id="n", title="Menschen", supplier="Meldeamt"),
    "k": Indicator(id="k", title="Kinder", supplier="Jugendamt", owner="Frau Beispiel"),
    "z": Indicator(id="z", title="Nie geliefert"),
}


def rows(indicator: str, day: str, **values: object) -> pd.DataFrame:
    signs = [v if isinstance(v, str) else "" for v in values.values()]
    numbers = [np.nan if isinstance(v, str) else v for v in values.values()]
    return pd.DataFrame(
        {"area": [a[1:] for a in values], "level": "quartier", "indicator": indicator,
         "datenstand": day, "value": numbers, "sign": signs}
    )  # fmt: skip


VALUES = pd.concat(
    [
        rows("n", "2023", q1=1.0, q2=2.0, q3=3.0),
        rows("n", "2024", q1=0.0, q2=".", q3="…"),
        rows("k", "2024", q1=1.0),
    ]
)


def test_a_withheld_value_was_delivered_and_a_later_one_was_not() -> None:
    table = list_missing(VALUES, AREAS, KNOWN).set_index("indicator")
    assert table.loc["n", ["datenstand", "expected", "delivered", "missing"]].tolist() == [
        "2024", 3, 2, ("3",),
    ]  # fmt: skip
    assert table.loc["k", "supplier"] == "Frau Beispiel"
    assert table.loc["k", "missing"] == ("2", "3")


def test_what_was_never_delivered_is_listed_too() -> None:
    table = list_missing(VALUES, AREAS, KNOWN).set_index("indicator")
    assert table.loc["z", ["datenstand", "delivered"]].tolist() == ["", 0]


def test_one_day_can_be_expected_of_all() -> None:
    table = list_missing(VALUES, AREAS, KNOWN, datenstand="2023").set_index("indicator")
    assert table["delivered"].tolist() == [3, 0, 0]


def test_a_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UnknownNameError):
        list_missing(VALUES, AREAS, KNOWN, level="kiez")
