"""The table sets of plans, worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import CoverageError, UnknownNameError
from sozialraum.indicators.extract import Extract
from sozialraum.indicators.offer_counts import list_offers_by
from sozialraum.indicators.plan_sheets import PLANS
from sozialraum.indicators.plans import build_plan
from sozialraum.read.definitions import read_catalogue

CATALOGUE = read_catalogue()
DAY = "2024-12-31"
AREAS = gpd.GeoDataFrame(
    {
        "name": ["A", "B"], "gesamt": "gesamt", "gesamt_name": "Stadt",
        "quartier": ["a", "b"], "quartier_name": ["A", "B"],
    },
    index=["a", "b"],
)  # fmt: skip


def rows(amounts: dict[str, dict[str, float]], day: str = DAY) -> pd.DataFrame:
    table = [(area, i, float(v)) for area, known in amounts.items() for i, v in known.items()]
    made = pd.DataFrame(table, columns=["area", "indicator", "value"])
    return made.assign(
        level="quartier", datenstand=day, gebietsstand="2024", quality="exact", sign=""
    )


def offers(*table: dict[str, object]) -> pd.DataFrame:
    made = pd.DataFrame(list(table))
    made.index = pd.Index([f"o{i}" for i in range(len(made))], name="offer")
    return made


def look(plan: Extract, indicator: str, area: str, column: str = "value") -> float | str:
    found = plan.values
    found = found[(found["indicator"] == indicator) & (found["area"] == area)]
    assert len(found) == 1, (indicator, area, len(found))
    return found[column].iloc[0]


CHILDREN = rows(
    {
        "a": {"einwohner_0_1": 20, "einwohner_1_2": 22, "einwohner_2_3": 18, "einwohner_3_6": 60,
              "einwohner_6_10": 80, "betreute_kinder_u3": 30},
        "b": {"einwohner_0_1": 10, "einwohner_1_2": 10, "einwohner_2_3": 20, "einwohner_3_6": 40,
              "einwohner_6_10": 50, "betreute_kinder_u3": 10},
    }
)  # fmt: skip
KITAS = offers(
    {"category": "kita", "area": "a", "places_approved": 30, "capacity": 24, "places_used": 23,
     "age_from": 0, "age_to": 3},
    {"category": "kita", "area": "a", "places_approved": 60, "capacity": 54, "places_used": 54,
     "age_from": 3, "age_to": 6.5},
    {"category": "kita", "area": "b", "places_approved": 40, "capacity": 40, "places_used": 31,
     "age_from": 0, "age_to": 7},
    {"category": "hort", "area": "a", "places_approved": 70, "capacity": 60,
     "age_from": 6, "age_to": 12},
    {"category": "kita", "area": None, "places_approved": 99, "capacity": 99, "places_used": 99},
)  # fmt: skip


def test_places_approved_usable_and_used_stand_apart() -> None:
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=KITAS)
    assert [look(plan, f"kita_plaetze_{k}", "a") for k in ("genehmigt", "belegbar", "belegt")] == [
        90, 78, 77,
    ]  # fmt: skip
    # 30 + 60 + 40; the Kita beyond the border is not the town's
    assert look(plan, "kita_plaetze_genehmigt", "gesamt") == 130
    assert look(plan, "kita_auslastung", "gesamt") == pytest.approx(100 * 108 / 118)
    assert look(plan, "hort_versorgungsquote_6_10", "a") == 75.0
    assert look(plan, "einwohner_0_3", "a") == 60
    assert plan.offers == ("o0", "o1", "o2", "o3")


def test_the_three_quotes_are_three_tables() -> None:
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=KITAS)
    # 24 places for the 60 children under three of a, where 30 of them are in care
    assert look(plan, "kita_versorgungsquote_u3", "a") == 40.0
    assert look(plan, "kita_betreuungsquote_u3", "a") == 50.0
    assert plan.tables["Bedarfsquoten"].empty
    assert {"kita_bedarfsquote_u3", "kita_bedarfsquote_3_6"} <= set(plan.missing["indicator"])
    for title, word in (("Versorgungsquoten", "versorgung"), ("Betreuungsquoten", "betreu")):
        assert plan.tables[title]["indicator"].str.contains(word).all()


def test_a_house_for_all_ages_does_not_say_how_many_places_are_for_the_youngest() -> None:
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=KITAS)
    assert look(plan, "kita_plaetze_u3", "a") == 24
    assert look(plan, "kita_plaetze_3_6", "a") == 54
    for area in ("b", "gesamt"):
        assert np.isnan(look(plan, "kita_plaetze_u3", area))
        assert look(plan, "kita_versorgungsquote_u3", area, "sign") == "…"
    # Who knows it delivers it, and that wins over what is counted.
    known = rows({"a": {"kita_plaetze_u3": 24}, "b": {"kita_plaetze_u3": 12}})
    plan = build_plan(
        "tagesbetreuung", pd.concat([CHILDREN, known]), AREAS, CATALOGUE, offers=KITAS
    )
    assert look(plan, "kita_versorgungsquote_u3", "gesamt") == 36.0


def test_a_house_that_does_not_say_its_places_is_counted_and_shown() -> None:
    silent = KITAS.assign(capacity=[24, np.nan, 40, 60, 99])
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=silent)
    assert look(plan, "kita_ohne_belegbar", "a") == 1
    assert look(plan, "kita_ohne_belegbar", "gesamt") == 1
    assert look(plan, "kita_ohne_belegbar", "b") == 0
    assert np.isnan(look(plan, "kita_plaetze_belegbar", "a"))
    assert look(plan, "kita_plaetze_belegbar", "b") == 40
    assert look(plan, "kita_einrichtungen", "gesamt") == 3


def test_without_offers_of_a_kind_there_is_no_number_rather_than_none() -> None:
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=KITAS)
    assert "kindertagespflege_plaetze" in set(plan.missing["indicator"])
    bare = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE)
    assert bare.tables["Plätze"].empty
    assert bare.offers == ()


def test_only_offers_that_are_open_on_the_day_count() -> None:
    dated = KITAS.assign(
        valid_from=["2020-08-01", "2025-01-01", None, None, None],
        valid_to=[None, None, "2024-07-31", None, None],
    )
    plan = build_plan("tagesbetreuung", CHILDREN, AREAS, CATALOGUE, offers=dated)
    assert look(plan, "kita_einrichtungen", "a") == 1
    assert look(plan, "kita_einrichtungen", "b") == 0


YOUTH = offers(
    {"category": "jugend", "area": "a", "law": "SGB VIII § 11", "fte": 2.5, "traeger": "Verein"},
    {"category": "beratung", "area": "a", "law": "§§ 13, 16 SGB VIII", "fte": 1.0, "traeger": "Stadt"},
    {"category": "jugend", "area": "b", "law": None, "fte": None, "traeger": None},
    {"category": "beratung", "area": "b", "law": "SGB VIII § 28", "fte": 4.0, "traeger": "Stadt"},
    {"category": "schule", "area": "b", "law": "SGB VIII § 13a", "fte": 0.5, "traeger": "Stadt"},
)  # fmt: skip


def test_offers_for_the_young_by_law_staff_and_thousand() -> None:
    people = rows({"a": {"einwohner_6_27": 1000}, "b": {"einwohner_6_27": 500}})
    plan = build_plan("kinder_jugend_familie", people, AREAS, CATALOGUE, offers=YOUTH)
    # § 28 is none of §§ 11 to 16; the club without a law is an offer all the same
    assert look(plan, "jugendarbeit_angebote", "gesamt") == 4
    assert look(plan, "jugendarbeit_angebote_je_1000", "a") == 2.0
    assert look(plan, "jugendarbeit_angebote_je_1000", "gesamt") == pytest.approx(4 / 1.5)
    counts = [look(plan, f"angebote_sgb8_{p}", "gesamt") for p in ("11", "13", "13a", "16")]
    assert counts == [1, 1, 1, 1]
    assert look(plan, "jugendarbeit_fachkraefte_je_1000", "a") == 3.5
    assert np.isnan(look(plan, "jugendarbeit_fachkraefte", "b"))
    assert look(plan, "jugendarbeit_ohne_stellen", "b") == 1
    assert look(plan, "jugendarbeit_ohne_rechtsgrundlage", "b") == 1
    assert look(plan, "schulsozialarbeit_stellen", "b") == 0.5


def test_offers_by_traeger_and_law_say_who_says_nothing() -> None:
    by = list_offers_by(YOUTH, "traeger")
    assert by.index.tolist() == ["Stadt", "Verein", "keine Angabe"]
    assert by.loc["Stadt", ["offers", "fte", "fte_ohne_angabe"]].tolist() == [3, 5.5, 0]
    assert np.isnan(by.loc["keine Angabe", "fte"])
    # An offer with two paragraphs stands under both.
    laws = list_offers_by(YOUTH, "law")
    assert laws["offers"].sum() == 6
    assert laws.loc["SGB VIII § 16", "fte"] == 1.0


@pytest.mark.parametrize("name", PLANS)
def test_every_plan_is_defined_and_says_what_is_missing(name: str) -> None:
    wanted = {i for columns in PLANS[name].sheets.values() for i in columns}
    assert wanted <= set(CATALOGUE)
    assert {m.indicator for m in PLANS[name].measures} <= wanted
    people = rows({"a": {"einwohner": 1000}, "b": {"einwohner": 500}})
    plan = build_plan(name, people, AREAS, CATALOGUE)
    assert len(plan.sheets) == len(plan.tables)
    assert plan.title
    delivered = set(plan.values.loc[plan.values["value"].notna(), "indicator"])
    assert set(plan.missing["indicator"]) == wanted - delivered


def test_old_people_and_places_of_care() -> None:
    people = rows(
        {"a": {"einwohner_65_80": 150, "einwohner_ab_80": 50, "einwohner": 1000,
               "grundsicherung_alter": 10},
         "b": {"einwohner_65_80": 50, "einwohner_ab_80": 50, "einwohner": 500,
               "grundsicherung_alter": 5}}
    )  # fmt: skip
    homes = offers(
        {"category": "pflegeheim", "area": "a", "capacity": 40},
        {"category": "begegnung", "area": "b", "law": None},
    )
    plan = build_plan("altenhilfe", people, AREAS, CATALOGUE, offers=homes)
    assert look(plan, "pflege_plaetze_je_100_80plus", "gesamt") == 40.0
    assert look(plan, "greying_80_65", "gesamt") == 50.0
    assert look(plan, "altersarmut_grundsicherung", "a") == 5.0
    assert look(plan, "anteil_65plus", "b") == 20.0
    assert look(plan, "altenhilfe_angebote_je_1000", "gesamt") == pytest.approx(1 / 0.3)


def test_the_business_report_shows_all_years() -> None:
    years = pd.concat(
        [
            rows({"a": {"hze_faelle": 10 * n}, "b": {"hze_faelle": n}}, f"202{n}-12-31")
            for n in (2, 3)
        ]
    )
    plan = build_plan("geschaeftsbericht", years, AREAS, CATALOGUE)
    table = plan.tables["Kinder- und Jugendhilfe"].query("level == 'gesamt'")
    assert table["value"].tolist() == [22, 33]
    assert table["datenstand"].tolist() == ["2022-12-31", "2023-12-31"]


def test_a_plan_that_does_not_exist_and_one_without_a_day() -> None:
    with pytest.raises(UnknownNameError, match="tagesbetreuung"):
        build_plan("tagesbetreung", CHILDREN, AREAS, CATALOGUE)
    with pytest.raises(CoverageError):
        build_plan("tagesbetreuung", CHILDREN.iloc[:0], AREAS, CATALOGUE, offers=KITAS)
    plan = build_plan(
        "tagesbetreuung", CHILDREN.iloc[:0], AREAS, CATALOGUE, offers=KITAS, datenstand=DAY
    )
    assert look(plan, "kita_plaetze_belegbar", "gesamt") == 118


def test_nothing_given_is_changed() -> None:
    values, houses = CHILDREN.copy(), KITAS.copy()
    build_plan("tagesbetreuung", values, AREAS, CATALOGUE, offers=houses)
    pd.testing.assert_frame_equal(values, CHILDREN)
    pd.testing.assert_frame_equal(houses, KITAS)
