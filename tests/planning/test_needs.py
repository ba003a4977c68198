"""The needs register: what it means, on how many voices it rests, what figures can say about it.

Musterstadt's register is invented. Of "Armut" speak, in Nordost, kita_ost (Verein), bibliothek (Stadt)
and Gemeinde without an offer; in Südwest 1 somebody who names neither.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sozialraum as sr
from sozialraum.demo import build_musterstadt, build_needs
from sozialraum.planning.needs import Voices, say_sample
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition

ATLAS = build_musterstadt().atlas
TOPICS = {"Armut": "leistungsbezug", "Kinderbetreuung": "u6"}


def settle(needs: pd.DataFrame, **more: object) -> tuple[pd.DataFrame, list[str]]:
    table, findings = sr.settle_needs(needs, ATLAS.areas, ATLAS.offers, **more)  # type: ignore[arg-type]
    return table, [f"{f.row} {f.column}: {f.text}" for f in findings]


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(ATLAS)


def test_areas_are_ids_or_names_of_any_level() -> None:
    needs = build_needs().assign(
        area=["Nordost", "22", "nord-ost", "1101", "1", "gesamt", "Südost 4", "12"]
    )
    table, findings = settle(needs)
    assert not findings
    assert table["level"].tolist() == [
        "sozialraum", "sozialraum", "sozialraum", "quartier", "planregion", "gesamt", "quartier",
        "sozialraum",
    ]  # fmt: skip
    assert table["area"].tolist()[:3] == ["22", "22", "22"]


def test_everything_unknown_is_named_with_row_column_and_nearest_spelling() -> None:
    needs = build_needs()
    needs.loc[0, "area"] = "Nordots"
    needs.loc[1, "offer"] = "biblothek"
    needs.loc[2, "topic"] = "Armuth"
    needs["level"] = None
    needs.loc[3, "level"] = "bezirk"
    _, findings = settle(
        needs, topics=["Armut", "Kinderbetreuung", "Treffpunkte"], day="2024-06-10"
    )
    assert [text.split(":")[0] for text in findings] == [
        "5 level", "2 area", "3 offer", "4 topic", "5 date",
    ]  # fmt: skip
    assert "Nordost" in findings[1]
    assert "bibliothek" in findings[2]
    assert findings[3].endswith("Gemeint sein könnte: Armut.")
    assert findings[4].endswith("Dasselbe in Zeile 8.")


def test_topics_take_the_spelling_of_the_project() -> None:
    needs = build_needs().assign(topic="armut ")
    assert set(settle(needs, topics=["Armut"])[0]["topic"]) == {"Armut"}


def test_an_id_that_two_levels_share_is_no_guess() -> None:
    areas = ATLAS.areas.assign(planregion=ATLAS.areas["sozialraum"].replace({"22": "21"}))
    needs = build_needs().assign(area="21")
    found = sr.settle_needs(needs, areas, ATLAS.offers).findings
    assert {f.code for f in found} == {"need_area_several"}
    assert "21 (planregion), 21 (sozialraum)" in found[0].text
    assert not sr.settle_needs(needs.assign(level="sozialraum"), areas, ATLAS.offers).findings


def test_a_part_of_a_joint_area_means_the_whole_of_it() -> None:
    joined = sr.merge_areas(ATLAS, [["1101", "1102"]])
    table, findings = sr.settle_needs(build_needs(), joined.areas, joined.offers)
    assert not findings
    assert table.loc[3, "area"] == "1101 + 1102"


def test_summary_counts_each_voice_once() -> None:
    summary = sr.summarise_needs(settle(build_needs())[0])
    row = summary[(summary["area"] == "22") & (summary["topic"] == "Armut")].iloc[0]
    # 3 statements: 2 offers of 2 Träger, and 1 of Gemeinde without an offer: 3 Träger in all.
    assert row[["statements", "offers", "traeger", "without_offer", "without_traeger"]].tolist() == [
        3, 2, 3, 1, 0,
    ]  # fmt: skip
    assert row["sample"] == (
        "3 Aussagen: 2 Angebote von 2 Trägern, dazu 1 Aussage von 1 Träger ohne Angebot"
    )
    assert summary["sample"].tolist()[0] == "1 Aussage ohne Angebot und Träger"


def test_spellings_of_a_traeger_are_one() -> None:
    needs = pd.DataFrame(
        {"topic": "A", "offer": ["1", "2"], "traeger": ["Diakonie Nord", "diakonie-nord "]}
    )
    assert sr.summarise_needs(needs, by=["topic"])["sample"].tolist() == [
        "2 Aussagen: 2 Angebote von 1 Träger"
    ]


def test_sample_in_singular_and_plural() -> None:
    assert say_sample(Voices(1, 1, 1, 0, 0, 0, 0)) == "1 Aussage: 1 Angebot von 1 Träger"
    assert say_sample(Voices(13, 10, 7, 0, 0, 2, 0)) == (
        "13 Aussagen: 10 Angebote von 7 Trägern, dazu 2 Aussagen zu Angeboten ohne Träger"
    )


def test_nothing_can_be_counted_by_the_wording() -> None:
    with pytest.raises(sr.UnknownNameError):
        sr.summarise_needs(build_needs(), by=["statement"])


def test_figures_bear_out_or_cannot(edition: Edition) -> None:
    said = settle(build_needs())[0]
    related = sr.relate_needs(sr.summarise_needs(said), edition, TOPICS)
    judged = related.set_index(["area", "topic"])
    # Nordost: Quartiere 11, 12, 15 and 16 of 500 people each: 13.5 %; the whole 528 of 6,000: 8.8 %.
    poor = judged.loc[("22", "Armut")]
    assert (poor["value"], poor["whole_value"], poor["parent"]) == (13.5, 8.8, "2")
    assert poor["evidence"] == "belegt"
    # 2 of 250 are withheld: no verdict, whatever they are.
    assert judged.loc[("1101", "Armut")][["sign", "evidence"]].tolist() == [".", "nicht belegbar"]
    # A count says nothing; Treffpunkte have no figure at all.
    assert set(judged.xs("Kinderbetreuung", level="topic")["evidence"]) == {"nicht belegbar"}
    assert (
        judged.loc[("12", "Treffpunkte"), "reason"] == "Diesem Thema ist kein Merkmal zugeordnet."
    )
    assert "widerlegt" not in {*related["evidence"]}


def test_a_figure_on_the_other_side_refutes_nothing(edition: Edition) -> None:
    said = settle(build_needs().assign(area="11", topic="Armut"))[0]
    related = sr.relate_needs(sr.summarise_needs(said), edition, TOPICS)
    # Südwest: 2 + 5 + 12 + 15 of 1,000: 3.4 %, less than the whole.
    assert related["evidence"].tolist() == ["nicht belegbar"]
    assert related["reason"].iloc[0].endswith("sie widerlegt die Aussage nicht.")


def test_a_figure_shown_as_the_whole_bears_nothing_out(edition: Edition) -> None:
    # 8.84 is written 8,8, as the whole is: nobody can see it above.
    values = edition.values.copy()
    here = (values["indicator"] == "leistungsbezug") & (values["area"] == "22")
    values.loc[here & (values["datenstand"] == values.loc[here, "datenstand"].max()), "value"] = (
        8.84
    )
    said = settle(build_needs())[0]
    related = sr.relate_needs(sr.summarise_needs(said), replace(edition, values=values), TOPICS)
    poor = related.set_index(["area", "topic"]).loc[("22", "Armut")]
    assert (poor["value"], poor["whole_value"], poor["evidence"]) == (8.8, 8.8, "nicht belegbar")


@given(st.permutations(range(8)))
def test_the_order_of_rows_is_irrelevant(order: list[int]) -> None:
    said = settle(build_needs())[0]
    mixed = said.iloc[order].reset_index(drop=True)
    pd.testing.assert_frame_equal(sr.summarise_needs(said), sr.summarise_needs(mixed))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A", "B"]),
            st.sampled_from(["k1", "k2", None]),
            st.sampled_from(["Verein", "verein", "Stadt", None, "-"]),
        ),
        max_size=12,
    )
)
def test_samples_never_exceed_rows(rows: list[tuple[str, str | None, str | None]]) -> None:
    needs = pd.DataFrame(rows, columns=["topic", "offer", "traeger"], dtype="str")
    summary = sr.summarise_needs(needs, by=["topic"])
    assert summary["statements"].sum() == len(needs)
    named = summary["statements"] - summary["without_traeger"]
    assert (summary["traeger"] <= named).all()
    assert (summary["offers"] <= summary["statements"] - summary["without_offer"]).all()
