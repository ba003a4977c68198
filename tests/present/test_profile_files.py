"""Profiles as PDF and DOCX: what they say, what they must never, the same bytes again."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import docx
import geopandas as gpd
import pandas as pd
import pdfua
import pikepdf
import pypdfium2
import pytest
import shapely

from sozialraum.demo import build_musterstadt
from sozialraum.errors import MissingPackageError, UnknownNameError
from sozialraum.model.areas import find_below
from sozialraum.model.atlas import build_atlas
from sozialraum.present.locator import prepare_ground
from sozialraum.present.looks import FONTS, UNKNOWN, only_known
from sozialraum.present.profile.context import ProfileDesk, build_profile
from sozialraum.present.profile.sections import build_sheet
from sozialraum.present.profile.sheet import Beside, Picture, Sheet, Table
from sozialraum.present.profile.week import count_week, read_week
from sozialraum.present.sozialraumprofil import write_sozialraumprofile
from sozialraum.present.word import write_docx
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition

from .pdf_checks import find_faults, walk

FORMATS = ("html", "pdf", "docx")
LEVELS = ("gesamt", "planregion", "sozialraum", "quartier")
# Markup of the languages that PDF and DOCX are set in.
MARKUP = (
    '#eval("1+1")', "$ x^2 $", "*fett* _kursiv_ `roh`", "#import \"@preview/a:1.0.0\"", "@quelle",
    "<marke>", "= Überschrift", "// weg", "/* weg */", "\\u{41}", "#read(\"/etc/passwd\")",
    "</w:t></w:r><w:r><w:t>", "]]><!--", "&amp;&#65;", "{profil}", "[x]#(1)",
)  # fmt: skip


def compact(text: str) -> str:
    """Leave out what line breaks and spaces make of a text, and the hyphens at their ends."""
    return re.sub(r"[\s\u00ad\u0002\ufffe]", "", text)


def read_pdf(path: Path) -> str:
    pages = pypdfium2.PdfDocument(path)
    return "".join(page.get_textpage().get_text_bounded() for page in pages)


def read_docx(path: Path) -> str:
    document = docx.Document(str(path))
    return "".join(t.text or "" for t in document.element.body.iter(W + "t"))


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Text(HTMLParser):
    """The words of a page's body."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skip = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        self.skip += tag in ("style", "title", "desc", "head")
        if "unseen" in str(dict(attrs).get("class", "")) and tag == "span":
            self.words.append("\0")

    def handle_endtag(self, tag):
        self.skip -= tag in ("style", "title", "desc", "head")

    def handle_data(self, data):
        hidden = bool(self.words) and self.words[-1] == "\0"
        if hidden:
            self.words.pop()
        elif not self.skip:
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def make_sheet(edition: Edition, level: str, area: str) -> Sheet:
    desk = ProfileDesk(edition, level)
    return build_sheet(build_profile(desk, area), desk, prepare_ground(edition))


def find_tables(blocks) -> list[Table]:
    found = []
    for block in blocks:
        if isinstance(block, Table):
            found.append(block)
        elif isinstance(block, Beside):
            found += find_tables((*block.left, *block.right))
    return found


def spell(cells) -> str:
    runs = [run for cell in cells if not isinstance(cell, Picture) for run in cell]
    return compact("".join(run.text for run in runs if run.kind != "sign"))


@pytest.fixture(scope="module")
def town_files(town_edition, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("profile")
    for level in LEVELS:
        write_sozialraumprofile(town_edition, level=level, folder=folder, formats=FORMATS)
    return folder


# One sheet, three files


def test_every_row_of_every_table_stands_alike_in_all_three(town_edition, town_files):
    rows = 0
    for level, area in (("gesamt", "gesamt"), ("sozialraum", "11"), ("quartier", "2203")):
        sheet = make_sheet(town_edition, level, area)
        folder = town_files / level
        pdf = compact(read_pdf(folder / f"{area}.pdf"))
        page = compact(Text(folder / f"{area}.html").text)
        word = compact(read_docx(folder / f"{area}.docx")).replace("[", "").replace("]", "")
        for section in sheet.sections:
            for table in find_tables(section.blocks):
                lines = [cells for group in table.groups for cells in group.rows] + [*table.foot]
                for cells in lines:
                    wanted = spell(cells)
                    assert wanted in pdf, (area, section.id, wanted)
                    assert wanted in page, (area, section.id, wanted)
                    assert wanted in word, (area, section.id, wanted)
                    rows += 1
    assert rows > 20


def test_one_number_is_read_back_from_all_three(town_files):
    # Leistungsbezug of Südwest in 2024 is 34 of 1,000, as test_sozialraumprofil works out.
    folder = town_files / "sozialraum"
    wanted = "MenschenmitLeistungsbezug3,4%(−4,0Prozentpunkte)"
    assert wanted in compact(read_pdf(folder / "11.pdf"))
    assert wanted in compact(Text(folder / "11.html").text)
    assert wanted in compact(read_docx(folder / "11.docx"))


def test_a_profile_equals_the_sum_of_its_parts_for_every_count(town_edition):
    checked = 0
    units = town_edition.areas
    for level in LEVELS[:-1]:
        desk = ProfileDesk(town_edition, level)
        below = find_below(town_edition.levels, level).id
        for area in desk.tables[level].index:
            parts = sorted(set(units.loc[units[level] == area, below]))
            profile = build_profile(desk, area)
            told = [c.own for theme in profile.themes for c in theme.rows]
            told += profile.ages.figures if profile.ages else ()
            for own in (f for f in told if f.indicator.kind == "count" and f.value is not None):
                at = desk.figures.at(below, own.indicator.id, own.datenstand)
                values = [at[part].value for part in parts if part in at]
                if values and None not in values:
                    assert sum(values) == own.value, (level, area, own.indicator.id)
                    checked += 1
    assert checked >= 7


# Files


def test_every_format_is_written_the_same_again(town_edition, town_files, tmp_path):
    again = write_sozialraumprofile(
        town_edition, level="sozialraum", folder=tmp_path, formats=FORMATS
    )
    names = [f"{area}.{kind}" for area in ("11", "12", "21", "22") for kind in FORMATS]
    assert [path.name for path in again] == ["index.html", *names]
    for path in again:
        first = (town_files / "sozialraum" / path.name).read_bytes()
        assert hashlib.sha256(first).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_pages_lead_to_the_files_beside_them(town_files):
    page = (town_files / "sozialraum" / "11.html").read_text(encoding="utf-8")
    assert 'href="11.pdf"' in page
    assert 'href="11.docx"' in page
    listed = (town_files / "sozialraum" / "index.html").read_text(encoding="utf-8")
    assert listed.count(".pdf") == listed.count(".docx") == 4


def test_profiles_have_four_pages_at_most(town_files):
    for path in town_files.rglob("*.pdf"):
        assert 2 <= len(pypdfium2.PdfDocument(path)) <= 4, path


def test_unknown_formats_and_missing_packages_are_said_before_anything_is_written(
    town_edition, tmp_path, monkeypatch
):
    def write(**given):
        write_sozialraumprofile(town_edition, level="sozialraum", folder=tmp_path, **given)

    with pytest.raises(UnknownNameError, match="pdf"):
        write(formats=["pfd"])
    with pytest.raises(FileNotFoundError, match="vorlage"):
        write(formats=["docx"], template=tmp_path / "vorlage.docx")
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPackageError, match=r"sozialraum\[pdf\]"):
        write(formats=["html", "pdf"])
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingPackageError, match=r"sozialraum\[word\]"):
        write(formats=["html", "docx"])
    assert list(tmp_path.iterdir()) == []


# PDF


def test_pdf_breaks_no_rule_that_can_be_read(town_files):
    paths = sorted(town_files.rglob("*.pdf"))
    assert {str(p): find_faults(p) for p in paths} == {str(p): [] for p in paths}


def test_the_rules_find_what_is_broken(town_files, tmp_path):
    with pikepdf.open(town_files / "sozialraum" / "11.pdf") as pdf:
        del pdf.Root.Lang, pdf.Root.MarkInfo
        for node in walk(pdf.Root.StructTreeRoot):
            if node.S == "/Figure":
                del node.Alt
            if node.S == "/TH":
                node.S = pikepdf.Name.TD
            if node.S == "/L":
                del node.A
        page = pdf.pages[0]
        page.contents_add(b"0 0 9 9 re f")
        page.contents_add(b"/P <</MCID 9999>> BDC EMC", prepend=True)
        pdf.docinfo["/Title"] = "Anders"
        del page.Resources.Font[next(iter(page.Resources.Font))].ToUnicode
        pdf.save(tmp_path / "broken.pdf")
    found = " ".join(find_faults(tmp_path / "broken.pdf"))
    for fault in (
        "MarkInfo", "Lang", "Figure", "Table without headings", "row without a heading",
        "does not name its row", "List without", "untagged f", "no structure holds", "ToUnicode",
        "/Title 'Anders'",
    ):  # fmt: skip
        assert fault in found


def test_a_checker_of_pdf_ua_finds_nothing(town_files):
    for path in sorted(town_files.rglob("*.pdf")):
        assert [str(f) for f in pdfua.validate(path).findings] == []


def test_pictures_have_words_and_headings_are_bookmarks(town_edition, town_files):
    sheet = make_sheet(town_edition, "sozialraum", "12")
    with pikepdf.open(town_files / "sozialraum" / "12.pdf") as pdf:
        with pdf.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert pdf.docinfo["/Title"] == sheet.title
    wanted = [" ".join(r.text for r in s.title if not r.kind) for s in sheet.sections]
    told = [title.replace("\u00a0", " ") for title in titles]
    assert len(told) == len(wanted)
    assert all(a.startswith(b) for a, b in zip(told, wanted, strict=True))


# DOCX


def test_docx_has_headings_tables_with_heads_pictures_with_words_and_a_language(town_files):
    document = docx.Document(str(town_files / "sozialraum" / "11.docx"))
    styles = [p.style.name for p in document.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") >= 8
    assert document.core_properties.language == "de-DE"
    assert document.core_properties.title == "Sozialraumprofil Südwest"
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(W + "tblHeader") is not None
        assert table._tbl.tblPr.find(W + "tblCaption").get(W + "val")
    pictures = document.inline_shapes
    assert len(pictures) >= 2
    described = [p._inline.docPr for p in pictures if p._inline.docPr.get("descr")]
    silent = [p._inline.docPr for p in pictures if not p._inline.docPr.get("descr")]
    assert len(described) >= 2
    # A sign before its word is decoration, and says so.
    assert silent
    for named in silent:
        assert [e.get("val") for e in named.iter() if e.tag.endswith("}decorative")] == ["1"]
    ids = [p._inline.docPr.get("id") for p in pictures]
    assert len(set(ids)) == len(ids)
    lang = next(document.styles.element.iter(W + "lang"))
    assert lang.get(W + "val") == "de-DE"


def test_columns_of_a_document_keep_their_order_and_end(town_files):
    body = docx.Document(str(town_files / "sozialraum" / "11.docx")).element.body
    sections = list(body.iter(W + "sectPr"))
    counts = [s.find(W + "cols").get(W + "num", "1") for s in sections]
    # The head, map and sentences, the rest in turn; what ends in two columns goes on in one.
    assert counts[:3] == ["1", "2", "1"]
    assert counts[-2:] == ["2", "1"]
    assert all(s.find(W + "type").get(W + "val") == "continuous" for s in sections)
    breaks = [b for b in body.iter(W + "br") if b.get(W + "type") == "column"]
    assert len(breaks) == counts.count("2") - 1  # method and sources flow from column to column
    text = [t.text or "" for t in body.iter(W + "t")]
    assert text.index("Lage und Angebote") < text.index("Auf einen Blick")


def test_the_office_s_own_template_is_used(town_edition, tmp_path):
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "Stadt Beispiel, Jugendamt"
    own.styles["Heading 1"].font.name = "Courier New"
    own.add_paragraph("Vorwort des Amtes")
    own.add_paragraph("{profil}")
    own.add_paragraph("Schlusswort des Amtes")
    own.save(str(tmp_path / "vorlage.docx"))
    sheet = make_sheet(town_edition, "sozialraum", "11")
    made = docx.Document(io.BytesIO(write_docx(sheet, template=tmp_path / "vorlage.docx")))
    texts = [p.text for p in made.paragraphs]
    assert texts[0] == "Vorwort des Amtes"
    assert texts[-1] == "Schlusswort des Amtes"
    assert "{profil}" not in texts
    assert "Südwest" in texts
    assert made.sections[0].header.paragraphs[0].text == "Stadt Beispiel, Jugendamt"
    assert made.styles["Heading 1"].font.name == "Courier New"


def test_a_template_without_the_usual_styles_still_gives_headings(town_edition, tmp_path):
    own = docx.Document()
    for style in [s for s in own.styles if s.name in ("Heading 1", "Heading 2", "List Bullet")]:
        style.element.getparent().remove(style.element)
    own.save(str(tmp_path / "karg.docx"))
    sheet = make_sheet(town_edition, "sozialraum", "11")
    data = write_docx(sheet, template=tmp_path / "karg.docx")
    text = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    assert text.count('<w:outlineLvl w:val="0"/>') == len(sheet.sections)


def test_docx_opens_in_libreoffice(town_files, tmp_path):
    office = shutil.which("soffice")
    if not office or not (Path(office).resolve().parent / "libswlo.so").exists():
        pytest.skip("nicht geprüft: LibreOffice Writer fehlt")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    source = town_files / "sozialraum" / "11.docx"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(source)], check=True, capture_output=True, timeout=120)
    text = compact(read_pdf(tmp_path / "11.pdf"))
    assert "MenschenmitLeistungsbezug3,4%" in text


# Secrecy


def list_contents(path: Path) -> str:
    """Everything a file holds: streams unpacked, metadata, parts of a zip, text as it is read."""
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as parts:
            names = [n for n in parts.namelist() if n.endswith((".xml", ".rels"))]
            return "".join(parts.read(n).decode() for n in names)
    with pikepdf.open(path) as pdf:
        streams = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)]
        told = [o.read_bytes() for o in streams if "/Length1" not in o]
        others = [repr(o) for o in pdf.objects if not isinstance(o, pikepdf.Stream)]
    return b" ".join(told).decode("latin-1") + " ".join(others)


def test_what_is_withheld_stands_in_no_part_of_a_file(secret_edition, tmp_path):
    for level in ("gesamt", "stadtteil", "quartier"):
        write_sozialraumprofile(
            secret_edition, level=level, folder=tmp_path, formats=("pdf", "docx")
        )
    paths = [*tmp_path.rglob("*.pdf"), *tmp_path.rglob("*.docx")]
    assert len(paths) == 12
    for path in paths:
        held = list_contents(path)
        assert "CANARY" not in held
        assert not re.search(r"(?<![\d.])(48611|7219)(?:\.0)?(?![\d.])", held), path
        text = read_pdf(path) if path.suffix == ".pdf" else held
        assert not re.search(r"48\.?611|7\.?219(?!\d)", text), path
    for kind, read in (("pdf", read_pdf), ("docx", read_docx)):
        text = read(tmp_path / "quartier" / f"01.{kind}")
        assert "2 Zahlen dieses Profils sind zum Schutz kleiner Gruppen" in re.sub(
            r"\s+", " ", text
        )
        assert "zurückgehalten oder unbekannt" in re.sub(r"\s+", " ", text)


# Hostile texts


@pytest.fixture(scope="module")
def markup_edition() -> Edition:
    """Musterstadt whose areas, offers and titles are markup of typst and of Word."""
    town = build_musterstadt().atlas
    areas = town.areas.drop(columns=[c for c in town.areas if c.startswith(("gesamt", "quartier"))])
    areas["name"] = MARKUP
    offers = gpd.GeoDataFrame(
        {
            "offer": [str(i) for i in range(len(MARKUP))], "name": MARKUP, "category": "kita",
            "traeger": MARKUP[::-1], "opening_hours": MARKUP, "website": "https://kita.example/",
        },
        geometry=[town.offers.geometry.iloc[0]] * len(MARKUP), crs=town.areas.crs,
    )  # fmt: skip
    titled = {
        name: dataclasses.replace(i, title=MARKUP[n % len(MARKUP)], source=MARKUP[-n])
        for n, (name, i) in enumerate(town.indicators.items())
    }
    levels = [level for level in town.levels if level.id != "gesamt"]
    atlas = build_atlas(
        areas.reset_index().drop(columns=["file", "row"]), levels=levels, title=MARKUP[0],
        offers=offers, values=town.values, indicators=titled,
    )  # fmt: skip
    return build_edition(atlas)


@pytest.mark.parametrize("name", ["hostile_edition", "markup_edition"])
def test_hostile_texts_stay_texts_in_pdf_and_docx(name, request, tmp_path):
    edition = request.getfixturevalue(name)
    level = "sozialraum"
    write_sozialraumprofile(edition, level=level, folder=tmp_path, formats=("pdf", "docx"))
    paths = sorted((tmp_path / level).glob("*.pdf"))
    assert len(paths) == 4
    for path in paths:
        assert find_faults(path) == []
        with pikepdf.open(path) as pdf:
            for target in (o.get("/URI") for o in pdf.objects if isinstance(o, pikepdf.Dictionary)):
                assert target is None or str(target).startswith(("http://", "https://"))
    for path in sorted((tmp_path / level).glob("*.docx")):
        document = docx.Document(str(path))
        for relation in document.part.rels.values():
            if relation.is_external:
                assert relation.target_ref.startswith(("http://", "https://"))
        assert not [p for p in zipfile.ZipFile(path).namelist() if "vba" in p.casefold()]


def test_markup_is_read_back_letter_by_letter(markup_edition, tmp_path):
    write_sozialraumprofile(markup_edition, level="gesamt", folder=tmp_path, formats=FORMATS)
    pdf = compact(read_pdf(tmp_path / "gesamt" / "gesamt.pdf"))
    word = compact(read_docx(tmp_path / "gesamt" / "gesamt.docx"))
    for text in MARKUP:
        assert compact(text) in pdf, text
        assert compact(text) in word, text


# Fonts


def test_every_listed_letter_is_in_every_font_and_none_else():
    fonts = pytest.importorskip("fontTools.ttLib")
    listed = set()
    for run in (FONTS / "letters.txt").read_text(encoding="ascii").split():
        first, last = (int(code, 16) for code in run.split("-"))
        listed |= set(range(first, last + 1))
    for path in Path(str(FONTS)).glob("*.ttf"):
        assert set(fonts.TTFont(path).getBestCmap()) >= listed
    assert {ord(c) for c in "ÄÖÜäöüßẞ−–„“”…×÷·²Ł€\u00a0"} <= listed


def test_letters_that_no_shipped_font_has_are_replaced_and_the_file_is_written(town_edition):
    assert only_known("Kita 中文 👩 Łódź") == f"Kita {UNKNOWN * 2} {UNKNOWN} Łódź"


# Opening hours


def test_plain_hours_are_read_and_nothing_is_guessed():
    week = read_week("Mo-Fr 08:00-12:00, 13:00-17:30; We off; Sa,Su 10:00-11:00; PH off")
    assert week.sum(axis=1).tolist() == [17, 17, 0, 17, 17, 2, 2]
    assert read_week("24/7").all()
    assert read_week("Sa-Mo 10:00-11:00").sum(axis=1).tolist() == [2, 0, 0, 0, 0, 2, 2]
    for text in ("nach Vereinbarung", "Mo 22:00-02:00", "Mar-Oct Mo 08:00-10:00", "Mo 25:00-26:00",
                 "Mo-Fr 08:00+", "sunrise-sunset", "Mo[1] 08:00-10:00", "", "off"):  # fmt: skip
        assert read_week(text) is None, text


def test_open_offers_are_counted_by_category():
    offers = gpd.GeoDataFrame(
        {
            "category": ["kita", "kita", "kita", "arzt"],
            "opening_hours": ["Mo 08:00-10:00", "Mo 09:00-10:00", "wenn es regnet", None],
        },
        geometry=[shapely.Point(0, 0)] * 4, crs=25833,
    )  # fmt: skip
    (row,) = count_week(offers, pd.Series(True, index=offers.index))
    assert (row.title, row.known, row.count) == ("Kita", 2, 3)
    assert row.open[0][15:21] == (0, 1, 1, 2, 2, 0)
    assert sum(map(sum, row.open[1:])) == 0
