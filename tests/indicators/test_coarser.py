"""Classes are put together where one is small, and the finer ones leave no trace outside."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.errors import InputError, UnknownNameError
from sozialraum.indicators.coarser import Coarser, coarsen_classes
from sozialraum.model.audience import find_kept_back
from sozialraum.model.indicator import Indicator

KNOWN = {
    "e": Indicator(id="e", title="Alle", numerator_of=("u3", "k", "s", "alt")),
    "u3": Indicator(id="u3", title="0–2", base="e", ages=(0, 3)),
    "k": Indicator(id="k", title="3–5", base="e", ages=(3, 6)),
    "s": Indicator(id="s", title="6–17", base="e", ages=(6, 18)),
    "alt": Indicator(id="alt", title="ab 18", base="e", ages=(18,)),
    "anteil_u3": Indicator(
        id="anteil_u3", title="Anteil 0–2", kind="rate", per=100, denominator="Alle",
        numerator_of=("u3",), denominator_of=("e",),
    ),
    "jung": Indicator(
        id="jung", title="Anteil U6", kind="rate", per=100, denominator="Alle",
        numerator_of=("u3", "k"), denominator_of=("e",),
    ),
}  # fmt: skip
U6 = Coarser(indicator="u6", classes=("u3", "k"))
U18 = Coarser(indicator="u18", classes=("u6", "s"), title="Kinder und Jugendliche")


def table(young: float, small: float, school: float) -> pd.DataFrame:
    return pd.DataFrame(
        {"level": "q", "area": "1", "datenstand": "2024", "gebietsstand": "2024",
         "indicator": ["u3", "k", "s", "alt"], "value": [young, small, school, 90.0],
         "quality": "exact"}
    )  # fmt: skip


def test_steps_go_on_until_none_is_small() -> None:
    # 0–2 has 1 and 3–5 has 2: together 3, still small, so that 6–17 joins them.
    made = coarsen_classes(table(1, 2, 30), KNOWN, [U6, U18])
    rows = made.values.set_index("indicator")["value"]
    assert rows["u6"] == 3
    assert rows["u18"] == 33
    assert find_kept_back(made.indicators) == {"u3", "k", "u6", "s", "anteil_u3", "jung"}
    assert made.indicators["e"].numerator_of == ("u18", "alt")
    assert made.indicators["u18"].title == "Kinder und Jugendliche"
    assert made.indicators["u18"].ages == (0, 18)


def test_a_step_that_is_not_needed_is_left_out_and_said() -> None:
    made = coarsen_classes(table(2, 20, 30), KNOWN, [U6, U18])
    assert "u18" not in made.indicators
    assert find_kept_back(made.indicators) == {"u3", "k", "anteil_u3"}
    assert made.indicators["jung"].numerator_of == ("u6",)
    said = [finding.code for finding in made.findings]
    assert said == ["classes_joined", "classes_inside", "classes_kept"]


def test_nothing_missing_becomes_a_sum() -> None:
    made = coarsen_classes(table(2, np.nan, 30), KNOWN, [U6])
    assert np.isnan(made.values.set_index("indicator").loc["u6", "value"])


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(InputError, match="aneinander anschließen"):
        coarsen_classes(table(1, 2, 3), KNOWN, [Coarser(indicator="x", classes=("u3", "s"))])
    with pytest.raises(InputError, match="Anzahlen"):
        coarsen_classes(table(1, 2, 3), KNOWN, [Coarser(indicator="x", classes=("u3", "jung"))])
    with pytest.raises(UnknownNameError):
        coarsen_classes(table(1, 2, 3), KNOWN, [Coarser(indicator="x", classes=("u3", "u99"))])
