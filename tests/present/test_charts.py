"""Charts: coordinates worked out by hand, and no length for what is withheld."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sozialraum.present.charts import (
    Bar,
    Moment,
    Pair,
    draw_bars,
    draw_lines,
    draw_pyramid,
    draw_share,
    draw_strip,
)

SVG = "{http://www.w3.org/2000/svg}"


def parts(svg: str, tag: str) -> list[dict[str, str]]:
    return [e.attrib for e in ET.fromstring(svg).iter(SVG + tag)]


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in ET.fromstring(svg).iter(SVG + "text")]


def test_strip_places_values_between_its_ends():
    # 0 … 100 over x = 6 … 130 (124 px): 25 stands at 6 + 31 = 37, 50 at 68, 75 at 99.
    svg = draw_strip([0, 25, 100], 25.0, parent=50.0, whole=75.0, ident="a", title="T")
    circles = parts(svg, "circle")
    assert [c["cx"] for c in circles] == ["6", "37", "130", "37"]
    assert circles[-1]["r"] == "4.4"
    assert [line["x1"] for line in parts(svg, "line")] == ["6", "99"]
    # The diamond of the parent: 68 ± 4.2.
    assert parts(svg, "path")[0]["d"] == "M68 2.8L72.2 7L68 11.2L63.8 7Z"


def test_strip_of_equal_values_stands_in_the_middle():
    assert {c["cx"] for c in parts(draw_strip([3, 3], 3.0, ident="a", title="T"), "circle")} == {
        "68"
    }


def test_strip_leaves_withheld_values_out():
    svg = draw_strip([1, math.nan, None, 2], None, parent=math.nan, ident="a", title="T")
    assert len(parts(svg, "circle")) == 2
    assert parts(svg, "path") == []


def test_share_is_a_length_of_a_hundred():
    # 200 px are 100 %: 25 % are 50 px; the whole's 50 % stand at 6 + 100.
    svg = draw_share(25.0, whole=50.0, ident="a", title="T")
    rects = parts(svg, "rect")
    assert [r["width"] for r in rects] == ["200", "50", "4"]
    assert parts(svg, "line")[0]["x1"] == "106"


@pytest.mark.parametrize("value", [None, math.nan])
def test_a_withheld_share_has_no_bar(value):
    assert [r["width"] for r in parts(draw_share(value, ident="a", title="T"), "rect")] == ["200"]


def test_bars_are_as_long_as_their_values():
    bars = [Bar("A", 10.0, "10,0 %"), Bar("A", 5.0, "5,0 %", compare=20.0), Bar("A", None, ".")]
    svg = draw_bars(bars, ident="a", title="T", width=330.0)
    # "A" is 0.66 · 12 = 7.92 wide, so bars begin at 17.92 and have 330 − 17.92 − 52 = 260.08 px
    # for 20: 10 is 130.04, 5 is 65.02, the line at 20 is at 278. The third has no bar, but its sign.
    assert [r["width"] for r in parts(svg, "rect") if r.get("fill") != "#ffffff"] == ["130", "65"]
    assert [line["x1"] for line in parts(svg, "line")] == ["278", "17.9"]
    assert texts(svg) == ["A", "10,0 %", "A", "5,0 %", "A", "."]


def test_pyramid_mirrors_its_sides():
    pairs = [
        Pair("0–2", 10.0, 5.0, "10,0 %", "5,0 %"),
        Pair("3–5", None, 5.0, ".", "5,0 %", right_compare=10.0),
    ]
    svg = draw_pyramid(pairs, ident="a", title="T", sides=("m", "w"), width=400.0)
    # "0–2" is (0.66 · 3) · 11.5 = 22.77 wide: the gutter is 8 + 11.385, the room for 10 is
    # 200 − 19.385 − 44 = 136.615, so 5 is 68.3. The oldest stands on top, at y = 22.
    rects = [(r["x"], r["y"], r["width"]) for r in parts(svg, "rect")]
    assert rects == [
        ("219.4", "22", "68.3"),
        ("44", "40", "136.6"),
        ("219.4", "40", "68.3"),
    ]
    assert texts(svg)[:3] == ["m", "w", "3–5"]
    assert "." in texts(svg)


def test_lines_run_over_time_and_break_where_a_value_is_missing():
    own = [
        Moment(2010.0, "2010", 0.0, "0"),
        Moment(2011.0, "2011", 10.0, "10"),
        Moment(2012.0, "2012", None, "."),
        Moment(2014.0, "2014", 5.0, "5"),
    ]
    svg = draw_lines(own, ident="a", title="T", size=(158.0, 100.0))
    # x: 2010 … 2014 over 8 … 108; y: 0 … 10 over 66 … 16. One line of two points, one point alone.
    assert [p["d"] for p in parts(svg, "path")] == ["M8 66L33 16"]
    assert [(c["cx"], c["cy"]) for c in parts(svg, "circle")] == [
        ("8", "66"),
        ("33", "16"),
        ("108", "41"),
    ]
    assert texts(svg) == [".", "5", "0", "2010", "2014"]


def test_last_values_do_not_lie_on_each_other():
    own = [Moment(2010.0, "2010", 1.0, "1"), Moment(2011.0, "2011", 2.0, "2")]
    svg = draw_lines(own, own, ident="a", title="T")
    ends = [float(t["y"]) for t in parts(svg, "text") if float(t["x"]) > 110]
    assert abs(ends[0] - ends[1]) >= 12


def test_every_chart_has_a_name_and_a_description_of_its_own():
    svg = draw_bars([Bar("A", 1.0, "1")], ident="b7", title="Titel", desc="Was man sieht")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "b7-t b7-d"
    assert root.find(f"{SVG}title").text == "Titel"
    assert root.find(f"{SVG}desc").text == "Was man sieht"


@given(st.text(max_size=30))
def test_any_text_stays_text(text):
    """What a table holds never becomes markup, and the picture stays well-formed."""
    svg = draw_bars([Bar(text, 1.0, text)], ident="a", title=text, desc=text)
    tags = {e.tag.removeprefix(SVG) for e in ET.fromstring(svg).iter()}
    assert tags <= {"svg", "title", "desc", "text", "rect", "line"}


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=20),
    st.one_of(st.none(), st.floats(0, 1e6)),
)
def test_strips_stay_in_their_frame(others, own):
    svg = draw_strip(others, own, ident="a", title="T")
    assert all(5.9 <= float(c["cx"]) <= 130.1 for c in parts(svg, "circle"))
    assert not re.search(r"nan|inf|None", svg)
