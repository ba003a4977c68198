"""Values of an edition as columns of whole numbers, one block for every level, indicator and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sozialraum.model.steps import say_steps
from sozialraum.present.classes import round_shown
from sozialraum.present.office import count_digits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.model.indicator import Indicator

MISSING = -(2**31)
LARGE = MISSING + 1


class Block(NamedTuple):
    """Series by their place in the numbers, and what the numbers alone do not tell.

    Attributes
    ----------
    series : list of dict
        indicator, level, date, borders, counted (decimals of the parts), at (first number).
    numbers : array of int32
    large : dict of str to float
        What does not fit int32, by its place.
    codes : list of list of str
        Sign, quality and steps; a series' fourth column counts them.
    """

    series: list[dict[str, Any]]
    numbers: NDArray[np.int32]
    large: dict[str, float]
    codes: list[list[str]]


def lay_series(
    rows: pd.DataFrame,
    levels: Sequence[Mapping[str, Any]],
    indicators: Mapping[str, Indicator],
    *,
    after: Block | None = None,
) -> Block:
    """Lay every (indicator, level, date) out as four columns over the level's areas.

    The columns are value, numerator, denominator (as whole numbers of their last shown decimal) and
    the number of the row's sign, quality and steps taken together.

    Parameters
    ----------
    rows : DataFrame
        Protected rows of the values table.
    levels : sequence of mapping
        ``id`` and ``ids`` of each level, in the order of the page.
    indicators : mapping
        Whose place is that in the page; rows of others are left out.
    after : Block, optional
        Continue this one: the numbers come behind its own.

    Returns
    -------
    Block
    """
    places = pd.MultiIndex.from_tuples([(v["id"], key) for v in levels for key in v["ids"]])
    first = np.cumsum([0, *(len(level["ids"]) for level in levels)])
    order = {level["id"]: i for i, level in enumerate(levels)}
    known = {name: i for i, name in enumerate(indicators)}
    rows = rows[
        (places.get_indexer(pd.MultiIndex.from_frame(rows[["level", "area"]])) >= 0)
        & rows["indicator"].isin(known).to_numpy()
    ]
    level = rows["level"].map(order).to_numpy(int)
    indicator = rows["indicator"].map(known).to_numpy(int)
    place = places.get_indexer(pd.MultiIndex.from_frame(rows[["level", "area"]])) - first[level]
    size = np.diff(first)[level]
    dates = sorted(rows["datenstand"].astype(str).unique())
    date = rows["datenstand"].astype(str).map({d: i for i, d in enumerate(dates)}).to_numpy(int)

    keys, opening, series = np.unique(
        np.column_stack([indicator, level, date]), axis=0, return_index=True, return_inverse=True
    )
    series = series.reshape(-1)
    starts = np.cumsum([0, *(4 * size[opening])]).astype(int)
    offset = len(after.numbers) if after else 0
    digits = np.array([one.digits for one in indicators.values()], dtype=int)
    counted = np.array(
        [count_digits(rows[indicator == i], one) for i, one in enumerate(indicators.values())],
        dtype=int,
    )
    numbers = np.full(starts[-1], MISSING, dtype=np.int64)
    large: dict[str, float] = {}
    for column, (name, shown) in enumerate(
        (("value", digits), ("numerator", counted), ("denominator", counted))
    ):
        scale = shown[indicator]
        exact = round_shown(rows[name].to_numpy(float), scale) * 10.0**scale
        given = ~np.isnan(exact)
        at = (starts[series] + column * size + place)[given]
        shown_as = np.rint(exact[given])
        wide = np.abs(shown_as) >= -LARGE
        numbers[at] = np.where(wide, LARGE, shown_as).astype(np.int64)
        places_of = (at[wide] + offset).tolist()
        large |= {str(p): x for p, x in zip(places_of, shown_as[wide].tolist(), strict=True)}
    remarks = rows["sign"].fillna("").astype(str) + "\n" + rows["quality"].fillna("").astype(str)
    remarks += "\n" + rows["steps"].map({s: "; ".join(say_steps(s)) for s in set(rows["steps"])})
    codes = ["\n".join(code) for code in after.codes] if after else ["\n\n"]
    codes += sorted(set(remarks) - set(codes))
    for begin, end in pairwise(starts.tolist()):
        numbers[begin + 3 * (end - begin) // 4 : end] = 0
    numbers[starts[series] + 3 * size + place] = remarks.map({c: i for i, c in enumerate(codes)})
    stands = rows["gebietsstand"].fillna("").astype(str).to_numpy()[opening]
    entries = [
        {
            "indicator": i,
            "level": one,
            "date": dates[when],
            "borders": stand,
            "counted": int(counted[i]),
            "at": at + offset,
        }
        for (i, one, when), stand, at in zip(keys.tolist(), stands, starts.tolist(), strict=False)
    ]
    whole = numbers.astype(np.int32)
    return Block(
        entries,
        np.concatenate([after.numbers, whole]) if after else whole,
        {**(after.large if after else {}), **large},
        [code.split("\n") for code in codes],
    )
