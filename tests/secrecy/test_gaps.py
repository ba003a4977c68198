"""Gaps and shares are safe together."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from hypothesis import given, settings

from sozialraum.secrecy.attack import bound_cells, reader
from sozialraum.secrecy.protect import attack_values, protect_together
from sozialraum.secrecy.publication import build_publication
from sozialraum.secrecy.rules import Secrecy
from tests.secrecy.strategies import INDICATORS, LEVELS, Town, build_town, towns


def protect(town: Town, **more):  # type: ignore[no-untyped-def]
    rules = Secrecy(minimum=town.minimum)
    return protect_together(town.values, town.gaps, town.areas, LEVELS, INDICATORS, rules, **more)


def attack(town: Town, values: pd.DataFrame, gaps: pd.DataFrame, **more):  # type: ignore[no-untyped-def]
    rules = Secrecy(minimum=town.minimum)
    return attack_values(
        town.values,
        values,
        town.areas,
        LEVELS,
        INDICATORS,
        rules,
        gaps=town.gaps,
        shown=gaps,
        **more,
    )


@given(towns())
@settings(max_examples=40)
def test_nobody_finds_anything_in_shares_and_gaps_together(town: Town) -> None:
    found = protect(town)
    assert not len(attack(town, found.values, found.gaps))


def village(pieces: list[list[int]], reached: list[int], minimum: int = 5) -> Town:
    """Four Quartiere of 100 young people each."""
    counts = {"2024": [[100] * 4, [100] * 4, [50] * 4, reached]}
    return build_town([0, 0, 1, 1], [0, 0, 0, 0], counts, pieces, minimum)


def test_a_gap_inside_a_withheld_share_would_tell_it() -> None:
    # q0: 97 of 100 reached, the other 3 withheld. A gap holds these 3 and 60 of q1: whoever knows
    # that 60 of q1 are not reached and that the gap holds 63 knows that 3 of q0 are in it.
    town = village([[3, 60, 0, 0]], [97, 40, 50, 50])
    alone = protect_together(
        town.values, None, town.areas, LEVELS, INDICATORS, Secrecy(minimum=5)
    ).values  # fmt: skip
    shares = alone[(alone["indicator"] == "nah") & (alone["level"] == "quartier")]
    assert shares["sign"].tolist()[0] == "."
    # Let q1 be shown, as where q2 was withheld beside q0.
    hidden = (town.values["indicator"] == "nah") & town.values["area"].isin(["q0", "s0", "q2"])
    publication = build_publication(
        town.values, town.areas, LEVELS, INDICATORS, gaps=town.gaps
    )  # fmt: skip
    known = publication.known(np.append(hidden.to_numpy(), False))
    lower, _ = bound_cells(publication.system, known, reader(publication.system))
    piece = publication.system.labels.eval("what == 'nah/piece' and area == 'q0'").to_numpy()
    assert lower[piece].tolist() == [3.0]
    assert len(attack(town, town.values.mask(hidden), town.gaps.assign(sign="")))
    found = protect(town)
    # A sibling must go anyway; it is q1, and the gap stays.
    share = found.values[
        (found.values["indicator"] == "nah") & found.values["area"].isin(["q0", "q1"])
    ]
    assert share["sign"].tolist() == [".", "."]
    assert found.gaps["people"].tolist() == [63.0]
    assert not len(attack(town, found.values, found.gaps))


def test_ranks_tell_how_many_people_a_withheld_gap_holds() -> None:
    # Three gaps of 30, 30 and 30: the second, even withheld, lies between the first and the third.
    town = village([[30, 0, 0, 0], [0, 30, 0, 0], [0, 0, 30, 0]], [50, 50, 50, 50])
    publication = build_publication(town.values, town.areas, LEVELS, INDICATORS, gaps=town.gaps)
    hidden = np.zeros(len(town.values) + 3, bool)
    hidden[-2] = True
    lower, upper = bound_cells(
        publication.system, publication.known(hidden), reader(publication.system)
    )
    cell = publication.numerator[-2]
    assert (lower[cell], upper[cell]) == (30.0, 30.0)


def test_the_pieces_of_a_gap_are_what_they_are() -> None:
    # Of 60 people 2 live in q1: the sliver of the polygon in q2, where nobody lives, tells nothing.
    town = village([[58, 2, 0, 0]], [42, 50, 50, 50])
    assert json.loads(town.gaps["pieces"][0]) == {"q0": [58, 1], "q1": [2, 1]}
    # 58 of q0 are not reached, so at least 2 of q1 are in the gap; at most all 50 are.
    publication = build_publication(town.values, town.areas, LEVELS, INDICATORS, gaps=town.gaps)
    nothing = np.zeros(len(town.values) + 1, bool)
    system = publication.system
    lower, upper = bound_cells(system, publication.known(nothing), reader(system))
    piece = system.labels.eval("what == 'nah/piece' and area == 'q1'").to_numpy()
    assert (lower[piece], upper[piece]) == (2.0, 50.0)
    found = protect(town)
    assert found.gaps["sign"].tolist() == [""]
    assert not len(found.protocol)
    assert not len(attack(town, found.values, found.gaps))


def test_squares_tell_how_many_live_there_at_least() -> None:
    town = village([[12, 0, 0, 0]], [86, 50, 50, 50])
    town.gaps["pieces"] = ['{"q0": [12, 12]}']
    publication = build_publication(town.values, town.areas, LEVELS, INDICATORS, gaps=town.gaps)
    everything = np.ones(len(town.values) + 1, bool)
    system = publication.system
    lower, _ = bound_cells(system, publication.known(everything), reader(system))
    unreached = publication.rest[town.values.query("indicator == 'nah' and area == 'q0'").index]
    assert lower[unreached].tolist() == [12.0]
    # 14 are not reached, 12 of them at least are in the gap: 2 others at the most.
    found = protect(town)
    assert found.protocol["area"].tolist() == ["q0", "q1"]
    assert not len(attack(town, found.values, found.gaps))
