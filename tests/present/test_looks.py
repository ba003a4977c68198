"""One look everywhere: patterns, scales for all eyes, borders that can be seen."""

from __future__ import annotations

import re
import sqlite3
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.figure import Figure

from sozialraum.present import charts, classes, clusters, frame, looks, reliability, schemes
from sozialraum.present.choropleth import plot_map
from sozialraum.present.classes import Hatch, letters_on, mark_categories, measure_contrast
from sozialraum.present.geopackage import write_geopackage
from sozialraum.present.print_map import write_print_map
from sozialraum.present.ressourcenkarte import write_ressourcenkarte
from sozialraum.secrecy.edition import Edition
from tests.present.test_classes import COLOUR_BLIND

PIXEL_MM = 0.2646
SIGHTS = {"all": np.eye(3), **dict(zip(("protan", "deutan", "tritan"), COLOUR_BLIND, strict=True))}
SCALES = {
    "classes": classes.COLOURS,
    "deviation": schemes.DEVIATION,
    "pairs": tuple(colour for row in schemes.PAIR for colour in row),
    "lines": frame.LINES,
    "sexes": (charts.SOFT, charts.FILL),
    "clusters": tuple(clusters._LOOKS[name].colour for name in clusters._NAMED),
    "intervals": tuple(colour for colour, _ in reliability._LOOKS.values()),
    "robustness": tuple(reliability._KINDS.values()),
}


@pytest.fixture
def drawn(secret_edition: Edition, tmp_path: Path) -> dict[str, str]:
    """The same figures as page, paper, GeoPackage and plot: one area withheld, one without."""
    page = write_ressourcenkarte(secret_edition, tmp_path / "karte.html", indicator="leistung")
    paper = write_print_map(
        secret_edition, tmp_path / "karte.svg", indicator="leistung", level="quartier"
    )
    package = write_geopackage(secret_edition, tmp_path / "stadt.gpkg")
    with sqlite3.connect(package) as database:
        (style,) = database.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = 'gebiete_quartier'"
            " AND useAsDefault = 1"
        ).fetchone()
    return {
        "page": page.read_text(encoding="utf-8"),
        "paper": paper.read_text(encoding="utf-8"),
        "qgis": style,
    }


@pytest.mark.parametrize(
    ("hatch", "ink"),
    [
        (classes.MISSING_HATCH, classes.MISSING_INK),
        (classes.HIDDEN_HATCH, classes.HIDDEN_INK),
    ],
    ids=["keine Angabe", "zurückgehalten"],
)
def test_a_pattern_is_the_same_on_page_and_paper(
    hatch: Hatch, ink: str, drawn: dict[str, str]
) -> None:
    for medium in ("page", "paper"):
        tiles = re.findall(r"<pattern.*?</pattern>", drawn[medium], re.DOTALL)
        assert any(f'd="{hatch.path}"' in tile and ink in tile for tile in tiles), medium


def test_qgis_draws_the_same_patterns(drawn: dict[str, str]) -> None:
    root = ET.fromstring(drawn["qgis"].partition("\n")[2])
    found = {}
    for rule in root.iter("rule"):
        symbol = root.find(f".//symbol[@name='{rule.get('symbol')}']")
        if symbol is not None:
            layers = symbol.findall("layer")
            found[rule.get("label")] = {
                option.get("name"): option.get("value")
                for layer in layers
                for option in layer.iter("Option")
            } | {"kinds": [layer.get("class") for layer in layers]}
    missing, hidden = found["keine Angabe"], found["zurückgehalten („.“)"]
    assert missing["kinds"] == ["SimpleFill", "PointPatternFill"]
    # A ring of radius 2 in a tile of 12 pixels.
    assert float(missing["distance_x"]) == pytest.approx(12 * PIXEL_MM, abs=0.001)
    assert float(missing["size"]) == pytest.approx(4 * PIXEL_MM, abs=0.001)
    assert hidden["kinds"] == ["SimpleFill", "LinePatternFill"]
    assert hidden["angle"] == "-45"  # falling, as "\\" does


def test_plots_draw_the_same_patterns(secret_edition: Edition) -> None:
    axes = plot_map(secret_edition, "leistung", level="quartier", ax=Figure().subplots())
    hatches = {collection.get_hatch() for collection in axes.collections}
    assert {classes.MISSING_HATCH.matplotlib, classes.HIDDEN_HATCH.matplotlib} <= hatches


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("scale", SCALES)
def test_colours_of_a_scale_differ_for_all_eyes(scale: str, sight: str) -> None:
    """Any two lie at least 12 apart in CIELAB (1976); 2.3 is just noticeable side by side."""
    places = [see(colour, np.array(SIGHTS[sight])) for colour in SCALES[scale]]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(places, 2)) >= 12


def test_marks_of_one_shape_differ_for_all_eyes() -> None:
    marks = list(mark_categories([f"{i:02}" for i in range(24)]).values())
    assert len(set(marks)) == 24
    for one, other in combinations(marks, 2):
        if one.path == other.path:
            for eyes in SIGHTS.values():
                apart = see(one.colour, np.array(eyes)) - see(other.colour, np.array(eyes))
                assert float(np.linalg.norm(apart)) >= 12


def test_letters_on_any_fill_and_in_any_colour_can_be_read() -> None:
    """WCAG 2: 4.5 : 1 for letters, 3 : 1 for what a line or a mark has to show."""
    fills = (
        *classes.COLOURS, *schemes.DEVIATION, *SCALES["pairs"], classes.HIDDEN, classes.MISSING,
        classes.LAND, classes.OTHER,
    )  # fmt: skip
    assert [c for c in fills if measure_contrast(c, letters_on(c)) < 4.5] == []
    written = (*frame.LINES, classes.INK, classes.QUIET)
    for ground in (looks.LOOKS[name] for name in ("ground", "wash", "sand")):
        assert measure_contrast(ground, classes.QUIET) >= 4.5
    assert [c for c in written if measure_contrast(c, classes.PAPER) < 4.5] == []
    drawn = (charts.SOFT, charts.FILL, classes.GAP, classes.HIDDEN_INK, looks.LOOKS["edge"])
    assert [c for c in drawn if measure_contrast(c, classes.PAPER) < 3] == []


@pytest.mark.parametrize("count", range(1, 13))
def test_named_classes_have_patterns_of_their_own_from_light_to_dark(count: int) -> None:
    found = classes.name_classes([str(i) for i in range(count)], [1.0])
    assert len(set(found.hatches)) == len(set(found.colours)) == count
    # What matplotlib draws must not fall behind either: more of a sign or a denser sign.
    signs = [classes.HATCHES.index(next(h for h in classes.HATCHES if h.matplotlib[:1] == w[:1]))
             for w in (hatch.matplotlib for hatch in found.hatches)]  # fmt: skip
    assert signs == sorted(signs)
    sizes = [(sign, -hatch.size) for sign, hatch in zip(signs, found.hatches, strict=True)]
    assert sizes == sorted(sizes)
    grey = [see(colour, np.eye(3))[0] for colour in found.colours]
    assert grey == sorted(grey, reverse=True)


def see(colour: str, eyes: np.ndarray) -> np.ndarray:
    """Give the CIELAB place of a colour as those eyes see it (D65)."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    seen = to_xyz @ np.clip(eyes @ linear, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(seen > 0.008856, np.cbrt(seen), 7.787 * seen + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_least_difference_is_measured_right() -> None:
    # Black and white lie 100 apart; sRGB red at L* 53.24, a* 80.09, b* 67.20.
    assert np.linalg.norm(see("#ffffff", np.eye(3)) - see("#000000", np.eye(3))) == pytest.approx(
        100, abs=0.01
    )
    assert see("#ff0000", np.eye(3)) == pytest.approx([53.24, 80.09, 67.20], abs=0.05)


def test_every_area_in_qgis_has_a_border_that_stands_out_from_it(drawn: dict[str, str]) -> None:
    """Else neighbours in the darkest class flow into one."""
    root = ET.fromstring(drawn["qgis"].partition("\n")[2])
    checked = 0
    for layer in root.iter("layer"):
        if layer.get("class") == "SimpleFill":
            told = {o.get("name"): str(o.get("value")) for o in layer.iter("Option")}
            fill, line = (
                "#" + "".join(f"{int(part):02x}" for part in told[name].split(",")[:3])
                for name in ("color", "outline_color")
            )
            assert measure_contrast(fill, line) >= 3, (fill, line)
            checked += 1
    assert checked >= 3
