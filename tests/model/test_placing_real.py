"""Addresses of the real town, misspelt by rule and robbed of their coordinates, come home."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import sozialraum as sr

COUNT = 500


@pytest.fixture(scope="module")
def addresses(root: Path) -> gpd.GeoDataFrame:
    return sr.read_addresses(root / "data/raw/neubrandenburg.osm.pbf", to_crs=25833)


def drop_letter(text: str, rng: random.Random) -> str:
    at = rng.choice([i for i, c in enumerate(text) if c.isalpha()])
    return text[:at] + text[at + 1 :]


def swap_letters(text: str, rng: random.Random) -> str:
    pairs = [i for i in range(len(text) - 1) if text[i].isalpha() and text[i + 1].isalpha()]
    at = rng.choice(pairs)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def double_letter(text: str, rng: random.Random) -> str:
    at = rng.choice([i for i, c in enumerate(text) if c.isalpha()])
    return text[: at + 1] + text[at:]


def scan(text: str, rng: random.Random) -> str:
    pairs = [(a, b) for a, b in (("l", "1"), ("u", "n"), ("e", "c"), ("rn", "m")) if a in text]
    return text.replace(*rng.choice(pairs), 1) if pairs else text


def write_umlauts(text: str, rng: random.Random) -> str:
    for umlaut, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(umlaut, two)
    return text


SPELLINGS: list[Callable[[str, random.Random], str]] = [
    lambda text, rng: re.sub("(s|S)traße", r"\1tr.", text),
    lambda text, rng: re.sub("(s|S)traße", r"\1trasse", text),
    lambda text, rng: text.replace("-", " "),
    lambda text, rng: text.replace(" ", "-"),
    lambda text, rng: text.upper(),
    lambda text, rng: f" {text}  ",
    write_umlauts,
]
ERRORS = [drop_letter, swap_letters, double_letter, scan]
NUMBERS: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: re.sub(r"(\d)([a-zA-Z])$", r"\1 \2", text),
    lambda text: text.upper(),
    lambda text: f"Nr. {text}",
    lambda text: f"{text} ",
]


def misspell(street: str, rng: random.Random) -> str:
    """Spell a name differently, and in two of five cases wrongly as well."""
    for spelling in rng.sample(SPELLINGS, rng.choice([1, 2])):
        street = spelling(street, rng)
    return rng.choice(ERRORS)(street, rng) if rng.random() < 0.4 else street


@pytest.mark.parametrize("seed", [4, 17, 2026])
def test_misspelt_addresses_are_found(addresses: gpd.GeoDataFrame, root: Path, seed: int) -> None:
    offers = sr.read_offers(root / "data/geometries/angebote.csv", crs=25833)
    offers = offers[offers["street"].notna() & offers["housenumber"].notna()]
    columns = ["street", "housenumber", "postcode", "city", "geometry"]
    truth = pd.concat([addresses[columns], offers[columns]], ignore_index=True)
    truth = truth.sample(COUNT, random_state=seed).reset_index(drop=True)
    rng = random.Random(seed)
    wrong = truth.assign(
        street=[misspell(text, rng) for text in truth["street"]],
        housenumber=[rng.choice(NUMBERS)(text) for text in truth["housenumber"]],
        offer=[str(i) for i in range(COUNT)],
    ).drop(columns="geometry")
    reading = sr.place_offers(wrong, addresses)
    table = reading.table
    metres = table.geometry.distance(gpd.GeoSeries(truth["geometry"], crs=25833))
    exact = table["place_quality"] == "exact"
    assert (metres <= 50).sum() >= 0.97 * COUNT
    assert not (exact & ~(metres <= 50)).any()
    # A name that is not the street's own is never exact.
    respelled = wrong["street"].map(sr.model.spelling.plain_street)
    own = truth["street"].map(sr.model.spelling.plain_street)
    assert (respelled[exact] == own[exact]).all()
    assert np.array_equal(table["place_quality"] == "none", table.geometry.isna())
