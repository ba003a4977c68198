"""Holidays of the Länder: our dated table keeps its promises."""

from __future__ import annotations

import datetime as dt
import tomllib
from itertools import pairwise

import pytest

from sozialraum.access.days_off import (
    LAENDER,
    find_days_off,
    is_school_holiday,
    name_public_holiday,
    need_land,
)
from sozialraum.errors import InputError, UnknownNameError


@pytest.fixture(scope="module")
def table(root):
    path = root / "src/sozialraum/access/ferien.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_table_names_its_date_and_sources(table):
    assert isinstance(table.pop("stand"), dt.date)
    assert {"BB", "BE", "SN", "ST", "MV"} <= set(table) <= set(LAENDER)
    for entry in table.values():
        assert len(entry["quellen"]) >= 2
        assert set(entry) == {"von", "bis", "quellen", "ferien", "unsicher"}


def test_spans_rise_and_do_not_overlap(table):
    for land, entry in table.items():
        if land == "stand":
            continue
        spans = entry["ferien"]
        assert all(first <= last for first, last, _ in spans), land
        assert all(a[1] < b[0] for a, b in pairwise(spans)), land
        assert spans[0][1] >= entry["von"]
        assert spans[-1][0] <= entry["bis"]
        for day in entry["unsicher"]:
            assert entry["von"] <= day <= entry["bis"]
            assert day.weekday() < 5, day
            assert not any(first <= day <= last for first, last, _ in spans), day


def test_every_year_has_its_usual_holidays(table):
    usual = {"Winterferien", "Osterferien", "Sommerferien", "Herbstferien", "Weihnachtsferien"}
    for land, entry in table.items():
        if land == "stand":
            continue
        for year in range(entry["von"].year, entry["bis"].year + 1):
            in_year = [s for s in entry["ferien"] if s[0].year == year]
            assert usual <= {name for *_, name in in_year}, (land, year)
            summer = next(s for s in in_year if s[2] == "Sommerferien")
            assert 41 <= (summer[1] - summer[0]).days + 1 <= 46, (land, year)
            # 75 days on which there would be school, Saturdays counted: between 60 and 75 weekdays.
            days = {
                first + dt.timedelta(d)
                for first, last, _ in in_year
                for d in range((last - first).days + 1)
            }
            assert 57 <= sum(d.weekday() < 5 for d in days) <= 75, (land, year)


def test_by_hand():
    # Herbstferien 2025: Brandenburg from Monday, 20 October, to Saturday, 1 November.
    days = [dt.date(2025, 10, d) for d in (19, 20, 31)] + [dt.date(2025, 11, d) for d in (1, 2)]
    assert [is_school_holiday(d, "BB") for d in days] == [False, True, True, True, False]
    assert is_school_holiday(dt.date(2023, 12, 27), "BB") is None
    assert is_school_holiday(dt.date(2026, 5, 15), "BE") is None
    assert is_school_holiday(dt.date(2026, 5, 15), "MV") is True
    assert is_school_holiday(dt.date(2026, 7, 15), "TH") is None
    assert name_public_holiday(dt.date(2025, 11, 19), "Sachsen") == "Buß- und Bettag"


def test_days_off_as_a_table():
    days = find_days_off("MV", 2026)
    assert list(days.columns) == ["first", "last", "kind", "name"]
    assert days["first"].is_monotonic_increasing
    # Easter Sunday is 5 April 2026.
    assert days.loc[days["kind"] == "public", "first"].str[5:].tolist() == [
        "01-01", "03-08", "04-03", "04-06", "05-01", "05-14", "05-25", "10-03", "10-31", "12-25",
        "12-26",
    ]  # fmt: skip
    assert "Reformationstag" in set(days["name"])
    assert days.loc[days["kind"] == "unknown", "first"].tolist() == [
        "2026-01-05", "2026-11-26", "2026-11-27"
    ]  # fmt: skip
    beyond = find_days_off("BY", 2026)
    assert beyond.loc[beyond["kind"] == "unknown", ["first", "last"]].values.tolist() == [
        ["2026-01-01", "2026-12-31"]
    ]


def test_names_of_laender():
    assert [need_land(t) for t in ("mv", "Sachsen-Anhalt", " BE ", "thüringen")] == [
        "MV",
        "ST",
        "BE",
        "TH",
    ]
    with pytest.raises(UnknownNameError, match="Brandenburg"):
        need_land("Brandenbrug")
    with pytest.raises(InputError, match="1900"):
        find_days_off("MV", 1900)
