"""Two editions of Musterstadt beside each other; every expected number is worked out beside it."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sozialraum.demo import build_musterstadt
from sozialraum.errors import InputError, SecrecyError
from sozialraum.indicators.uncertainty import measure_intervals
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.edition import Secrecy, Statement
from sozialraum.secrecy.published import Published, show_edition
from tests.musterstadt import republish

ATLAS = build_musterstadt().atlas
EDITION = build_edition(ATLAS, statement=Statement(created="2025-01-31"))
OLD = show_edition(EDITION)


def change(
    edition: Published, indicator: str, area: str, day: str = "", **cells: object
) -> Published:
    """Change one area's newest figure (or that of a day) of an indicator."""
    values = edition.values.copy()
    rows = values[(values["indicator"] == indicator) & (values["area"] == area)]
    at = rows.index[rows["datenstand"] == (day or rows["datenstand"].max())]
    for column, cell in cells.items():
        values.loc[at, column] = cell
    return republish(edition, values=values)


def define(edition: Published, indicator: str, **fields: object) -> Published:
    known = replace(edition.indicators[indicator], **fields)
    return republish(edition, indicators={**edition.indicators, indicator: known})


def row(old: Published, new: Published, area: str) -> pd.Series:
    found = compare_editions(old, new).values
    (one,) = [r for _, r in found[found["area"] == area].iterrows()]
    return one


def test_the_same_edition_twice_says_nothing() -> None:
    found = compare_editions(EDITION, EDITION)
    assert found.empty
    assert found.same > 50


def test_a_count_changes() -> None:
    # West, south 1 (1101): 25 cells of 10 people are 250; 270 are 20 more, 20 / 250 = 8 %.
    one = row(OLD, change(OLD, "einwohner", "1101", value=270.0), "1101")
    assert (one["before"], one["after"], one["change"], one["percent"]) == (250, 270, 20, 8)
    assert (one["comparable"], one["reason"], one["name"]) == ("yes", "", "Südwest 1")


def test_a_share_changes_by_points_of_what_is_written() -> None:
    # 9.26 is written 9,3; the difference is that of what is written, in points.
    before = row(OLD, change(OLD, "leistungsbezug", "2101", value=9.26), "2101")
    shown = (
        np.floor(
            OLD.values.query("indicator == 'leistungsbezug' and area == '2101'")["value"].iloc[-1]
            * 10
            + 0.5
        )
        / 10
    )
    assert before["change"] == pytest.approx(9.3 - shown)
    assert np.isnan(before["percent"])
    assert before["people_after"] == 500
    # 10.04 and 10.16 are written 10,0 and 10,2: 0.2 points, though 0.12 would be written 0,1.
    old, new = (change(OLD, "leistungsbezug", "2101", value=value) for value in (10.04, 10.16))
    assert row(old, new, "2101")["change"] == 0.2


WHY = {
    "definition": lambda e: define(e, "einwohner", numerator="Haushalte"),
    "source": lambda e: define(e, "einwohner", source="ein anderes Amt"),
    "perturbed": lambda e: define(e, "einwohner", perturbed=True),
    "gebietsstand": lambda e: change(e, "einwohner", "1101", gebietsstand="2019"),
    "quality": lambda e: change(e, "einwohner", "1101", quality="estimated"),
    "partial": lambda e: change(e, "einwohner", "1101", quality="partial"),
    "secret_new": lambda e: change(e, "einwohner", "1101", value=np.nan, sign="."),
    "missing_new": lambda e: change(e, "einwohner", "1101", value=np.nan),
    "rounded": lambda e: republish(e, rounding=10),
    "measured": lambda e: republish(e, measured={"einwohner": {"limit_min": 10}}),
    "outline": lambda e: republish(e, tables={
        k: t.set_geometry(t.geometry.scale(0.9, 0.9)) if k == "quartier" else t
        for k, t in e.tables.items()
    }),
    "row_only_old": lambda e: republish(e, values=e.values[e.values["area"] != "1101"]),
    "only_old": lambda e: republish(e, indicators={
        k: i for k, i in e.indicators.items() if k != "einwohner"
    }, values=e.values[e.values["indicator"] != "einwohner"]),
}  # fmt: skip


MIRRORED = {
    "secret_new": "secret_old", "missing_new": "missing_old", "row_only_old": "row_only_new",
    "only_old": "only_new",
}  # fmt: skip


@pytest.mark.parametrize(("metres", "codes"), [(0.9, {""}), (1.1, {"outline"})])
def test_outlines_within_a_metre_of_each_other_are_the_same(metres: float, codes: set[str]) -> None:
    # Shifted; and drawn with one more point on its edge, pulled out by as much.
    def shift(shape: shapely.Polygon) -> shapely.Geometry:
        return shapely.affinity.translate(shape, metres)

    def pull(shape: shapely.Polygon) -> shapely.Geometry:
        (x, y), (x2, y2), *others = shape.exterior.coords
        out = np.array([y2 - y, x - x2]) / np.hypot(x2 - x, y2 - y)
        # Of the two sides of the edge, the one that is outside.
        middle = np.array([(x + x2) / 2, (y + y2) / 2])
        out = -out if shape.contains(shapely.Point(middle + 0.1 * out)) else out
        return shapely.Polygon([(x, y), tuple(middle + metres * out), (x2, y2), *others])

    for draw in (shift, pull):
        tables = {k: t.set_geometry(t.geometry.map(draw)) for k, t in OLD.tables.items()
                  if k == "quartier"}  # fmt: skip
        new = republish(
            change(OLD, "einwohner", "1101", value=259.0), tables={**OLD.tables, **tables}
        )
        found = compare_editions(OLD, new).values
        assert set(found.loc[found["indicator"] == "einwohner", "code"]) == codes


@pytest.mark.parametrize("code", WHY)
def test_no_difference_where_it_cannot_be_compared(code: str) -> None:
    new = WHY[code](change(OLD, "einwohner", "1101", value=259.0))
    found = compare_editions(OLD, new).values
    one = found[(found["area"] == "1101") & (found["indicator"] == "einwohner")].iloc[0]
    assert (one["code"], one["comparable"]) == (code, "no")
    assert one["reason"]
    assert np.isnan(one["change"])
    assert np.isnan(one["percent"])
    mirrored = compare_editions(new, OLD).values
    one = mirrored[(mirrored["area"] == "1101") & (mirrored["indicator"] == "einwohner")].iloc[0]
    assert one["code"] == MIRRORED.get(code, code)


def test_what_is_made_of_ways_measured_otherwise_is_not_compared() -> None:
    made = {k: replace(EDITION.indicators[k], made_of=(of,)) for k, of in
            (("u6", "leistungsbezug"), ("leistungsbezug", "einwohner"))}  # fmt: skip
    old = republish(OLD, indicators={**OLD.indicators, **made})
    new = republish(
        change(old, "u6", "1101", value=99.0), measured={"einwohner": {"limit_min": 10}}
    )
    found = compare_editions(old, new).values.set_index(["indicator", "area"])
    assert found.at[("u6", "1101"), "code"] == "measured"
    assert compare_editions(old, change(old, "u6", "1101", value=99.0)).values["code"].tolist() == [
        ""
    ]


def test_a_date_within_the_name_of_a_source_is_no_other_source() -> None:
    old = define(OLD, "einwohner", source="Register, Stand 31.12.2023")
    new = define(OLD, "einwohner", source="Register, Stand 31.12.2024")
    assert row(old, change(new, "einwohner", "1101", value=251.0), "1101")["change"] == 1


def test_intervals_that_overlap_say_nothing() -> None:
    # 5 of 250 and 7 of 250: the intervals of both reach from below 1.2 % to above 4 %.
    day = OLD.values.loc[OLD.values["indicator"] == "leistungsbezug", "datenstand"].max()
    old = change(OLD, "leistungsbezug", "1101", value=2.0, numerator=5.0, denominator=250.0)
    new = change(OLD, "leistungsbezug", "1101", value=2.8, numerator=7.0, denominator=250.0)
    far = change(OLD, "leistungsbezug", "1101", value=20.0, numerator=50.0, denominator=250.0)
    assert day
    ends = [measure_intervals(e.values, e.indicators) for e in (old, new, far)]
    pick = "area == '1101'"
    near = compare_editions(old, new, intervals=(ends[0], ends[1])).values.query(pick).iloc[0]
    apart = compare_editions(old, far, intervals=(ends[0], ends[2])).values.query(pick).iloc[0]
    assert (near["code"], apart["change"]) == ("overlap", 18)


def test_an_earlier_year_changed_afterwards() -> None:
    # 2022: Südwest 1 had 3 % of 250 (drift 2 points on 1 %); 4 % is written afterwards.
    new = change(OLD, "leistungsbezug", "1101", day="2022-12-31", value=4.0)
    found = compare_editions(OLD, new)
    assert found.values.empty
    (one,) = found.revised.to_dict("records")
    assert (one["name"], one["datenstand"], one["after"]) == ("Südwest 1", "2022-12-31", 4.0)


def test_what_was_the_newest_before_and_was_changed_with_a_newer_one_beside_it() -> None:
    # The figure of 2024 is written with 260 for 250, and one of 2025 follows it.
    last = OLD.values[OLD.values["indicator"] == "einwohner"]
    day = last["datenstand"].max()
    new = change(OLD, "einwohner", "1101", day=day, value=260.0)
    later = last[last["datenstand"] == day].assign(datenstand="2025-12-31")
    new = republish(new, values=pd.concat([new.values, later], ignore_index=True))
    found = compare_editions(OLD, new).revised
    assert found[["area", "datenstand", "after"]].values.tolist() == [["1101", day, 260.0]]


def test_offers_that_are_new_closed_moved_and_changed() -> None:
    offers = OLD.offers.drop("jugend").copy()
    # 60 m to the east is a move, 40 m is not.
    offers.loc["kita_west", "geometry"] = shapely.affinity.translate(
        offers.geometry["kita_west"], 60
    )
    offers.loc["kita_ost", "geometry"] = shapely.affinity.translate(offers.geometry["kita_ost"], 40)
    offers.loc["kita_ost", "capacity"] = 95.0
    offers = offers.rename(index={"bibliothek": "b2"})  # the same name and Träger under another id
    fresh = offers.loc[["beratung"]].assign(name="Familientreff").rename(index={"beratung": "f"})
    offers = gpd.GeoDataFrame(pd.concat([offers, fresh]), crs=offers.crs)
    found = compare_editions(OLD, republish(OLD, offers=offers)).offers
    assert found[["what", "offer"]].values.tolist() == [
        ["new", "f"], ["closed", "jugend"], ["moved", "kita_west"], ["changed", "kita_ost"],
    ]  # fmt: skip
    assert found["metres"].dropna().round().tolist() == [60]
    assert found.iloc[3][["column", "before", "after"]].tolist() == ["capacity", "90", "95"]
    back = compare_editions(republish(OLD, offers=offers), OLD).offers
    assert sorted(back["what"]) == sorted(found["what"])
    assert set(back.query("what == 'new'")["offer"]) == {"jugend"}


def test_an_offer_that_ended_is_closed() -> None:
    ended = OLD.offers.assign(valid_to=None)
    ended.loc["jugend", "valid_to"] = "2025-03-31"
    old, new = republish(OLD, offers=ended), republish(OLD, offers=ended, created="2025-06-30")
    found = compare_editions(old, new).offers
    assert found[["what", "offer"]].values.tolist() == [["closed", "jugend"]]


def draw_gaps(*boxes: tuple[float, ...], people: float = 80.0) -> gpd.GeoDataFrame:
    x, y = OLD.tables["quartier"].total_bounds[:2]
    shapes = [shapely.box(x + a, y + b, x + c, y + d) for a, b, c, d in boxes]
    table = {
        "measure": "kita_15min_u6", "rank": 1, "group": "u6", "people": people, "minutes": 20.0,
        "metres": 1600.0, "offer": "kita_ost", "limit_min": 15.0, "sign": "",
    }  # fmt: skip
    return gpd.GeoDataFrame([table] * len(shapes), geometry=shapes, crs=OLD.offers.crs)


def test_gaps_that_open_close_and_stay() -> None:
    known = next(iter(OLD.indicators.values()))
    both = {**OLD.indicators, "kita_15min_u6": replace(known, id="kita_15min_u6")}
    # The first is gone, the second grew, the third is the same, the fourth is new.
    old = draw_gaps((0, 0, 100, 100), (600, 0, 700, 100), (1200, 0, 1300, 100))
    new = draw_gaps((600, 0, 800, 100), (1200, 0, 1300, 100), (0, 1800, 100, 1900))
    one, other = (republish(OLD, gaps=g, indicators=both) for g in (old, new))
    found = compare_editions(one, other).gaps
    assert found[["what", "name"]].values.tolist() == [
        ["opened", "Nordwest 3"], ["closed", "Südwest 1"], ["stays", "Südwest 2"],
    ]  # fmt: skip
    back = compare_editions(other, one).gaps
    assert sorted(back["what"]) == ["closed", "opened", "stays"]
    narrower = republish(other, gaps=new.assign(limit_min=10.0))
    assert compare_editions(one, narrower).gaps.empty


def test_other_audiences_and_places_are_refused() -> None:
    with pytest.raises(SecrecyError, match="intern"):
        compare_editions(OLD, republish(OLD, audience="intern"))
    there = {k: t.rename(index=lambda a: f"x{a}") for k, t in OLD.tables.items()}
    with pytest.raises(InputError, match="kein Gebiet gemeinsam"):
        compare_editions(OLD, republish(OLD, tables=there))
    with pytest.raises(SecrecyError):
        compare_editions(replace(EDITION, values=EDITION.values.assign(value=1.0)), EDITION)


def test_nothing_withheld_appears() -> None:
    few = build_edition(ATLAS, secrecy=Secrecy(minimum=30))
    found = compare_editions(OLD, few)
    shown = few.values.dropna(subset=["value"]).set_index(
        ["level", "area", "indicator", "datenstand"]
    )
    hidden = found.values[found.values["code"] == "secret_new"]
    assert len(hidden)
    assert hidden[["after", "change", "percent", "cases_after"]].isna().all(axis=None)
    told = found.values.dropna(subset=["after"])
    assert set(
        zip(told["level"], told["area"], told["indicator"], told["after_day"], strict=True)
    ) <= set(shown.index)


@st.composite
def editions(draw: st.DrawFn) -> Published:
    size = len(OLD.values)
    at = draw(st.lists(st.integers(0, size - 1), max_size=8, unique=True))
    values = OLD.values.copy()
    for i in at:
        number = draw(st.one_of(st.none(), st.integers(0, 600)))
        values.loc[i, "value"] = np.nan if number is None else float(number)
        values.loc[i, "sign"] = "." if number is None else ""
    gone = draw(st.sets(st.sampled_from(sorted(OLD.offers.index))))
    return republish(OLD, values=values, offers=OLD.offers.drop(list(gone)))


@settings(max_examples=15, deadline=None)
@given(editions(), editions())
def test_forwards_and_backwards_mirror_each_other(one: Published, other: Published) -> None:
    assert compare_editions(one, one).empty
    there, back = compare_editions(one, other), compare_editions(other, one)
    assert there.same == back.same
    key = ["level", "area", "indicator"]
    swapped = back.values.rename(columns={"before": "after", "after": "before"})
    both = there.values.merge(swapped, on=key, suffixes=("", "_back"))
    assert len(both) == len(there.values) == len(back.values)
    mine, theirs = both[["before", "after"]], both[["before_back", "after_back"]]
    assert_frame_equal(mine, theirs.set_axis(["before", "after"], axis=1))
    assert np.allclose(both["change"], -both["change_back"], equal_nan=True)
    assert (both["comparable"] == both["comparable_back"]).all()
    mirror = {"new": "closed", "closed": "new"}
    assert sorted(zip(there.offers["what"], there.offers["offer"], strict=True)) == sorted(
        (mirror.get(w, w), o)
        for w, o in zip(back.offers["what"], back.offers["offer"], strict=True)
    )
