"""A program that has only the files of a run finds nothing; where a file leaks, it finds it."""

from __future__ import annotations

import ast
import csv
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pikepdf
import pytest
from shapely.geometry import Point, box

from sozialraum.present.payload_packing import pack, unpack
from sozialraum.project.job import run
from tests.read_back import read_back

PROGRAM = Path(__file__).parents[1] / "outsider"
CONTACT = "Frieda Unverkennbar"


def attack(*folders: Path) -> list[dict[str, Any]]:
    """Run the program on folders, in a process of its own."""
    reports = [folder.with_name(f"{folder.name}.json") for folder in folders]
    for report in reports:
        report.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", PROGRAM.name, *map(str, folders)],
        cwd=PROGRAM.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert all(report.exists() for report in reports), done.stderr
    found = [json.loads(report.read_text(encoding="utf-8")) for report in reports]
    assert all(one["safe"] for one in found) == (done.returncode == 0)
    return found


def listed(found: dict[str, Any]) -> str:
    """Everything the program found, for messages."""
    kinds = ("strange", "disagreements", "contradictions", "exact", "narrow")
    return json.dumps({k: found[k][:20] for k in kinds if found[k]}, ensure_ascii=False, indent=1)


def test_the_program_knows_nothing_of_the_library() -> None:
    files = sorted(PROGRAM.glob("*.py"))
    assert len(files) > 5
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level
                else []
            )  # fmt: skip
            for name in names:
                known = name.split(".")[0] in {
                    *sys.stdlib_module_names,
                    "numpy",
                    "scipy",
                    "shapely",
                    "pikepdf",
                    "pypdfium2",
                }
                assert known, f"{file.name} imports {name}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a town of twelve Quartiere; k = 5."""
    folder = tmp_path_factory.mktemp("stadt")
    write_town(folder)
    run(folder / "sozialraum.toml", folder / "ergebnis", progress=False)
    return folder / "ergebnis"


def write_town(folder: Path) -> None:
    """Twelve Quartiere in four Sozialräumen; six of them have few children or few on benefits."""
    rng = np.random.default_rng(11)
    ids = [f"{s}{q}" for s in range(1, 5) for q in range(1, 4)]
    squares = [
        box(600 * (i % 4), 600 * (i // 4), 600 * (i % 4) + 600, 600 * (i // 4) + 600)
        for i in range(12)
    ]
    areas = gpd.GeoDataFrame(
        {"area": ids, "name": [f"Quartier {i}" for i in ids], "sozialraum": [i[0] for i in ids],
         "sozialraum_name": [f"Raum {i[0]}" for i in ids]},
        geometry=squares, crs=25833,
    )  # fmt: skip
    areas.to_file(folder / "gebiete.gpkg", layer="gebiete")
    people = 24 * rng.integers(12, 38, 12)
    people[3] = 48
    small = np.array([31, 3, 12, 4, 25, 60, 2, 33, 41, 9, 18, 3])
    boys = np.array([28, 14, 4, 6, 31, 52, 7, 35, 3, 11, 21, 9])
    benefit = np.array([55, 3, 80, 2, 61, 140, 33, 4, 75, 21, 66, 88])
    rows = [
        (area, name, "2024-12-31", top, below)
        for i, area in enumerate(ids)
        for name, top, below in (
            ("einwohner", people[i], ""), ("maedchen", small[i], ""), ("jungen", boys[i], ""),
            ("kinder", small[i] + boys[i], ""), ("grundsicherung", benefit[i], people[i]),
        )
    ]  # fmt: skip
    with (folder / "werte.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["area", "indicator", "datenstand", "numerator", "denominator"])
        writer.writerows(rows)
    places = [
        Point(s.bounds[0] + 100 + 80 * (j % 6), s.bounds[1] + 90 + 70 * (j // 6))
        for s in squares for j in range(24)
    ]  # fmt: skip
    share = np.repeat(people / 24, 24)
    pd.DataFrame(
        {"cell": [f"z{i}" for i in range(len(places))], "x": [p.x for p in places],
         "y": [p.y for p in places], "einwohner": share.astype(int)}
    ).to_csv(folder / "menschen.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {"offer": ["k1", "k2"], "name": ["Kita Nord", "Kita Süd"], "category": "kita",
         "contact_name": CONTACT, "x": [300, 900], "y": [300, 300]}
    ).to_csv(folder / "angebote.csv", index=False)  # fmt: skip
    shares = "".join(
        f'[[indicator]]\nid = "{i}"\ntitle = "{title}"\nunit = "Personen"\nnumerator = "{title}"\n'
        'datenstand = "2024-12-31"\nsource = "Einwohnermelderegister"\n'
        for i, title in (("einwohner", "Einwohnerinnen und Einwohner"), ("maedchen", "Mädchen unter 6"),
                         ("jungen", "Jungen unter 6"), ("kinder", "Kinder unter 6"))
    )  # fmt: skip
    (folder / "merkmale.toml").write_text(
        shares + '[[indicator]]\nid = "grundsicherung"\ntitle = "Grundsicherung"\nunit = "%"\n'
        'kind = "rate"\nper = 100\nnumerator = "Menschen mit Grundsicherung"\n'
        'denominator = "Einwohnerinnen und Einwohner"\ndenominator_of = ["einwohner"]\n'
        'datenstand = "2024-12-31"\nsource = "Sozialamt"\ndigits = 1\n',
        encoding="utf-8",
    )  # fmt: skip
    (folder / "sozialraum.toml").write_text(
        """
[project]
title = "Kleinstadt"
redaktionsschluss = "2024-12-31"
[[level]]
id = "sozialraum"
title = "Sozialraum"
plural = "Sozialräume"
[[level]]
id = "quartier"
title = "Quartier"
plural = "Quartiere"
[areas]
file = "gebiete.gpkg"
gebietsstand = "2024"
[[offers]]
file = "angebote.csv"
crs = 25833
[population]
file = "menschen.csv"
kind = "points"
crs = 25833
groups = ["einwohner"]
[[values]]
file = "werte.csv"
form = "long"
[indicators]
files = ["merkmale.toml"]
[[coverage]]
id = "kita_10min"
title = "Menschen mit einer Kita in 10 Minuten Fußweg"
category = "kita"
group = "einwohner"
limit_min = 10
min_people = 50
[secrecy]
minimum = 5
[profiles]
levels = ["quartier"]
formats = ["html", "pdf", "docx"]
""",
        encoding="utf-8",
    )


def test_nothing_is_found_in_the_run_of_a_town(town: Path) -> None:
    (found,) = attack(town)
    assert found["safe"], listed(found)
    assert {Path(name).suffix for name in found["files"]} >= {".pdf", ".docx", ".html", ".gpkg"}
    # 3 girls and 4 boys and what hides them; benefits likewise.
    assert found["hidden"] > 20
    assert all(part["high"] - part["low"] >= 5 for part in found["narrowest"])
    for file in town.rglob("*"):
        assert not file.is_file() or CONTACT.encode() not in file.read_bytes()


def test_every_number_is_read_back_alike_from_every_file(town: Path) -> None:
    """Whatever is withheld is withheld in all of them."""
    said = read_back(town)
    hidden = [address for address, sources in said.told.items() if None in sources.values()]
    assert len(hidden) > 20
    assert any(source.endswith(".pdf") for address in hidden for source in said.told[address])


# Quartier 12 has 3 girls; a file that says so once is a leak.
LEVEL, AREA, NAME, INDICATOR, TITLE, TRUE = (
    "quartier", "12", "Quartier 12", "maedchen", "Mädchen unter 6", 3,
)  # fmt: skip
WITHHELD = "zurückgehalten oder unbekannt"
Change = Callable[[Path], None]


def edit(path: str, change: Callable[[str], str], encoding: str = "utf-8") -> Change:
    """Change a text file of the folder; the change must change something."""

    def apply(folder: Path) -> None:
        before = (folder / path).read_bytes().decode(encoding)
        after = change(before)
        assert after != before
        (folder / path).write_bytes(after.encode(encoding))

    return apply


def in_row(begin: str, old: str, new: str) -> Callable[[str], str]:
    """Replace in the one line that begins so."""

    def change(text: str) -> str:
        lines = text.split("\n")
        (at,) = [i for i, line in enumerate(lines) if line.startswith(begin)]
        lines[at] = lines[at].replace(old, new, 1)
        return "\n".join(lines)

    return change


def in_prov(text: str) -> str:
    about = json.loads(text)
    (entity,) = [
        e for e in about["entity"].values()
        if e.get("sr:indicator") == INDICATOR and e.get("sr:area") == AREA and e["sr:level"] == LEVEL
    ]  # fmt: skip
    entity["prov:value"] = float(TRUE)
    return json.dumps(about)


def in_archive(path: str, part: str, change: Callable[[str], str]) -> Change:
    """Change a part of a zipped file."""

    def apply(folder: Path) -> None:
        old = folder / path
        with zipfile.ZipFile(old) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        after = change(parts[part].decode())
        assert after != parts[part].decode()
        parts[part] = after.encode()
        with zipfile.ZipFile(old, "w") as archive:
            for name, raw in parts.items():
                archive.writestr(name, raw)

    return apply


def sheet_of(folder_sheet: str) -> Callable[[Path], str]:
    """Find the part of a workbook that holds a sheet."""

    def find(path: Path) -> str:
        with zipfile.ZipFile(path) as archive:
            book = archive.read("xl/workbook.xml").decode()
            order = re.findall(r'<sheet [^>]*name="([^"]*)"', book)
        return f"xl/worksheets/sheet{order.index(folder_sheet) + 1}.xml"

    return find


def in_cell(sheet: str, cell: str) -> Change:
    """Put a cell in place of the withheld one of Quartier 12 in a sheet of the workbook."""

    def apply(folder: Path) -> None:
        path = folder / "tabellen/tabellen.xlsx"

        def change(text: str) -> str:
            rows = re.split(r"(?=<row )", text)
            named = TITLE.encode("ascii", "xmlcharrefreplace").decode()
            (at,) = [
                i for i, row in enumerate(rows)
                if f">{AREA}<" in row and f">{NAME}<" in row and ">.<" in row
                and (sheet != "Zeitreihe" or f">{named}<" in row)
            ]  # fmt: skip
            found = re.search(r'<c r="([A-Z]+\d+)"(?:(?!</c>).)*>\.<(?:(?!</c>).)*</c>', rows[at])
            assert found
            rows[at] = rows[at].replace(found[0], cell.format(found[1]), 1)
            return "".join(rows)

        in_archive("tabellen/tabellen.xlsx", sheet_of(sheet)(path), change)(folder)

    return apply


def in_database(*statements: str) -> Change:
    """Change the GeoPackage."""

    def apply(folder: Path) -> None:
        base = sqlite3.connect(folder / "sozialraum.gpkg")
        with base:
            for trigger in base.execute(
                "select name from sqlite_master where type = 'trigger'"
            ).fetchall():
                base.execute(f'drop trigger "{trigger[0]}"')
            for statement in statements:
                base.execute(statement)
        base.close()

    return apply


def in_payload(folder: Path) -> None:
    """Put the number into the packed data of the map."""
    path = folder / "ressourcenkarte.html"
    page = path.read_text(encoding="utf-8")
    found = re.search(r'(<script type="application/octet-stream\+base85"[^>]*>)([^<]*)<', page)
    assert found
    head, numbers = unpack(found[2])
    level = [v["id"] for v in head["levels"]].index(LEVEL)
    indicator = [v["id"] for v in head["indicators"]].index(INDICATOR)
    (series,) = [s for s in head["series"] if (s["level"], s["indicator"]) == (level, indicator)]
    numbers[series["at"] + head["levels"][level]["ids"].index(AREA)] = TRUE
    packed = pack(head, numbers)
    path.write_text(page.replace(found[2], packed), encoding="utf-8")


def on_page(
    folder: Path, change: Callable[[str], str], path: str = f"profile/{LEVEL}/{AREA}.html"
) -> None:
    """Change a page; what was there must be there."""
    page = (folder / path).read_text(encoding="utf-8")
    after = change(page)
    assert after != page
    (folder / path).write_text(after, encoding="utf-8")


def in_profile(kind: str) -> Change:
    """Put the number into a profile."""

    def change(page: str) -> str:
        if kind == "table":
            row = re.search(rf'<tr>\s*<th scope="row">{TITLE}.*?</tr>', page, re.S)
            assert row
            return page.replace(row[0], row[0].replace(">.<", f">{TRUE}<", 1))
        if kind == "comment":
            return page.replace("</main>", f"<!-- {TITLE}: {TRUE} --></main>")
        if kind == "picture":
            dot = '<circle cx="71.3" cy="7" r="2.3"/>'
            return re.sub(
                r'(<td class="strip">.*?)(</svg>)', rf"\1{dot}\2", page, count=1, flags=re.S
            )
        return re.sub(r'(<ul class="glance">)', rf"\1<li>{TITLE}: {TRUE}.</li>", page, count=1)

    return lambda folder: on_page(folder, change)


def in_title(folder: Path) -> None:
    """Let the title of a picture of a withheld share tell it."""
    for path in sorted((folder / f"profile/{LEVEL}").glob("*.html")):
        page = path.read_text(encoding="utf-8")
        found = re.search(r"(<title[^>]*>Grundsicherung: )(?:\.|zurückgehalten)", page)
        if found:
            path.write_text(page.replace(found[0], f"{found[1]}1,1 %"), encoding="utf-8")
            return
    raise AssertionError("no picture of a withheld share")


def in_word(folder: Path) -> None:
    """Put the number into the table of a Word document."""

    def change(text: str) -> str:
        rows = re.split(r"(?=<w:tr[ >])", text)
        (at,) = [i for i, row in enumerate(rows) if f">{TITLE}<" in row and ">.<" in row]
        rows[at] = rows[at].replace(">.<", f">{TRUE}<", 1)
        return "".join(rows)

    in_archive(f"profile/{LEVEL}/{AREA}.docx", "word/document.xml", change)(folder)


def in_pdf(folder: Path) -> None:
    """Let the words of a picture tell the number."""
    with pikepdf.open(folder / f"profile/{LEVEL}/{AREA}.pdf", allow_overwriting_input=True) as file:
        pictures = [o for o in file.objects if isinstance(o, pikepdf.Dictionary) and "/Alt" in o]
        pictures[0]["/Alt"] = pikepdf.String(f"{TITLE}: {TRUE}; Spanne der Quartiere von 4 bis 60")
        file.save()


def in_pdf_title(folder: Path) -> None:
    """Let the title tell the number."""
    with pikepdf.open(folder / f"profile/{LEVEL}/{AREA}.pdf", allow_overwriting_input=True) as file:
        file.docinfo["/Title"] = f"{TITLE} {TRUE}"
        file.save()


def in_pdf_attachment(folder: Path) -> None:
    """Put a file into the PDF."""
    with pikepdf.open(folder / f"profile/{LEVEL}/{AREA}.pdf", allow_overwriting_input=True) as file:
        file.attachments["entwurf.csv"] = str(TRUE).encode()
        file.save()


def another_file(folder: Path) -> None:
    """Put a file beside the others that nobody knows."""
    (folder / "notiz.txt").write_text(str(TRUE), encoding="utf-8")


LEAKS: dict[str, tuple[Change, str]] = {
    "werte.csv": (
        edit("tabellen/werte.csv", in_row(f"{AREA},{LEVEL},{INDICATOR},", ",,,", f",{TRUE},{TRUE},")),
        "werte.csv",
    ),
    "werte_buero.csv": (
        edit("tabellen/werte_buero.csv", in_row(f"Quartier;{AREA};{NAME};{TITLE};", ";.;", f";{TRUE};")),
        "werte_buero.csv",
    ),
    "passport.csv": (
        edit(
            "tabellen/passport.csv",
            in_row(f"Quartier;{AREA};{NAME};{INDICATOR};", WITHHELD, f"{TRUE} Personen"),
        ),
        "passport.csv",
    ),
    "prov.json": (edit("tabellen/passport.prov.json", in_prov), "prov.json"),
    "xlsx, a cell": (in_cell("Quartiere", f'<c r="{{}}"><v>{TRUE}</v></c>'), "xlsx"),
    "xlsx, a cached value": (in_cell("Quartiere", f'<c r="{{}}"><f>1+2</f><v>{TRUE}</v></c>'), "xlsx"),
    "xlsx, all dates": (in_cell("Zeitreihe", f'<c r="{{}}"><v>{TRUE}</v></c>'), "xlsx"),
    "xlsx, a property": (
        in_archive(
            "tabellen/tabellen.xlsx", "docProps/core.xml",
            lambda t: t.replace("</cp:core", f"<cp:keywords>{TRUE}</cp:keywords></cp:core"),
        ),
        "keywords",
    ),
    "xlsx, a defined name": (
        in_archive(
            "tabellen/tabellen.xlsx", "xl/workbook.xml",
            lambda t: re.sub(r"(<definedNames>)", rf'\1<definedName name="q12">{TRUE}</definedName>', t),
        ),
        "q12",
    ),
    "xlsx, a hidden sheet": (
        in_archive(
            "tabellen/tabellen.xlsx", "xl/workbook.xml",
            lambda t: re.sub(r'("Quartiere"[^>]*)state="visible"', r'\1state="hidden"', t),
        ),
        "hidden sheet",
    ),
    "gpkg, a layer": (
        in_database(f"update gebiete_{LEVEL} set {INDICATOR} = {TRUE} where area = '{AREA}'"),
        "gebiete_quartier",
    ),
    "gpkg, the long table": (
        in_database(
            f"update werte set value = {TRUE} where area = '{AREA}' and level = '{LEVEL}'"
            f" and indicator = '{INDICATOR}'"
        ),
        "werte",
    ),
    "gpkg, the name of a class": (
        in_database(
            "update layer_styles set styleQML = replace(styleQML, 'label=\"18', 'label=\"3')"
            f" where f_table_name = 'gebiete_{LEVEL}' and styleName = '{INDICATOR}'"
        ),
        "beyond",
    ),
    "gpkg, another table": (in_database("create table entwurf as select 3 as zahl"), "entwurf"),
    "gpkg, deleted rows": (
        in_database(
            "create table entwurf (zahl)",
            "insert into entwurf with recursive n(i) as (select 1 union all select i + 1 from n"
            " where i < 5000) select i from n",
            "drop table entwurf",
        ),
        "deleted",
    ),
    "map, packed data": (in_payload, "ressourcenkarte.html:daten"),
    "profile, a table": (in_profile("table"), f"profile/{LEVEL}/{AREA}.html"),
    "profile, a sentence": (in_profile("sentence"), f"profile/{LEVEL}/{AREA}.html"),
    "profile, a comment": (in_profile("comment"), "comment"),
    "profile, a dot": (in_profile("picture"), "dots"),
    "profile, the title of a picture": (in_title, "picture tells"),
    "docx, a table": (in_word, f"profile/{LEVEL}/{AREA}.docx"),
    "docx, a property": (
        in_archive(
            f"profile/{LEVEL}/{AREA}.docx", "docProps/core.xml",
            lambda t: t.replace("</cp:core", f"<cp:keywords>{TRUE}</cp:keywords></cp:core"),
        ),
        "keywords",
    ),
    "docx, words deleted in a revision": (
        in_archive(
            f"profile/{LEVEL}/{AREA}.docx", "word/document.xml",
            lambda t: t.replace(
                "<w:body>",
                f"<w:body><w:p><w:del><w:r><w:delText>{TRUE}</w:delText></w:r></w:del></w:p>",
            ),
        ),
        "del",
    ),
    "pdf, words of a picture": (in_pdf, f"profile/{LEVEL}/{AREA}.pdf"),
    "pdf, a property": (in_pdf_title, "Title"),
    "pdf, a file within": (in_pdf_attachment, "files within"),
    "a file of its own": (another_file, "unknown kind"),
}  # fmt: skip


def protect_badly(town: Path, folder: Path, hidden: dict[str, list[str]], minimum: int) -> None:
    """Write by hand what an office writes that withholds too little: the list and one table."""
    rows = pd.read_csv(town.parent / "werte.csv", dtype={"area": "str"})
    rows = rows.assign(level="quartier", value=rows["numerator"], gebietsstand="", steps="")
    above = rows.assign(area=rows["area"].str[0], level="sozialraum")
    keys = ["area", "level", "indicator", "datenstand", "gebietsstand", "steps"]
    above = above.groupby(keys, as_index=False)[["value", "numerator", "denominator"]].sum()
    table = pd.concat([rows, above], ignore_index=True).assign(quality="exact", sign="")
    table = table[table["indicator"] == "maedchen"]
    for level, areas in hidden.items():
        gone = (table["level"] == level) & table["area"].isin(areas)
        table.loc[gone, ["value", "numerator"]] = np.nan
        table.loc[gone, "sign"] = "."
    table["denominator"] = np.nan
    (folder / "tabellen").mkdir(parents=True)
    table.to_csv(folder / "tabellen/werte.csv", index=False)
    about = json.loads((town / "edition.json").read_text(encoding="utf-8"))
    about["files"], about["secrecy"] = {"tabellen/werte.csv": ""}, {"minimum": minimum}
    about["levels"] = [level for level in about["levels"] if level["id"] != "gesamt"]
    # The areas and what they are part of, without numbers.
    shutil.copy(town / "sozialraum.gpkg", folder / "sozialraum.gpkg")
    in_database(
        "delete from werte",
        f"update gebiete_sozialraum set {', '.join(NOTHING)}",
        f"update gebiete_quartier set {', '.join(NOTHING)}",
        "drop table gebiete_gesamt",
        "delete from luecken",
        "delete from layer_styles",
        "delete from qgis_projects",
    )(folder)
    with sqlite3.connect(folder / "sozialraum.gpkg") as base:
        base.execute("vacuum")
    about["files"]["sozialraum.gpkg"] = ""
    (folder / "edition.json").write_text(json.dumps(about), encoding="utf-8")


NOTHING = [
    f"{name} = null, {name}_zeichen = ''"
    for name in ("einwohner", "maedchen", "jungen", "kinder", "grundsicherung", "kita_10min")
]


def test_what_follows_from_the_sum_is_found(town: Path, tmp_path: Path) -> None:
    # Raum 1 has 46 girls: 31 in Quartier 11, 3 in 12, 12 in 13. Withheld is 12 alone.
    protect_badly(town, tmp_path / "erste", {"quartier": ["12"]}, minimum=5)
    (found,) = attack(tmp_path / "erste")
    assert [(f["low"], f["high"]) for f in found["exact"]] == [(3.0, 3.0)], listed(found)
    # With 13 as well: 12 + 13 = 15, so 12 is anywhere from 0 to 15.
    protect_badly(town, tmp_path / "zweite", {"quartier": ["12", "13"]}, minimum=5)
    assert attack(tmp_path / "zweite")[0]["safe"]
    # 9 in Quartier 41 and 3 in 43: between 0 and 12 each, which is wide enough for 5, not for 13.
    protect_badly(town, tmp_path / "dritte", {"quartier": ["41", "43"]}, minimum=13)
    (found,) = attack(tmp_path / "dritte")
    assert {(f["low"], f["high"]) for f in found["narrow"]} == {(0.0, 12.0)}, listed(found)


@pytest.fixture(scope="module")
def leaks(town: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the program finds in copies of the town's run with one leak each."""
    place = tmp_path_factory.mktemp("lecks")
    folders = {}
    for i, (name, (change, _)) in enumerate(LEAKS.items()):
        folders[name] = place / str(i)
        shutil.copytree(town, folders[name])
        change(folders[name])
    return dict(zip(LEAKS, attack(*folders.values()), strict=True))


@pytest.mark.parametrize("name", LEAKS)
def test_a_number_put_back_into_one_file_is_found(
    name: str, leaks: dict[str, dict[str, Any]]
) -> None:
    assert not leaks[name]["safe"]
    assert LEAKS[name][1] in listed(leaks[name]), listed(leaks[name])


def test_nothing_is_found_in_the_embedded_example(root: Path, tmp_path: Path) -> None:
    run(root / "sozialraum.toml", tmp_path / "ergebnis", progress=False)
    (found,) = attack(tmp_path / "ergebnis")
    given = pd.read_csv(root / "data/indicators/uebungsdaten.csv", dtype={"area": "str"})
    true = given.set_index(["area", "indicator", "datenstand"])["numerator"]
    check(found, lambda level, area, name, day: true[area, name, day] if level == "quartier" else 0)
    # Sums that no definition states: girls and boys are the children of the quotas, all ages the
    # inhabitants; ages and their middles are the years of life of the mean age.
    assert found["equations"]["found"] > 100
    assert found["equations"]["found, rounded"] > 10
    assert found["equations"]["gap in rest"] > 10


def check(found: dict[str, Any], true: Callable[[str, str, str, str], float]) -> None:
    """Nothing may be exactly known, and no small count closer than the minimum.

    The program cannot know which of the numbers withheld are small; whoever has the data can.
    """
    for kind in ("strange", "disagreements", "contradictions", "exact"):
        assert not found[kind], listed(found)
    for part in found["narrow"]:
        assert part["high"] > part["low"]
        places = [at.split(" / ") for at in part["at"]]
        assert all(true(*place[:4]) >= 5 for place in places), (part, listed(found))


AGES = ((0, 6), (6, 15), (15, 18), (18, 27), (27, 45), (45, 55), (55, 65), (65, None))
REGISTER = {
    **{f"alter_{low:02d}": f"age_{'below_6' if not low else f'{low}_{high}' if high else 'above_65'}"
       for low, high in AGES},
}  # fmt: skip


def write_berlin(testdata: Path, folder: Path, districts: int = 12) -> None:
    """The register population 2024-12 by age, by migration and by origin, as an office would give it."""
    register, areas = testdata / "berlin/indicators/ewr", testdata / "berlin/areas"
    tables = [
        pd.read_csv(
            register / f"berlin-lor-population-2024-02-{t}-planning-areas.csv", dtype={"id": "str"}
        ).set_index("id")
        for t in ("t1", "t2", "t4")
    ]
    first, second, fourth = (t[[c for c in t if "percent" not in c]] for t in tables)
    table = pd.DataFrame({"einwohner": first["inhabitants"]})
    for name, column in REGISTER.items():
        table[name] = second[f"inhabitants_{column}"]
    table["migration"] = first["inhabitants_with_migration_background"]
    table["auslaender"] = first["inhabitants_foreigners"]
    for column in fourth.columns.drop("inhabitants"):
        table[column.removeprefix("inhabitants_from_")] = fourth[column]
    groups = {
        "european_union": ["france", "greece", "italy", "austria", "spain", "poland", "bulgaria",
                           "rumania", "croatia"],
        "former_yugoslavia": ["croatia", "bosnia_herzegovina", "serbia"],
        "former_soviet_union": ["russia", "ukraine", "kazakhstan"],
        "islamic_countries": ["turkey", "iran", "arabic_countries"],
        "arabic_countries": ["lebanon", "syria"],
    }  # fmt: skip
    for group, parts in groups.items():
        table[f"{group}_other"] = table[group] - table[parts].sum(axis=1)
    table = table[table.index.str[:2].astype(int) <= districts]
    table.rename_axis("area").reset_index().to_csv(folder / "werte.csv", index=False)
    entries = []
    for name in table.columns:
        more = ""
        if name in REGISTER:
            low, high = next(a for a in AGES if name == f"alter_{a[0]:02d}")
            more = f'base = "einwohner"\nages = [{low}{"" if high is None else f", {high}"}]\n'
        if name in groups:
            more = f"parts = {json.dumps([*groups[name], f'{name}_other'])}\n"
        entries.append(
            f'[[indicator]]\nid = "{name}"\ntitle = "{name}"\nunit = "Personen"\n{more}'
            f'numerator = "{name}"\ndatenstand = "2024-12-31"\nsource = "{SOURCE}"\n'
        )
    for name, top in (("kinder_je_100", "alter_00"), ("auslaender_je_100", "auslaender")):
        entries.append(
            f'[[indicator]]\nid = "{name}"\ntitle = "{name}"\nunit = "%"\nkind = "rate"\nper = 100\n'
            f'numerator = "{top}"\nnumerator_of = ["{top}"]\ndenominator = "einwohner"\n'
            f'denominator_of = ["einwohner"]\ndatenstand = "2024-12-31"\nsource = "{SOURCE}"\n'
        )
    (folder / "merkmale.toml").write_text("".join(entries), encoding="utf-8")
    columns = "".join(f'{name} = "{name}"\n' for name in table.columns)
    columns += 'kinder_je_100 = { numerator = "alter_00", denominator = "einwohner" }\n'
    columns += 'auslaender_je_100 = { numerator = "auslaender", denominator = "einwohner" }\n'
    codes = ", ".join(f'"{d:02d}"' for d in range(1, districts + 1))
    where = f"where = {{ BEZ = [{codes}] }}\n" if districts < 12 else ""
    # Both lists number from 1 in every Bezirk.
    for file, letter in (("kindertagesstaetten", "k"), ("jugendfreizeiteinrichtungen", "j")):
        places = gpd.read_file(testdata / f"berlin/offers/{file}.geojson")[
            ["e_nr", "e_name", "geometry"]
        ]
        places = places[places["e_nr"].str[:2].astype(int) <= districts]
        places.assign(e_nr=letter + places["e_nr"]).to_file(folder / f"{file}.geojson")
    offers = "".join(
        f'[[offers]]\nfile = "{file}.geojson"\ncategory = "{category}"\nsource = "SenBJF Berlin"\n'
        'columns = { offer = "e_nr", name = "e_name" }\n'
        for file, category in (
            ("kindertagesstaetten", "kita"),
            ("jugendfreizeiteinrichtungen", "jugend"),
        )
    )
    upper = "".join(
        f'[areas.upper.{level}]\nfile = "{areas}/lor_post2021_{short}/lor_{file}_2021.shp"\n'
        f'columns = {{ area = "{short}_ID", name = "{short}_NAME" }}\n{where}'
        for level, short, file in (("bezirksregion", "BZR", "bezirksregionen"),
                                   ("prognoseraum", "PGR", "prognoseraeume"))
    )  # fmt: skip
    levels = "".join(
        f'[[level]]\nid = "{name}"\ntitle = "{title}"\nplural = "{plural}"\n{prefix}'
        for name, title, plural, prefix in (
            ("bezirk", "Bezirk", "Bezirke", "prefix = 2\n"),
            ("prognoseraum", "Prognoseraum", "Prognoseräume", "prefix = 4\n"),
            ("bezirksregion", "Bezirksregion", "Bezirksregionen", "prefix = 6\n"),
            ("planungsraum", "Planungsraum", "Planungsräume", ""),
        )
    )
    (folder / "sozialraum.toml").write_text(
        f'[project]\ntitle = "Berlin"\nredaktionsschluss = "2024-12-31"\n{levels}'
        f'[areas]\nfile = "{areas}/lor_post2021_PLR/lor_planungsraeume_2021.shp"\n'
        f'columns = {{ area = "PLR_ID", name = "PLR_NAME" }}\n{where}gebietsstand = "2021"\n{upper}'
        f'{offers}[[values]]\nfile = "werte.csv"\nform = "wide"\ndatenstand = "2024-12-31"\n'
        f'[values.indicators]\n{columns}[indicators]\nfiles = ["merkmale.toml"]\n'
        '[[count]]\nid = "kitas"\ntitle = "Kitas"\ncategory = "kita"\n'
        '[secrecy]\nminimum = 5\n[profiles]\nlevels = ["bezirk"]\n',
        encoding="utf-8",
    )


SOURCE = "Amt für Statistik Berlin-Brandenburg"


@pytest.mark.realdata
def test_nothing_is_found_in_an_edition_of_berlin(testdata: Path, tmp_path: Path) -> None:
    write_berlin(testdata, tmp_path)
    run(tmp_path / "sozialraum.toml", tmp_path / "ergebnis", progress=False)
    (found,) = attack(tmp_path / "ergebnis")
    given = pd.read_csv(tmp_path / "werte.csv", dtype={"area": "str"}).set_index("area")
    length = {"gesamt": 0, "bezirk": 2, "prognoseraum": 4, "bezirksregion": 6, "planungsraum": 8}

    def true(level: str, area: str, name: str, _: str) -> float:
        rows = given[given.index.str[: length[level]] == area[: length[level]]]
        of_share = {"kinder_je_100": "alter_00", "auslaender_je_100": "auslaender"}
        return float(rows[of_share.get(name, name)].sum())

    check(found, true)
    assert found["addresses"] > 30_000
    assert found["hidden"] > 1_000
