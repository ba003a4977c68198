"""The tables of a Demografiebericht, worked out by hand and on Berlin's register."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.ages import divide_ages, say_ages
from sozialraum.indicators.demography import build_demography
from sozialraum.indicators.extract import Extract
from sozialraum.model.indicator import Indicator
from sozialraum.model.passport import passport
from sozialraum.read.definitions import read_catalogue

CATALOGUE = read_catalogue()
AREAS = gpd.GeoDataFrame(
    {
        "name": ["A", "B"], "gesamt": "gesamt", "gesamt_name": "Stadt",
        "quartier": ["a", "b"], "quartier_name": ["A", "B"],
    },
    index=["a", "b"],
)  # fmt: skip
# Two years of births, deaths, moves in and moves out.
EVENTS = {
    "a": {"geburten": (10, 12), "sterbefaelle": (8, 9), "zuzuege": (60, 70), "fortzuege": (50, 45)},
    "b": {"geburten": (2, 3), "sterbefaelle": (6, 7), "zuzuege": (30, 20), "fortzuege": (35, 30)},
}


def rows(
    amounts: dict[str, dict[str, float]], day: str = "2024-12-31", stand: str = "2024"
) -> pd.DataFrame:
    """Make rows of the values table: area → indicator → value."""
    table = [(area, i, float(v)) for area, known in amounts.items() for i, v in known.items()]
    made = pd.DataFrame(table, columns=["area", "indicator", "value"])
    return made.assign(
        level="quartier", datenstand=day, gebietsstand=stand, quality="exact", sign=""
    )


def people(**days: tuple[float, float]) -> pd.DataFrame:
    return pd.concat(
        [
            rows({"a": {"einwohner": a}, "b": {"einwohner": b}}, f"{day[1:]}-12-31")
            for day, (a, b) in days.items()
        ]
    )


def events() -> pd.DataFrame:
    parts = []
    for i, year in enumerate(("2023-12-31", "2024-12-31")):
        parts.append(
            rows(
                {area: {n: v[i] for n, v in known.items()} for area, known in EVENTS.items()}, year
            )
        )
    return pd.concat(parts)


def look(report: Extract, indicator: str, area: str, column: str = "value") -> float | str:
    """Give one cell of the newest day."""
    found = report.values
    found = found[(found["indicator"] == indicator) & (found["area"] == area)]
    return found.sort_values("datenstand")[column].iloc[-1]


TOWN = pd.concat([people(y2022=(1000, 500), y2024=(1050, 480)), events()])


@pytest.mark.parametrize(
    ("area", "change", "percent", "natural", "moved", "rest"),
    [
        # 1050 − 1000; 22 − 17; 130 − 95; 50 − 5 − 35
        ("a", 50, 5.0, 5, 35, 10),
        # 480 − 500; 5 − 13; 50 − 65; −20 + 8 + 15
        ("b", -20, -4.0, -8, -15, 3),
        # 1530 − 1500; the sums of both
        ("gesamt", 30, 2.0, -3, 20, 13),
    ],
)
def test_births_deaths_and_moves_add_up_to_the_change(
    area: str, change: float, percent: float, natural: float, moved: float, rest: float
) -> None:
    report = build_demography(TOWN, AREAS, CATALOGUE)
    assert look(report, "einwohner_veraenderung", area) == change
    assert look(report, "einwohner_veraenderung_anteil", area) == pytest.approx(percent)
    assert look(report, "saldo_natuerlich_zeitraum", area) == natural
    assert look(report, "saldo_wanderung_zeitraum", area) == moved
    assert look(report, "bestandskorrektur", area) == rest


def test_moves_of_the_parts_are_no_moves_of_the_town() -> None:
    report = build_demography(TOWN, AREAS, CATALOGUE)
    assert look(report, "zuzuege_zeitraum", "a") == 130
    assert np.isnan(look(report, "zuzuege_zeitraum", "gesamt"))
    assert look(report, "zuzuege_zeitraum", "gesamt", "sign") == "x"
    # Where the town counts them itself, its count stands: 100 and 90 moves in, 85 and 80 out.
    own = [
        rows({"gesamt": {"zuzuege": a, "fortzuege": b}}, day).assign(level="gesamt")
        for day, a, b in (("2023-12-31", 100, 85), ("2024-12-31", 90, 80))
    ]
    report = build_demography(pd.concat([TOWN, *own]), AREAS, CATALOGUE)
    assert look(report, "zuzuege_zeitraum", "gesamt") == 190
    assert look(report, "saldo_wanderung_zeitraum", "gesamt") == 25
    assert look(report, "bestandskorrektur", "gesamt") == 30 + 3 - 25


def test_a_year_that_is_missing_makes_balances_missing_not_smaller() -> None:
    lacking = TOWN[(TOWN["datenstand"] != "2023-12-31") | (TOWN["area"] != "b")]
    report = build_demography(lacking, AREAS, CATALOGUE)
    for area in ("b", "gesamt"):
        for name in ("saldo_natuerlich_zeitraum", "saldo_wanderung_zeitraum", "bestandskorrektur"):
            assert np.isnan(look(report, name, area))
            assert look(report, name, area, "sign") == "…"
    assert look(report, "bestandskorrektur", "a") == 10
    assert look(report, "einwohner_veraenderung", "gesamt") == 30


def test_events_of_years_do_not_explain_the_time_between_two_summers() -> None:
    summers = TOWN.assign(
        datenstand=TOWN["datenstand"].where(
            TOWN["indicator"] != "einwohner", TOWN["datenstand"].str.replace("12-31", "06-30")
        )
    )
    report = build_demography(summers, AREAS, CATALOGUE)
    assert look(report, "einwohner_veraenderung", "a") == 50
    missing = report.missing.set_index("indicator")
    assert missing.loc["bestandskorrektur", "delivered"] == 0


def test_people_on_other_boundaries_do_not_compare() -> None:
    old = people(y2020=(900, 450)).assign(gebietsstand="2019")
    report = build_demography(pd.concat([old, people(y2024=(1050, 480))]), AREAS, CATALOGUE)
    assert np.isnan(look(report, "einwohner_veraenderung", "a"))
    assert look(report, "einwohner_veraenderung", "a", "sign") == "x"
    said = passport(report.values, "a", "einwohner_veraenderung", indicators=report.indicators)
    assert "verschiedene Gebietsstände: 2019 und 2024" in said["Schritte"]
    before = look(report, "einwohner_vorbericht", "a", "gebietsstand")
    assert before == "2019"


def test_the_last_report_may_be_named() -> None:
    table = pd.concat([people(y2018=(800, 400)), TOWN])
    report = build_demography(table, AREAS, CATALOGUE, before="2018-12-31")
    assert look(report, "einwohner_veraenderung", "a") == 250
    for wrong in ("2019-12-31", "2024-12-31"):
        with pytest.raises(CoverageError):
            build_demography(table, AREAS, CATALOGUE, before=wrong)
    with pytest.raises(CoverageError, match=r"Es gibt welche für: 31\.12\.2018"):
        build_demography(table, AREAS, CATALOGUE, datenstand="2030-12-31")


def test_the_first_report_has_no_change_and_says_so() -> None:
    report = build_demography(people(y2024=(1050, 480)), AREAS, CATALOGUE)
    missing = report.missing.set_index("indicator")
    assert missing.loc["einwohner_veraenderung", "delivered"] == 0
    assert missing.loc["haushalte", "supplier"] == "Einwohnermeldewesen"
    assert report.tables["Haushalte"].empty


# Women and men of area a; b has twice as many of each.
WOMEN = {(0, 15): 10, (15, 50): 40, (50, 65): 20, (65, 80): 15, (80,): 15}
MEN = {(0, 15): 14, (15, 50): 46, (50, 65): 20, (65, 80): 12, (80,): 8}


def by_sex() -> tuple[pd.DataFrame, dict[str, Indicator]]:
    known, parts = dict(CATALOGUE), []
    for sex, groups in (("w", WOMEN), ("m", MEN)):
        for ages, count in groups.items():
            name = f"reg_{'_'.join(map(str, ages))}_{sex}"
            known[name] = Indicator(
                id=name, title=name, base=f"einwohner_{sex}", ages=ages, source="Melderegister"
            )
            parts.append(rows({"a": {name: count}, "b": {name: 2 * count}}))
    return pd.concat(parts), known


def test_ages_by_sex_become_ages_of_all_and_everything_made_of_them() -> None:
    table, known = by_sex()
    report = build_demography(table, AREAS, known, open_age=86)
    # a: 24 + 86 + 40 + 27 + 23 = 200 people, 100 of them women; b twice that
    assert look(report, "einwohner", "a") == 200
    assert look(report, "einwohner", "gesamt") == 600
    assert look(report, "einwohner_w", "gesamt") == 300
    assert look(report, "einwohner_0_15", "b") == 48
    assert look(report, "anteil_80plus", "a") == pytest.approx(100 * 23 / 200)
    # (24 − 90) / 86
    assert look(report, "billeter", "a") == pytest.approx(-66 / 86)
    assert look(report, "greying_80_65", "a") == pytest.approx(100 * 23 / 27)
    assert look(report, "jugendquotient_u15_15_65", "a") == pytest.approx(100 * 24 / 126)
    assert look(report, "altenquotient_65_15_65", "gesamt") == pytest.approx(100 * 150 / 378)
    # Under 18 cannot be told from groups of 0–15 and 15–50.
    assert "jugendquotient_u18_18_65" in set(report.missing["indicator"])
    # The shares of the five groups make 100 %.
    shares = report.tables["Altersgruppen und Anteile"]
    shares = shares[(shares["area"] == "a") & shares["indicator"].str.startswith("anteil")]
    assert shares["value"].sum() == pytest.approx(100)
    assert len(report.tables["Altersgruppen nach Geschlecht"]) == (2 + 10) * 3


def test_what_is_formed_has_the_source_of_its_counts_and_is_withheld_with_them() -> None:
    table, known = by_sex()
    report = build_demography(table, AREAS, known)
    billeter = report.indicators["billeter"]
    assert billeter.source == "Melderegister"
    assert set(billeter.made_of) == {"einwohner_0_15", "einwohner_ab_50", "einwohner_15_50"}
    said = passport(report.values, "a", billeter)
    assert said["Quelle"] == "Melderegister"
    assert said["Zähler"].startswith("−66")


def test_a_mean_age_from_groups_is_an_estimate_and_needs_the_age_of_the_oldest() -> None:
    table, known = by_sex()
    report = build_demography(table, AREAS, known)
    assert "durchschnittsalter" in set(report.missing["indicator"])
    report = build_demography(table, AREAS, known, open_age=86)
    # 24 · 7.5 + 86 · 32.5 + 40 · 57.5 + 27 · 72.5 + 23 · 86 = 180 + 2795 + 2300 + 1957.5 + 1978
    assert look(report, "durchschnittsalter", "a") == pytest.approx(9210.5 / 200)
    assert look(report, "durchschnittsalter", "gesamt") == pytest.approx(9210.5 / 200)
    assert look(report, "durchschnittsalter", "a", "quality") == "estimated"
    assert look(report, "billeter", "a", "quality") == "exact"
    said = passport(report.values, "a", "durchschnittsalter", indicators=report.indicators)
    assert "mittleres Alter der ältesten Gruppe: 86,0" in said["Schritte"]
    assert said["Art der Angabe"] == "aus Altersgruppen geschätzt"


def test_a_mean_age_from_single_years_is_none() -> None:
    known = dict(CATALOGUE)
    for i in range(3):
        known[f"j{i}"] = Indicator(id=f"j{i}", title=f"{i}", base="einwohner", ages=(i, i + 1))
    town = rows({"a": {"j0": 2, "j1": 1, "j2": 1}, "b": {"j0": 1, "j1": 1, "j2": 2}})
    # Without an open group not all ages are covered, so nothing is formed.
    with_people = pd.concat([town, rows({"a": {"einwohner": 4}, "b": {"einwohner": 4}})])
    report = build_demography(with_people, AREAS, known)
    assert "durchschnittsalter" in set(report.missing["indicator"])
    # Delivered years lived are taken as they are: 2 · 0.5 + 1.5 + 2.5 = 5 of 4 people.
    lived = pd.concat([with_people, rows({"a": {"lebensjahre": 5}, "b": {"lebensjahre": 7}})])
    report = build_demography(lived, AREAS, known)
    assert look(report, "durchschnittsalter", "a") == 1.25
    assert look(report, "durchschnittsalter", "gesamt") == 1.5
    assert look(report, "durchschnittsalter", "a", "quality") == "exact"


def test_households_come_from_counts() -> None:
    homes = {"haushalte": 500, "haushalte_eine_person": 200, "haushalte_mit_kindern": 100,
             "haushalte_alleinerziehend": 25}  # fmt: skip
    table = pd.concat([people(y2024=(1000, 500)), rows({"a": homes, "b": homes}, "2023-12-31")])
    report = build_demography(table, AREAS, CATALOGUE)
    # The newest of the households is a year older and says so.
    assert look(report, "alleinerziehendenquote", "gesamt") == 25.0
    assert look(report, "anteil_einpersonenhaushalte", "a") == 40.0
    assert look(report, "alleinerziehendenquote", "a", "datenstand") == "2023-12-31"


def test_the_tables_can_be_laid_out_from_other_values() -> None:
    report = build_demography(TOWN, AREAS, CATALOGUE)
    hidden = report.values.assign(value=np.nan, sign=".")
    foreign = rows({"a": {"einwohner": 7}}, "1999-12-31")
    tables = report.arrange(pd.concat([hidden, foreign]))
    assert list(tables) == list(report.tables)
    assert not any(table["value"].notna().any() for table in tables.values())
    assert len(tables["Entwicklung der Bevölkerung"]) == 2 * 3


def test_the_definitions_of_the_catalogue_are_needed() -> None:
    with pytest.raises(UnknownNameError):
        build_demography(TOWN, AREAS, {"einwohner": CATALOGUE["einwohner"]})
    with pytest.raises(CoverageError):
        build_demography(TOWN.iloc[:0], AREAS, CATALOGUE)


def test_nothing_given_is_changed_and_the_order_of_rows_does_not_matter() -> None:
    table = TOWN.reset_index(drop=True)
    before = table.copy()
    report = build_demography(table, AREAS, CATALOGUE)
    pd.testing.assert_frame_equal(table, before)
    shuffled = build_demography(table.sample(frac=1, random_state=1), AREAS, CATALOGUE)
    pd.testing.assert_frame_equal(report.values, shuffled.values)


def test_ages_in_words() -> None:
    assert say_ages((3, 6.5)) == "Personen von 3 bis unter 6,5 Jahren"
    assert say_ages((0, 18)) == "Personen unter 18 Jahren"
    assert divide_ages({"jung": (0, 18)}) == ()


amount = st.integers(0, 5000)


@settings(max_examples=12)
@given(st.tuples(*[amount] * 12))
def test_the_components_always_add_up(drawn: tuple[int, ...]) -> None:
    a0, b0, a1, b1, *moves = drawn
    names = ("geburten", "sterbefaelle", "zuzuege", "fortzuege")
    table = pd.concat(
        [
            people(y2023=(a0, b0), y2024=(a1, b1)),
            rows({"a": dict(zip(names, moves[:4], strict=True)),
                  "b": dict(zip(names, moves[4:], strict=True))}),
        ]
    )  # fmt: skip
    report = build_demography(table, AREAS, CATALOGUE)
    for area in ("a", "b", "gesamt"):
        parts = [
            look(report, name, area)
            for name in (
                "saldo_natuerlich_zeitraum",
                "saldo_wanderung_zeitraum",
                "bestandskorrektur",
            )
        ]
        assert sum(parts) == look(report, "einwohner_veraenderung", area)
    for name in ("saldo_natuerlich_zeitraum", "bestandskorrektur", "einwohner_veraenderung"):
        assert look(report, name, "gesamt") == look(report, name, "a") + look(report, name, "b")


EWR = "berlin/indicators/ewr/berlin-lor-population-{}-02-{}-{}.csv"
FILES = {
    "gesamt": "city", "bezirk": "districts", "prognoseraum": "forecast-areas",
    "bezirksregion": "district-regions", "planungsraum": "planning-areas",
}  # fmt: skip
AGES = {
    "below_6": "einwohner_0_6", "6_15": "einwohner_6_15", "15_18": "einwohner_15_18",
    "18_27": "einwohner_18_27", "27_45": "einwohner_27_45", "45_55": "einwohner_45_55",
    "55_65": "einwohner_55_65", "above_65": "einwohner_ab_65",
}  # fmt: skip


def test_berlin_s_register_gives_the_published_tables_of_all_levels(testdata: Path) -> None:
    """Eight age groups of 542 Planungsräume, 2021 and 2024, against four published levels above."""
    known = dict(CATALOGUE)
    known["einwohner_45_55"] = Indicator(
        id="einwohner_45_55", title="45–55", base="einwohner", ages=(45, 55)
    )
    known["einwohner_55_65"] = Indicator(
        id="einwohner_55_65", title="55–65", base="einwohner", ages=(55, 65)
    )
    columns = {"inhabitants": "einwohner"}
    columns |= {f"inhabitants_age_{name}": i for name, i in AGES.items()}
    columns["inhabitants_female"] = "einwohner_w"
    published = {}
    for year in ("2021", "2024"):
        for level, file in FILES.items():
            table = pd.read_csv(testdata / EWR.format(year, "t2", file), dtype={"id": "str"})
            table = table.set_index("id").rename(columns=columns)[list(columns.values())]
            published[year, level] = table.rename(
                index={"0": "gesamt"} if level == "gesamt" else {}
            )
    ids = published["2024", "planungsraum"].index
    areas = gpd.GeoDataFrame(
        {
            "gesamt": "gesamt", "gesamt_name": "Berlin", "bezirk": ids.str[:2], "bezirk_name": ids,
            "prognoseraum": ids.str[:4], "prognoseraum_name": ids, "bezirksregion": ids.str[:6],
            "bezirksregion_name": ids, "planungsraum": ids, "planungsraum_name": ids, "name": ids,
        },
        index=ids,
    )  # fmt: skip
    parts = []
    for year in ("2021", "2024"):
        long = published[year, "planungsraum"].stack().rename_axis(["area", "indicator"])
        parts.append(
            long.rename("value").astype(float).reset_index().assign(
                level="planungsraum", datenstand=f"{year}-12-31", gebietsstand="2021",
                quality="exact", sign="",
            )
        )  # fmt: skip
    report = build_demography(pd.concat(parts), areas, known, open_age=75.5)
    made = report.values.set_index(["level", "datenstand", "area", "indicator"])[
        "value"
    ].sort_index()
    for (year, level), table in published.items():
        counts = made[level, f"{year}-12-31"].unstack("indicator")
        pd.testing.assert_frame_equal(
            counts.reindex(index=table.index, columns=table.columns), table.astype(float),
            check_names=False,
        )  # fmt: skip
    old, new = (published[year, "bezirk"]["einwohner"] for year in ("2021", "2024"))
    change = made["bezirk", "2024-12-31"].unstack("indicator")["einwohner_veraenderung"]
    assert change.to_dict() == (new - old).astype(float).to_dict()
    # (208938 + 322476 + 102426) / (392794 + 1149798 + 467699 + 514776) of the city, 31.12.2024
    city = made["gesamt", "2024-12-31", "gesamt"]
    assert city["jugendquotient_u18_18_65"] == pytest.approx(100 * 633840 / 2525067)
    # Σ people · middle of their group / people, with 75.5 for the oldest
    middles = (3, 10.5, 16.5, 22.5, 36, 50, 60, 75.5)
    groups = published["2024", "gesamt"].loc["gesamt", list(AGES.values())]
    assert city["durchschnittsalter"] == pytest.approx((groups * list(middles)).sum() / 3897145)
