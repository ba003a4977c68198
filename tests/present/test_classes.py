"""Classes: few, filled, told in words that agree with the numbers beside them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import mapclassify
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sozialraum.errors import UnknownNameError
from sozialraum.model.indicator import Indicator
from sozialraum.present import classes
from sozialraum.present.classes import (
    classify,
    classify_indicator,
    classify_rows,
    mark_categories,
    name_category,
    round_shown,
)
from sozialraum.present.looks import LOOKS
from sozialraum.texts import number

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
COLOUR_BLIND = [
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
]  # fmt: skip


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_ten_values_fall_into_five_pairs() -> None:
    # Quantiles of 1 … 10 end at 2.8, 4.6, 6.4, 8.2: the next whole numbers are 3, 5, 7, 9.
    found = classify(range(1, 11), unit="Personen")
    assert found.breaks == (3, 5, 7, 9)
    assert found.counts == (2, 2, 2, 2, 2)
    assert found.labels[0] == "1 bis unter 3\u00a0Personen"
    assert found.labels[-1] == "9 bis 10\u00a0Personen"


def test_a_value_is_classed_as_it_is_shown() -> None:
    # The lowest fifth ends at 20: the class above begins at 20,1. 20.04 is written 20,0.
    found = classify([12.34, 20, 30, 40, 50, 60], digits=1)
    assert found.labels[0] == "12,3 bis unter 20,1"
    assert found.find([12.34, 20.04, 20.06]).tolist() == [0, 0, 1]


def test_few_distinct_values_are_classes_of_their_own() -> None:
    found = classify([0, 0, 1, 1, 2])
    assert found.labels == ("0", "1", "2")
    assert found.counts == (2, 2, 1)
    assert classify([7, 7, 7]).labels == ("7",)
    assert classify([0, 40, 90]).labels == ("0", "40", "90")


def test_nobody_and_everybody_reached_are_classes_of_their_own() -> None:
    # 4 of 11 at 0 %, 3 at 100 %: both hold more than a fifth; 20, 50 | 60 | 80 share three classes.
    found = classify([0, 0, 0, 0, 20, 50, 60, 80, 100, 100, 100], unit="%")
    assert found.labels == (
        "0\u00a0%", "1 bis unter 51\u00a0%", "51 bis unter 61\u00a0%", "61 bis unter 100\u00a0%",
        "100\u00a0%",
    )  # fmt: skip
    assert found.counts == (4, 2, 1, 1, 3)


def test_fixed_limits_leave_the_outer_classes_open() -> None:
    found = classify([3, 12, 99], breaks=[10, 20])
    assert found.labels == ("unter 10", "10 bis unter 20", "ab 20")
    assert found.find([9, 10, 20, None]).tolist() == [0, 1, 2, -1]
    assert found.counts == (1, 1, 1)


def test_nothing_to_class() -> None:
    found = classify([None, np.nan])
    assert found.labels == ()
    assert found.find([1.0]).tolist() == [-1]


def test_wrong_requests_say_so() -> None:
    with pytest.raises(ValueError, match="6 Klassen"):
        classify([1, 2], k=6)
    with pytest.raises(ValueError, match="6 Klassen"):
        classify([1, 2], breaks=[1, 2, 3, 4, 5])
    with pytest.raises(UnknownNameError, match="quantiles"):
        classify([1, 2], scheme="quantile")  # type: ignore[arg-type]


whole = st.lists(st.integers(-50, 50), min_size=1, max_size=60)
schemes = st.sampled_from(["quantiles", "equal", "natural"])


@settings(max_examples=150, deadline=None)
@given(whole, st.integers(1, 5), schemes)
def test_every_class_is_filled_and_its_words_are_true(values, k, scheme) -> None:
    found = classify(values, k=k, scheme=scheme)
    assert sum(found.counts) == len(values)
    assert all(found.counts)
    assert len(found.labels) <= k
    assert len(found.labels) == len(found.colours) == len(found.hatches) == len(found.breaks) + 1
    for value, place in zip(values, found.find(values), strict=True):
        ends = [int(n.replace("−", "-")) for n in re.findall(r"−?\d+", found.labels[place])]
        below = "unter" in found.labels[place]
        assert ends[0] <= value < ends[-1] if below else ends[0] <= value <= ends[-1]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=80, unique=True))
def test_quantiles_and_natural_breaks_are_those_of_mapclassify(values) -> None:
    for scheme, peer in (("quantiles", "Quantiles"), ("natural", "FisherJenks")):
        theirs = getattr(mapclassify, peer)(np.array(values, dtype=float), k=5).yb
        assert classify(values, scheme=scheme).find(values).tolist() == theirs.tolist()


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_rounding_is_that_of_the_texts(value, digits) -> None:
    assert number(value, digits) == number(float(round_shown([value], digits)[0]), digits)


def test_years_share_their_classes(town_edition) -> None:
    rows = town_edition.values.query("indicator == 'leistungsbezug' and level == 'quartier'")
    found = classify_indicator(town_edition, "leistungsbezug", "quartier")
    assert set(found.find(rows["value"].dropna())) == {0, 1, 2, 3, 4}
    newest = rows[rows["datenstand"] == rows["datenstand"].max()]
    assert sum(found.counts) == newest["value"].notna().sum()


def test_colours_fall_in_lightness_and_letters_can_be_read_on_them() -> None:
    steps = [contrast(a, b) for a, b in pairwise(classes.COLOURS)]
    light = [luminance(c) for c in classes.COLOURS]
    assert light == sorted(light, reverse=True)
    assert min(steps) > 1.45
    for colour in classes.COLOURS:
        letters = "#ffffff" if luminance(colour) < 0.18 else classes.INK
        assert contrast(letters, colour) >= 4.5
    assert contrast(classes.GAP, "#ffffff") >= 4.5
    assert all(contrast(c, "#ffffff") >= 4.5 for c in classes.MARK_COLOURS)


def test_colours_keep_their_order_for_colour_blind_eyes() -> None:
    # Viénot, Brettel and Mollon (1999): what is left of red and green for protan and deutan eyes.
    for keep in ((0.11238, 0.88762), (0.29275, 0.70725)):
        greys = []
        for colour in classes.COLOURS:
            r, g, b = (((int(colour[i : i + 2], 16)) / 255) ** 2.2 for i in (1, 3, 5))
            yellow = keep[0] * r + keep[1] * g
            greys.append(0.93 * yellow + 0.07 * b)
        assert greys == sorted(greys, reverse=True)
        assert min(a / b for a, b in pairwise(greys)) > 1.4


def test_hatches_grow_darker() -> None:
    ink = []
    for hatch in classes.HATCHES:
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", hatch.path)]
        ink.append(len(numbers) * hatch.width / hatch.size**2)
    assert ink == sorted(ink)
    assert ink[0] == 0


def test_every_category_has_its_own_shape() -> None:
    marks = mark_categories([f"k{i}" for i in range(15)])
    assert len({m.path for m in list(marks.values())[:12]}) == 12
    assert len(set(marks.values())) == 15
    assert name_category("soziale_einrichtung") == "Soziale Einrichtung"
    assert name_category("") == ""


def test_people_without_a_place_make_no_class() -> None:
    """Else the legend had a class that no area on the map can be in."""
    rows = pd.DataFrame(
        {"area": ["1", "2", "nicht_zuzuordnen"], "level": "q", "indicator": "n",
         "datenstand": "2024-12-31", "value": [10.0, 20.0, 7.0]}
    )  # fmt: skip
    found = classify_rows(rows, Indicator(id="n", title="N"))
    assert found.labels == ("10", "20")
    assert found.counts == (1, 1)


def test_colours_are_declared_once() -> None:
    folder = Path(classes.__file__).parent
    seen: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".py", ".css", ".js", ".typ", ".jinja"):
            continue
        for colour in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8")):
            seen.setdefault(colour.lower(), set()).add(path.name)
    declaring = {"classes.py", "looks.py", "schemes.py"}
    plain = {"#ffffff", "#000000"}
    assert {
        c: sorted(f - declaring) for c, f in seen.items() if c not in plain and f - declaring
    } == {}


def test_lines_letters_and_patterns_can_be_told_from_their_ground() -> None:
    for letters in ("ink", "quiet", "deep", "accent", "gap"):
        for ground in ("#ffffff", LOOKS["ground"], LOOKS["wash"], LOOKS["sand"], LOOKS["faint"]):
            assert contrast(LOOKS[letters], ground) >= 4.5, (letters, ground)
    # What must be seen without being read: 3 : 1.
    assert contrast(LOOKS["edge"], "#ffffff") >= 3
    assert contrast(LOOKS["focus"], "#ffffff") >= 3
    assert contrast(classes.HIDDEN_INK, classes.HIDDEN) >= 3
    assert contrast(classes.MISSING_INK, classes.MISSING) >= 3
    for colour in classes.COLOURS:
        assert contrast(classes.letters_on(colour), colour) >= 4.5


@pytest.mark.parametrize("matrix", COLOUR_BLIND, ids=("protan", "deutan", "tritan"))
def test_classes_differ_for_the_colour_blind(matrix: list[list[float]]) -> None:
    """Each next class stays darker by at least a third, whatever cones are missing."""
    for one, other in pairwise(classes.COLOURS):
        assert contrast(_seen(one, matrix), _seen(other, matrix)) >= 1.33


def _seen(colour: str, matrix: list[list[float]]) -> str:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    back = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(float(x) * 255):02x}" for x in back)
