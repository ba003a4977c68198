"""Registers too long for a profile: less is told, and how much more there is and where it stands."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import pikepdf
import pytest

import sozialraum as sr
from sozialraum.demo import build_measures, build_musterstadt
from sozialraum.present.locator import prepare_ground
from sozialraum.present.profile.context import ProfileDesk
from sozialraum.present.profile.lines import shorten
from sozialraum.present.profile.room import ROOMS
from sozialraum.present.profile.sheet import Items, Paragraph, Sheet, say_plain
from sozialraum.present.sozialraumprofil import build_sheets
from sozialraum.present.typeset import set_pdf
from sozialraum.secrecy.build import build_edition

TOPICS, VOICES, MEASURES = 12, 5, 30
LONG = "Am Nachmittag fehlt ein Ort, an dem Kinder ohne Anmeldung zusammenkommen. " * 8


@pytest.fixture(scope="module")
def make():
    """Set out the profile of Nordost with 12 topics of 5 Träger each, 12 rules and 30 measures."""
    atlas = build_musterstadt().atlas
    edition = build_edition(atlas, audience="nichtoeffentlich")
    topics = [f"Thema {i:02}" for i in range(TOPICS)]
    said = pd.DataFrame(
        {"date": "2024-05-14", "source": "Umfrage", "area": "22", "topic": topic,
         "traeger": f"Träger {k}", "statement": f"{k}. {LONG}"}
        for topic in topics for k in range(VOICES)
    )  # fmt: skip
    done = pd.concat([build_measures().iloc[[0]]] * MEASURES, ignore_index=True).assign(
        measure=[f"N{i}" for i in range(MEASURES)], topic="Thema 00", note=LONG
    )
    rules = [
        sr.ActionRule(topic=topic, level="sozialraum", indicator="leistungsbezug", limit=limit)
        for topic, limit in zip(topics, [1] * 7 + [90] * 5, strict=True)
    ]
    given = {
        "needs": sr.settle_needs(said, atlas.areas, atlas.offers).table,
        "measures": sr.settle_measures(done, atlas.areas, atlas.offers).table,
        "plan": sr.NeedsPlan(topics=dict.fromkeys(topics, "leistungsbezug"), rules=rules),
    }
    desk = ProfileDesk(edition, "sozialraum")
    return lambda most: next(
        build_sheets(desk, prepare_ground(edition), ["22"], most=most, **given)
    )


def read(sheet: Sheet, ident: str) -> tuple[list[list[str]], list[str]]:
    """Give the lists and the paragraphs of a section."""
    (section,) = (s for s in sheet.sections if s.id == ident)
    lists = [[say_plain(i) for i in b.items] for b in section.blocks if isinstance(b, Items)]
    return lists, [say_plain(b.words) for b in section.blocks if isinstance(b, Paragraph)]


def test_what_is_told_and_what_is_left_add_up(make) -> None:
    full, told = ROOMS[0], make(None)
    (topics, rules, quotes), said = read(told, "stimmen")
    assert [len(topics), len(rules), len(quotes)] == [full.topics, full.rules, full.statements]
    assert any(s.startswith(f"Weitere Themen in der Tabelle der Bedarfe: {12 - 8}.") for s in said)
    # 7 of 12 rules hold: Nordost has 10 % or more. 6 are told, all of them acute, so one is left.
    assert all("hat nach dieser Regel akuten Handlungsbedarf" in rule for rule in rules)
    more = "Weitere Regeln in der Tabelle des Handlungsbedarfs: 6, davon mit akutem Handlungsbedarf: 1."
    assert more in said
    assert "Weitere Aussagen in der Tabelle der Bedarfe: 56." in said
    (measures,), also = read(told, "massnahmen")
    assert len(measures) == full.measures
    assert also[0] == "Dazu 26 weitere; alle stehen in der Tabelle der Maßnahmen."


def test_every_topic_says_how_many_spoke(make) -> None:
    for most in (None, 2):
        (topics, *_), _ = read(make(most), "stimmen")
        assert topics
        assert all(f"{VOICES} Aussagen von {VOICES} Trägern" in topic for topic in topics)


def test_cut_texts_are_seen_to_be_cut_and_lead_to_the_whole_ones(make) -> None:
    (*_, quotes), said = read(make(None), "stimmen")
    assert all(" …“ (Träger" in quote for quote in quotes)
    assert said[-1].startswith("Texte, die mit „…“ enden, sind gekürzt")
    assert shorten("x" * 300, 20) == "x" * 19 + " …"


def test_where_pages_are_few_less_is_told(make) -> None:
    def count(sheet: Sheet, most: int) -> int:
        with pikepdf.open(BytesIO(set_pdf(sheet, most=most))) as pdf:
            return len(pdf.pages)

    full, four, two = (make(most) for most in (None, 4, 2))
    # It fits four pages as it is, two only with less.
    assert full == four
    assert count(full, 2) == 3
    assert count(two, 2) == 2
    topics = [len(read(sheet, "stimmen")[0][0]) for sheet in (full, two)]
    assert topics[1] < topics[0]
