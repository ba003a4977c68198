"""Practice data: drawn from a seed per area, without any relation to the real place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

#: Fixed for good: another seed would be another data set.
SEED = 20160210
#: Reference dates.
DATES = ("2012-12-31", "2013-12-31", "2014-12-31", "2015-12-31", "2016-12-31")

#: Age group → (share in % of the first year, change in percentage points a year, share of women).
AGES: dict[str, tuple[float, float, float]] = {
    "00_02": (2.4, 0.04, 0.487),
    "03_05": (2.4, 0.03, 0.487),
    "06_09": (3.1, 0.04, 0.487),
    "10_13": (2.9, 0.06, 0.488),
    "14_17": (2.8, 0.05, 0.485),
    "18_26": (9.6, -0.55, 0.480),
    "27_64": (53.6, -0.32, 0.493),
    "65_79": (16.9, 0.25, 0.545),
    "80_plus": (6.3, 0.40, 0.655),
}
_UNDER_18 = ("00_02", "03_05", "06_09", "10_13", "14_17")
_UNDER_65 = (*_UNDER_18, "18_26", "27_64")

#: Middle of each age group, for the mean age.
MIDDLE = (1.5, 4.5, 8.0, 12.0, 16.0, 22.5, 46.0, 72.5, 86.0)
#: Indicator → (who may be counted, share in the first year, change a year, spread, closeness).
#: The spread is the half width on the log scale: 0.5 reaches from 0.6 to 1.65 times the share. The
#: closeness (0 to 1) says how far it follows the one factor all of an area's rates have in common.
RATES: dict[str, tuple[tuple[str, ...], float, float, float, float]] = {
    "sgb2": (_UNDER_65, 0.155, -0.004, 0.55, 0.8),
    "sgb2_u18": (_UNDER_18, 0.240, -0.006, 0.55, 0.8),
    "arbeitslosenanteil_18_65": (("18_26", "27_64"), 0.095, -0.005, 0.45, 0.7),
    "grundsicherung_65": (("65_79", "80_plus"), 0.028, 0.001, 0.40, 0.5),
    "migrationshintergrund": (tuple(AGES), 0.042, 0.007, 0.60, 0.2),
    "kita_u3": (("00_02",), 0.545, 0.008, 0.12, 0.0),
    "hilfen_u18": (_UNDER_18, 0.031, 0.001, 0.50, 0.6),
}
Draw = Callable[[tuple[int, ...]], np.ndarray]


def build_practice(people: pd.Series) -> pd.DataFrame:
    """Draw the practice data of every area.

    Parameters
    ----------
    people : Series
        Derived population by area id, whole numbers.

    Returns
    -------
    DataFrame
        ``area``, ``indicator``, ``datenstand``, ``numerator``, ``denominator`` (missing for
        counts), ``quality`` = ``practice``.

    Notes
    -----
    The ages of an area add up to its derived population at every reference date; a numerator
    never exceeds its denominator. Only uniform numbers are drawn, area by area in the order of the ids.
    """
    people = people.sort_index().astype(int)
    draw: Draw = np.random.default_rng(SEED).random
    years = np.arange(len(DATES))
    share = np.array([v[0] for v in AGES.values()])
    trend = np.array([v[1] for v in AGES.values()])
    women = np.array([v[2] for v in AGES.values()])
    count = len(people)
    # per area and age a factor between e^-0.3 and e^0.3, the same in all years
    profile = np.exp(0.3 * (2 * draw((count, 1, len(AGES))) - 1))
    groups = (share + trend * years[:, None])[None] * profile
    split = women + 0.02 * (2 * draw((count, 1, len(AGES))) - 1)
    cells = np.concatenate([groups * split, groups * (1 - split)], axis=2)
    ages = _apportion(cells, np.repeat(people.to_numpy()[:, None], len(DATES), axis=1))
    names = [f"alter_{age}_{sex}" for sex in "wm" for age in AGES]
    parts = [_long(people.index, name, ages[:, :, at]) for at, name in enumerate(names)]

    both = ages[:, :, : len(AGES)] + ages[:, :, len(AGES) :]
    by_age = dict(zip(AGES, np.moveaxis(both, 2, 0), strict=True))
    total = both.sum(axis=2)
    young = sum(by_age[age] for age in _UNDER_18)
    old = by_age["65_79"] + by_age["80_plus"]
    parts += [
        _long(people.index, "anteil_u18", young, total),
        _long(people.index, "anteil_65plus", old, total),
        _long(
            people.index, "durchschnittsalter", np.rint(both @ np.array(MIDDLE)).astype(int), total
        ),
    ]
    common = 2 * draw((count, 1)) - 1
    for name, (counted, level, change, spread, close) in RATES.items():
        base = sum(by_age[age] for age in counted)
        factor = close * common + (1 - close) * (2 * draw((count, 1)) - 1)
        rate = (level + change * years) * np.exp(spread * factor)
        parts.append(_long(people.index, name, _count(base, rate, draw), base))
    families = np.rint(young / 1.55).astype(int)
    factor = 0.5 * common + 0.5 * (2 * draw((count, 1)) - 1)
    single = _count(families, (0.275 + 0.003 * years) * np.exp(0.35 * factor), draw)
    parts.append(_long(people.index, "alleinerziehende", single, families))
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["area", "indicator", "datenstand"], ignore_index=True)


def _count(base: np.ndarray, rate: np.ndarray, draw: Draw) -> np.ndarray:
    """Count whole persons at a rate that swings a little from year to year."""
    swing = 1 + 0.04 * (2 * draw(base.shape) - 1)
    return np.rint(base * np.clip(rate * swing, 0, 1)).astype(int)


def _apportion(weights: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Share whole totals out by weight (largest remainder; ties to the first)."""
    exact = weights / weights.sum(axis=-1, keepdims=True) * totals[..., None]
    whole = np.floor(exact)
    missing = (totals - whole.sum(axis=-1)).astype(int)
    order = np.argsort(whole - exact, axis=-1, kind="stable")
    rank = np.argsort(order, axis=-1, kind="stable")
    return (whole + (rank < missing[..., None])).astype(int)


def _long(
    areas: pd.Index, name: str, counted: np.ndarray, base: np.ndarray | None = None
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": np.repeat(areas.to_numpy(), len(DATES)),
            "indicator": name,
            "datenstand": np.tile(DATES, len(areas)),
            "numerator": counted.ravel(),
            "denominator": pd.array(
                [pd.NA] * counted.size if base is None else base.ravel(), dtype="Int64"
            ),
            "quality": "practice",
        }
    )
