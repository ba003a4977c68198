"""The planner's own map: it says that it is unprotected, and no name in it runs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import MissingPackageError, UnknownNameError
from sozialraum.model.atlas import Atlas
from sozialraum.present import classes as looks
from sozialraum.present import explore as module
from sozialraum.present.explore import escape, explore

pytest.importorskip("folium")


def page_of(drawn: Any) -> str:
    return str(drawn.get_root().render())


def texts_of(page: str) -> list[str]:
    """The tooltips, as the script in the page reads them."""
    return [json.loads(text) for text in re.findall(r'"text": ("(?:[^"\\]|\\.)*")', page)]


def test_banner_figures_and_words() -> None:
    town = build_musterstadt().atlas
    page = page_of(explore(town, indicator="leistungsbezug", level="sozialraum"))
    assert "intern – ungeschützt" in page
    # 250 people each; 1, 2, 5 and 6 % of them, rounded: 2 + 5 + 12 + 15 of 1,000 in the south-west.
    texts = texts_of(page)
    assert "<b>Südwest</b> (11)<br>3,4 %" in [text.replace("\u00a0", " ") for text in texts]
    assert any(text.startswith("<b>Kita am Wehr</b><br>Kategorie: kita") for text in texts)
    assert "Stand 31.12.2024" in page
    assert "Übungsdaten" in page


def test_nothing_is_asked_of_a_tile_host_unless_wished() -> None:
    town = build_musterstadt().atlas
    assert "tileLayer" not in page_of(explore(town))
    assert "tile.openstreetmap.org" in page_of(explore(town, tiles="OpenStreetMap"))


def test_own_values_are_shown_even_without_a_definition() -> None:
    town = build_musterstadt().atlas
    own = town.values.query("indicator == 'u6'").assign(indicator="kita_15min", value=12.0)
    page = page_of(explore(town, values=own))
    assert "kita_15min" in page
    assert "<b>Südwest 1</b> (1101)<br>12" in texts_of(page)


def test_unknown_names_are_met_with_the_nearest() -> None:
    town = build_musterstadt().atlas
    with pytest.raises(UnknownNameError, match="leistungsbezug"):
        explore(town, indicator="leistungsbezüge")
    with pytest.raises(UnknownNameError, match="sozialraum"):
        explore(town, level="sozialräume")


def test_without_folium_the_line_to_install_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "folium", None)
    with pytest.raises(MissingPackageError, match=r"sozialraum\[notebook\]"):
        explore(build_musterstadt().atlas)


def test_importing_the_module_does_not_import_folium() -> None:
    code = "import sozialraum.present.explore, sys; assert 'folium' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_escaped_text_is_inert_in_all_three_languages(hostile_names: tuple[str, ...]) -> None:
    for name in hostile_names:
        assert not set(escape(name)) & set("<>\"'{}`$\\")
    assert module.escape("Müller & Söhne") == "Müller &amp; Söhne"


@pytest.mark.browser
def test_hostile_names_do_not_run(hostile_atlas: Atlas, browser: Any) -> None:
    """Leaflet is not at hand here: a stand-in lets the scripts run, the test shows the tooltips."""
    stand_in = """
      const anything = () => new Proxy(function () {}, {
        get: (t, k) => k === Symbol.toPrimitive ? () => '' : anything(), apply: () => anything(),
      });
      window.L = anything(); window.$ = anything();
    """
    html = page_of(explore(hostile_atlas))
    html = re.sub(r"<(script|link)[^>]*(src|href)=\"http[^>]*>(</script>)?", "", html)
    html = html.replace("<head>", f"<head><script>{stand_in}</script>", 1)
    page = browser.new_page()
    errors: list[str] = []
    dialogs: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.set_content(html, wait_until="load")
    # Every tooltip text, set as HTML in the way folium does it.
    texts = texts_of(html)
    assert len(texts) == 16 + 25
    put = (
        "t => { const d = document.createElement('div'); d.innerHTML = t; document.body.append(d) }"
    )
    for text in texts:
        page.evaluate(put, text)
    page.wait_for_timeout(200)
    assert dialogs == []
    assert not [e for e in errors if "SyntaxError" in e or "Unexpected" in e]
    made = page.evaluate("document.querySelectorAll('div img, div script, div a[href]').length")
    assert made == 0
    page.close()


def test_what_a_source_withheld_has_its_own_colour_and_entry() -> None:
    town = build_musterstadt().atlas
    rows = town.values.copy()
    at = rows[(rows["level"] == "quartier") & (rows["indicator"] == "u6")].index[0]
    rows.loc[at, ["value", "numerator"]] = float("nan")
    rows.loc[at, "sign"] = "."
    page = explore(town.with_values(rows), indicator="u6", level="quartier").get_root().render()
    assert "zurückgehalten (1)" in page
    assert looks.HIDDEN_INK in page
