"""What bare values, means and catchments tell, and tables of two groupings."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.access.catchment import aggregate_catchment, measure_catchment
from sozialraum.indicators.aggregate import aggregate_values
from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.amounts import complete_parts, list_amounts, merge_amounts
from sozialraum.secrecy.protect import attack_values, protect_values
from sozialraum.secrecy.rules import Secrecy

LEVELS = (Level(WHOLE, "Gesamt", "Gesamt"), Level("quartier", "Quartier", "Quartiere", WHOLE))
KNOWN = {
    "kinder": Indicator(id="kinder", title="Kinder"),
    "quote": Indicator(
        id="quote", title="Quote", kind="rate", per=100, denominator_of=("kinder",)
    ),
    "plaetze": Indicator(
        id="plaetze", title="Plätze je 100 Kinder", kind="mean", per=100,
        denominator_of=("kinder",), numerator="Plätze", denominator="Kinder",
    ),
}  # fmt: skip
AREAS = gpd.GeoDataFrame(
    {WHOLE: WHOLE, "gesamt_name": "Stadt", "quartier": list("abcd"), "quartier_name": list("ABCD")},
    index=list("abcd"),
)


def rows(indicator: str, values: list[float], level: str = "quartier") -> pd.DataFrame:
    """Values alone, without numerator and denominator."""
    area = list("abcd") if level == "quartier" else [WHOLE]
    return pd.DataFrame(
        {
            "area": area, "level": level, "indicator": indicator, "datenstand": "2024",
            "value": values, "numerator": np.nan, "denominator": np.nan, "sign": "",
        }
    )  # fmt: skip


def test_parts_follow_from_a_value_and_a_count_beside_it() -> None:
    # 4,9 % of 61 is 2.96 … 3.02: 3. 12,3 % of 1.000 is 122.5 … 123.5: 123.
    table = pd.concat(
        [rows("kinder", [61, 1000, 40, 0]), rows("quote", [4.9, 12.3, 0, np.nan])],
        ignore_index=True,
    )
    found = complete_parts(table, KNOWN).query("indicator == 'quote'")
    assert found["numerator"].tolist()[:3] == [3, 123, 0]
    assert found["denominator"].tolist()[:3] == [61, 1000, 40]
    assert found.iloc[3][["numerator", "denominator"]].isna().all()
    # With Z beside it N follows: 100 · 3 / 4.9 = 61.2, to within 60.6 … 61.9.
    table.loc[4, "numerator"] = 3.0
    alone = table[table["indicator"] == "quote"].reset_index(drop=True)
    assert complete_parts(alone, KNOWN)["denominator"].tolist()[0] == 61
    # Counts stay as they are.
    assert complete_parts(table, KNOWN)["numerator"].isna().tolist()[:4] == [True] * 4


def test_a_weight_is_the_denominator_of_values_alone() -> None:
    # 4 of 105 are small. Z and N of the whole, formed with the weight, and 25 · a + 45.5 · b would
    # give a = 4: the shares of a and b go with them.
    known = {
        "kinder": KNOWN["kinder"],
        "anteil": Indicator(id="anteil", title="Anteil", kind="rate", per=100, weight="kinder"),
    }
    table = pd.concat(
        [
            rows("kinder", [4, 11, 40, 50]).assign(numerator=[4.0, 11, 40, 50]),
            rows("anteil", [25, 45.5, 30, 22]),
        ],
        ignore_index=True,
    ).assign(gebietsstand="2024", quality="exact", steps="")
    full = aggregate_values(table, AREAS, known)
    found, _ = protect_values(full, AREAS, LEVELS, known, Secrecy(minimum=5))
    assert not len(attack_values(full, found, AREAS, LEVELS, known, Secrecy(minimum=5)))
    shown = found.set_index(["indicator", "area"])["value"]
    hidden = [a for a in "abcd" if np.isnan(shown["kinder", a])]
    assert "a" in hidden
    assert all(np.isnan(shown["anteil", a]) for a in hidden)


def test_series_of_equal_words_are_one_only_where_they_agree() -> None:
    # Three shares "of the inhabitants": of the first two those of all ages, of the third those under
    # 18, as many as all in a alone. Only b of the second is missing.
    shares = {
        name: Indicator(id=name, title=name, kind="rate", per=100, denominator="Einwohner")
        for name in ("eins", "zwei", "drei")
    }
    table = pd.concat([rows(name, [np.nan] * 4) for name in shares], ignore_index=True)
    table["denominator"] = [60, 70, 80, 90, 60, np.nan, 80, 90, 60, 30, 20, 10]
    long = list_amounts(table, shares).query("role == 'N'").reset_index(drop=True)
    cell = merge_amounts(long)
    assert cell[:4].tolist() == [0, 1, 2, 3]
    assert cell[[4, 6, 7]].tolist() == [0, 2, 3]
    assert len(set(cell[8:]) & set(cell[:8])) == 0


def test_a_bare_value_is_withheld_where_it_tells_a_small_count() -> None:
    table = pd.concat(
        [
            rows("kinder", [61, 1000, 40, 50]), rows("kinder", [1151], WHOLE),
            rows("quote", [4.9, 12.3, 25.0, 98.0]),
        ],
        ignore_index=True,
    )  # fmt: skip
    protected, protocol = protect_values(table, AREAS, LEVELS, KNOWN, Secrecy(minimum=5))
    # 3 of 61; and 49 of 50, of whom 1 is not.
    assert protocol[["indicator", "area"]].to_numpy().tolist() == [["quote", "a"], ["quote", "d"]]
    assert set(protocol["reason"]) == {"small"}
    assert not len(attack_values(table, protected, AREAS, LEVELS, KNOWN, Secrecy(minimum=5)))
    # Rounded to whole percent, 5 % of 61 may be 2.7 … 3.4 and is 3 all the same.
    whole = table.assign(value=table["value"].round())
    protected, _ = protect_values(whole, AREAS, LEVELS, KNOWN, Secrecy(minimum=5))
    assert protected.query("indicator == 'quote'")["sign"].tolist() == [".", "", "", "."]


def test_no_catchment_is_shown_where_its_people_are_withheld() -> None:
    # Four Quartiere with one house each; everybody reaches the only Kita of 60 places.
    people = gpd.GeoDataFrame(
        {"kinder": [3.0, 20.0, 30.0, 67.0], "area": list("abcd")}, index=["h1", "h2", "h3", "h4"]
    )
    ways = pd.DataFrame({"origin": people.index, "destination": "k", "minutes": [4.0, 9, 9, 14]})
    catchment = measure_catchment(
        people["kinder"], pd.Series({"k": 60.0}), ways, limit_min=15, method="2sfca"
    )
    places = aggregate_catchment(catchment, people, AREAS, indicator=KNOWN["plaetze"])
    counts = [rows("kinder", people["kinder"].tolist()), rows("kinder", [120.0], WHOLE)]
    table = pd.concat([*counts, places.assign(datenstand="2024")], ignore_index=True)
    assert places["denominator"].tolist() == [120, 3, 20, 30, 67]
    protected, _ = protect_values(table, AREAS, LEVELS, KNOWN, Secrecy(minimum=5))
    hidden = protected[protected["sign"] == "."].groupby("indicator")["area"].agg("".join)
    # 3 children of a, and the 20 of b, who would tell them; nobody computes them from the places.
    assert hidden.to_dict() == {"kinder": "ab", "plaetze": "ab"}
    assert not len(attack_values(table, protected, AREAS, LEVELS, KNOWN, Secrecy(minimum=5)))
    # The same where only the value of the catchment is delivered.
    bare = table.assign(
        numerator=table["numerator"].where(table["indicator"] == "kinder"),
        denominator=table["denominator"].where(table["indicator"] == "kinder"),
    )
    protected, _ = protect_values(bare, AREAS, LEVELS, KNOWN, Secrecy(minimum=5))
    hidden = protected[protected["sign"] == "."].groupby("indicator")["area"].agg("".join)
    assert hidden.to_dict() == {"kinder": "ab", "plaetze": "ab"}


def test_two_groupings_of_the_same_places_are_mended_by_protect(testdata: Path) -> None:
    """Safe by county and safe by size, unsafe together: A + B = 4, A + B + K = 7."""
    table = pd.read_csv(testdata / "references/secrecy/linked_small_places.csv")
    levels = (
        Level("county", "Kreis", "Kreise"),
        Level("size", "Größe", "Größen"),
        Level("place", "Ort", "Orte", "county"),
    )
    areas = gpd.GeoDataFrame(table[["place", "county", "size"]])
    parts = []
    for level in ("county", "size", "place"):
        sums = table.groupby(level)["count"].sum().astype(float)
        parts.append(pd.DataFrame({"level": level, "area": sums.index, "value": sums.to_numpy()}))
    values = pd.concat(parts, ignore_index=True).assign(
        indicator="n", datenstand="2024", sign="", numerator=np.nan, denominator=np.nan
    )
    known, rules = {"n": Indicator(id="n", title="Fälle")}, Secrecy(minimum=4)
    numbers = ["value", "numerator", "denominator"]
    small = values["value"].lt(4) & (values["level"] == "place")
    shown = values.assign(value=values["value"].mask(small), sign=np.where(small, ".", ""))
    for alone in ("county", "size"):
        other = {"county": "size", "size": "county"}[alone]
        kept = values["level"] != other
        some = tuple(x for x in levels if x.id != other)
        some = tuple(Level(x.id, x.title, x.plural, alone if x.id == "place" else "") for x in some)
        first = attack_values(
            values[kept], shown[kept].reset_index(drop=True), areas, some, known, rules
        )
        # Whoever only reads finds nothing in one of the tables.
        assert "reader" not in set(first["attacker"])
    found = attack_values(values, shown, areas, levels, known, rules)
    assert found.loc[found["attacker"] == "reader", "area"].tolist() == ["K"]
    protected, _ = protect_values(values, areas, levels, known, rules)
    assert not len(attack_values(values, protected, areas, levels, known, rules))
    assert protected.loc[small, numbers].isna().all(axis=None)


def test_region_by_sex_needs_exactly_three_more(testdata: Path) -> None:
    table = pd.read_csv(testdata / "references/secrecy/region_by_sex.csv")
    levels = (Level(WHOLE, "Gesamt", "Gesamt"), Level("region", "Region", "Regionen", WHOLE))
    regions = sorted(table["region"].unique())
    areas = gpd.GeoDataFrame({WHOLE: WHOLE, "region": regions})
    wide = table.pivot(index="region", columns="sex", values="count").astype(float)
    wide["alle"] = wide.sum(axis=1)
    wide.loc[WHOLE] = wide.sum()
    values = wide.reset_index(names="area").melt("area", var_name="indicator", value_name="value")
    values = values.assign(
        level=np.where(values["area"] == WHOLE, WHOLE, "region"), datenstand="2024", sign="",
        numerator=np.nan, denominator=np.nan,
    )  # fmt: skip
    known = {
        "alle": Indicator(id="alle", title="Alle", parts=("female", "male")),
        "female": Indicator(id="female", title="Frauen"),
        "male": Indicator(id="male", title="Männer"),
    }
    protected, protocol = protect_values(values, areas, levels, known, Secrecy(minimum=4))
    assert len(values) == 15
    assert len(protocol) == 4
    assert not len(attack_values(values, protected, areas, levels, known, Secrecy(minimum=4)))
