"""Berlin's register, ages and origin at five levels: protected, attacked, close to the best."""

from __future__ import annotations

from pathlib import Path

import pytest

from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.rules import Secrecy
from tests.secrecy.berlin import LEVELS, read_berlin


def test_the_register_is_what_the_goal_speaks_of(testdata: Path) -> None:
    values, areas, _ = read_berlin(testdata)
    assert len(areas) == 542
    origin = values["indicator"].isin(_ORIGIN) & (values["level"] == "plr")
    counts = values.loc[origin & (values["value"] > 0), "value"]
    assert ((counts < 5).sum(), (counts < 10).sum()) == (429, 1155)


@pytest.mark.realdata
@pytest.mark.parametrize(("districts", "minimum"), [(2, 5), (2, 10), (12, 5), (12, 10)], ids=str)
def test_nothing_follows_from_the_register(testdata: Path, districts: int, minimum: int) -> None:
    values, areas, known = read_berlin(testdata, districts)
    rules = Secrecy(minimum=minimum)
    done = protect_together(values, None, areas, LEVELS, known, rules)
    assert not len(attack_values(values, done.values, areas, LEVELS, known, rules))
    # The goal is 1.3 times what no safe choice loses less than; reached is this least itself.
    assert done.completion is not None
    assert done.completion.ratio < 1.001
    assert done.completion.exact_parts == done.completion.parts


_ORIGIN = (
    "european_union", "france", "greece", "italy", "austria", "spain", "poland", "bulgaria", "rumania",
    "croatia", "united_kingdom", "former_yugoslavia", "bosnia_herzegovina", "serbia",
    "former_soviet_union", "russia", "ukraine", "kazakhstan", "islamic_countries", "turkey", "iran",
    "arabic_countries", "lebanon", "syria", "vietnam", "united_states", "undefined",
)  # fmt: skip
