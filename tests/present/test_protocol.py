"""The protocol of secrecy says what was done on one page and gives no number away."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.errors import SecrecyError
from sozialraum.present.manifest import write_manifest
from sozialraum.present.protocol import summarise_protocol, write_protocol
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition, Head, Statement
from sozialraum.secrecy.rules import Dominance, Secrecy
from sozialraum.secrecy.seal import put_seal


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(build_musterstadt().atlas, secrecy=Secrecy(minimum=10))


def test_it_counts_what_everybody_can_count(edition: Edition) -> None:
    found = summarise_protocol(edition)
    hidden = edition.values["sign"] == "."
    assert found["withheld"] == hidden.sum() == sum(found["by_reason"].values()) > 0
    assert found["rows"] == len(edition.values)
    for level, (rows, gone) in found["by_level"].items():
        at = edition.values["level"] == level
        assert (rows, gone) == (at.sum(), hidden[at].sum())
    assert sum(gone for _, gone in found["by_theme"].values()) == hidden.sum()
    # Neither the rule that one number broke nor the loss, which is computed of withheld numbers.
    assert set(found["by_reason"]) == {"own", "others", "made_of", "source"}
    assert found["by_reason"]["source"] == 0
    assert not {"loss", "bound"} & set(found["further"])


def test_it_stands_in_the_manifest_too(edition: Edition, tmp_path: Path) -> None:
    manifest = json.loads(write_manifest(edition, tmp_path, parameters={}).read_text("utf-8"))
    assert manifest["protocol"] == summarise_protocol(edition)
    assert manifest["audience"] == "oeffentlich"


def test_a_rounded_edition_is_described_as_rounded(tmp_path: Path) -> None:
    # Persons only: einwohner and u6 by 23 areas, leistungsbezug by 23 areas in three years.
    rounded = build_edition(build_musterstadt().atlas, secrecy=Secrecy(minimum=3, rounding=5))
    page = write_protocol(rounded, tmp_path).read_text("utf-8")
    assert "Gerundete Zahlen: 115; davon weichen um einen Schritt mehr als nötig ab" in page
    assert "weniger als 5 von der wahren abweicht" in page
    assert "kleiner als 3 ist, bleiben mindestens 3 ganze Zahlen möglich" in page
    for word in ("Der Kenner", "Die Betroffene", "zurückgehaltene Zahl lässt", "nach einer Regel"):
        assert word not in page
    assert summarise_protocol(rounded)["attackers"] == ["reader"]


def test_it_is_refused_for_a_changed_edition(edition: Edition, tmp_path: Path) -> None:
    changed = replace(edition, values=edition.values.assign(value=0.0))
    with pytest.raises(SecrecyError, match="nicht durch build_edition"):
        write_protocol(changed, tmp_path)
    # Nor one that claims another rule, another audience or another meaning of its figures.
    for said in (
        {"secrecy": Secrecy(minimum=3)}, {"audience": "intern"}, {"indicators": {}},
        {"values": edition.values.rename(columns={"numerator": "Z"})},
    ):  # fmt: skip
        with pytest.raises(SecrecyError, match="nicht durch build_edition"):
            write_protocol(replace(edition, **said), tmp_path)
    broken = pd.DataFrame(
        {"what": ["einwohner"], "level": ["quartier"], "area": ["1101"], "datenstand": ["2024-12-31"],
         "attacker": ["reader"], "lower": [3.0], "upper": [3.0]}
    )  # fmt: skip
    with pytest.raises(SecrecyError) as caught:
        write_protocol(replace(edition, findings=broken), tmp_path)
    said = str(caught.value)
    title = edition.indicators["einwohner"].title
    assert f"Quartier 1101, „{title}“, 31.12.2024: wer alles Veröffentlichte liest, kennt" in said
    assert "[secrecy]" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.browser
def test_it_prints_on_exactly_one_page_whatever_the_rules(
    edition: Edition, tmp_path: Path, browser: object
) -> None:
    titles = list(edition.indicators)
    full = build_edition(
        build_musterstadt().atlas,
        secrecy=Secrecy(
            minimum=5, interval=7, dominance=Dominance(largest=2, share=85), providers=3, zeros=True,
            all_in_one=True, indicators={name: {"minimum": 10} for name in titles},
        ),
        statement=Statement(
            head=Head(
                title="Ein recht langer Titel für den Bericht zur sozialen Lage der Stadt",
                vorlage="BV/2024/0815-1", gremium="Ausschuss für Soziales und Gesundheit",
                date="2024-12-31", status="Entwurf", office="Fachbereich Soziales, Abteilung Planung",
                contact="planung@stadt.example", notice="Beispiel, nicht für Planung",
            ),
            created="2024-12-31",
        ),
        audience="intern",
    )  # fmt: skip
    themes = {
        name: replace(known, theme=f"Ein Thema mit langem Namen {i}")
        for i, (name, known) in enumerate(full.indicators.items())
    }
    full = put_seal(replace(full, indicators=themes))
    for i, one in enumerate((edition, full)):
        path = write_protocol(one, tmp_path / str(i))
        page = browser.new_page()  # type: ignore[attr-defined]
        page.goto(path.as_uri())
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1
        assert "INTERN" in page.inner_text("body") if i else True
        (tmp_path / f"{i}.pdf").write_bytes(pdf)
        page.close()
