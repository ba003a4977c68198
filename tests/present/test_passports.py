"""Passports as files: read by another library, alike twice, nothing withheld in them."""

import csv
import json
from pathlib import Path

import pytest

from sozialraum.demo import build_musterstadt
from sozialraum.model.passport import passport
from sozialraum.present.passports import write_passports
from sozialraum.secrecy.build import build_edition
from sozialraum.secrecy.edition import Edition


@pytest.fixture(scope="module")
def edition() -> Edition:
    return build_edition(build_musterstadt().atlas)


# What the PROV-JSON submission (W3C, 2013) asks of each relation, and what kind each end is.
RELATIONS = {
    "used": {"prov:activity": "activity", "prov:entity": "entity"},
    "wasGeneratedBy": {"prov:entity": "entity", "prov:activity": "activity"},
    "wasDerivedFrom": {"prov:generatedEntity": "entity", "prov:usedEntity": "entity"},
    "wasAttributedTo": {"prov:entity": "entity", "prov:agent": "agent"},
    "hadMember": {"prov:collection": "entity", "prov:entity": "entity"},
}


def test_the_graph_is_whole(edition: Edition, tmp_path: Path) -> None:
    graph = json.loads(write_passports(edition, tmp_path)[1].read_text("utf-8"))
    assert set(graph) <= {"prefix", "entity", "activity", "agent", *RELATIONS}
    for kind in ("entity", "activity", "agent"):
        assert {name.split(":")[0] for name in graph.get(kind, {})} <= set(graph["prefix"])
    for kind, ends in RELATIONS.items():
        for link in graph.get(kind, {}).values():
            assert set(link) == set(ends)
            assert all(link[end] in graph[what] for end, what in ends.items())
    values = [name for name in graph["entity"] if name.startswith("wert:")]
    assert len(values) == len(edition.values)


def test_every_number_leads_to_its_source_and_its_steps(edition: Edition, tmp_path: Path) -> None:
    graph = json.loads(write_passports(edition, tmp_path)[1].read_text("utf-8"))
    derived = {link["prov:generatedEntity"] for link in graph["wasDerivedFrom"].values()}
    made = {link["prov:entity"] for link in graph["wasGeneratedBy"].values()}
    sourced = edition.values["indicator"].map(lambda i: bool(edition.indicators[i].source))
    assert len(derived) == int(sourced.sum())
    assert len(made) == 1 + int((edition.values["steps"] != "").sum())


def test_the_table_says_what_the_passport_says(edition: Edition, tmp_path: Path) -> None:
    path, _ = write_passports(edition, tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) == len(edition.values)
    first = edition.values.iloc[0]
    known = passport(
        edition.values, first["area"], first["indicator"], first["datenstand"],
        level=first["level"], indicators=edition.indicators,
    )  # fmt: skip
    assert {k: rows[0][k] for k in known} == known


def test_nothing_withheld_is_in_the_files(edition: Edition, tmp_path: Path) -> None:
    graph = json.loads(write_passports(edition, tmp_path)[1].read_text("utf-8"))
    hidden = [e for e in graph["entity"].values() if e.get("sr:sign") == "."]
    assert hidden
    assert not [e for e in hidden if {"prov:value", "sr:numerator", "sr:denominator"} & set(e)]


def test_the_same_edition_gives_the_same_bytes(edition: Edition, tmp_path: Path) -> None:
    first = [p.read_bytes() for p in write_passports(edition, tmp_path / "a")]
    assert first == [p.read_bytes() for p in write_passports(edition, tmp_path / "b")]
