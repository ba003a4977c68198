"""Who sees what; the versions of all audiences are protected as one."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError, UnknownNameError
from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.rules import Secrecy

ALL = ("oeffentlich", "nichtoeffentlich", "intern")


def make_values(amounts: dict[str, list[float]]) -> list[pd.DataFrame]:
    """Counts of the first Quartiere, 50 in all others, added up to all levels."""
    areas = build_musterstadt().atlas.areas
    known = {name: Indicator(id=name, title=name) for name in amounts}
    tables = []
    for name, first in amounts.items():
        column = [*first, *[50.0] * (len(areas) - len(first))]
        table = pd.DataFrame(
            {"area": areas.index, "level": "quartier", "indicator": name, "datenstand": "2024",
             "gebietsstand": "2024", "value": column, "numerator": column, "denominator": None,
             "quality": "exact", "sign": "", "steps": ""}
        )  # fmt: skip
        tables.append(sr.aggregate_values(table.astype({"denominator": float}), areas, known))
    return tables


def test_what_only_the_closed_version_shows_is_protected_in_the_public_one_too() -> None:
    # alle = w + m. Only the closed version shows w. With m published, 3 = 53 − 50 in that version; so
    # m must be withheld there, and in the public version too, which one may read beside it.
    known = {
        "alle": Indicator(id="alle", title="Alle", parts=("w", "m")),
        "w": Indicator(id="w", title="Frauen", audience="nichtoeffentlich"),
        "m": Indicator(id="m", title="Männer"),
    }
    atlas = replace(build_musterstadt().atlas, indicators={})
    atlas = atlas.with_values(atlas.values.iloc[:0])
    values = make_values({"alle": [53.0, 100.0], "w": [3.0, 50.0], "m": [50.0, 50.0]})
    made = sr.build_editions(
        atlas, values=values, indicators=known, secrecy=Secrecy(minimum=5), audiences=ALL
    )
    public, closed = made["oeffentlich"].values, made["nichtoeffentlich"].values
    first = atlas.areas.index[0]
    at = public[(public["area"] == first) & (public["level"] == "quartier")].set_index("indicator")
    assert (at["sign"] == ".").any()
    both = closed[closed["indicator"] != "w"].reset_index(drop=True)
    pd.testing.assert_frame_equal(both, public)
    # Written alone it is the same.
    alone = sr.build_edition(atlas, values=values, indicators=known, secrecy=Secrecy(minimum=5))
    pd.testing.assert_frame_equal(alone.values, public)
    for edition in made.values():
        edition.verify()


def test_notes_that_quote_a_column_stay_where_the_column_stays() -> None:
    atlas = build_musterstadt().atlas
    notes = tuple(
        Finding("note", "direction_mark", "angebote.csv", f"„{word}“ enthält Zeichen", 2, column)
        for column, word in (("Ansprechperson", "Kanarina"), ("Name", "Kita"), ("Notiz", "Geheim"))
    )
    atlas = replace(atlas, report=CheckReport(notes))
    made = sr.build_editions(atlas, audiences=ALL)
    for audience in ("oeffentlich", "nichtoeffentlich"):
        said = " ".join(made[audience].notes)
        assert "Kita" in said
        assert "Kanarina" not in said
        assert "Geheim" not in said
    assert "Kanarina" in " ".join(made["intern"].notes)


def test_every_version_says_for_whom_it_is() -> None:
    made = sr.build_editions(build_musterstadt().atlas, audiences=ALL)
    assert not made["oeffentlich"].head.notice
    assert made["nichtoeffentlich"].head.notice.startswith("NICHTÖFFENTLICH")
    assert made["intern"].head.notice.startswith("INTERN")


def test_no_version_is_shown_beside_one_for_more_readers() -> None:
    made = sr.build_editions(build_musterstadt().atlas, audiences=ALL)
    made["intern"].verify_beside(made["oeffentlich"])
    made["nichtoeffentlich"].verify_beside(made["nichtoeffentlich"])
    with pytest.raises(SecrecyError, match="nichtöffentlich"):
        made["oeffentlich"].verify_beside(made["nichtoeffentlich"])


def test_audiences_and_fields_that_do_not_exist_are_refused() -> None:
    atlas = build_musterstadt().atlas
    with pytest.raises(UnknownNameError, match="nichtoeffentlich"):
        sr.build_edition(atlas, audience="nichtöffentlich")
    rules = Secrecy(audiences={"intern": {"fields": ["notitz"]}})
    with pytest.raises(UnknownNameError, match="notitz"):
        sr.build_edition(atlas, secrecy=rules, audience="intern")
    with pytest.raises(UnknownNameError, match="u7"):
        sr.build_edition(atlas, secrecy=Secrecy(indicators={"u7": {"minimum": 3}}))


def test_rules_of_indicators_that_are_not_shown_are_not_told() -> None:
    known = {"still": Indicator(id="still", title="Verschwiegenes", audience="intern")}
    rules = Secrecy(indicators={"still": {"minimum": 10}})
    made = sr.build_editions(
        build_musterstadt().atlas, indicators=known, secrecy=rules, audiences=ALL,
        values=make_values({"still": [7.0]}),
    )  # fmt: skip
    assert "still" not in str((made["oeffentlich"].secrecy, made["oeffentlich"].methods))
    house = made["intern"].values.query("indicator == 'still' and level == 'quartier'")
    # 7 is too small by its own rule; the house's version is protected no further.
    assert (house["sign"] == ".").sum() == 1
    assert (made["intern"].protocol["indicator"] == "still").sum() == 1
