"""Who is open when: seventy expressions by hand, holidays of five Länder, and what nobody knows."""

from __future__ import annotations

import datetime as dt
import sys
from itertools import groupby

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.access.coverage import measure_coverage
from sozialraum.access.hours import OPEN, UNKNOWN, look_at
from sozialraum.access.network import StraightLine
from sozialraum.access.openings import (
    find_open,
    measure_hours_per_week,
    measure_open_coverage,
)
from sozialraum.access.travel import measure_nearest, measure_travel
from sozialraum.demo import build_musterstadt
from sozialraum.errors import (
    CoverageError,
    InputError,
    MissingPackageError,
    UnknownNameError,
)

# Monday, 9 November 2026: week 46 (the first begins on 29 December 2025, 315 days before). November
# 2026 begins on a Sunday, so this is the week of the second Monday to Saturday and the third Sunday.
# No holidays of any kind in Mecklenburg-Vorpommern.
MONDAY = dt.date(2026, 11, 9)
WEEK = "0123456"
WORK = "01234"


def spans(text, day, land="MV", unstated="as_written"):
    """Hours of a day as text; unknown ones with a question mark."""
    found, start = [], 0
    for state, minutes in groupby(look_at(text, day, land, unstated).states):
        end = start + len(list(minutes))
        if state in (OPEN, UNKNOWN):
            mark = "?" if state == UNKNOWN else ""
            found.append(f"{mark}{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}")
        start = end
    return " ".join(found)


HOURS = [
    ("Mo-Fr 08:00-17:00", {WORK: "08:00-17:00"}),
    ("Mo-Fr 8:00-17:00", {WORK: "08:00-17:00"}),
    ("mo-fr 08:00-17:00", {WORK: "08:00-17:00"}),
    ("Mo-Fr 08:00-12:00,13:00-17:00", {WORK: "08:00-12:00 13:00-17:00"}),
    ("Mo-We 08:00-16:00; Th 08:00-18:00; Fr 08:00-13:00",
     {"012": "08:00-16:00", "3": "08:00-18:00", "4": "08:00-13:00"}),
    ("Mo,We,Fr 09:00-12:00", {"024": "09:00-12:00"}),
    ("Tu-Th 10:00-18:00", {"123": "10:00-18:00"}),
    ("Sa,Su 10:00-18:00", {"56": "10:00-18:00"}),
    ("Fr-Mo 11:00-20:00", {"0456": "11:00-20:00"}),
    ("10:00-18:00", {WEEK: "10:00-18:00"}),
    ("24/7", {WEEK: "00:00-24:00"}),
    ("Mo-Su 00:00-24:00", {WEEK: "00:00-24:00"}),
    ("Mo-Fr 00:00-24:00", {WORK: "00:00-24:00"}),
    ("off", {}),
    ("closed", {}),
    ("Su 10:00-12:00 off", {}),
    # A later rule replaces the whole day, unless it begins with a comma or says off for a time.
    ("Mo-Fr 08:00-17:00; We off", {"0134": "08:00-17:00"}),
    ("Mo-Fr 08:00-17:00; We 08:00-12:00", {"0134": "08:00-17:00", "2": "08:00-12:00"}),
    ("Mo 08:00-12:00; Mo 13:00-17:00", {"0": "13:00-17:00"}),
    ("Mo 08:00-12:00, Mo 13:00-17:00", {"0": "08:00-12:00 13:00-17:00"}),
    ("Mo-Fr 08:00-12:00, We 14:00-18:00", {"0134": "08:00-12:00", "2": "08:00-12:00 14:00-18:00"}),
    ("Mo-Sa 09:00-18:00; Th,Fr 09:00-20:00", {"0125": "09:00-18:00", "34": "09:00-20:00"}),
    ("Mo,Tu 08:00-10:00; Tu,We 09:00-11:00", {"0": "08:00-10:00", "12": "09:00-11:00"}),
    ("Mo-Fr 10:00-16:00; Mo-Fr 12:00-13:00 off", {WORK: "10:00-12:00 13:00-16:00"}),
    ("Mo-Su 11:00-14:00,17:00-23:00; Tu off", {"023456": "11:00-14:00 17:00-23:00"}),
    # Past midnight.
    ("Fr 22:00-04:00", {"4": "22:00-24:00", "5": "00:00-04:00"}),
    ("Fr 22:00-28:00", {"4": "22:00-24:00", "5": "00:00-04:00"}),
    ("Su 22:00-02:00", {"0": "00:00-02:00", "6": "22:00-24:00"}),
    ("Mo 06:00-06:00", {"0": "06:00-24:00", "1": "00:00-06:00"}),
    # Once a month.
    ("Tu[2] 14:00-16:00", {"1": "14:00-16:00"}),
    ("Tu[1] 14:00-16:00", {}),
    ("Tu[1,2] 14:00-16:00", {"1": "14:00-16:00"}),
    ("Th[2,4] 10:00-11:00", {"3": "10:00-11:00"}),
    ("Sa[2] 09:00-13:00", {"5": "09:00-13:00"}),
    ("Su[3] 14:00-17:00", {"6": "14:00-17:00"}),
    ("Su[2] 14:00-17:00", {}),
    ("We[-1] 10:00-11:00", {}),
    # Seasons, dates, weeks.
    ("Nov Mo 09:00-10:00", {"0": "09:00-10:00"}),
    ("Apr-Oct Mo-Su 10:00-18:00", {}),
    ("Oct-Mar Mo-Fr 10:00-16:00; Apr-Sep Mo-Fr 10:00-20:00", {WORK: "10:00-16:00"}),
    ("Nov 11 11:00-12:00", {"2": "11:00-12:00"}),
    ("Nov 10-12 08:00-09:00", {"123": "08:00-09:00"}),
    ("Nov 10-Nov 12 08:00-09:00", {"123": "08:00-09:00"}),
    ("2026 Nov 12 08:00-09:00", {"3": "08:00-09:00"}),
    ("2025 Nov 12 08:00-09:00", {}),
    ("2026-2027 Mo 08:00-09:00", {"0": "08:00-09:00"}),
    ("Mo-Fr 08:00-17:00; 2026 Nov 11 off", {"0134": "08:00-17:00"}),
    ("Mo-Fr 08:00-17:00; Nov 11 08:00-12:00", {"0134": "08:00-17:00", "2": "08:00-12:00"}),
    ("week 46 Mo-Fr 08:00-09:00", {WORK: "08:00-09:00"}),
    ("week 45 Mo-Fr 08:00-09:00", {}),
    ("week 2-52/2 Mo 08:00-09:00", {"0": "08:00-09:00"}),
    ("week 1-53/2 Mo 08:00-09:00", {}),
    # Holidays there are none of.
    ("Mo-Fr 08:00-17:00; PH off", {WORK: "08:00-17:00"}),
    ("Mo-Fr 08:00-17:00; PH,SH off", {WORK: "08:00-17:00"}),
    ("PH off; Mo-Fr 08:00-17:00", {WORK: "08:00-17:00"}),
    ("PH 10:00-12:00", {}),
    ("SH 10:00-12:00", {}),
    ("SH Mo-Fr 10:00-12:00", {}),
    ("PH,SH Mo-Fr 10:00-12:00", {}),
    ("Mo-Fr,PH 10:00-12:00", {WORK: "10:00-12:00"}),
    ("Sa,Su,PH 10:00-18:00", {"56": "10:00-18:00"}),
    ("PH,Mo 10:00-12:00", {"0": "10:00-12:00"}),
    ("PH -1 day 10:00-12:00", {}),
    # Conditions: nobody knows.
    ('Mo 10:00-12:00 "nach Vereinbarung"', {"0": "?10:00-12:00"}),
    ('"nach Vereinbarung"', {WEEK: "?00:00-24:00"}),
    ("Mo unknown", {"0": "?00:00-24:00"}),
    ('Mo-Fr 09:00-12:00 unknown "nur mit Anmeldung"', {WORK: "?09:00-12:00"}),
    ('Mo-Fr 09:00-12:00 open "PH auch; Termin geht schneller"', {WORK: "09:00-12:00"}),
    ('Mo-Fr 09:00-12:00 || "nach Vereinbarung"',
     {WORK: "?00:00-09:00 09:00-12:00 ?12:00-24:00", "56": "?00:00-24:00"}),
    ("Mo-Fr 09:00-12:00 || Sa 10:00-11:00", {WORK: "09:00-12:00", "5": "10:00-11:00"}),
    # An open end is open for now, and then nobody knows.
    ("Mo 17:00+", {"0": "17:00-17:01 ?17:01-24:00"}),
    ("Mo 14:00-17:00+", {"0": "14:00-17:00 ?17:00-24:00"}),
    # Without a place nobody knows when the sun rises.
    ("Mo-Fr sunrise-sunset", {WEEK: "?00:00-24:00"}),
    # German lines.
    ("Mo–Fr 8–17 Uhr, Sa geschlossen", {WORK: "08:00-17:00"}),
    ("Di 15–19 Uhr und nach Vereinbarung",
     {"1": "?00:00-15:00 15:00-19:00 ?19:00-24:00", "023456": "?00:00-24:00"}),
    ("rund um die Uhr", {WEEK: "00:00-24:00"}),
    ("täglich außer montags 10–18 Uhr", None),
    ("werktags 8–17 Uhr", None),
    ("Mo-Fr", None),
    ("siehe Aushang", None),
]  # fmt: skip


def test_there_are_enough_expressions():
    assert len([text for text, expected in HOURS if expected is not None]) >= 60


@pytest.mark.parametrize(("text", "expected"), HOURS, ids=[text for text, _ in HOURS])
def test_an_ordinary_week_by_hand(text, expected):
    week = [spans(text, MONDAY + dt.timedelta(days=d)) for d in range(7)]
    if expected is None:
        assert week == ["?00:00-24:00"] * 7
        assert look_at(text, MONDAY, "MV", "unknown").reasons[0] == "unreadable"
        return
    by_day = {int(d): hours for days, hours in expected.items() for d in days}
    assert week == [by_day.get(d, "") for d in range(7)]


# Friday, 31 October 2025: Reformationstag in all of them but Berlin.
REFORMATION = dt.date(2025, 10, 31)


@pytest.mark.parametrize("land", ["BB", "SN", "ST", "MV", "BE"])
def test_reformationstag_closes_all_but_berlin(land):
    closed = land != "BE"
    assert spans("Mo-Fr 08:00-17:00; PH off", REFORMATION, land) == (
        "" if closed else "08:00-17:00"
    )
    assert spans("PH 10:00-12:00", REFORMATION, land) == ("10:00-12:00" if closed else "")
    offers = pd.DataFrame({"opening_hours": ["Mo–Fr 8–17 Uhr, feiertags geschlossen"]})
    found = find_open(offers, "31.10.2025 10:00", land=land)
    assert found["open"].tolist() == ["no" if closed else "yes"]


HOLIDAYS = [
    # A Wednesday before Sunday of the dead: only in Sachsen.
    ("2025-11-19", {"SN"}),
    ("2025-01-06", {"ST"}),
    # Frauentag 2024 was a Friday.
    ("2024-03-08", {"BE", "MV"}),
    # Eighty years after the end of the war, once.
    ("2025-05-08", {"BE"}),
    ("2026-05-14", {"BB", "BE", "SN", "ST", "MV"}),
    ("2026-04-03", {"BB", "BE", "SN", "ST", "MV"}),
    ("2026-04-05", {"BB"}),
    ("2026-05-24", {"BB"}),
    ("2024-10-31", {"BB", "SN", "ST", "MV"}),
    ("2025-10-03", {"BB", "BE", "SN", "ST", "MV"}),
    # Allerheiligen, Fronleichnam and an ordinary Monday: none of the five.
    ("2024-11-01", set()),
    ("2026-06-04", set()),
    ("2026-11-09", set()),
]


@pytest.mark.parametrize(("day", "where"), HOLIDAYS, ids=[day for day, _ in HOLIDAYS])
def test_holidays_of_five_laender(day, where):
    for land in ("BB", "BE", "SN", "ST", "MV"):
        open_hours = spans("10:00-12:00; PH off", dt.date.fromisoformat(day), land)
        assert open_hours == ("" if land in where else "10:00-12:00"), land


def test_around_a_public_holiday_by_hand():
    thursday, saturday = dt.date(2025, 10, 30), dt.date(2025, 11, 1)
    assert spans("PH -1 day 08:00-12:00", thursday) == "08:00-12:00"
    assert spans("PH -1 day 08:00-12:00", REFORMATION) == ""
    assert spans("PH +1 day 08:00-12:00", saturday) == "08:00-12:00"
    assert spans("Sa,Su,PH 10:00-18:00", REFORMATION) == "10:00-18:00"
    assert spans("PH Mo-Fr 10:00-12:00", REFORMATION) == "10:00-12:00"
    assert spans("PH Sa-Su 10:00-12:00", REFORMATION) == ""
    assert spans("24/7; PH off", REFORMATION) == ""
    # The night of a holiday on which all is closed does not reach into the next day; that of an
    # ordinary Friday does.
    assert spans("Fr 22:00-04:00; PH off", saturday) == ""
    assert spans("Fr 22:00-04:00; PH off", saturday, "BE") == "00:00-04:00"
    # Only that day is closed, not the night that began the day before.
    assert spans("Mo-Su 22:00-04:00; PH off", saturday) == "22:00-24:00"
    assert spans("Fr 22:00-04:00; Fr 10:00-12:00", dt.date(2026, 11, 14)) == ""
    # What stands in quotation marks is no rule.
    assert spans('Mo-Fr 08:00-12:00 open "PH"; PH off', REFORMATION) == ""


def test_school_holidays_by_hand():
    # Mecklenburg-Vorpommern: 15 October (Thursday) to 24 October 2026 (Saturday).
    monday = dt.date(2026, 10, 19)

    def week(text):
        return [spans(text, monday + dt.timedelta(days=d)) != "" for d in range(7)]

    assert week("SH 10:00-12:00") == [True] * 6 + [False]
    assert week("SH Mo-Fr 10:00-12:00") == [True] * 5 + [False] * 2
    assert week("Mo-Su 10:00-12:00; SH off") == [False] * 6 + [True]
    assert week("Mo-Su 10:00-12:00; SH Mo,Tu off") == [False] * 2 + [True] * 5
    assert week("SH,PH Fr-Su 10:00-12:00") == [False] * 4 + [True] * 2 + [False]
    assert spans("Mo-Fr 14:00-18:00; SH Mo-Fr 10:00-16:00", monday) == "10:00-16:00"
    assert spans("Mo-Fr 14:00-18:00; SH Mo-Fr 10:00-16:00", MONDAY) == "14:00-18:00"
    # A Land and a day of its own: 26 to 30 October are holidays in Brandenburg only.
    later = dt.date(2026, 10, 28)
    off = {land: spans("SH 10:00-12:00", later, land) for land in ("BB", "BE", "SN", "ST", "MV")}
    assert [land for land, hours in off.items() if hours] == ["BB", "BE", "ST"]


def test_unknown_school_holidays_stay_unknown():
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 10:00-12:00; SH off", "Mo-Fr 10:00-12:00"]})
    # Nobody has told the table of 2035, nor of Bayern, and of 26 November 2026 sources disagree.
    for day, land in (("2035-10-17", "MV"), ("2026-11-11", "BY"), ("2026-11-26", "MV")):
        found = find_open(offers, f"{day} 11:00", land=land)
        assert found["open"].tolist() == ["unknown", "yes"]
        assert found["reason"].tolist() == ["school", ""]
        # At eight they are closed either way.
        assert find_open(offers, f"{day} 08:00", land=land)["open"].tolist() == ["no", "no"]


def test_hours_silent_on_holidays_are_unknown_then():
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00", "24/7", "Sa 10:00-12:00"]})
    found = find_open(offers, "31.10.2025 10:00", land="MV")
    assert found["open"].tolist() == ["unknown", "yes", "no"]
    assert found["reason"].tolist() == ["holiday", "", ""]
    for unstated, expected in (("closed", "no"), ("as_written", "yes")):
        found = find_open(offers, "31.10.2025 10:00", land="MV", unstated=unstated)
        assert found["open"].tolist() == [expected, "yes", "no"]
    assert find_open(offers, "31.10.2025 10:00", land="BE")["open"].tolist() == ["yes", "yes", "no"]
    assert find_open(offers, "31.10.2025 20:00", land="MV")["open"].tolist() == ["no", "yes", "no"]


def test_three_states_and_their_reasons():
    texts = {
        "kita": "Mo-Fr 08:00-17:00", "museum": "Sa, So 10–18 Uhr", "club": None, "laden": "  ",
        "alt": "siehe Aushang", "rat": 'Su 14:00-16:00 "nach Vereinbarung"', "bar": "So ab 14 Uhr",
        "park": "sunrise-sunset",
    }  # fmt: skip
    offers = pd.DataFrame({"opening_hours": texts})
    found = find_open(offers, "So 15:00", land="MV", date="2026-11-22")
    assert found.index.equals(offers.index)
    assert found["open"].to_dict() == {
        "kita": "no", "museum": "yes", "club": "unknown", "laden": "unknown", "alt": "unknown",
        "rat": "unknown", "bar": "unknown", "park": "unknown",
    }  # fmt: skip
    assert found["reason"].to_dict() == {
        "kita": "", "museum": "", "club": "missing", "laden": "missing", "alt": "unreadable",
        "rat": "condition", "bar": "open_end", "park": "sun",
    }  # fmt: skip
    assert set(found.dtypes.astype("str")) == {"str"}


def test_moments_may_be_written_in_many_ways():
    # Sunday of the week of Wednesday, 11 November 2026 is the 15th.
    offers = pd.DataFrame({"opening_hours": ["2026 Nov 15 15:00-15:01"]})
    for when in (
        "So 15:00", "so 15 Uhr", "Sonntag 15.00 Uhr", "sonntags, 15:00", "So. 15:00",
        "15.11.2026 15:00", "2026-11-15 15:00", dt.datetime(2026, 11, 15, 15, 0, 30),
    ):  # fmt: skip
        for date in (
            "2026-11-11",
            "11.11.2026",
            dt.date(2026, 11, 15),
            dt.datetime(2026, 11, 9, 8),
        ):
            assert find_open(offers, when, land="MV", date=date)["open"].tolist() == ["yes"], when


def test_every_offer_may_have_a_land_of_its_own():
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00; PH off"] * 3}, index=list("abc"))
    land = pd.Series({"c": "Brandenburg", "b": "BE", "a": "bb", "x": "MV"})
    found = find_open(offers, "31.10.2025 10:00", land=land)
    assert found["open"].tolist() == ["no", "yes", "no"]
    with pytest.raises(CoverageError, match="zum Beispiel c"):
        find_open(offers, "31.10.2025 10:00", land=land.drop("c"))


def test_hours_per_week_by_hand():
    offers = pd.DataFrame({"opening_hours": [
        "Mo-Fr 08:00-16:30", "24/7", "Su 22:00-02:00", "Mo 10:00-12:00 || unknown", None, "Mo-Fr",
    ]})  # fmt: skip
    found = measure_hours_per_week(offers, land="MV", date="2026-11-11")
    # 5 × 8.5; 7 × 24; two hours of Sunday night and two left from the Sunday before; 2 of 168.
    np.testing.assert_array_equal(found["hours"], [42.5, 168, 4, 2, np.nan, np.nan])
    np.testing.assert_array_equal(found["unknown_hours"], [0, 0, 0, 166, np.nan, np.nan])
    # A week with Reformationstag: nobody says whether the Kita is open on that Friday.
    found = measure_hours_per_week(offers, land="MV", date="2025-10-27")
    assert found.iloc[0].tolist() == [34, 8.5]
    assert measure_hours_per_week(offers, land="BE", date="2025-10-27").iloc[0].tolist() == [
        42.5,
        0,
    ]
    shut = measure_hours_per_week(offers, land="MV", date="2025-10-27", unstated="closed")
    assert shut.iloc[0].tolist() == [34, 0]


def test_coverage_at_a_time_by_hand():
    # h1 reaches a and c, h2 b and c, h3 c, h4 only a at 16 minutes.
    travel = pd.DataFrame({
        "origin": ["h1", "h1", "h2", "h2", "h3", "h4"], "destination": list("acbcca"),
        "minutes": [5, 5, 15, 3, 2, 16],
    })  # fmt: skip
    people = pd.Series({"h1": 10.0, "h2": 20.0, "h3": 30.0, "h4": 40.0, "h5": np.nan})
    state = pd.Series({"a": "yes", "b": "no", "c": "unknown"})
    found = measure_open_coverage(people, travel, state, limit_min=15)
    assert found["reached"].tolist()[:4] == [10, 0, 0, 0]
    assert found["uncertain"].tolist()[:4] == [0, 20, 30, 0]
    assert found["unreached"].tolist()[:4] == [0, 0, 0, 40]
    assert found.loc["h5", ["people", "reached", "uncertain", "unreached"]].isna().all()


def test_coverage_at_a_time_is_coverage_of_who_is_open(points):
    rng = np.random.default_rng(5)
    people = points(rng.uniform(0, 4000, (60, 2)).tolist())
    offers = points(rng.uniform(0, 4000, (8, 2)).tolist(), "k")
    count = pd.Series(rng.integers(0, 9, 60), people.index, dtype=float)
    offers["opening_hours"] = ["Mo-Fr 08:00-12:00", None, "Mo 08:00-20:00", "Tu 08:00-20:00"] * 2
    state = find_open(offers, "Mo 10:00", land="MV", date=MONDAY)["open"]
    line = StraightLine()
    travel = measure_travel(people, offers, line, limit_min=15)
    found = measure_open_coverage(count, travel, state, limit_min=15)
    bounds = {"yes": found["reached"], "may be": found["reached"] + found["uncertain"]}
    for kept, lower in ((state == "yes", bounds["yes"]), (state != "no", bounds["may be"])):
        nearest = measure_nearest(people, offers[kept], line)
        expected = measure_coverage(count, nearest, limit_min=15)["reached"]
        pd.testing.assert_series_equal(lower, expected, check_names=False)
    total = found[["reached", "uncertain", "unreached"]].sum(axis=1)
    pd.testing.assert_series_equal(total, found["people"], check_names=False)


def test_musterstadt_says_how_little_is_known():
    # kita_west is open on weekdays from six to five; the other two Kitas do not say.
    offers = build_musterstadt().atlas.offers.query("category == 'kita'")
    found = find_open(offers, "Mo 10:00", land="MV", date=MONDAY)
    assert found["open"].to_dict() == {
        "kita_west": "yes", "kita_ost": "unknown", "kita_aussen": "unknown"
    }  # fmt: skip
    assert find_open(offers, "So 10:00", land="MV", date=MONDAY)["open"].tolist()[0] == "no"


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([text for text, expected in HOURS if expected is not None]),
    st.dates(dt.date(2024, 1, 1), dt.date(2027, 12, 31)),
    st.sampled_from(["BB", "BE", "SN", "ST", "MV"]),
)
def test_saying_less_never_makes_more_certain(text, day, land):
    # Whatever is surely so stays so under every way to read what is left unsaid.
    sure = look_at(text, day, land, "unknown").states
    for unstated in ("closed", "as_written"):
        other = look_at(text, day, land, unstated).states
        np.testing.assert_array_equal(sure[sure != UNKNOWN], other[sure != UNKNOWN])


def test_empty_in_empty_out():
    offers = pd.DataFrame({"opening_hours": pd.Series([], dtype="str")})
    found = find_open(offers, "Mo 10:00", land="MV", date=MONDAY)
    assert found.empty
    assert list(found.columns) == ["open", "reason"]
    assert measure_hours_per_week(offers, land="MV", date=MONDAY).empty


def test_inputs_stay_and_order_changes_nothing():
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00", None, "24/7"]}, index=list("abc"))
    before = offers.copy(deep=True)
    found = find_open(offers, "Mo 10:00", land="MV", date=MONDAY)
    mixed = find_open(offers[::-1], "Mo 10:00", land="MV", date=MONDAY)
    pd.testing.assert_frame_equal(found, mixed.loc[found.index])
    pd.testing.assert_frame_equal(offers, before)


def test_bad_input_is_refused_in_german():
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00"]})
    with pytest.raises(InputError, match="opening_hours"):
        find_open(
            offers.rename(columns={"opening_hours": "zeiten"}), "Mo 10:00", land="MV", date=MONDAY
        )
    with pytest.raises(InputError, match="nur den Wochentag"):
        find_open(offers, "So 15:00", land="MV")
    for when in ("morgen", "So 25:00", "So 10:75", "15:00"):
        with pytest.raises(InputError, match="Zeitpunkt"):
            find_open(offers, when, land="MV", date=MONDAY)
    for date in ("2026-13-01", "31.02.2026", "gestern"):
        with pytest.raises(InputError, match="Datum"):
            find_open(offers, "So 15:00", land="MV", date=date)
    with pytest.raises(UnknownNameError, match="Sachsen"):
        find_open(offers, "Mo 10:00", land="Saksen", date=MONDAY)
    with pytest.raises(UnknownNameError, match="closed"):
        find_open(offers, "Mo 10:00", land="MV", date=MONDAY, unstated="close")
    with pytest.raises(InputError, match="1815"):
        find_open(offers, "18.06.1815 10:00", land="MV")
    people = pd.Series({"h": 1.0})
    travel = pd.DataFrame({"origin": ["h"], "destination": ["a"], "minutes": [1.0]})
    with pytest.raises(InputError, match="yes, no oder unknown"):
        measure_open_coverage(people, travel, pd.Series({"a": True}), limit_min=15)
    with pytest.raises(InputError, match="Grenze"):
        measure_open_coverage(people, travel, pd.Series({"a": "yes"}), limit_min=0)


@pytest.mark.parametrize("package", ["opening_hours", "holidays"])
def test_without_the_extra_the_install_line_is_given(package, monkeypatch):
    from sozialraum.access import days_off

    days_off._public.cache_clear()
    monkeypatch.setitem(sys.modules, package, None)
    offers = pd.DataFrame({"opening_hours": ["Mo-Fr 08:00-17:00; PH off"]})
    with pytest.raises(MissingPackageError, match=r"sozialraum\[hours\]"):
        find_open(offers, "Mo 10:00", land="MV", date=MONDAY)
