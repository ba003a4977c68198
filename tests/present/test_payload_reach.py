"""Ways to single offers: minutes around each, and nothing of a page that would be too large."""

from __future__ import annotations

import pandas as pd
import pytest

from sozialraum.access.cells import build_grid
from sozialraum.access.network import StraightLine
from sozialraum.access.travel import measure_travel
from sozialraum.errors import InputError
from sozialraum.present import payload_reach
from sozialraum.present.payload import build_payload


@pytest.fixture(scope="module")
def cells(town_edition):
    return build_grid(town_edition.areas, size_m=400).assign(kita=5.0)


@pytest.fixture(scope="module")
def header(town_edition, cells):
    return build_payload(town_edition, cells=cells)[0]


def read(found: list, header: dict, cells) -> dict[tuple[str, str], int]:
    """Minutes by cell and offer, read back as the page reads them."""
    grid = header["cells"]
    x0, y0 = cells.geometry.x.min(), cells.geometry.y.min()
    step = grid["metres"]
    name = {
        (round((p.x - x0) / step), round((p.y - y0) / step)): key
        for key, p in cells.geometry.items()
    }
    return {
        (str(name[west + i % width, south + i // width]), header["offers"]["ids"][offer]): int(
            sign, 36
        )
        for offer, part in enumerate(found)
        if part
        for west, south, width, signs in [part]
        for i, sign in enumerate(signs)
        if sign != "z"
    }


def test_every_way_within_the_limit_is_there_once_and_rounded_up(
    town_edition, cells, header
) -> None:
    travel = measure_travel(cells, town_edition.offers, StraightLine(), limit_min=40)
    travel = travel[travel["minutes"] <= 30]
    found = read(payload_reach.lay_reach(travel, cells, header), header, cells)
    keys = zip(travel["origin"].astype(str), travel["destination"].astype(str), strict=True)
    wanted = dict(zip(keys, travel["minutes"].apply(lambda m: -int(-m // 1)), strict=True))
    assert found == wanted
    assert len(found) > 100


def test_what_is_farther_or_unknown_has_no_sign(town_edition, cells, header) -> None:
    offer, first = town_edition.offers.index[0], cells.index[0]
    travel = pd.DataFrame(
        {
            "origin": [first, first, "no cell"],
            "destination": [offer, "no offer", offer],
            "minutes": [30.2, 1.0, 1.0],
        }
    )
    assert payload_reach.lay_reach(travel, cells, header) == [None] * len(town_edition.offers)
    found = payload_reach.lay_reach(travel.assign(minutes=0.0), cells, header)
    (own,) = (part for part in found if part)
    assert own[2:] == [1, "0"]


def test_a_page_that_would_be_too_large_is_refused(
    town_edition, cells, header, monkeypatch
) -> None:
    travel = measure_travel(cells, town_edition.offers, StraightLine(), limit_min=30)
    monkeypatch.setattr(payload_reach, "MOST_PAIRS", 100)
    with pytest.raises(InputError, match="zu groß"):
        payload_reach.lay_reach(travel, cells, header)
