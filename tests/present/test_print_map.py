"""Print maps: what stands on the paper, where, how large, and what must never stand there."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pikepdf
import pypdfium2
import pytest
import shapely
from PIL import Image, ImageFont

from sozialraum.errors import UnknownNameError
from sozialraum.model.areas import Level
from sozialraum.model.atlas import build_atlas
from sozialraum.model.indicator import Indicator
from sozialraum.present.classes import classify_indicator
from sozialraum.present.letters import WEIGHTS, measure_text
from sozialraum.present.looks import FONTS
from sozialraum.present.name_places import list_layouts
from sozialraum.present.print_content import Content, gather_content
from sozialraum.present.print_map import lay_out, write_print_map
from sozialraum.present.print_sheet import PAPERS, POINT, WRITERS, flow_words
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Head, Statement

from .conftest import PRIVATE, SECRETS
from .pdf_checks import find_faults, walk

SVG = "{http://www.w3.org/2000/svg}"
FORMATS = ("svg", "pdf", "png")


def take(edition: Edition, **chosen: object) -> Content:
    given = {
        "indicator": None, "level": None, "datenstand": None, "scheme": "quantiles", "limits": None,
        "offers": (), "gaps": False, "hatched": False,
    }  # fmt: skip
    return gather_content(edition, **(given | chosen))  # type: ignore[arg-type]


def texts_of(path: Path) -> str:
    """Read all words of a file as anybody would."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    root = ET.fromstring(path.read_bytes())
    style = next(root.iter(f"{SVG}style"))
    return "\n".join("".join(e.itertext()) for e in root.iter() if e is not style)


def build_crowd(count: int) -> Edition:
    """Areas of very different size, some smaller than any letter, with long names."""
    rng = np.random.default_rng(5)
    many = count > 100
    centre = rng.normal(0, 2.7, (count, 2)) if many else rng.standard_t(2, (count, 2))
    centre *= [800, 500]
    whole = shapely.MultiPoint(centre).buffer(900).convex_hull
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(centre), extend_to=whole))
    ends = ["stadt", "siedlung-Nord", " an der Havel", "feld/Heide", "berg"]
    areas = gpd.GeoDataFrame(
        {
            "area": [f"{i:03}" for i in range(count)],
            "name": [f"{'Neu' * (i % 2)}Muster{ends[i % 5]} {i}" for i in range(count)],
        },
        geometry=shapely.intersection(cells, whole),
        crs=25833,
    )
    values = pd.DataFrame(
        [(a, "quote", "2024", float(i)) for i, a in enumerate(areas["area"])],
        columns=["area", "indicator", "datenstand", "value"],
    )
    offers = gpd.GeoDataFrame(
        {"offer": [f"k{i}" for i in range(30)], "name": "Kita", "category": "kita"},
        geometry=shapely.points(centre[:30] + 40),
        crs=25833,
    )
    return build_edition(
        build_atlas(
            areas,
            levels=(Level("ort", "Ort", "Orte"),),
            title="Menge",
            values=values,
            indicators={"quote": Indicator(id="quote", title="Quote", unit="%", protects="none")},
            offers=offers,
        )
    )


@pytest.fixture(scope="module", params=[40, 140])
def crowded(request: pytest.FixtureRequest) -> Edition:
    return build_crowd(request.param)


def test_the_same_edition_gives_the_same_bytes(town_edition: Edition, tmp_path: Path) -> None:
    for kind in FORMATS:
        first, second = (
            write_print_map(town_edition, tmp_path / f"{i}.{kind}", dpi=96).read_bytes()
            for i in (1, 2)
        )
        assert first == second, kind


@pytest.mark.parametrize(("size", "turned"), list(itertools.product(PAPERS, (False, True))))
def test_the_paper_has_its_size_in_every_format(
    town_edition: Edition, tmp_path: Path, size: str, turned: bool
) -> None:
    wide, high = PAPERS[size][::-1] if turned else PAPERS[size]
    turn = "landscape" if turned else "portrait"
    made = {
        kind: write_print_map(
            town_edition, tmp_path / f"k.{kind}", size=size, orientation=turn, dpi=100
        )
        for kind in FORMATS
    }
    root = ET.fromstring(made["svg"].read_bytes())
    assert (root.get("width"), root.get("height")) == (f"{wide:g}mm", f"{high:g}mm")
    with pikepdf.open(made["pdf"]) as pdf:
        assert len(pdf.pages) == 1
        box = [float(x) for x in pdf.pages[0].mediabox]
    assert box == pytest.approx([0, 0, wide * POINT, high * POINT], abs=0.01)
    with Image.open(made["png"]) as image:
        assert image.size == pytest.approx((wide / 25.4 * 100, high / 25.4 * 100), abs=1)
        assert image.info["dpi"] == pytest.approx((100, 100), abs=0.01)


@pytest.mark.parametrize("size", PAPERS)
def test_no_name_hides_another_thing_or_leaves_its_area(crowded: Edition, size: str) -> None:
    content = take(crowded, offers=("kita",))
    _, picture, _ = lay_out(content, size=size, orientation="landscape")  # type: ignore[arg-type]
    table = crowded.table("ort")
    ids = list(content.ground.topology.objects["ort"])
    boxes = [shapely.box(*box) for _, box, _ in picture.labels]
    tree = shapely.STRtree(boxes)
    pairs = tree.query(boxes, predicate="intersects").T
    overlaps = [(a, b) for a, b in pairs if a < b and boxes[a].intersection(boxes[b]).area > 1e-6]
    assert not overlaps
    lines = 0
    for area, box, end in picture.labels:
        shape = shapely.transform(table.geometry[ids[area]], picture.view.to_px)
        if end is None:
            assert shape.buffer(1.0).covers(shapely.box(*box)), ids[area]
        else:
            lines += 1
            assert shape.buffer(1.0).covers(shapely.Point(end))
            across = shapely.LineString([((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), end])
            others = [b for b in boxes if not b.equals(shapely.box(*box))]
            assert not any(across.crosses(b.buffer(-1)) for b in others)
    shown = {area for area, _, _ in picture.labels}
    assert len(picture.labels) == len(shown)
    if len(ids) > 100:  # too many for a list: figures alone, and it says how many names are missing
        assert not picture.numbered
        assert picture.unnamed
    else:
        assert lines
        assert len(shown) == len(ids) - picture.unnamed


@pytest.mark.parametrize("size", PAPERS)
def test_every_number_on_the_map_is_in_the_list_with_name_and_figure(
    size: str,
) -> None:
    content = take(build_crowd(40))
    sheet, picture, _ = lay_out(content, size=size, orientation="auto")  # type: ignore[arg-type]
    assert picture.numbered
    assert [count for count, _ in picture.numbered] == list(range(1, len(picture.numbered) + 1))
    lines = {(round(w.x), round(w.y)): w.lines for w in sheet.words}
    rows: dict[int, list[str]] = {}
    for (_, y), text in sorted(lines.items()):
        rows.setdefault(y, []).extend(text)
    flat = [cell for row in rows.values() for cell in row]
    for count, area in picture.numbered:
        assert str(count) in flat
        assert content.ground.figures[area] in flat
    names = " ".join(" ".join(w.lines) for w in sheet.words)
    assert all(content.ground.names[area] in names for _, area in picture.numbered)


def test_the_scale_bar_is_as_long_as_it_says(town_edition: Edition, tmp_path: Path) -> None:
    path = write_print_map(town_edition, tmp_path / "k.svg", level="gesamt")
    root = ET.fromstring(path.read_bytes())
    # The town's outline, in tenths of a point, gives the scale of the paper.
    drawn = [
        e for e in root.iter(f"{SVG}path") if e.get("fill") == "none" and "l" in e.get("d", "")
    ]
    town = drawn[-1]
    start, *steps = re.split("l", town.get("d", "").rstrip("z"))
    numbers = [int(n) for n in re.findall(r"-?\d+", f"{start} {' '.join(steps)}")]
    xs = np.cumsum(numbers[0::2])
    bounds = town_edition.areas.total_bounds
    per_metre = (xs.max() - xs.min()) / 10 / (bounds[2] - bounds[0])
    words = [e.text or "" for e in root.iter(f"{SVG}text")]
    said = next(m for w in words if (m := re.fullmatch(r"(\d+) (k?)m", w)))
    metres = int(said[1]) * (1000 if said[2] else 1)
    ink = [e for e in root.iter(f"{SVG}rect") if e.get("stroke") == "#1c2a33"]
    bar = sum(float(e.get("width", 0)) for e in ink)
    assert len(ink) == 2
    assert bar == pytest.approx(metres * per_metre, rel=0.01)
    ratio = next(w for w in words if w.startswith("Maßstab"))
    scale = int(ratio.rsplit(": ", 1)[1].replace(".", ""))
    assert scale == pytest.approx(72 / 0.0254 / per_metre, rel=0.05)


def test_classes_and_counts_are_those_of_the_page(town_edition: Edition, tmp_path: Path) -> None:
    for name in town_edition.indicators:
        rows = town_edition.values.query("indicator == @name and level == 'quartier'")
        if not len(rows):
            continue
        path = write_print_map(town_edition, tmp_path / "k.svg", indicator=name)
        root = ET.fromstring(path.read_bytes())
        texts = [e.text for e in root.iter(f"{SVG}text")]
        found = classify_indicator(town_edition, name, "quartier", with_unit=False)
        for label, colour in zip(found.labels, found.colours, strict=True):
            assert label in texts
            assert any(e.get("fill") == colour for e in root.iter(f"{SVG}rect"))
        content = take(town_edition, indicator=name)
        classed = [content.counts.get(i, 0) for i in range(len(found.labels))]
        assert tuple(classed) == found.counts
        assert sum(content.counts.values()) == len(town_edition.table("quartier"))


def test_what_is_withheld_is_hatched_and_stands_nowhere(
    secret_edition: Edition, tmp_path: Path
) -> None:
    for name, kind in itertools.product(("u6", "leistung"), ("svg", "pdf")):
        path = write_print_map(secret_edition, tmp_path / f"{name}.{kind}", indicator=name)
        words = texts_of(path)
        digits = re.sub(r"[.,\s]", "", words)
        assert "zurückgehalten" in words
        assert not any(str(secret) in digits for secret in SECRETS)
        assert not any(private in words for private in PRIVATE)
    root = ET.fromstring((tmp_path / "leistung.svg").read_bytes())
    fills = [e.get("fill") for e in root.iter(f"{SVG}path")]
    # Area 1 is withheld, 3 states "/", 4 has no row; both of these are "keine Angabe".
    assert (fills.count("url(#muster2)"), fills.count("url(#muster1)")) == (1, 2)
    assert "keine Angabe" in texts_of(tmp_path / "leistung.svg")
    assert "(12,50\u00a0%)" in texts_of(tmp_path / "leistung.svg")


def test_the_head_foot_and_practice_data_say_what_they_are(
    town_edition: Edition, tmp_path: Path
) -> None:
    for kind in ("svg", "pdf"):
        words = " ".join(texts_of(write_print_map(town_edition, tmp_path / f"k.{kind}")).split())
        for text in (
            "Beispiel, nicht für Planung", "Musterstadt", "Übungsdaten", "12/2025", "11.02.2025",
            "Je dunkler, desto höher der Anteil.", "Datenstand: ", "Gebietsstand: ", "Quelle: ",
            "Herausgegeben von: Amt für Jugend", "Legende", "So lesen Sie die Karte", "Maßstab",
        ):  # fmt: skip
            assert text in words, (kind, text)


def test_a_map_speaks_english_where_asked(secret_edition: Edition, tmp_path: Path) -> None:
    for kind in ("svg", "pdf"):
        path = write_print_map(
            secret_edition, tmp_path / f"k.{kind}", indicator="leistung", language="en"
        )
        words = " ".join(texts_of(path).split())
        for text in ("Legend", "How to read this map", "Scale about 1 : ", "Withheld: the number"):
            assert text in words, (kind, text)
        for text in ("Legende", "So lesen Sie", "Maßstab", "zurückgehalten", "keine Angabe"):
            assert text not in words, (kind, text)
        assert not re.search(r"\d[.,]0 k?m\b", words)  # the scale bar's round lengths
    assert ET.fromstring((tmp_path / "k.svg").read_bytes()).get("lang") == "en"
    with pikepdf.open(tmp_path / "k.pdf") as pdf:
        assert str(pdf.Root.Lang) == "en"
        alternatives = [str(n.Alt) for n in walk(pdf.Root.StructTreeRoot) if n.S == "/Figure"]
    assert "North is up." in alternatives[0]
    assert "Zurückgehalten" in texts_of(
        write_print_map(secret_edition, tmp_path / "de.svg", indicator="leistung")
    )


def test_a_pdf_is_tagged_described_and_set_in_the_shipped_letters(
    town_edition: Edition, tmp_path: Path
) -> None:
    path = write_print_map(town_edition, tmp_path / "k.pdf", offers=("kita",), gaps=True)
    assert set(find_faults(path)) <= {"outline"}  # a single page needs no table of contents
    with pikepdf.open(path) as pdf:
        tree = list(walk(pdf.Root.StructTreeRoot))
        figure = next(node for node in tree if node.S == "/Figure")
        assert "Höchster Wert" in str(figure.Alt)
        assert [str(n.S) for n in tree].count("/H1") >= 2
        fonts = {
            str(font.BaseFont).split("+")[1]
            for font in pdf.objects
            if isinstance(font, pikepdf.Dictionary) and font.get("/Type") == "/Font"
        }
    assert fonts
    assert all(name.startswith("NotoSans") for name in fonts)


def test_names_stay_words(hostile_edition: Edition, tmp_path: Path) -> None:
    indicator = next(iter(hostile_edition.indicators))
    categories = sorted(set(hostile_edition.offers["category"].astype(str)))
    for kind in FORMATS:
        path = write_print_map(
            hostile_edition, tmp_path / f"k.{kind}", indicator=indicator, offers=categories, dpi=72
        )
        if kind == "png":
            continue
        words = texts_of(path)
        assert "alert(1)" in words
    root = ET.fromstring((tmp_path / "k.svg").read_bytes())
    known = {
        "svg", "title", "desc", "style", "defs", "pattern", "clipPath", "g", "path", "rect", "text",
        "circle",
    }  # fmt: skip
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= known
    assert not [k for e in root.iter() for k in e.attrib if k.startswith("on") or "href" in k]
    assert all(ord(c) >= 32 or c in "\n\t" for c in (tmp_path / "k.svg").read_text("utf-8"))


def test_patterns_stand_for_colours_in_black_and_white(
    town_edition: Edition, tmp_path: Path
) -> None:
    path = write_print_map(town_edition, tmp_path / "k.svg", hatched=True)
    root = ET.fromstring(path.read_bytes())
    fills = {e.get("fill") for e in root.iter(f"{SVG}path")}
    patterns = {e.get("id") for e in root.iter(f"{SVG}pattern")}
    used = {f[5:-1] for f in fills if f and f.startswith("url(#")}
    assert used <= patterns
    assert sum(name.startswith("klasse") for name in used) == 5


def test_wrong_requests_say_so(town_edition: Edition, tmp_path: Path) -> None:
    for wrong in (
        {"size": "A5"}, {"orientation": "quer"}, {"indicator": "x"}, {"level": "x"},
        {"datenstand": "1999"}, {"offers": ["x"]}, {"language": "fr"},
    ):  # fmt: skip
        with pytest.raises(UnknownNameError):
            write_print_map(town_edition, tmp_path / "k.svg", **wrong)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError):
        write_print_map(town_edition, tmp_path / "k.gif")
    with pytest.raises(ValueError, match="72 bis 600"):
        write_print_map(town_edition, tmp_path / "k.png", dpi=9600)
    assert not list(tmp_path.iterdir())


def test_a_level_without_figures_shows_its_areas(tmp_path: Path) -> None:
    areas = gpd.GeoDataFrame(
        {"area": ["a"], "name": ["Allein"]}, geometry=[shapely.box(0, 0, 900, 400)], crs=25833
    )
    atlas = build_atlas(areas, levels=(Level("ort", "Ort", "Orte"),), title="Dorf")
    path = write_print_map(build_edition(atlas), tmp_path / "k.svg")
    assert "Allein" in texts_of(path)
    assert "zurückgehalten" not in texts_of(path)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_letters_are_as_wide_as_another_reader_of_the_font_says(weight: int) -> None:
    font = ImageFont.truetype(
        str(FONTS / f"NotoSans-{WEIGHTS[weight]}.ttf"), 1000, layout_engine=ImageFont.Layout.BASIC
    )
    for text in ("Neubrandenburg", "0,5 %", "Größe – Łódź"):
        # Without pairs of letters being drawn together.
        apart = sum(font.getlength(letter) for letter in text)
        assert measure_text(text, 1000, weight) == pytest.approx(apart, rel=0.002)


def test_the_letters_embedded_in_an_svg_are_those_it_was_laid_out_with() -> None:
    from fontTools.ttLib import TTFont

    for weight, name in WEIGHTS.items():
        font = TTFont(FONTS / f"NotoSans-{name}.woff")
        em, widths = font["head"].unitsPerEm, font["hmtx"]
        letters = font.getBestCmap()
        assert set("ÄÖÜäöüß€„“–…÷×") <= {chr(code) for code in letters}
        for code, glyph in letters.items():
            assert widths[glyph][0] / em == pytest.approx(measure_text(chr(code), 1.0, weight))


def test_long_names_are_broken_evenly() -> None:
    assert list(list_layouts("Rabenstein/Fläming")) == [
        ["Rabenstein/Fläming"], ["Rabenstein/", "Fläming"],
    ]  # fmt: skip
    assert list(list_layouts("Teltow")) == [["Teltow"]]


def test_every_kind_of_file_has_its_writer() -> None:
    assert set(WRITERS) == {f".{kind}" for kind in FORMATS}


LONG = "Zusammenschluss der ehemals selbständigen Gemeinden Obermusterhausen-Niedermusterhausen"
CLASSES = tuple(f"Klasse {i} mit einem langen Namen, der mehrere Zeilen braucht" for i in range(7))
FULL = {
    "many kinds of offers": {"kinds": 25},
    "long names": {"name": LONG},
    "a name that cannot be broken": {"name": "Donaudampfschifffahrtsgesellschaftssiedlung"},
    "long words above and many sources": {"wordy": True, "sources": 30},
    "named classes": {"classes": CLASSES},
    "one area": {"count": 1, "name": LONG},
}


def build_full(
    count: int = 20, kinds: int = 1, name: str = "", wordy: bool = False, sources: int = 0,
    classes: tuple[str, ...] = (),
) -> Edition:  # fmt: skip
    """A row of areas with more to be said about them than a sheet is made for."""
    words = {
        "title": "Ressourcenkarte " * 6, "gremium": "Ausschuss für Soziales und Gesundheit " * 3,
        "vorlage": "2026/0815", "status": "Entwurf zur ersten Beratung", "date": "2026-11-22",
        "notice": "Nicht für Planung. " * 20, "reading": "So wird die Karte gelesen. " * 12,
        "office": "Amt für Jugend, Familie und Bildung",
    }  # fmt: skip
    areas = gpd.GeoDataFrame(
        {
            "area": [f"{i:02}" for i in range(count)],
            "name": [f"{name or 'Ort'} {i}" for i in range(count)],
        },
        geometry=[shapely.box(1000 * i, 0, 1000 * i + 1000, 9000) for i in range(count)],
        crs=25833,
    )
    steps = len(classes) or 1000
    title = "Kinder und Jugendliche unter 18 Jahren in Bedarfsgemeinschaften " * (3 if wordy else 1)
    indicator = Indicator(
        id="quote", title=title, unit="" if classes else "%", protects="none", classes=classes,
        kind="index" if classes else "rate",
    )  # fmt: skip
    offers = gpd.GeoDataFrame(
        {
            "offer": [f"k{i}" for i in range(kinds)],
            "name": "Kita",
            "category": [f"Angebotsart mit einem langen Namen {i}" for i in range(kinds)],
        },
        geometry=[shapely.Point(500 + 900 * (i % count), 4500) for i in range(kinds)],
        crs=25833,
    )
    atlas = build_atlas(
        areas,
        levels=(Level("ort", "Ort", "Orte"),),
        title="Menge",
        values=pd.DataFrame(
            [(a, "quote", "2024", i % steps + 1.0) for i, a in enumerate(areas["area"])],
            columns=["area", "indicator", "datenstand", "value"],
        ),
        indicators={"quote": indicator},
        offers=offers,
    )
    told = tuple(
        f"Quelle {i}: © Statistisches Amt, dl-de/by-2-0, Stand 2024" for i in range(sources)
    )
    statement = Statement(head=Head(**words) if wordy else Head(), sources=told)
    return build_edition(atlas, statement=statement)


@pytest.mark.parametrize("size", PAPERS)
@pytest.mark.parametrize("case", FULL)
def test_words_never_meet_nor_leave_a_full_sheet(case: str, size: str) -> None:
    edition = build_full(**FULL[case])  # type: ignore[arg-type]
    kinds = sorted(edition.offers["category"].unique())
    sheet, picture, corner = lay_out(
        take(edition, offers=kinds),
        size=size,
        orientation="auto",  # type: ignore[arg-type]
    )
    width, height = (side * POINT for side in sheet.size_mm)
    lines = [
        (w.x, w.y + w.step * i, measure_text(line, w.size, w.weight), w.size, line)
        for w in sheet.words
        for i, line in enumerate(w.lines)
        if line
    ]
    # From the top of a capital to the foot of a g.
    boxes = [shapely.box(x, y - 0.72 * em, x + wide, y + 0.2 * em) for x, y, wide, em, _ in lines]
    paper = shapely.box(0, 0, width, height).buffer(-28)
    assert [
        line for (*_, line), box in zip(lines, boxes, strict=True) if not paper.covers(box)
    ] == []
    pairs = shapely.STRtree(boxes).query(boxes, predicate="intersects").T
    assert [
        (lines[a][4], lines[b][4])
        for a, b in pairs
        if a < b and boxes[a].intersection(boxes[b]).area > 0.5
    ] == []
    drawn = shapely.box(0, 0, picture.view.width, picture.view.height)
    drawn = shapely.transform(drawn, lambda xy: xy + np.array(corner))
    assert [lines[i][4] for i in shapely.STRtree(boxes).query(drawn, "intersects")] == []
    if case != "long words above and many sources":  # of those the head shortens some
        assert not [line for *_, line in lines if line.endswith("…")]
    told = " ".join(line for *_, line in lines)
    assert all(f"Quelle {i}:" in told for i in range(FULL[case].get("sources", 0)))  # type: ignore[call-overload]


def test_a_sheet_too_full_for_a_map_is_refused(tmp_path: Path) -> None:
    edition = build_full(kinds=160)
    kinds = sorted(edition.offers["category"].unique())
    with pytest.raises(ValueError, match="auf A4 keinen Platz"):
        write_print_map(edition, tmp_path / "karte.svg", offers=kinds)
    assert not list(tmp_path.iterdir())


def test_an_offer_beyond_the_sheet_is_counted_and_said() -> None:
    content = take(
        build_full(kinds=4), offers=[f"Angebotsart mit einem langen Namen {i}" for i in range(4)]
    )
    offers = content.ground.offers.copy()
    offers.geometry = [*offers.geometry[:3], shapely.Point(90_000, 0)]
    sheet, picture, _ = lay_out(
        replace(content, ground=replace(content.ground, offers=offers)),
        size="A4",
        orientation="auto",
    )
    assert picture.beyond == 1
    assert picture.svg.count('scale(0.5)"') == 3
    told = " ".join(line for w in sheet.words for line in w.lines)
    assert "Angebote außerhalb des Blattes, oben mitgezählt: 1." in told


def test_the_legend_names_the_borders_of_the_levels_above(town_edition: Edition) -> None:
    sheet, _, _ = lay_out(take(town_edition, level="quartier"), size="A4", orientation="auto")
    above = [x.plural for x in town_edition.levels if x.id not in ("gesamt", "quartier")]
    told = [line for w in sheet.words for line in w.lines]
    assert [line for line in told if line.startswith("Grenzen: ")] == [
        f"Grenzen: {plural}" for plural in reversed(above)
    ]


def test_columns_of_words_are_even_and_tear_no_line_off() -> None:
    # A column of 60 pt holds one word of five n (at 18 pt 55 wide): a word is a line.
    def lengths(*words: int) -> list[list[int]]:
        made = flow_words(
            [" ".join(["nnnnn"] * n) for n in words], 140, 18, "#000000", most=2, gutter=20, gap=3
        )
        columns: dict[float, list[int]] = {}
        for one in made.words:
            columns.setdefault(one.x, []).append(len(one.lines))
        return list(columns.values())

    assert lengths(3) == [[3]]
    assert lengths(8) == [[4], [4]]
    assert lengths(1, 9) == [[1, 4], [5]]
    # Five lines a column would tear the first line off the second paragraph, six do not.
    assert lengths(4, 6) == [[4, 2], [4]]
    # And here the last line off the first one.
    assert lengths(6, 4) == [[6], [4]]
