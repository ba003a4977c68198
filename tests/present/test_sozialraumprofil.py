"""The profile pages: what stands in them, what must never, and that they are written alike twice."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame

from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError, UnknownNameError
from sozialraum.model.areas import Level
from sozialraum.model.atlas import build_atlas
from sozialraum.model.indicator import Indicator
from sozialraum.present.locator import draw_locator, prepare_ground
from sozialraum.present.profile import sentences
from sozialraum.present.profile.ages import build_ages, find_age_groups
from sozialraum.present.profile.context import ProfileDesk, build_profile
from sozialraum.present.profile.figures import Comparison, Figure, SourceNote
from sozialraum.present.profile.offer_list import list_offers
from sozialraum.present.profile.parts import list_level
from sozialraum.present.profile.sentences import _ages, write_statements
from sozialraum.present.sozialraumprofil import name_pages, write_sozialraumprofile
from sozialraum.secrecy.build import build_edition

SPACE = "\u00a0"
# Words that judge places or people; none of them may ever stand in a sentence of ours.
JUDGING = ("brennpunkt", "problem", "schlecht", "schwach", "bildungsfern", "belastet", "abgehängt")


class Page(HTMLParser):
    """What a browser would make of a page: its tags, its links, its text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        known = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in known)
        if "id" in known:
            self.ids.append(known["id"])
        self.links += [known[a] for a in ("href", "src", "action") if a in known]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words)).replace(SPACE, " ")


def write(edition, folder: Path, level: str) -> dict[str, Page]:
    return {p.stem: Page(p) for p in write_sozialraumprofile(edition, level=level, folder=folder)}


def fingerprints(paths: list[Path]) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def describe(edition, level: str, area: str):
    return build_profile(ProfileDesk(edition, level), area)


# Files


def test_one_page_per_area_a_list_and_the_same_bytes_again(town_edition, tmp_path):
    first = write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path / "a")
    again = write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path / "b")
    assert [p.name for p in first] == ["index.html", "11.html", "12.html", "21.html", "22.html"]
    assert {p.parent for p in first} == {tmp_path / "a" / "sozialraum"}
    assert fingerprints(first) == fingerprints(again)


def test_unknown_level_offers_the_nearest(town_edition, tmp_path):
    with pytest.raises(UnknownNameError, match="sozialraum"):
        write_sozialraumprofile(town_edition, level="sozialräume", folder=tmp_path)


def test_a_changed_edition_is_refused(town_edition, tmp_path):
    values = town_edition.values.assign(value=1.0)
    with pytest.raises(SecrecyError):
        write_sozialraumprofile(
            dataclasses.replace(town_edition, values=values), level="sozialraum", folder=tmp_path
        )
    assert list(tmp_path.iterdir()) == []


def test_names_differ_also_where_ids_differ_in_case_only():
    names = name_pages(["a", "A", "a/", "index"])
    assert len({n.casefold() for n in names.values()}) == 4
    assert "index.html" not in names.values()


# Figures


def test_figures_of_musterstadt(town_edition, tmp_path):
    # Südwest: 100 crossings of 10 people are 1,000 of 6,000 = 16.7 %; one in ten is under six.
    # Leistungsbezug 2024: 1, 2, 5 and 6 % of 250 people, as whole numbers 2, 5, 12, 15 = 34 of
    # 1,000 = 3.4 %. The river's west (Planregion 1) has further 9, 10, 13, 14 %: 22, 25, 32, 35,
    # together 148 of 2,000 = 7.4 %, so Südwest lies 4.0 percentage points below.
    text = write(town_edition, tmp_path, "sozialraum")["11"].text
    assert "Im Gebiet Südwest leben 1.000 Menschen (Stand 31.12.2024)" in text
    assert "16,7 % aller Menschen in Musterstadt" in text
    assert "Menschen mit Leistungsbezug 3,4 % (−4,0 Prozentpunkte)" in text
    assert "Unter dem Wert für West" in text
    assert "Übungsdaten" in text


def test_a_profile_equals_the_sum_of_its_parts(town_edition):
    profile = describe(town_edition, "sozialraum", "22")
    counts = [i for i, (ind, _) in enumerate(profile.parts.indicators) if ind.kind == "count"]
    assert counts
    for i in counts:
        assert sum(row[i].value for _, row in profile.parts.rows) == profile.parts.own[i].value


def test_the_whole_has_no_comparison_and_the_smallest_no_parts(town_edition, tmp_path):
    whole = describe(town_edition, "gesamt", "gesamt")
    assert whole.whole is None
    assert all(c.difference == "" for theme in whole.themes for c in theme.rows)
    assert describe(town_edition, "quartier", "1101").parts is None
    assert "Musterstadt" in write(town_edition, tmp_path, "gesamt")["gesamt"].text


def test_the_list_holds_every_area_and_the_whole(town_edition):
    found = list_level(ProfileDesk(town_edition, "sozialraum"))
    assert [name for name, _ in found.rows] == ["Südwest", "Nordwest", "Südost", "Nordost"]
    assert found.own[0].value == 6000


def test_differences_are_those_of_the_shown_numbers(town_edition):
    for area in ("11", "12", "21", "22"):
        for theme in describe(town_edition, "sozialraum", area).themes:
            for c in theme.rows:
                if c.gap is not None:
                    assert c.gap == pytest.approx(c.own.rounded - c.base.rounded, abs=1e-9)


def test_gaps_lie_in_the_areas_they_touch_and_keep_their_secret(town_edition, tmp_path):
    # Both gaps are 300 m × 200 m in the north-west; one of 40 people, one of 3 that is withheld.
    rows = describe(town_edition, "sozialraum", "12").gaps
    assert [(g.people, g.minutes, g.offer) for g in rows] == [
        ("40", "22", "Kita am Wehr"),
        (".", "18", ""),
    ]
    assert describe(town_edition, "sozialraum", "21").gaps == ()
    pages = write(town_edition, tmp_path, "sozialraum")
    assert "2 Versorgungslücken liegen ganz oder teilweise im Gebiet" in pages["12"].text
    assert "Versorgungslücke" not in pages["21"].text


def test_every_source_note_is_there_and_ids_are_unique(town_edition, tmp_path):
    for page in write(town_edition, tmp_path, "sozialraum").values():
        assert len(page.ids) == len(set(page.ids))
        for link in page.links:
            assert not link.startswith("#") or link[1:] in page.ids


def test_practice_figures_are_marked_in_every_section(town_edition, tmp_path):
    path = write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path)[1]
    html = path.read_text(encoding="utf-8")
    for heading in ("zahlen", "vergleich", "verlauf", "teile"):
        section = html.split(f'<section aria-labelledby="{heading}"')[1].split("</section>")[0]
        assert "Übungsdaten</span>" in section, heading


# Secrecy


def test_secret_figures_do_not_get_out(secret_edition, tmp_path):
    for level in ("gesamt", "stadtteil", "quartier"):
        write_sozialraumprofile(secret_edition, level=level, folder=tmp_path)
    written = "".join(p.read_text(encoding="utf-8") for p in tmp_path.rglob("*.html"))
    for secret in ("48611", "48.611", "7219", "7.219", "CANARY", "0,04"):
        assert secret not in written


def test_a_withheld_figure_is_a_point_everywhere(secret_edition, tmp_path):
    profile = describe(secret_edition, "quartier", "01")
    figures = {f.indicator.id: f for f in profile.figures()}
    assert figures["u6"].bare == "."
    assert figures["leistung"].shown == "."
    assert profile.hidden == 2
    told = [figures[name].indicator.title for name in ("u6", "leistung")]
    assert profile.hidden_titles == tuple(told)
    assert "." in profile.signs
    page = write(secret_edition, tmp_path, "quartier")["01"]
    assert "2 Zahlen dieses Profils sind zum Schutz kleiner Gruppen" in page.text
    assert "zurückgehalten oder unbekannt" in page.text
    assert f"Zurückgehalten sind Zahlen zu: {told[0]}; {told[1]}." in page.text


def test_signs_are_shown_and_explained(secret_edition, tmp_path):
    pages = write(secret_edition, tmp_path, "quartier")
    assert "(12,50 %)" in pages["02"].text or "(12,50) %" in pages["02"].text
    assert "Aussagewert eingeschränkt" in pages["02"].text
    assert "Zahlenwert zu unsicher" in pages["03"].text


# Hostile texts


def test_hostile_texts_stay_texts(hostile_edition, tmp_path):
    for level in ("gesamt", "sozialraum", "quartier"):
        for name, page in write(hostile_edition, tmp_path, level).items():
            assert "script" not in page.tags
            assert "img" not in page.tags
            assert "iframe" not in page.tags
            assert name == "index" or "{{ 7*7 }}{% raw %}" in page.text
            for link in page.links:
                assert re.match(r"#|https?://|[\w-]+\.html$", link), link
    assert {p.parent.parent for p in tmp_path.rglob("*.html")} == {tmp_path}


def test_the_policy_names_the_page_s_own_style_and_nothing_else(hostile_edition, tmp_path):
    import base64

    path = write_sozialraumprofile(hostile_edition, level="sozialraum", folder=tmp_path)[1]
    html = path.read_text(encoding="utf-8")
    assert html.count("<style>") == html.count("</style>") == 1
    style = html.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src &#39;none&#39;; style-src &#39;sha256-{digest}&#39;"
    assert policy in html or policy.replace("&#39;", "'") in html


# Sentences


def test_sentences_tell_and_do_not_judge(town_edition):
    for level, area in (("sozialraum", "22"), ("quartier", "1101"), ("gesamt", "gesamt")):
        told = [s.text for s in write_statements(describe(town_edition, level, area))]
        assert told
        for sentence in told:
            assert sentence.endswith(".")
            assert "None" not in sentence
            assert "nan" not in sentence.split()
            assert not any(word in sentence.casefold() for word in JUDGING)


def test_one_offer_and_many_are_told_in_their_number(town_edition):
    def offers(area):
        told = write_statements(describe(town_edition, "sozialraum", area))
        return next(s.text for s in told if "Angebot" in s.text and "Gebiet" in s.text)

    # Südwest holds the Kita at (250, 450) and the counselling at (950, 950); Nordost the Kita at
    # (1750, 1450) and the library; Nordwest the youth club; Südost nothing.
    assert offers("11") == (
        "Im Gebiet liegen 2 von 5 erfassten Angeboten, und zwar "
        f"Beratung{SPACE}(1) und Kita{SPACE}(1)."
    )
    assert offers("12").startswith("Im Gebiet liegt eines von 5 erfassten Angeboten")
    assert offers("21") == "Im Gebiet ist kein Angebot erfasst."


# Ages


def ages(*names: str) -> dict[str, Indicator]:
    return {n: Indicator(id=n, title=n, kind="count") for n in names}


def test_both_customs_of_naming_ages_are_understood():
    half_open = ages("alter_0_3", "alter_3_6", "alter_6_18", "alter_18_plus", "u6")
    completed = ages(
        "e_00_02_w", "e_03_17_w", "e_18_plus_w", "e_00_02_m", "e_03_17_m", "e_18_plus_m"
    )
    assert find_age_groups(half_open)[1] == ["0–2", "3–5", "6–17", "ab 18"]
    groups, names = find_age_groups(completed)
    assert sorted(groups) == ["m", "w"]
    assert names == ["0–2", "3–17", "ab 18"]


def test_groups_that_overlap_or_leave_a_hole_are_no_age_structure():
    assert find_age_groups(ages("a_0_3", "a_2_6", "a_6_9"))[0] == {}
    assert find_age_groups(ages("a_0_3", "a_4_6", "a_6_9"))[0] == {}
    assert find_age_groups(ages("a_0_3", "a_3_6"))[0] == {}


def test_shares_of_ages_need_all_groups():
    known = ages("a_0_18", "a_18_65", "a_65_plus")
    given = {"a_0_18": 20.0, "a_18_65": 50.0, "a_65_plus": 30.0}

    def figure(name):
        return Figure(known[name], given[name], datenstand="2024")

    found = build_ages(known, figure, figure)
    assert [g.share() for g in found.groups] == [f"20,0{SPACE}%", f"50,0{SPACE}%", f"30,0{SPACE}%"]
    assert found.share_between(0, 18) == (20.0, 20.0)
    assert found.share_between(65, None) == (30.0, 30.0)
    assert found.share_between(0, 20) is None

    def withheld(name):
        return (
            Figure(known[name], sign=".", datenstand="2024") if name == "a_0_18" else figure(name)
        )

    found = build_ages(known, withheld, figure)
    assert found.groups[0].share() == "."
    assert [g.together for g in found.groups] == [".", "50", "30"]
    assert all(g.shares == {} for g in found.groups)


def test_the_sentence_on_ages_is_about_those_under_18_and_from_65():
    # 15 + 5 under 18, 22 + 8 from 65; in the whole 10 + 6 and 20 + 4.
    known = ages("a_0_6", "a_6_18", "a_18_65", "a_65_80", "a_80_plus")
    own, whole = [15.0, 5.0, 50.0, 22.0, 8.0], [10.0, 6.0, 60.0, 20.0, 4.0]

    def figures(values):
        given = dict(zip(known, values, strict=True))
        return lambda name: Figure(known[name], given[name], datenstand="2024")

    found = build_ages(known, figures(own), figures(whole))
    profile = SimpleNamespace(ages=found, whole=SimpleNamespace(name="Musterstadt"))
    (said,) = _ages(profile)
    assert said.text.replace(SPACE, " ") == (
        "20,0 % sind unter 18 Jahre alt (Musterstadt: 16,0 %), 30,0 % mindestens 65 (24,0 %)."
    )


# Offers


def test_offers_of_which_nothing_is_known_share_one_row():
    offers = GeoDataFrame(
        {
            "name": ["Nord", None, None, "Süd"],
            "category": ["kita", "spielplatz", "spielplatz", "kita"],
            "area": ["1", "1", "1", "2"],
            "traeger": ["Stadt", None, None, None],
            "capacity": [60.0, np.nan, np.nan, np.nan],
            "opening_hours": ["Mo-Th 08:00-16:00", None, None, None],
            "website": ["javascript:alert(1)", None, None, "https://kita.example/"],
        },
        geometry=[shapely.Point(0, 0)] * 4,
        crs=25833,
    )
    found = list_offers(offers, pd.Series([True, True, True, False], index=offers.index))
    kita, playground = found.groups
    assert (kita.count, kita.whole, playground.count) == (1, 2, 2)
    assert kita.rows[0].cells == ("Stadt", "60", "Mo–Do 08:00–16:00")
    assert kita.rows[0].website == ""
    assert [(r.name, r.count) for r in playground.bare] == [("", 2)]
    assert found.unknown == ("barrier_free",)


def test_areas_alone_have_profiles_too(tmp_path: Path) -> None:
    areas = GeoDataFrame(
        {"area": ["1"], "name": ["Ort"]}, geometry=[shapely.box(380000, 0, 380100, 100)], crs=25833
    )
    edition = build_edition(
        build_atlas(areas, levels=[Level("quartier", "Quartier", "Quartiere")], title="Stadt")
    )
    written = write_sozialraumprofile(edition, level="quartier", folder=tmp_path)
    assert [path.name for path in written] == ["index.html", "1.html"]
    assert "Ort" in written[1].read_text(encoding="utf-8")


def test_the_sources_say_what_was_done_to_the_figures(tmp_path: Path) -> None:
    edition = build_edition(build_musterstadt().atlas)
    write_sozialraumprofile(edition, level="sozialraum", folder=tmp_path)
    page = (tmp_path / "sozialraum" / "11.html").read_text(encoding="utf-8")
    assert "Schritte: " in page
    assert "zusammengefasst aus 4 Teilgebieten" in page


def test_a_difference_is_told_from_half_a_standard_deviation_on(monkeypatch):
    rows = [
        SimpleNamespace(title=title, distance=distance, gap=gap)
        for title, distance, gap in (
            ("knapp", 0.49, 3.0), ("eben", 0.5, 3.0), ("weit", 2.0, 3.0), ("darunter", 1.0, -3.0),
        )
    ]  # fmt: skip
    monkeypatch.setattr(sentences, "measure_distance", lambda c: c.distance)
    monkeypatch.setattr(sentences, "tell_difference", lambda c: c.title)
    monkeypatch.setattr(sentences, "_marks", lambda chosen: ())
    base = SimpleNamespace(name="Musterstadt")
    themes = [SimpleNamespace(rows=rows)]
    profile = SimpleNamespace(nearest=base, whole=base, themes=themes)
    above, below = (s.text for s in sentences._differences(profile, lambda _: True))
    # The farther comes first; what lies closer than half a standard deviation is not told.
    assert above.index("weit") < above.index("eben")
    assert "darunter" in below
    assert "darunter" not in above
    assert "knapp" not in above + below


def test_areas_called_the_same_are_told_by_their_level() -> None:
    # As in Berlin, where the Prognoseraum Neukölln is a part of Neukölln.
    areas = GeoDataFrame(
        {"area": ["1"], "name": ["Ort"], "bezirk": ["7"], "bezirk_name": ["Stadt"]},
        geometry=[shapely.box(380000, 0, 380100, 100)], crs=25833,
    )  # fmt: skip
    levels = [Level("bezirk", "Bezirk", "Bezirke"), Level("ort", "Ort", "Orte", parent="bezirk")]
    desk = ProfileDesk(build_edition(build_atlas(areas, levels=levels, title="Stadt")), "ort")
    assert [p.name for p in desk.parents("1")] == ["Stadt (Bezirk)", "Stadt (Gesamt)"]
    assert [p.name for p in ProfileDesk(desk.edition, "bezirk").parents("7")] == ["Stadt (Gesamt)"]


def test_numbers_are_written_as_print_writes_them() -> None:
    index = Indicator(id="i", title="Index", kind="index", digits=2)
    assert Figure(index, -0.59).shown == "−0,59"
    kitas = Indicator(id="k", title="Kitas", unit="Angebote")
    assert [Figure(kitas, n).shown for n in (1.0, 2.0)] == [f"1{SPACE}Angebot", f"2{SPACE}Angebote"]
    classes = Indicator(id="k", title="Klasse", classes=("-1 bis 0", "über 0"))
    assert Figure(classes, 1.0).shown == "-1 bis 0"  # a name stays as it was given
    share = Indicator(id="a", title="Anteil", unit="%", kind="rate", per=100, digits=1)
    told = [
        Comparison(own=Figure(i, own), parent=None, whole=Figure(i, 5.0), others=()).difference
        for i in (share, dataclasses.replace(share, digits=0))
        for own in (6.0, 4.0, 7.0)
    ]
    assert [text.replace(SPACE, " ") for text in told] == [
        "+1,0 Prozentpunkte", "−1,0 Prozentpunkte", "+2,0 Prozentpunkte",
        "+1 Prozentpunkt", "−1 Prozentpunkt", "+2 Prozentpunkte",
    ]  # fmt: skip


def test_a_remark_ends_like_a_sentence() -> None:
    note = SourceNote(1, {"Quelle": "Haushaltsplan"}, remarks=["Preisindex: VPI", "Erfunden."])
    assert note.text == "Quelle: Haushaltsplan. Preisindex: VPI. Erfunden."


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ([60.0], "Bei der untersuchten Art von Angeboten"),
        ([60.0, 70.0, 80.0], "Bei allen 3 untersuchten Arten"),
        ([60.0, 40.0, 30.0], "Bei einer von 3 untersuchten Arten"),
        ([60.0, 70.0, 30.0], "Bei 2 von 3 untersuchten Arten"),
    ],
)
def test_kinds_of_offers_are_counted_as_one_speaks(own: list[float], said: str) -> None:
    reach = [
        SimpleNamespace(
            own=SimpleNamespace(rounded=value, unreached=1.0, marks=()),
            whole=SimpleNamespace(rounded=50.0),
        )
        for value in own
    ]
    profile = SimpleNamespace(reach=reach, whole=SimpleNamespace(name="Stadt"))
    (told,) = sentences._reached(profile)
    assert said in told.text


def test_names_with_commas_stay_apart() -> None:
    clubs = ("Humanistischer Verband, Landesverband", *(f"Verein {n} e. V." for n in range(6)))
    (told,) = sentences._carriers(SimpleNamespace(groups=(), traeger=clubs))
    assert told.text.endswith(
        "Humanistischer Verband, Landesverband; Verein 0 e. V.; Verein 1 e. V.; Verein 2 e. V.; "
        "Verein 3 e. V.; Verein 4 e. V.; weitere: 1."
    )


def test_borders_between_parts_are_drawn_once(town_edition) -> None:
    """Else the dashes of two neighbours fill each other's gaps."""
    drawn = draw_locator(prepare_ground(town_edition), "sozialraum", "22", ident="k")
    (border,) = re.findall(r'<path d="([^"]*)"[^>]*stroke-dasharray', drawn)
    # Four Quartiere meet in one point: four lines go out from it.
    assert border.count("M") == 4
    alone = draw_locator(prepare_ground(town_edition), "quartier", "2201", ident="k")
    assert "stroke-dasharray" not in alone


def test_key_figures_say_how_sure_they_are_and_how_they_changed(town_edition, tmp_path) -> None:
    # Südwest 2024: 34 of 1,000 (see above). Two years before 2 percentage points more in each of its
    # Quartiere of 250: 7.5, 10, 17.5 and 20, as whole numbers 8, 10, 18, 20 = 56, so 5.6 %.
    text = write(town_edition, tmp_path, "sozialraum")["11"].text
    tile = text[text.index("Kennzahlen") : text.index("Ressourcen und Hinweise")]
    # Wilson's interval of 34 of 1,000: 2.44 to 4.71 %.
    assert re.search(
        r"Menschen mit Leistungsbezug.*3,4 %.*95-%-Spanne ?2,4–4,7 ?seit 2022 ?−2,", tile
    )
