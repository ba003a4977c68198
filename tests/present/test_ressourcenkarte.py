"""The map page as a file: what is in it, what must not be, and that it is the same file again."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError, UnknownNameError
from sozialraum.present import ressourcenkarte
from sozialraum.present.payload import build_payload
from sozialraum.present.payload_packing import unpack
from sozialraum.present.payload_series import LARGE, MISSING
from sozialraum.present.ressourcenkarte import choose_start, write_ressourcenkarte
from sozialraum.present.still_map import _coarsen
from sozialraum.secrecy.build import build_edition


class Page(HTMLParser):
    """Collects elements with their attributes, and the text inside each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.inside: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside[-1]][-1] += data

    def find(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page(town_edition, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("map") / "ressourcenkarte.html"
    assert write_ressourcenkarte(town_edition, path) == path
    return path.read_text(encoding="utf-8")


def test_only_water_of_the_backdrop_is_drawn_as_water(town_edition):
    """A railway in the same layer is no river; the GeoPackage keeps both apart by their kind."""
    import pandas as pd

    railway = town_edition.backdrop.iloc[[0]].assign(kind="rail")
    backdrop = pd.concat([town_edition.backdrop, railway], ignore_index=True)
    mixed = replace(town_edition, backdrop=backdrop)
    assert len(mixed.water) == len(town_edition.backdrop) == len(backdrop) - 1
    shapes = [len(build_payload(one)[2].objects["water"]) for one in (town_edition, mixed)]
    assert shapes[0] == shapes[1] > 0
    assert len(replace(mixed, backdrop=backdrop.drop(columns="kind")).water) == len(backdrop)


def payload_of(page: str) -> tuple[dict, np.ndarray]:
    return unpack(re.search(r'id="daten">([^<]+)<', page)[1])


def test_the_same_edition_gives_the_same_bytes(town_edition, tmp_path: Path) -> None:
    one = write_ressourcenkarte(town_edition, tmp_path / "a.html").read_bytes()
    assert one == write_ressourcenkarte(town_edition, tmp_path / "b.html").read_bytes()


def test_only_this_script_and_this_style_may_run(page: str) -> None:
    read = Page(page)
    policy = next(m["content"] for m in read.find("meta") if "http-equiv" in m)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        digest = hashlib.sha256(read.texts[tag][0].encode()).digest()
        assert rules[rule] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert rules["font-src"] == "data:"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert "connect-src" not in rules
    assert "unsafe" not in policy


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    read = Page(page)
    loading = [(t, a) for t, a in read.elements if {"src", "srcset", "data", "background"} & set(a)]
    assert loading == []
    assert read.find("link") == []
    assert all(a["href"].startswith("#") for a in read.find("a"))
    style = read.texts["style"][-1]
    # The page brings its letters along.
    assert re.findall(r"url\([^)]{0,22}", style) == ["url(data:font/woff2;base64"] * 2
    assert "@import" not in style
    # Style attributes would be refused by the policy.
    assert not [a for _, a in read.elements if "style" in a]


def test_head_language_and_reading_stand_in_the_page(page: str, town_edition) -> None:
    read = Page(page)
    assert read.find("html") == [{"lang": "de"}]
    assert read.texts["h1"] == ["Musterstadt"]
    text = re.sub(r"<[^>]+>", " ", page)
    for part in ("Beispiel, nicht für Planung", "12/2025", "11.02.2025", "Amt für Jugend",
                 "Je dunkler, desto höher der Anteil.", "Gemessen auf den Straßen.",
                 "Erstellt am 31.01.2025"):  # fmt: skip
        assert part in text
    assert all(source in text for source in town_edition.sources)


def test_without_script_there_are_a_map_a_legend_and_a_table(page: str, town_edition) -> None:
    level, indicator = choose_start(town_edition, None, None)
    assert level == "quartier"
    still = re.search(r'<div id="buehne">(.*?)</div>', page, re.DOTALL)[1]
    areas = [a for t, a in Page(still).elements if t == "path" and a.get("stroke") == "#ffffff"]
    assert sum(a["d"].count("M") for a in areas) == 16
    table = re.search(r'<section class="still".*?</section>', page, re.DOTALL)[0]
    rows = town_edition.values.query("level == @level and indicator == @indicator")
    rows = rows[rows["datenstand"] == town_edition.latest(indicator)]
    known = town_edition.indicators[indicator]
    names = town_edition.areas["name"]
    cells = {r[0]: r[1] for r in re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', table)}
    assert len(cells) == 16
    for row in rows.to_dict("records"):
        written = known.show(row["value"]).removesuffix(f" {known.unit}")
        assert cells[names[row["area"]]] == ("zurückgehalten" if row["sign"] == "." else written)
    assert "<style>" not in table


def test_the_script_gets_the_numbers_as_they_are_shown(town_edition) -> None:
    header, numbers, _ = build_payload(town_edition)
    levels, indicators = header["levels"], header["indicators"]
    seen = 0
    for series in header["series"]:
        level, indicator = levels[series["level"]], indicators[series["indicator"]]
        size = len(level["ids"])
        block = numbers[series["at"] : series["at"] + 4 * size].reshape(4, size)
        rows = town_edition.values
        rows = rows[
            (rows["level"] == level["id"])
            & (rows["indicator"] == indicator["id"])
            & (rows["datenstand"] == series["date"])
        ].set_index("area")
        known = town_edition.indicators[indicator["id"]]
        for i, area in enumerate(level["ids"]):
            value = rows["value"].get(area, np.nan)
            sign = rows["sign"].get(area, "")
            if np.isnan(value):
                assert block[0, i] == MISSING
            else:
                assert known.show(block[0, i] / 10**known.digits) == known.show(value)
            assert header["codes"][block[3, i]][0] == sign
            seen += area in rows.index
    assert seen == len(town_edition.values)


def test_a_number_beyond_int32_is_kept(town_edition) -> None:
    header, numbers, _ = build_payload(town_edition)
    del header, numbers
    town = build_musterstadt().atlas
    rows = town.values.query("indicator == 'einwohner' and level == 'quartier'").copy()
    rows["value"] = rows["numerator"] = 3_000_000_000.0
    header, numbers, _ = build_payload(build_edition(town, values=[rows]))
    at = next(s for s in header["series"] if s["indicator"] == 0 and s["level"] == 3)["at"]
    assert numbers[at] == LARGE
    assert header["large"][str(at)] == 3_000_000_000.0


def test_what_is_secret_is_nowhere_in_the_page(secret_edition, tmp_path: Path) -> None:
    page = write_ressourcenkarte(secret_edition, tmp_path / "map.html").read_text(encoding="utf-8")
    header, numbers = payload_of(page)
    everything = page + json.dumps(header, ensure_ascii=False)
    for secret in ("48611", "48.611", "7219", "7.219"):
        assert secret not in everything
    assert not {48611, 7219} & set(numbers.tolist())
    assert "CANARY" not in everything
    assert "zurückgehalten" in page


def test_people_of_a_withheld_gap_are_not_told(page: str) -> None:
    gaps = payload_of(page)[0]["gaps"]
    assert [gap["people"] for gap in gaps] == [40, None]


def test_hostile_names_stay_text(hostile_edition, tmp_path: Path) -> None:
    path = write_ressourcenkarte(hostile_edition, tmp_path / "map.html")
    page = path.read_text(encoding="utf-8")
    assert "\x00" not in page
    assert "\u202e" not in page
    read = Page(page)
    # One script, one block of data; no element or attribute a name brought along.
    assert len(read.find("script")) == 2
    assert {t for t, _ in read.elements} & {"img", "iframe", "object", "embed", "a"} == {"a"}
    assert not [a for _, a in read.elements for name in a if name.startswith("on")]
    assert read.texts["h1"] == ["</script><script>alert(2)</script>"]
    header, _ = payload_of(page)
    assert "<script>alert(1)</script>" in header["offers"]["names"]


def test_a_failed_write_leaves_the_old_page(town_edition, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "map.html"
    path.write_text("alt", encoding="utf-8")

    def fail(*_: object) -> str:
        raise OSError("Platte voll")

    monkeypatch.setattr(ressourcenkarte, "pack", fail)
    with pytest.raises(OSError, match="Platte voll"):
        write_ressourcenkarte(town_edition, path)
    assert path.read_text(encoding="utf-8") == "alt"
    assert [p.name for p in tmp_path.iterdir()] == ["map.html"]


def test_only_a_protected_edition_is_written(town_edition, tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(SecrecyError):
        write_ressourcenkarte(replace(town_edition, seal=""), tmp_path / "map.html")


def test_unknown_names_offer_the_nearest(town_edition, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="sozialraum"):
        write_ressourcenkarte(town_edition, tmp_path / "map.html", level="sozialräume")
    with pytest.raises(UnknownNameError, match="einwohner"):
        write_ressourcenkarte(town_edition, tmp_path / "map.html", indicator="einwohnr")


def test_a_share_is_shown_before_a_count(town_edition) -> None:
    _, indicator = choose_start(town_edition, "sozialraum", None)
    assert town_edition.indicators[indicator].kind != "count"
    assert choose_start(town_edition, None, "einwohner") == ("quartier", "einwohner")


def test_a_town_without_values_offers_and_gaps_is_still_a_map(tmp_path: Path) -> None:
    from sozialraum.demo import LEVELS
    from sozialraum.model.atlas import build_atlas

    areas = build_musterstadt().atlas.areas.reset_index()
    areas = areas[["area", "name", "sozialraum", "planregion", "geometry", "file", "row"]]
    bare = build_edition(build_atlas(areas, levels=LEVELS, title="Leere Stadt"))
    page = write_ressourcenkarte(bare, tmp_path / "map.html").read_text(encoding="utf-8")
    assert payload_of(page)[0]["series"] == []
    still = re.search(r'<div id="buehne">(.*?)</div>', page, re.DOTALL)[1]
    (areas,) = [a for t, a in Page(still).elements if t == "path" and a.get("stroke") == "#ffffff"]
    assert areas["d"].count("M") == 16


def test_the_still_map_leaves_out_what_is_not_seen_and_keeps_every_area() -> None:
    line = np.array([[0, 0], [10, 0], [20, 1], [30, 0]])
    island = np.array([[0, 0], [0, 1], [1, 1], [0, 0]])
    # Nothing of the line is 2 units aside of its ends; a closed line stays an area.
    assert [len(x) for x in _coarsen([line, island], 2)] == [2, 4]
    # The second lies half a unit beside the line from the first to the third.
    assert _coarsen([line], 0.6)[0].tolist() == [[0, 0], [20, 1], [30, 0]]
