"""A figure over a reform: on one set of boundaries, and whether its values can be compared."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import sozialraum as sr
from sozialraum.model.versions import check_versions, find_version

KIDS = sr.Indicator(id="n", title="Kinder", unit="Personen")
RATE = sr.Indicator(
    id="q", title="Quote", kind="rate", per=100, unit="%", numerator="in Betreuung",
    denominator="alle", denominator_ages=(0, 3),
)  # fmt: skip
KNOWN = {"n": KIDS, "q": RATE}


def draw(**boxes: tuple[float, float]) -> gpd.GeoDataFrame:
    shapes = [box(1000 * west, 0, 1000 * east, 1000) for west, east in boxes.values()]
    return gpd.GeoDataFrame(geometry=shapes, index=list(boxes), crs=25833)


FIRST = sr.AreaVersion("1990", draw(x=(0, 3)), valid_to="2005-12-31")
OLD = sr.AreaVersion("2006-01-01", draw(a=(0, 1), b=(1, 3)))
NEW = sr.AreaVersion("2021-07-01", draw(A=(0, 1), B=(1, 2), C=(2, 3)))


def row(area: str, day: str, stand: str, value: float, **more: object) -> dict[str, object]:
    return {
        "area": area, "level": "q", "indicator": "n", "datenstand": day, "gebietsstand": stand,
        "value": value, "numerator": value, "denominator": np.nan, "quality": "exact", "sign": "",
        **more,
    }  # fmt: skip


SERIES = pd.DataFrame(
    [
        row("x", "2000", "2000", 30), row("a", "2010", "2010", 10), row("b", "2010", "2010", 24),
        row("A", "2022", "2022", 11), row("B", "2022", "2022", 12), row("C", "2022", "2022", 13),
    ]
)  # fmt: skip


def test_two_reforms_in_one_call() -> None:
    table = sr.convert_series(SERIES, [FIRST, OLD, NEW], KNOWN, to="2021-07-01")
    wide = table.pivot(index="datenstand", columns="area", values="value")
    assert wide.to_dict("index") == {
        "2000": {"A": 10, "B": 10, "C": 10},
        "2010": {"A": 10, "B": 12, "C": 12},
        "2022": {"A": 11, "B": 12, "C": 13},
    }
    assert set(table["gebietsstand"]) == {"2021-07-01"}
    ten = table[table["datenstand"] == "2010"].set_index("area")["quality"]
    assert ten.to_dict() == {"A": "exact", "B": "areal", "C": "areal"}
    # Back onto older boundaries, too: what is joined is exact.
    back = sr.convert_series(SERIES, [FIRST, OLD, NEW], KNOWN, to="1990")
    assert back.groupby("datenstand")["value"].sum().tolist() == [30, 34, 36]
    assert set(back["quality"]) == {"exact"}


def test_keys_by_old_gebietsstand() -> None:
    key = pd.DataFrame(
        {"source": ["a", "b", "b"], "target": ["A", "B", "C"], "share": [1, 0.75, 0.25]}
    )
    rows = SERIES[SERIES["datenstand"] != "2000"]
    table = sr.convert_series(rows, [OLD, NEW], KNOWN, to="2021-07-01", keys={"2006-01-01": key})
    assert table.loc[table["datenstand"] == "2010", "value"].tolist() == [10, 18, 6]


def test_versions_are_found_by_day_and_never_guessed() -> None:
    versions = [FIRST, OLD, NEW]

    def name(day: str) -> str | None:
        found = find_version(versions, day)
        return found.gebietsstand if found else None

    assert name("2005-12-31") == "1990"
    assert name("2006") == name("2021-06-30") == name("2021-06") == "2006-01-01"
    assert name("2021-07") == name("2030") == "2021-07-01"
    # In 2021 boundaries changed, so the year alone says nothing; before 1990 nothing is known.
    assert name("2021") is None
    assert name("1989") is None
    assert name("LOR") is None


def test_versions_must_not_hold_at_once() -> None:
    late = sr.AreaVersion("2010", draw(a=(0, 1)), valid_to="2009")
    assert [f.code for f in check_versions([late])] == ["version_turned"]
    over = sr.AreaVersion("2006", draw(a=(0, 1)), valid_to="2021-07-01")
    assert [f.code for f in check_versions([over, NEW])] == ["versions_overlap"]
    assert [f.code for f in check_versions([OLD, OLD])] == ["versions_overlap"]
    undated = sr.AreaVersion("LOR alt", draw(a=(0, 1)))
    assert [f.code for f in check_versions([undated])] == ["version_undated"]
    assert check_versions([FIRST, OLD, NEW]) == []
    with pytest.raises(sr.InputError, match=r"gelten am 01\.07\.2021 beide"):
        sr.convert_series(SERIES, [over, NEW], KNOWN, to="2021-07-01")


def test_a_gebietsstand_that_nobody_drew_is_named_with_its_rows() -> None:
    with pytest.raises(sr.InputError) as caught:
        sr.convert_series(SERIES, [OLD, NEW], KNOWN, to="2021-07-01")
    assert [(f.code, f.row) for f in caught.value.report.errors] == [("unknown_gebietsstand", 2)]
    with pytest.raises(sr.UnknownNameError):
        sr.convert_series(SERIES, [FIRST, OLD, NEW], KNOWN, to="2019x")


def compare(*rows: dict[str, object], **more: object) -> pd.Series:
    table = sr.compare_values(pd.DataFrame(rows), KNOWN, before="2010", after="2022", **more)  # type: ignore[arg-type]
    assert len(table) == 1
    return table.iloc[0]


def test_the_same_boundaries_and_definition_can_be_compared() -> None:
    one = compare(row("A", "2010", "2021", 10), row("A", "2022", "2021", 12))
    assert one[["before", "after", "change", "comparable", "reason"]].tolist() == [
        10,
        12,
        2,
        "yes",
        "",
    ]


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"gebietsstand": "2006"}, {}, "verschiedene Gebietsstände: 2006 und 2021"),
        ({"gebietsstand": ""}, {}, "Gebietsstand nicht angegeben"),
        ({"value": np.nan}, {}, "kein Wert für 2010"),
        ({}, {"value": np.nan, "sign": "."}, "kein Wert für 2022"),
        ({"quality": "partial"}, {}, "Summe unvollständig"),
        ({}, {"quality": "straight_line"}, "verschieden gemessen: einmal Luftlinie"),
    ],
)
def test_not_comparable_and_why(
    first: dict[str, object], second: dict[str, object], reason: str
) -> None:
    rows = (
        {**row("A", "2010", "2021", 10), **first},
        {**row("A", "2022", "2021", 12), **second},
    )
    one = compare(*rows)
    assert (one["comparable"], one["reason"]) == ("no", reason)
    assert np.isnan(one["change"])


def test_an_estimate_is_comparable_with_a_caution() -> None:
    one = compare(row("A", "2010", "2021", 10, quality="areal"), row("A", "2022", "2021", 12))
    assert one["comparable"] == "limited"
    assert one["change"] == 2
    assert "geschätzt" in one["reason"]


def test_another_definition_is_another_figure() -> None:
    rows = (
        row("A", "2010", "2021", 10, indicator="q"), row("A", "2022", "2021", 12, indicator="q")
    )  # fmt: skip
    earlier = {"q": replace(RATE, denominator="alle unter 6", denominator_ages=(0, 6))}
    one = compare(*rows, earlier=earlier)
    assert one["comparable"] == "no"
    assert one["reason"] == "verschiedene Definitionen (Nenner, Alter des Nenners)"
    assert compare(*rows, earlier={})["reason"] == "damals nicht definiert"
    # What does not change the meaning does not hinder.
    assert compare(*rows, earlier={"q": replace(RATE, note="neu")})["comparable"] == "yes"


def test_an_area_only_one_day_knows_is_in_the_table() -> None:
    table = sr.compare_values(
        pd.DataFrame([row("A", "2010", "2021", 10), row("B", "2022", "2021", 12)]), KNOWN,
        before="2010", after="2022",
    )  # fmt: skip
    assert table["reason"].tolist() == ["kein Wert für 2022", "kein Wert für 2010"]
