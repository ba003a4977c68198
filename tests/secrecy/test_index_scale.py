"""Means and deviations stand behind every value of an index; they may not tell what is hidden."""

from __future__ import annotations

from itertools import product

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.protect import protect_values
from sozialraum.secrecy.rules import Secrecy

LEVELS = (Level(WHOLE, "Alle", "Alle"), Level("quartier", "Quartier", "Quartiere", WHOLE))
COUNT = 20


def test_the_scale_of_an_index_does_not_pin_down_small_counts() -> None:
    rng = np.random.default_rng(8)
    areas = gpd.GeoDataFrame({WHOLE: WHOLE, "quartier": [f"{i:02d}" for i in range(COUNT)]})
    people = rng.integers(150, 400, COUNT)
    poor, old = rng.integers(20, 70, COUNT), rng.integers(30, 90, COUNT)
    poor[[3, 8, 15]] = 2, 3, 4

    def z(share: np.ndarray) -> np.ndarray:
        return (share - share.mean()) / share.std()

    def index(first: np.ndarray) -> np.ndarray:
        return (z(100 * first / people) + z(100 * old / people)) / 2

    base = {"area": areas["quartier"], "level": "quartier", "datenstand": "2024", "sign": ""}
    values = pd.concat(
        [
            pd.DataFrame({**base, "indicator": name, "value": value, "numerator": top,
                          "denominator": below})
            for name, value, top, below in (
                ("poor", 100 * poor / people, poor, people),
                ("old", 100 * old / people, old, people),
                ("index", index(poor), np.nan, np.nan),
            )
        ],
        ignore_index=True,
    ).astype({"value": float, "numerator": float, "denominator": float})  # fmt: skip
    known = {
        name: Indicator(id=name, title=name, kind="rate", per=100, denominator="alle")
        for name in ("poor", "old")
    }
    known["index"] = Indicator(
        id="index", title="Index", kind="index", made_of=("poor", "old"), digits=2
    )
    protected, _ = protect_values(values, areas, LEVELS, known, Secrecy(minimum=5))
    shown = protected[protected["indicator"] == "index"]["value"].to_numpy()
    open_ = ~np.isnan(shown)
    hidden = protected.loc[(protected["indicator"] == "poor").to_numpy(), "value"].isna().to_numpy()
    assert hidden[[3, 8, 15]].all()
    # Whoever tries all small counts finds more than one set that gives the index as it is shown.
    rounded = np.allclose(shown[open_], shown[open_].round(2), rtol=0, atol=1e-12)
    room = 0.005 + 1e-9 if rounded else 1e-9
    fits = []
    others = poor.copy()
    for tried in product(range(1, 5), repeat=3):
        others[[3, 8, 15]] = tried
        apart = np.abs(index(others) - shown)[open_].max()
        if apart <= room:
            fits.append(tried)
    assert (2, 3, 4) in fits
    assert all(len({fit[i] for fit in fits}) > 1 for i in range(3)), fits
