"""Classes that have names of their own: every writer calls them so."""

from __future__ import annotations

import mapclassify
import numpy as np
import pandas as pd

from sozialraum.model.indicator import Indicator
from sozialraum.present.classes import COLOURS, classify, classify_rows, name_classes
from sozialraum.present.profile.figures import Figure

STATUS = Indicator(
    id="s", title="Status", kind="index", classes=("hoch", "mittel", "niedrig", "sehr niedrig")
)


def test_names_keep_their_place_even_where_nothing_is() -> None:
    rows = pd.DataFrame(
        {
            "area": ["1", "1", "2"],
            "datenstand": ["2023", "2024", "2024"],
            "value": [1.0, 2.0, np.nan],
        }
    )
    found = classify_rows(rows, STATUS)
    assert found.labels == STATUS.classes
    assert found.counts == (0, 1, 0, 0)  # of the newest day
    assert found.find([1, 2, 4, np.nan]).tolist() == [0, 1, 3, -1]


def test_twelve_groups_have_twelve_colours_from_the_same_scale() -> None:
    found = name_classes([str(i) for i in range(12)], range(1, 13))
    assert len(set(found.colours)) == 12
    assert found.colours[0] == COLOURS[0]
    assert found.colours[-1] == COLOURS[-1]
    assert found.counts == (1,) * 12
    lightness = [sum(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in found.colours]
    assert lightness == sorted(lightness, reverse=True)


def test_profiles_and_passports_say_the_name() -> None:
    assert Figure(STATUS, value=3.0).shown == "niedrig"
    assert Figure(STATUS, value=None, sign="/").bare == "/"
    assert STATUS.show(4) == "sehr niedrig"
    assert STATUS.show(None) == "keine Angabe"


def test_the_maps_classes_agree_with_mapclassify_on_a_table_made_by_hand() -> None:
    values = [1, 2, 3, 4, 10, 11, 12, 40, 41]
    theirs = {
        "quantiles": mapclassify.Quantiles,
        "equal": mapclassify.EqualInterval,
        "natural": mapclassify.FisherJenks,
    }
    by_hand = {
        "quantiles": [0, 0, 0, 1, 1, 1, 2, 2, 2],
        "equal": [0, 0, 0, 0, 0, 0, 0, 2, 2],  # up to 14.3, to 27.7, to 41: nothing in the middle
        "natural": [0, 0, 0, 0, 1, 1, 1, 2, 2],
    }
    for scheme, expected in by_hand.items():
        assert theirs[scheme](values, k=3).yb.tolist() == expected, scheme
        found = classify(values, scheme=scheme, k=3).find(values)  # type: ignore[arg-type]
        # A class that holds nothing is left out of the map's legend.
        kept = sorted(set(expected))
        assert found.tolist() == [kept.index(place) for place in expected], scheme
