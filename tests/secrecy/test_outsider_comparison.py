"""The half-yearly report beside a run: the program that has only the files finds nothing in it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from sozialraum.project.compare import compare
from sozialraum.project.job import run

from .test_outsider import attack, listed, write_town

TABLE = "bericht/aenderungen.csv"


def write_editions(folder: Path) -> Path:
    """Two runs: in the later one an offer is gone and 24 more people live in each Quartier."""
    write_town(folder)
    project = folder / "sozialraum.toml"
    first = project.read_text(encoding="utf-8")
    run(project, folder / "alt", progress=False)
    offers = pd.read_csv(folder / "angebote.csv")
    offers[offers["offer"] != "k2"].to_csv(folder / "angebote.csv", index=False)
    values = pd.read_csv(folder / "werte.csv", dtype={"area": "str"})
    values["datenstand"] = "2025-06-30"
    values.loc[values["indicator"] == "einwohner", "numerator"] += 24
    values.loc[values["indicator"] == "grundsicherung", "denominator"] += 24
    values.to_csv(folder / "werte.csv", index=False)
    later = first.replace("2024-12-31", "2025-06-30")
    project.write_text(later.replace("[secrecy]\n", '[secrecy]\nearlier = ["alt"]\n'), "utf-8")
    run(project, folder / "neu", progress=False)
    list_report(folder / "neu", compare(folder / "alt", folder / "neu", folder / "neu" / "bericht"))
    return folder / "neu"


def list_report(new: Path, written: list[Path]) -> None:
    """Write the files of a report into the list of the edition they stand beside."""
    about = new / "edition.json"
    told = json.loads(about.read_text(encoding="utf-8"))
    told["files"] |= {f"bericht/{path.name}": "" for path in written}
    about.write_text(json.dumps(told), encoding="utf-8")


def test_nothing_is_found_and_what_leaks_is(tmp_path: Path) -> None:
    new = write_editions(tmp_path)
    (found,) = attack(new)
    assert found["safe"], listed(found)
    assert found["numbers"][TABLE] > 20
    table = pd.read_csv(new / TABLE, sep=";", dtype="str", encoding="utf-8-sig")
    hidden = table.index[(table["Zeichen jetzt"] == ".") & table["jetzt"].isna()]
    assert len(hidden)
    table.loc[hidden[0], ["jetzt", "Zeichen jetzt"]] = ["3", None]
    table.to_csv(new / TABLE, sep=";", index=False, encoding="utf-8-sig")
    (found,) = attack(new)
    assert not found["safe"]
    assert TABLE in listed(found)
