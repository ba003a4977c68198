"""Unmistakable numbers and words that must not leave: they are in no byte of any output."""

from __future__ import annotations

import gzip
import importlib.util
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sozialraum as sr
from tests import musterstadt

from .containers import list_contents, open_bytes, spell, write_ways

NUMBER = 48611
CONTACT, REMARK, PROVIDER = "Kanarina-Unverkennbar", "Zaunkönigsvermerk", "Nachtigallenträger"
TYPST, WORD = (importlib.util.find_spec(name) is not None for name in ("typst", "docx"))
PROJECT = (
    musterstadt.PROJECT
    + musterstadt.VALUES
    + """
[profiles]
levels = ["sozialraum", "quartier"]
formats = FORMATS
"""
)
RULES = """
[secrecy]
minimum = 5
dominance = { largest = 2, share = 85 }
contributions = "beitraege.csv"
"""
DEFINITIONS = """
[[indicator]]
id = "alle"
title = "Alle Menschen"

[[indicator]]
id = "faelle"
title = "Fälle"

[[indicator]]
id = "quote"
title = "Fälle je Mensch"
kind = "rate"
unit = "%"
per = 100
numerator = "Fälle"
denominator = "Alle Menschen"
numerator_of = ["faelle"]
denominator_of = ["alle"]

[[indicator]]
id = "plaetze"
title = "Plätze"
protects = "none"

[[indicator]]
id = "heikel"
title = "Nur für den nichtöffentlichen Teil"
audience = "nichtoeffentlich"

[[indicator]]
id = "hausintern"
title = "Nur für das Haus"
audience = "intern"
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town whose first Sozialraum has 3 cases in one Quartier and 48.611 in the next larger one."""
    folder = tmp_path_factory.mktemp("stadt")
    private = {"Ansprechperson": CONTACT, "Telefon": f"0395 {NUMBER}", "notiz": REMARK}
    areas = musterstadt.write_town(folder, DEFINITIONS, **private).areas.reset_index()
    ids = areas.sort_values(["sozialraum", "area"])["area"].tolist()
    size = len(ids)
    cases = [3, NUMBER, *(70_001 + 977 * i for i in range(size - 2))]
    people = [400_003 + 1_009 * i for i in range(size)]
    places = [*(300_007 + 1_013 * i for i in range(size - 1)), NUMBER]
    tables = {
        "alle": people, "faelle": cases, "plaetze": places,
        "heikel": [2, *(100 + i for i in range(size - 1))],
        "hausintern": [7_000 + i for i in range(size)],
    }  # fmt: skip
    values = pd.concat(
        pd.DataFrame({"area": ids, "indicator": name, "datenstand": "2024-12-31", "value": column})
        for name, column in tables.items()
    )
    values.to_csv(folder / "werte.csv", sep=";", index=False)
    parts = []
    for area, amount in zip(ids, places, strict=True):
        # The last one is nearly all one provider's; everywhere else five give the same.
        shares = [NUMBER - 600, 400, 200] if amount == NUMBER else np.full(5, amount / 5)
        for i, share in enumerate(shares):
            parts.append((area, "plaetze", "2024-12-31", f"{PROVIDER} {i}", share))
    columns = ["Gebiet", "Merkmal", "Stichtag", "Träger", "Beitrag"]
    pd.DataFrame(parts, columns=columns).to_csv(
        folder / "beitraege.csv", sep=";", decimal=",", index=False
    )
    return folder


def run(town: Path, name: str, rules: str, **options: object) -> Path:
    formats = ["html", *(["pdf"] if TYPST else []), *(["docx"] if TYPST and WORD else [])]
    text = PROJECT.replace("FORMATS", str(formats).replace("'", '"')) + rules
    (town / f"{name}.toml").write_text(text, encoding="utf-8")
    sr.run(town / f"{name}.toml", town / name, progress=False, **options)  # type: ignore[arg-type]
    return town / name


@pytest.fixture(scope="module")
def protected(town: Path) -> Path:
    return run(town, "geschuetzt", RULES, audiences=["oeffentlich", "nichtoeffentlich", "intern"])


def find(folder: Path, *wanted: object) -> list[str]:
    """Where any of the numbers and words stands."""
    found = []
    words = [way for w in wanted if isinstance(w, str) for way in write_ways(w)]
    numbers = [spell(n) for n in wanted if isinstance(n, int)]
    for where, content in list_contents(folder):
        if any(w in content for w in words) or any(n.search(content) for n in numbers):
            found.append(where)
    return found


def test_withheld_numbers_are_in_no_byte_of_any_version(protected: Path) -> None:
    for audience in ("oeffentlich", "nichtoeffentlich", "intern"):
        rows = pd.read_csv(next((protected / audience).rglob("*werte.csv")), dtype=str)
        hidden = rows[rows["sign"] == "."]
        # Both really were withheld: the second largest of its Sozialraum, and the dominated one.
        assert {"faelle", "plaetze", "quote"} <= set(hidden["indicator"])
    assert find(protected / "oeffentlich", NUMBER) == []
    assert find(protected / "nichtoeffentlich", NUMBER) == []
    assert find(protected, PROVIDER, REMARK) == []


def test_withheld_numbers_are_not_in_the_house_version_either(town: Path) -> None:
    # The house's version shows telephones; without the column the number is nowhere.
    rules = RULES + '[secrecy.audiences.intern]\nwithout = ["contact_phone"]\n'
    folder = run(town, "hausintern", rules, audiences=["intern"])
    assert find(folder, NUMBER, PROVIDER, REMARK) == []
    assert find(folder, CONTACT)


def test_contacts_leave_with_nobody_outside(protected: Path) -> None:
    for audience in ("oeffentlich", "nichtoeffentlich"):
        assert find(protected / audience, CONTACT) == []
    inside = find(protected / "intern", CONTACT)
    # Proof that the search opens what is packed.
    for packed in (
        "INTERN_tabellen.xlsx!",
        "INTERN_sozialraum.gpkg!",
        "ressourcenkarte.html!letters",
    ):
        assert any(packed in where for where in inside), packed


def test_fields_named_for_the_closed_part_are_in_it_alone(town: Path) -> None:
    rules = RULES + '[secrecy.audiences.nichtoeffentlich]\nfields = ["contact_name", "notiz"]\n'
    folder = run(town, "felder", rules, audiences=["oeffentlich", "nichtoeffentlich"])
    assert find(folder / "oeffentlich", CONTACT, REMARK) == []
    assert find(folder / "nichtoeffentlich", CONTACT)
    assert find(folder / "nichtoeffentlich", REMARK)


def test_every_version_says_for_whom_it_is(protected: Path) -> None:
    for audience, mark, word in (
        ("nichtoeffentlich", "NICHTOEFFENTLICH_", "NICHTÖFFENTLICH"),
        ("intern", "INTERN_", "INTERN"),
    ):
        files = [p for p in (protected / audience).rglob("*") if p.is_file()]
        assert files
        assert all(p.name.startswith(mark) for p in files)
        said = {
            p.suffix
            for p in files
            for _, part in open_bytes(p.name, p.read_bytes())
            if any(way in part for way in write_ways(word))
        }
        assert {".html", ".xlsx", ".gpkg", ".json", ".txt"} <= said
    assert not [p for p in (protected / "oeffentlich").rglob("*_*") if "NICHT" in p.name]
    assert find(protected / "oeffentlich", "NICHTÖFFENTLICH", "INTERN_") == []


def test_all_versions_withhold_the_same_rows(protected: Path) -> None:
    tables = {
        audience: pd.read_csv(next((protected / audience).rglob("*werte.csv")), dtype=str)
        for audience in ("oeffentlich", "nichtoeffentlich", "intern")
    }
    key = ["level", "area", "indicator", "datenstand"]
    public = tables["oeffentlich"].set_index(key)
    assert set(public.index.unique("indicator")) == {"alle", "faelle", "quote", "plaetze"}
    closed = tables["nichtoeffentlich"].set_index(key)
    assert set(closed.index.unique("indicator")) == {
        "alle", "faelle", "quote", "plaetze", "heikel",
    }  # fmt: skip
    for other in (closed, tables["intern"].set_index(key)):
        pd.testing.assert_frame_equal(other.loc[public.index], public)
    house = tables["intern"].set_index(key)
    pd.testing.assert_frame_equal(house.loc[closed.index], closed)
    assert "hausintern" in house.index.unique("indicator")


def test_without_rules_the_search_finds_the_number_in_every_format(town: Path) -> None:
    """The canaries sing: else the tests above would prove nothing."""
    folder = run(town, "offen", "[secrecy]\nminimum = 0\n")
    found = find(folder, NUMBER)
    packed = [".pdf!"] * TYPST + [".docx!"] * (TYPST and WORD)
    for place in (
        *packed, "ressourcenkarte.html!letters", "numbers", "tabellen.xlsx!xl/worksheets", "werte.csv",
        "werte_buero.csv", "sozialraum.gpkg!", "passport.csv", "passport.prov.json", "profile/quartier",
    ):  # fmt: skip
        assert any(place in where for where in found), place


@pytest.mark.parametrize(
    "text",
    ["48611", "48.611", "48 611", "48\u00a0611", "48\u202f611", "48,611", "48611.0", "4,8611e4",
     "4.8611E+04", ">48611<", "48&nbsp;611", "-48611"],
)  # fmt: skip
def test_numbers_are_found_however_they_are_written(text: str) -> None:
    assert spell(NUMBER).search(text.encode())


@pytest.mark.parametrize("text", ["148611", "486110", "48.6111", "a48611f", "4.8611e5", "348611.2"])
def test_other_numbers_are_not(text: str) -> None:
    assert not spell(NUMBER).search(text.encode())


def test_containers_within_containers_are_opened() -> None:
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.gz", gzip.compress(b"48611"))
    outer = BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("b.xlsx", inner.getvalue())
    assert any(part == b"48611" for _, part in open_bytes("x", outer.getvalue()))
