"""What was published before is known for ever."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings

from sozialraum.model.areas import WHOLE, Level
from sozialraum.model.indicator import Indicator
from sozialraum.secrecy.earlier import join_earlier
from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.rules import Secrecy
from tests.secrecy.strategies import INDICATORS, LEVELS, Town, towns

TWO = (Level(WHOLE, "Gesamt", "Gesamt"), Level("quartier", "Quartier", "Quartiere", WHOLE))
COUNT = {"n": Indicator(id="n", title="Fälle")}


def counts(amounts: dict[str, float], **more: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Quartiere and their sum."""
    areas = pd.DataFrame({WHOLE: WHOLE, "quartier": list(amounts)})
    values = pd.DataFrame(
        {
            "level": [WHOLE, *["quartier"] * len(amounts)],
            "area": [WHOLE, *amounts],
            "value": [sum(amounts.values()), *amounts.values()],
            "indicator": "n", "datenstand": "2024", "gebietsstand": "", "sign": "",
        }
    )  # fmt: skip
    values["numerator"], values["denominator"] = values["value"], np.nan
    return values.astype({"value": float, "numerator": float}).assign(**more), areas


def protect(values, areas, earlier=(), minimum: int = 5):  # type: ignore[no-untyped-def]
    rules = Secrecy(minimum=minimum)
    found = protect_together(values, None, areas, TWO, COUNT, rules, earlier=earlier)
    broken = attack_values(values, found.values, areas, TWO, COUNT, rules, earlier=earlier)
    hidden = found.values.loc[found.values["sign"] == ".", "area"].tolist()
    return hidden, found, broken


def test_what_was_shown_before_is_no_cover() -> None:
    # a = 3 needs a second gap; b is the smallest other, but an earlier edition shows it.
    values, areas = counts({"a": 3, "b": 6, "c": 9, "d": 20})
    assert protect(values, areas)[0] == ["a", "b"]
    earlier = values[values["area"] == "b"]
    hidden, found, broken = protect(values, areas, [earlier])
    assert hidden == ["a", "c"]
    assert not len(found.lost)
    assert not len(broken)


def test_a_sum_that_stood_in_an_earlier_edition_counts() -> None:
    # Without a sum a alone is withheld. An earlier edition shows it: then b goes too.
    values, areas = counts({"a": 3, "b": 6, "c": 9})
    quartiere = values[values["level"] == "quartier"].reset_index(drop=True)
    assert protect(quartiere, areas)[0] == ["a"]
    hidden, _, broken = protect(quartiere, areas, [values[values["level"] == WHOLE]])
    assert hidden == ["a", "b"]
    assert not len(broken)


def test_what_is_given_away_already_is_reported_and_not_chased() -> None:
    # The earlier minimum was 3: a = 3 was shown. It stays withheld, and nothing more for its sake.
    values, areas = counts({"a": 3, "b": 6, "c": 9})
    hidden, found, broken = protect(values, areas, [values])
    assert hidden == ["a"]
    assert found.lost["area"].tolist() == ["a"]
    assert not len(broken)
    # So it is where it follows from an earlier edition alone: 18 − 9 − 6.
    hidden, found, broken = protect(values, areas, [values[values["area"] != "a"]])
    assert hidden == ["a"]
    assert found.lost["area"].tolist() == ["a"]
    assert not len(broken)


def test_other_boundaries_and_revised_figures_are_left_out() -> None:
    values, areas = counts({"a": 3, "b": 6}, gebietsstand="2024")
    other = values.assign(gebietsstand="2020")
    assert join_earlier(values, [other], areas, TWO).left_out == 3
    revised = values.assign(value=values["value"] + 1, numerator=values["numerator"] + 1)
    assert join_earlier(values, [revised], areas, TWO).left_out == 3
    moved = values.assign(area=["gesamt", "x", "y"])
    assert join_earlier(values, [moved], areas, TWO).left_out == 2
    same = join_earlier(values, [values.assign(datenstand="2023")], areas, TWO)
    assert (same.left_out, len(same.table)) == (0, 6)


def test_other_years_join_where_the_counts_are_the_same() -> None:
    # The same counts at every place in both years: they are the same people.
    values, areas = counts({"a": 3, "b": 6, "c": 9, "d": 12})
    hidden, found, broken = protect(values, areas, [values.assign(datenstand="2023")])
    assert not len(broken)
    assert (hidden, found.lost["area"].tolist()) == (["a"], ["a"])


@given(towns())
@settings(max_examples=15)
def test_two_editions_of_one_town_are_safe_together(town: Town) -> None:
    """The earlier edition had a smaller minimum and fewer levels, as far as it was safe itself."""
    first = Secrecy(minimum=3)
    levels = tuple(level for level in LEVELS if level.id != "schulbezirk")
    part = town.values[town.values["level"] != "schulbezirk"].reset_index(drop=True)
    part = part.assign(gebietsstand="")
    earlier = protect_together(part, None, town.areas, levels, INDICATORS, first).values
    rules = Secrecy(minimum=town.minimum)
    values = town.values.assign(gebietsstand="")
    found = protect_together(
        values, town.gaps, town.areas, LEVELS, INDICATORS, rules, earlier=[earlier]
    )
    broken = attack_values(
        values, found.values, town.areas, LEVELS, INDICATORS, rules, gaps=town.gaps,
        shown=found.gaps, earlier=[earlier],
    )  # fmt: skip
    assert not len(broken)
    # What is small in the new edition alone was shown by the earlier one, or it is protected.
    if town.minimum == 3:
        assert not len(found.lost)
