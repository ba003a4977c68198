"""Sums that hold though nobody says so are known to whoever reads the table."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.protect import protect_values
from sozialraum.secrecy.rules import Secrecy
from sozialraum.secrecy.unsaid import find_sums, find_weighted_sum


def test_no_sum_is_found_where_there_are_few_places() -> None:
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.integers(1, 99, (12, 3)), columns=["a", "b", "c"])
    assert find_sums(table.assign(d=table["a"] + table["b"])) == []


def test_half_of_a_count_is_no_sum() -> None:
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"a": rng.integers(1, 99, 30), "b": rng.integers(1, 99, 30)})
    assert find_sums(table.assign(c=table["a"] / 2)) == [{"a": -1.0, "c": 2.0}]
    assert find_sums(table.assign(c=table["a"] / 3 + table["b"] / 2)) == []


def test_a_small_count_does_not_follow_from_a_sum_that_no_definition_names() -> None:
    # 3 girls in one area: 20 children less 17 boys gives them away, so one of these goes, too.
    rng = np.random.default_rng(5)
    areas = pd.DataFrame({WHOLE: WHOLE, "quartier": [f"{i:02d}" for i in range(30)]})
    girls, boys = rng.integers(20, 60, 30), rng.integers(20, 60, 30)
    girls[[4, 9]], boys[4] = 3, 17
    parts = []
    for name, numbers in (("girls", girls), ("boys", boys), ("children", girls + boys)):
        small = pd.DataFrame({"area": areas["quartier"], "level": "quartier", "value": numbers})
        whole = pd.DataFrame({"area": [WHOLE], "level": WHOLE, "value": [numbers.sum()]})
        parts.append(pd.concat([small, whole]).assign(indicator=name))
    values = pd.concat(parts, ignore_index=True).astype({"value": "float64"})
    values = values.assign(
        datenstand="2024", numerator=values["value"], denominator=np.nan, sign=""
    )
    levels = (Level(WHOLE, "Alle", "Alle"), Level("quartier", "Quartier", "Quartiere", WHOLE))
    known = {name: Indicator(id=name, title=name) for name in ("girls", "boys", "children")}
    protected, _ = protect_values(values, areas, levels, known, Secrecy(minimum=5))
    here = protected[(protected["area"] == "04") & protected["sign"].eq(".")]
    assert set(here["indicator"]) > {"girls"}


def test_years_of_life_tell_ages() -> None:
    # 3 children in one area: mean age times people less everybody else's years gives them away.
    rng = np.random.default_rng(6)
    table = pd.DataFrame(
        rng.integers(30, 90, (40, 3)), columns=["e|0.0|3.0", "e|3.0|65.0", "e|65.0|inf"]
    )
    years = (
        1.5 * table["e|0.0|3.0"] + 34 * table["e|3.0|65.0"] + 78.5 * table["e|65.0|inf"]
    ).round()
    found = find_weighted_sum(table.assign(years=years), "years")
    assert found == {"years": -1.0, "e|0.0|3.0": 1.5, "e|3.0|65.0": 34.0, "e|65.0|inf": 78.5}
    # Any other sum is none.
    other = pd.Series(rng.integers(3000, 9000, 40))
    assert find_weighted_sum(table.assign(years=other), "years") is None


def test_the_number_of_places_does_not_tell_that_of_people() -> None:
    # 4 people at 4 places: whoever reads of 4 places knows that there are at least 4 people.
    areas = pd.DataFrame({WHOLE: WHOLE, "quartier": ["1", "2", "3"]})
    levels = (Level(WHOLE, "Alle", "Alle"), Level("quartier", "Quartier", "Quartiere", WHOLE))
    values = pd.DataFrame(
        {
            "area": ["1", "2", "3", WHOLE],
            "level": ["quartier"] * 3 + [WHOLE],
            "indicator": "kita",
            "datenstand": "2024",
            "value": [50.0, 60.0, 75.0, 64.0],
            "numerator": [2.0, 30.0, 60.0, 92.0],
            "denominator": [4.0, 50.0, 80.0, 134.0],
            "sign": "",
            "steps": ["measured:4", "measured:20", "measured:30", "measured:54"],
        }
    )
    known = {"kita": Indicator(id="kita", title="K", kind="rate", per=100, denominator="alle")}
    protected, _ = protect_values(values, areas, levels, known, Secrecy(minimum=5))
    assert protected["sign"].tolist()[0] == "."
    assert protected["steps"].tolist() == ["", "measured:20", "measured:30", "measured:54"]


@pytest.mark.filterwarnings("error")
def test_a_quantity_that_is_0_wherever_all_are_known_divides_nothing() -> None:
    # w is above 0 only where m is not known; m and u3 agree at the 13 other places.
    m = np.arange(14.0)
    table = pd.DataFrame({"w": np.zeros(14), "m": m, "u3": 2 * m})
    table.loc[0] = [5.0, np.nan, 9.0]
    assert find_sums(table) == [{"u3": -1.0, "m": 2.0}]
