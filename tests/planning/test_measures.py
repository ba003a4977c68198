"""The list of measures: what it means, who reads it, what is late, what answers a need.

Musterstadt's list is invented: M1 to M5 are for everybody, M6 for the closed part of a sitting, M7 for
the office. M1 (Nordost) and M4 (whole town) are about "Armut", M5 (Südost) was rejected.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_measures, build_musterstadt, build_needs
from sozialraum.errors import UnknownNameError
from sozialraum.planning.measures import answer_needs
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.changed_measures import find_overdue
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.published import show_edition

ATLAS = build_musterstadt().atlas


def settle(measures: pd.DataFrame, **more: object) -> tuple[pd.DataFrame, list[str]]:
    table, findings = sr.settle_measures(measures, ATLAS.areas, ATLAS.offers, **more)  # type: ignore[arg-type]
    return table, [f"{f.severity} {f.row} {f.column} {f.code}" for f in findings]


LISTED = settle(build_measures())[0]


def test_everything_wrong_is_named_with_row_and_column() -> None:
    measures = build_measures()
    measures.loc[0, "area"] = "Nordots"
    measures.loc[1, "offer"] = "kita_wets"
    measures.loc[2, "topic"] = "Trefpunkte"
    measures.loc[3, "measure"] = "M1"
    # Begun in March 2025, to be finished in February; a month within the year of the end is none.
    measures.loc[4, ["start", "end"]] = ["2025-03", "2025-02-28"]
    measures.loc[5, ["start", "end"]] = ["2025-12-31", "2025"]
    topics = ["Armut", "Kinderbetreuung", "Treffpunkte", "Verwaltung"]
    _, findings = settle(measures, topics=topics, day="2024-09-30")
    assert findings == [
        "error 5 measure duplicate", "error 2 area need_area", "error 3 offer need_offer",
        "error 4 topic need_topic", "error 6 end measure_turned", "note 2 status_date measure_later",
        "note 4 status_date measure_later",
    ]  # fmt: skip


def test_a_list_says_who_reads_what_it_does_not_say_itself() -> None:
    bare = build_measures().drop(columns="audience")
    assert set(settle(bare)[0]["audience"]) == {"nichtoeffentlich"}
    assert set(settle(bare, audience="intern")[0]["audience"]) == {"intern"}
    with pytest.raises(UnknownNameError):
        settle(bare, audience="alle")


def test_readers_see_their_rows_and_columns_and_nothing_else() -> None:
    seen = {who: sr.show_measures(LISTED, who) for who in ("oeffentlich", "nichtoeffentlich")}
    assert seen["oeffentlich"]["measure"].tolist() == ["M1", "M2", "M3", "M4", "M5"]
    assert seen["nichtoeffentlich"]["measure"].tolist() == ["M1", "M2", "M3", "M4", "M5", "M6"]
    more = set(seen["nichtoeffentlich"]) - set(seen["oeffentlich"])
    assert more == {"note"}
    assert not {"file", "row"} & set(seen["nichtoeffentlich"])
    # A list of which nobody outside sees a row does not exist for them.
    assert sr.show_measures(LISTED[LISTED["audience"] == "intern"], "nichtoeffentlich") is None


@pytest.mark.parametrize(
    ("status", "end", "day", "late"),
    [
        ("running", "2025-06-29", "2025-06-30", True),
        ("running", "2025-06-30", "2025-06-30", False),
        ("running", "2025-06", "2025-06-30", False),
        ("running", "2025-06", "2025-07-01", True),
        ("running", "2024", "2025-01-01", True),
        ("running", "2025", "2025-12-31", False),
        ("deferred", "2024", "2025-06-30", True),
        (None, "2024", "2025-06-30", True),
        ("done", "2024", "2025-06-30", False),
        ("rejected", "2024", "2025-06-30", False),
        ("dropped", "2024", "2025-06-30", False),
        ("running", None, "2025-06-30", False),
        ("running", "2024", "", False),
    ],
)
def test_late_is_what_was_to_be_finished_before_the_day(
    status: str | None, end: str | None, day: str, late: bool
) -> None:
    assert find_overdue(pd.DataFrame({"status": [status], "end": [end]}), day).tolist() == [late]


def answer(level: str, area: str, topic: str, listed: pd.DataFrame = LISTED) -> str:
    places = pd.DataFrame({"level": [level], "area": [area], "topic": [topic]})
    return str(answer_needs(places, sr.show_measures(listed, "oeffentlich"), ATLAS.areas)[0])


def test_a_need_is_answered_from_the_area_itself_around_it_and_inside_it() -> None:
    town = "M4 Stadtkarte für alle unter 18 (umgesetzt, für Musterstadt)"
    assert answer("sozialraum", "12", "armut") == town
    here = "M1 Mittagstisch im Stadtteilhaus (in Umsetzung)"
    assert answer("sozialraum", "22", "Armut") == f"{here}; {town}"
    assert answer("quartier", "2201", "Armut").startswith(f"{here[:-1]}, für Nordost)")
    assert "Mittagstisch" in answer("planregion", "2", "Armut")


def test_what_was_rejected_or_is_for_others_answers_nothing() -> None:
    assert answer("sozialraum", "21", "Kinderbetreuung") == "keine Maßnahme genannt"
    # M6 in Nordost 2 is for the closed part; it is not told here.
    assert "M6" not in answer("quartier", "2202", "Armut")


def test_needs_name_measures_only_where_there_is_a_list() -> None:
    said = sr.settle_needs(build_needs(), ATLAS.areas, ATLAS.offers).table
    edition, rule = build_edition(ATLAS), sr.ActionRule(
        topic="Armut", level="sozialraum", indicator="leistungsbezug", limit=10
    )  # fmt: skip
    plan = sr.NeedsPlan(rules=[rule])
    assert "measures" not in sr.report_needs(said, edition, plan).action
    inside = LISTED[LISTED["audience"] == "intern"]
    assert "measures" not in sr.report_needs(said, edition, plan, measures=inside).summary
    told = sr.report_needs(said, edition, plan, measures=LISTED).action.set_index("area")
    assert told.at["22", "action"] == "akuter Handlungsbedarf"
    assert told.at["22", "measures"].startswith("M1 Mittagstisch")


def test_registers_settled_before_areas_were_joined_mean_the_joint_area(tmp_path: Path) -> None:
    """2201 and 2202 become one; M6, for the closed part, is about 2202."""
    joint = sr.merge_areas(ATLAS, [("2201", "2202")])
    edition = build_edition(joint, audience="nichtoeffentlich")
    said = build_needs().iloc[:1].assign(area="2201", level=None, topic=LISTED.loc[5, "topic"])
    said = sr.settle_needs(said, ATLAS.areas, ATLAS.offers).table
    assert (said.loc[0, "area"], LISTED.loc[5, "area"]) == ("2201", "2202")
    report = sr.report_needs(said, edition, measures=LISTED)
    assert report.summary["area"].tolist() == ["2201 + 2202"]
    assert "M6" in report.summary.loc[0, "measures"]
    (path,) = sr.write_measures(edition, LISTED, tmp_path)
    listed = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype="str").set_index("Nr")
    assert listed.loc["M6", "Gebiet"] == "2201 + 2202"


def test_areas_that_the_edition_does_not_have_are_named() -> None:
    joint = sr.merge_areas(ATLAS, [("2201", "2202")])
    there = build_measures().iloc[:1].assign(area="2201 + 2202")
    listed = sr.settle_measures(there, joint.areas, joint.offers).table
    said = sr.settle_needs(build_needs(), ATLAS.areas, ATLAS.offers).table
    with pytest.raises(sr.InputError, match=r"„2201 \+ 2202“"):
        sr.report_needs(said, build_edition(ATLAS), measures=listed)


def publish(measures: pd.DataFrame | None, day: str) -> sr.Published:
    edition = build_edition(ATLAS, statement=sr.Statement(created=day))
    seen = None if measures is None else sr.show_measures(measures, "oeffentlich")
    return show_edition(edition, measures=seen, topics={"Armut": ["leistungsbezug"]})


def compare(before: pd.DataFrame | None, after: pd.DataFrame | None) -> list[tuple[str, str]]:
    found = compare_editions(publish(before, "2024-12-10"), publish(after, "2025-06-30"))
    return list(found.measures[["what", "measure"]].itertuples(index=False, name=None))


def test_two_lists_are_compared_measure_by_measure() -> None:
    later = build_measures().set_index("measure", drop=False).drop("M4")
    later.loc["M1", ["status", "status_date"]] = ["done", "2025-05"]
    later.loc["M3", ["status", "end"]] = ["decided", "2026-09"]
    later.loc["M9"] = later.loc["M3"]
    later.loc["M9", ["measure", "title"]] = ["M9", "Sprechstunde"]
    # M2 was due on 15.12.2024: not late in the older edition, late in the newer one.
    assert compare(LISTED, settle(later.reset_index(drop=True))[0]) == [
        ("new", "M9"), ("ended", "M1"), ("status", "M3"), ("changed", "M3"), ("gone", "M4"),
        ("overdue", "M2"),
    ]  # fmt: skip


def test_the_same_list_differs_in_nothing_but_what_is_late() -> None:
    assert compare(LISTED, LISTED) == [("overdue", "M2")]
    same = compare_editions(publish(LISTED, "2025-06-30"), publish(LISTED, "2025-06-30"))
    assert same.empty


def test_without_one_of_the_lists_nothing_is_new_or_gone() -> None:
    assert compare(None, LISTED) == [("overdue", "M2")]
    assert compare(LISTED, None) == []


def test_another_number_alone_is_no_other_measure() -> None:
    renumbered = settle(build_measures().replace({"measure": {"M2": "2024/17"}}))[0]
    assert compare(LISTED, renumbered) == [("overdue", "2024/17")]


def test_what_was_taken_up_again_has_another_state_and_has_not_ended() -> None:
    again = build_measures()
    again.loc[4, "status"] = "planned"
    assert ("status", "M5") in compare(LISTED, settle(again)[0])


def test_a_list_for_fewer_readers_is_refused() -> None:
    edition = build_edition(ATLAS)
    closed = sr.show_measures(LISTED, "nichtoeffentlich")
    for wrong in (LISTED, closed, closed[closed["audience"] == "oeffentlich"]):
        with pytest.raises(sr.SecrecyError, match="show_measures"):
            show_edition(edition, measures=wrong)


def test_a_list_belongs_to_what_is_sealed() -> None:
    shown = publish(LISTED, "2025-06-30")
    with pytest.raises(sr.SecrecyError):
        replace(shown, measures=shown.measures.iloc[1:]).verify()
