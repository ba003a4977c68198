"""The rule of acute need, and what each audience sees of the register."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_musterstadt, build_needs
from sozialraum.errors import CoverageError, SecrecyError
from sozialraum.secrecy.build import build_editions
from sozialraum.secrecy.edition import Edition

ATLAS = build_musterstadt().atlas
SAID = sr.settle_needs(build_needs(), ATLAS.areas, ATLAS.offers).table
POOR = {"topic": "Armut", "indicator": "leistungsbezug"}


@pytest.fixture(scope="module")
def editions() -> dict[str, Edition]:
    return build_editions(ATLAS, audiences=["oeffentlich", "nichtoeffentlich", "intern"])


@pytest.fixture(scope="module")
def edition(editions: dict[str, Edition]) -> Edition:
    return editions["oeffentlich"]


def test_both_conditions_hold_or_not_or_are_unknown(edition: Edition) -> None:
    rule = sr.ActionRule(level="sozialraum", limit=10, **POOR)
    found = sr.find_action(SAID, edition, rule).set_index("area")
    # 11: 2 + 5 + 12 + 15 of 1,000; 12: 22 + 25 + 32 + 35; 21: 110 and 22: 270 of 2,000 (halves to even).
    assert found["value"].to_dict() == {"11": 3.4, "12": 11.4, "21": 5.5, "22": 13.5}
    assert found["figure_holds"].tolist() == [
        "nicht erfüllt",
        "erfüllt",
        "nicht erfüllt",
        "erfüllt",
    ]
    assert found["action"].to_dict() == {
        "11": "nicht belegbar", "12": "nicht belegbar", "21": "nicht belegbar",
        "22": "akuter Handlungsbedarf",
    }  # fmt: skip
    assert "Wie viele Träger das Thema nennen: keine Angabe." in found.loc["12", "text"]
    assert (
        sr.find_action(SAID, edition, sr.ActionRule(level="sozialraum", limit=14, **POOR))[
            "action"
        ].tolist()[3]
        == "nach dieser Regel nicht akut"
    )


def test_more_traeger_are_needed_than_spoke(edition: Edition) -> None:
    rule = sr.ActionRule(level="sozialraum", limit=10, traeger=4, **POOR)
    row = sr.find_action(SAID, edition, rule).set_index("area").loc["22"]
    assert (row["traeger"], row["voices_hold"]) == (3, "nicht erfüllt")
    assert "3 Träger nennen das Thema (gebraucht: 4): nicht erfüllt." in row["text"]


def test_a_quantile_is_a_value_of_an_area(edition: Edition) -> None:
    # Of 3.4, 5.5, 11.4, 13.5 the highest quarter is one: 13.5.
    rule = sr.ActionRule(level="sozialraum", quantile=0.75, **POOR)
    found = sr.find_action(SAID, edition, rule)
    assert set(found["limit"]) == {13.5}
    # The area whose value is the limit is in, and it alone.
    assert found.loc[found["figure_holds"] == "erfüllt", "area"].tolist() == ["22"]
    assert "unter den höchsten 25 % der veröffentlichten Werte" in found["rule"].iloc[0]


def test_a_withheld_figure_decides_nothing(edition: Edition) -> None:
    voices = pd.concat([SAID] * 2).assign(level="quartier", area="1101", topic="Armut")
    rule = sr.ActionRule(level="quartier", limit=0, traeger=1, **POOR)
    row = sr.find_action(voices, edition, rule).set_index("area").loc["1101"]
    assert (row["figure_holds"], row["action"]) == ("keine Angabe", "nicht belegbar")
    assert row["value"] != row["value"]


@pytest.mark.parametrize(
    "wrong", [{}, {"limit": 1, "quantile": 0.5}, {"quantile": 1.0}, {"limit": 1, "traeger": 0}]
)
def test_rules_that_mean_nothing_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(CoverageError):
        sr.ActionRule(level="sozialraum", **POOR, **wrong)


def test_a_count_carries_no_rule(edition: Edition) -> None:
    with pytest.raises(CoverageError, match="Anzahl"):
        sr.find_action(
            SAID, edition, sr.ActionRule(topic="A", level="sozialraum", indicator="u6", limit=1)
        )


def test_the_public_sees_summaries_of_enough_traeger_alone(editions: dict[str, Edition]) -> None:
    others = SAID.iloc[[3]].assign(level="sozialraum", area="22")
    said = pd.concat([SAID, others], ignore_index=True)
    rule = sr.ActionRule(level="sozialraum", limit=3, traeger=1, topic="Kinderbetreuung",
                         indicator="leistungsbezug")  # fmt: skip
    plan = sr.NeedsPlan(rules=[rule])
    public = sr.report_needs(said, editions["oeffentlich"], plan)
    closed = sr.report_needs(said, editions["nichtoeffentlich"], plan)
    assert len(public.statements) == 0
    assert len(closed.statements) == 9
    assert public.summary["area"].tolist() == ["22"]
    # One person spoke besides: how many did is not told, nor does the total tell.
    row = public.summary.iloc[0]
    assert (row["statements"], row["traeger"], pd.isna(row["without_traeger"])) == (3, 3, True)
    assert row["sample"].endswith(", dazu weniger als 5 Aussagen ohne Träger")
    # In Südwest one Träger spoke: that it was one stays inside, and so does what follows.
    assert set(public.action["voices_hold"]) == {"keine Angabe"}
    assert closed.action.set_index("area").loc["11", "action"] == "akuter Handlungsbedarf"


def test_more_voices_below_the_limit_change_nothing_public(edition: Edition) -> None:
    public = sr.report_needs(SAID, edition)
    fewer = sr.report_needs(SAID[SAID["area"] == "22"], edition)
    pd.testing.assert_frame_equal(public.summary, fewer.summary)


def test_tables_for_each_audience(editions: dict[str, Edition], tmp_path: Path) -> None:
    rule = sr.ActionRule(level="sozialraum", limit=10, **POOR)
    plan = sr.NeedsPlan(topics={"Armut": "leistungsbezug"}, rules=[rule])
    written = {a: sr.write_needs(e, SAID, tmp_path / a, plan=plan) for a, e in editions.items()}
    assert [p.name for p in written["oeffentlich"]] == ["bedarfe.csv", "handlungsbedarf.csv"]
    assert [p.name for p in written["nichtoeffentlich"]] == [
        "NICHTOEFFENTLICH_bedarfe.csv", "NICHTOEFFENTLICH_bedarfe_aussagen.csv",
        "NICHTOEFFENTLICH_handlungsbedarf.csv",
    ]  # fmt: skip
    text = {a: "".join(p.read_text("utf-8-sig") for p in ps) for a, ps in written.items()}
    for row in SAID.itertuples():
        assert row.statement not in text["oeffentlich"]
        assert row.statement in text["nichtoeffentlich"]
    assert "Sozialraum;22;Nordost;Armut" in text["oeffentlich"]
    assert ";13,5;Ost;" in text["oeffentlich"]
    assert "Gemeinde" not in text["oeffentlich"]
    again = sr.write_needs(editions["oeffentlich"], SAID, tmp_path / "again", plan=plan)
    assert [p.read_bytes() for p in again] == [p.read_bytes() for p in written["oeffentlich"]]


def test_a_changed_edition_is_refused(edition: Edition, tmp_path: Path) -> None:
    from dataclasses import replace

    changed = replace(edition, values=edition.values.assign(value=1.0))
    with pytest.raises(SecrecyError):
        sr.write_needs(changed, SAID, tmp_path)


def test_profiles_tell_each_audience_what_it_may_read(
    editions: dict[str, Edition], tmp_path: Path
) -> None:
    rule = sr.ActionRule(level="sozialraum", limit=10, **POOR)
    plan = sr.NeedsPlan(topics={"Armut": "leistungsbezug"}, rules=[rule])
    told = {}
    for audience in ("oeffentlich", "nichtoeffentlich"):
        written = sr.write_sozialraumprofile(
            editions[audience],
            level="sozialraum",
            folder=tmp_path / audience,
            needs=SAID,
            plan=plan,
        )
        told[audience] = {p.stem.rpartition("_")[2]: p.read_text("utf-8") for p in written}
    public, closed = told["oeffentlich"], told["nichtoeffentlich"]
    assert "2 Angebote von 2 Trägern" in public["22"]
    assert "Nordost hat nach dieser Regel akuten Handlungsbedarf" in public["22"]
    assert "Die Kleiderausgabe reicht nicht mehr." in closed["22"]
    assert "Die Kleiderausgabe" not in public["22"]
    # Two voices of Südost: one Träger, one person. The public page does not even have the section.
    assert 'id="stimmen"' not in public["21"]
    assert "Eltern suchen Betreuung" in closed["21"]
