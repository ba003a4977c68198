"""The half-yearly report with names that want to run, and the words of differences."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

import sozialraum as sr
from sozialraum.demo import build_measures, build_musterstadt
from sozialraum.present.change_map import draw_change
from sozialraum.present.change_words import list_gaps, say_summary
from sozialraum.present.halbjahresbericht import write_halbjahresbericht
from sozialraum.present.profile.sheet import say_plain
from sozialraum.secrecy.comparison import compare_editions
from sozialraum.secrecy.edition import Edition
from sozialraum.secrecy.published import show_edition
from tests.musterstadt import republish

from .conftest import HOSTILE

ATLAS = build_musterstadt().atlas
LISTED = sr.settle_measures(build_measures(), ATLAS.areas, ATLAS.offers).table


def test_hostile_names_are_only_names(hostile_edition: Edition, tmp_path: Path) -> None:
    old = show_edition(hostile_edition)
    values = old.values.assign(value=old.values["value"] + 1)
    moved = old.offers.set_geometry(old.offers.geometry.translate(100))
    names = moved["name"].iloc[::-1].to_numpy()
    new = republish(old, values=values, offers=moved.iloc[3:].assign(name=names[3:]))
    found = compare_editions(old, new)
    written = write_halbjahresbericht(found, tmp_path)
    page = written[0].read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert HOSTILE[0].replace("<", "&lt;").replace(">", "&gt;") in page
    for path in written[1:]:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file, delimiter=";") for cell in row]
        numbers = {c for c in cells if c.lstrip("-").replace(",", "").isdigit()}
        assert not [c for c in cells if c.startswith(("=", "+", "@", "-")) and c not in numbers]


def test_one_is_said_as_one(town_edition: Edition) -> None:
    old = show_edition(town_edition)
    one = say_summary(compare_editions(old, republish(old, offers=old.offers.drop("jugend"))))
    assert one[-1] == "Ein Angebot gibt es nicht mehr: Jugendclub Insel (Nordwest 1)."
    two = republish(old, offers=old.offers.drop(["jugend", "kita_west"]))
    assert say_summary(compare_editions(old, two))[-1] == (
        "2 Angebote gibt es nicht mehr: Kita am Wehr (Südwest 1) und Jugendclub Insel (Nordwest 1)."
    )


def test_a_number_of_the_same_day_that_is_another_is_no_news(
    town_edition: Edition, tmp_path: Path
) -> None:
    old = show_edition(town_edition)
    mine = (old.values["indicator"] == "leistungsbezug") & (old.values["level"] == "gesamt")
    value = old.values["value"].mask(mine, old.values["value"] + 1)
    found = compare_editions(old, republish(old, values=old.values.assign(value=value)))
    assert "Eine der geänderten Zahlen hat in beiden Ausgaben denselben Datenstand" in "".join(
        say_summary(found)
    )
    page = write_halbjahresbericht(found, tmp_path, level="gesamt", indicators=["leistungsbezug"])[
        0
    ].read_text(encoding="utf-8")
    assert "Menschen mit Leistungsbezug: in beiden Ausgaben vom 31.12.2024" in page


def test_an_offer_without_a_name_is_called_by_its_id(town_edition: Edition) -> None:
    old = show_edition(town_edition)
    nameless = old.offers.assign(name=old.offers["name"].where(old.offers.index != "jugend"))
    one = republish(old, offers=nameless)
    gone = compare_editions(one, republish(one, offers=nameless.drop("jugend")))
    assert say_summary(gone)[-1] == (
        "Ein Angebot gibt es nicht mehr: ohne Namen (jugend) (Nordwest 1)."
    )


def test_people_of_a_gap_that_are_withheld_are_not_called_unknown(town_edition: Edition) -> None:
    shown = show_edition(town_edition)
    measure = shown.gaps["measure"].iloc[0]
    known = {**shown.indicators, measure: next(iter(shown.indicators.values()))}
    # Of two gaps with the same outline one has 40 people, the other 3, which are withheld; the
    # older outline differs a little, so each of the two now is paired with each of the two before.
    other = shown.gaps.set_geometry(shown.gaps.buffer(-5))
    old, new = (republish(shown, gaps=g, indicators=known) for g in (other, shown.gaps))
    table = list_gaps(compare_editions(old, new))
    assert table is not None
    told = [(say_plain(r[3]), say_plain(r[5])) for group in table.groups for r in group.rows]
    both = ("40", "zurückgehalten")
    assert sorted(told) == [(was, now) for was in both for now in both]


def test_a_map_tells_more_less_and_not_comparable_apart() -> None:
    shapes = shapely.box(range(4), 0, range(1, 5), 1)
    table = gpd.GeoDataFrame({"name": list("ABCD")}, geometry=shapes, index=list("abcd"), crs=25833)
    change = pd.Series({"a": -5.0, "b": 0.0, "c": 2.0})
    drawn = draw_change(table, change, digits=0, ident="k", title="Kinder")
    assert drawn is not None
    # The middle of 5 and 2 is nearest to 5 (60 % of the way: 3.8): nothing is beyond.
    assert [say_plain(words) for words in drawn.legend] == [
        "Zuwachs um höchstens 5 (1)", "unverändert (1)", "Rückgang um höchstens 5 (1)",
        "nicht vergleichbar (1)",
    ]  # fmt: skip
    assert drawn.picture.svg.count("<path") >= 5
    # Every field can be drawn alone: what it is filled with is in it.
    for field, _ in drawn.legend:
        assert re.findall(r"url\(#([^)]+)\)", field.text) == re.findall(r'id="([^"]+)"', field.text)
    for figure in ("−5", "±0", "+2"):
        assert f">{figure}</text>" in drawn.picture.svg
    assert draw_change(table, change * 0, digits=0, ident="k", title="Kinder") is None


def measures_of(page: str) -> str:
    """The words of the part about measures."""
    part = re.search(r'<h2 id="massnahmen">.*?</section>', page, re.S)
    assert part
    return " ".join(re.sub(r"<[^>]+>", " ", part[0]).split())


def report_measures(
    edition: Edition, before: pd.DataFrame | None, after: pd.DataFrame | None, folder: Path
) -> tuple[str, str]:
    """The page and its part about measures, half a year later in which more receive benefits."""
    old = republish(show_edition(edition), measures=before, created="2024-12-10")
    values = old.values.copy()
    more = (values["indicator"] == "leistungsbezug") & (values["area"] == "22")
    values.loc[more & (values["datenstand"] == "2024-12-31"), "value"] += 1.5
    topics = {"Armut": ["leistungsbezug"]}
    new = republish(old, measures=after, values=values, topics=topics, created="2025-06-30")
    written = write_halbjahresbericht(compare_editions(old, new), folder)
    page = written[0].read_text(encoding="utf-8")
    return page, measures_of(page)


def test_the_report_says_where_the_measures_stand(town_edition: Edition, tmp_path: Path) -> None:
    before = sr.show_measures(LISTED, "oeffentlich")
    after = before[before["measure"] != "M4"].reset_index(drop=True)
    after.loc[0, ["status", "status_date"]] = ["done", "2025-05"]
    page, said = report_measures(town_edition, before, after, tmp_path)
    late = "1 mit Zieldatum vor dem Tag der neuen Ausgabe"
    assert f"Maßnahmen: 1 beendet, {late} und 1 nicht mehr in der Liste." in page
    assert "M1 Mittagstisch im Stadtteilhaus Nordost Armut in Umsetzung umgesetzt 05.2025" in said
    assert "Maßnahmen, deren Zieldatum vor dem 30.06.2025 liegt" in said
    second = "M2 Zweiter Standort der Kita am Wehr"
    assert f"{second} Südwest Kinderbetreuung Jugendamt 15.12.2024 beschlossen" in said
    assert "M4 Stadtkarte für alle unter 18 Musterstadt Armut umgesetzt 31.03.2024" in said
    # 13,5 % of Nordost receive benefits, 1.5 more half a year later; nobody says that M1 did it.
    figures = (
        "Nordost Armut M1 Menschen mit Leistungsbezug 13,5\u00a0% 15,0\u00a0% +1,5 Prozentpunkte"
    )
    assert " ".join(figures.split()) in said
    assert "Ob eine Maßnahme dazu beigetragen hat, sagt der Vergleich nicht" in said
    with (tmp_path / "aenderungen_massnahmen.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Nr"]: row for row in csv.DictReader(file, delimiter=";")}
    assert (rows["M1"]["Stand vorher"], rows["M1"]["Stand"]) == ("in Umsetzung", "umgesetzt")
    assert rows["M4"]["Was"] == "nicht mehr in der Liste"


def test_remarks_stand_beside_what_is_late_where_readers_see_them(
    town_edition: Edition, tmp_path: Path
) -> None:
    for audience, seen in (("oeffentlich", False), ("nichtoeffentlich", True)):
        listed = sr.show_measures(LISTED, audience)
        _, said = report_measures(town_edition, listed, listed, tmp_path / audience)
        assert ("beschlossen Es fehlt noch ein Grundstück." in said) == seen


def test_an_edition_without_a_list_says_so(town_edition: Edition, tmp_path: Path) -> None:
    listed = sr.show_measures(LISTED, "oeffentlich")
    _, neither = report_measures(town_edition, None, None, tmp_path / "1")
    assert neither.endswith("keine Angabe. Die Ausgaben enthalten keine Liste der Maßnahmen.")
    assert not (tmp_path / "1" / "aenderungen_massnahmen.csv").exists()
    _, first = report_measures(town_edition, None, listed, tmp_path / "2")
    assert "Die frühere Ausgabe enthält keine Liste der Maßnahmen." in first
    assert "Neue Maßnahmen" not in first
    # In the folder of a report that had one, its table does not stay as if it were of this one.
    assert (tmp_path / "2" / "aenderungen_massnahmen.csv").exists()
    report_measures(town_edition, None, None, tmp_path / "2")
    assert not (tmp_path / "2" / "aenderungen_massnahmen.csv").exists()
    _, lost = report_measures(town_edition, listed, None, tmp_path / "3")
    assert "Die neue Ausgabe enthält keine Liste der Maßnahmen, die frühere enthielt eine." in lost
    assert "nicht mehr in der Liste" not in lost


def test_hostile_measures_are_only_words(town_edition: Edition, tmp_path: Path) -> None:
    names = [*HOSTILE[:5]]
    odd = build_measures().iloc[:5].assign(title=names, topic=names, office=names, paper=names)
    listed = sr.settle_measures(odd, ATLAS.areas, ATLAS.offers).table
    page, _ = report_measures(town_edition, None, sr.show_measures(listed, "oeffentlich"), tmp_path)
    for word in ("<script", "<img", "onerror=alert(3)>"):
        assert word not in page
    assert "&lt;script&gt;alert(1)" in page
