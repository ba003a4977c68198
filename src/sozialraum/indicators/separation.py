"""How unevenly people or figures are spread over areas, by inequality and segregation."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.errors import CoverageError, require
from sozialraum.indicators.neighbours import ALPHA, EXPECTED, FEWEST, MOST_MISSING, seeded
from sozialraum.model.areas import UNASSIGNED
from sozialraum.model.indicator import Indicator, pick
from sozialraum.texts import number, percent, say

_LEAST = 5
"""Fewer areas are no distribution."""
_SMALL_SHARE = 0.2


def measure_segregation(
    values: pd.DataFrame, indicators: Mapping[str, Indicator], *, level: str
) -> pd.DataFrame:
    """Measure how unevenly a group lives over the areas: dissimilarity and isolation, by segregation.

    D = ½ Σ |a_i/A − b_i/B| with a the group (Z) and b all others (N − Z); isolation = Σ a_i/A · a_i/N_i.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; what is to be published is measured on ``edition.values``.
    indicators : mapping of str to Indicator
        Rates are asked, nothing else: of a rate Z is part of N.
    level : str

    Returns
    -------
    DataFrame
        One row per rate and Datenstand: ``indicator, datenstand, areas, missing, share`` (of the whole,
        0 to 1), ``dissimilarity, isolation``, ``verdict``: "measured", or the reason why nothing is
        said: "missing", "too_few", "too_small"; ``verdict_text`` is German.

    Raises
    ------
    UnknownNameError
        An indicator has no definition.
    MissingPackageError
        segregation is not installed.

    Notes
    -----
    Massey, D. S., Denton, N. A. (1988): The dimensions of residential segregation. Social Forces 67.
    D is 0 if the share is the same everywhere and 1 if nobody of the group shares an area with others;
    isolation lies between the share and 1. Both hang on how large the areas are: compare only the same
    areas over the years. Where more than a fifth of the areas would hold fewer than 5 of an evenly
    spread group, chance alone makes D large, and nothing is said. Areas without people are left out.

    Examples
    --------
    >>> values = pd.DataFrame({"area": list("abcde"), "level": "q", "indicator": "r",
    ...     "datenstand": "2024", "value": [50.0, 50, 0, 0, 25], "numerator": [50.0, 50, 0, 0, 25],
    ...     "denominator": [100.0] * 5})
    >>> share = Indicator(id="r", title="Quote", kind="rate", per=100)
    >>> found = measure_segregation(values, {"r": share}, level="q")
    >>> found[["share", "dissimilarity", "isolation"]].round(4).values.tolist()
    [[0.25, 0.5333, 0.45]]
    """
    rates = [n for n in dict.fromkeys(values["indicator"]) if pick(indicators, n).kind == "rate"]
    here = (values["level"] == level) & (values["area"] != UNASSIGNED)
    chosen = values[here & values["indicator"].isin(rates)]
    keys = ["indicator", "datenstand"]
    made = []
    for (name, day), rows in chosen.groupby(keys, sort=False):
        known = rows[rows["numerator"].notna() & rows["denominator"].notna()]
        lived_in = known[known["denominator"] > 0]
        parts = lived_in[["numerator", "denominator"]].astype("float64")
        share = float(parts["numerator"].sum() / parts["denominator"].sum()) if len(parts) else 0.0
        row: dict[str, Any] = {
            "indicator": name,
            "datenstand": day,
            "areas": len(parts),
            "missing": len(rows) - len(known),
            "share": share,
        }
        verdict = "measured"
        if row["missing"] > MOST_MISSING * len(rows):
            verdict = "missing"
        elif len(parts) < _LEAST:
            verdict = "too_few"
        elif _is_small(parts["denominator"], min(share, 1 - share)):
            verdict = "too_small"
        else:
            row |= _measure(parts)
        row["verdict"], row["verdict_text"] = verdict, _say(verdict, row, len(rows))
        made.append(row)
    columns = [
        *keys, "areas", "missing", "share", "dissimilarity", "isolation", "verdict", "verdict_text",
    ]  # fmt: skip
    return pd.DataFrame(made, columns=columns)


def _is_small(size: pd.Series, share: float) -> bool:
    return bool((share * size < EXPECTED).mean() > _SMALL_SHARE)


def _measure(parts: pd.DataFrame) -> dict[str, float]:
    groups = require("segregation.singlegroup", extra="space")
    table = pd.DataFrame({"group": parts["numerator"], "total": parts["denominator"]})
    return {
        "dissimilarity": float(groups.Dissim(table, "group", "total").statistic),
        "isolation": float(groups.Isolation(table, "group", "total").statistic),
    }


def _say(verdict: str, row: Mapping[str, Any], total: int) -> str:
    if verdict == "measured":
        moved = percent(100 * row["dissimilarity"], 0)
        return say("separation.measured", moved=moved)
    return say(
        f"separation.{verdict}", n=number(row["areas"]), fewest=_LEAST,
        missing=number(row["missing"]), areas=number(total),
    )  # fmt: skip


def measure_spatial_gini(
    values: pd.DataFrame,
    neighbours: Any,
    definition: Indicator,
    *,
    level: str,
    datenstand: str | None = None,
    permutations: int = 999,
) -> pd.Series:
    """Split the inequality between areas into that between neighbours and the rest, by inequality.

    G = Σ_ij |x_i − x_j| / (2 n² x̄), of which pairs with w_ij = 1 are one part and all others the other.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; what is to be published is measured on ``edition.values``.
    neighbours : libpysal.graph.Graph
        As `build_neighbours` gives it for the areas of the level; of the nearest each pair counts once
        one is the other's neighbour.
    definition : Indicator
        Values must not be negative, so an index of z values has no Gini coefficient.
    level : str
    datenstand : str, optional
        The newest by default.
    permutations : int, default 999

    Returns
    -------
    Series
        ``areas, missing, gini, between_neighbours, between_others`` (these two add up to the first),
        ``p`` (two-sided: figures put on the map at random give as uneven a split), ``verdict``:
        "apart" (unlike areas lie apart), "mixed" (they lie side by side), "no_pattern";
        ``verdict_text`` is German. Named as the indicator.

    Raises
    ------
    CoverageError
        Too few areas, too many missing, negative values, or all of them 0 or equal.
    MissingPackageError
        inequality is not installed.

    Notes
    -----
    Rey, S. J., Smith, R. J. (2013): A spatial decomposition of the Gini coefficient. Letters in Spatial
    and Resource Sciences 6. Every area counts the same, however many live there; weighted by people it
    is `measure_gini`. The seed of the permutations is fixed.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.indicators.neighbours import build_neighbours
    >>> atlas = build_musterstadt().atlas
    >>> found = measure_spatial_gini(atlas.values, build_neighbours(atlas.areas),
    ...     atlas.indicators["leistungsbezug"], level="quartier")
    >>> found["verdict"], round(found["gini"], 3)
    ('apart', 0.315)
    """
    rows = values[(values["indicator"] == definition.id) & (values["level"] == level)]
    rows = rows[rows["area"].isin(neighbours.unique_ids)]
    if rows["datenstand"].dropna().empty:
        raise CoverageError(say("space.no_values", title=definition.title))
    day = datenstand or str(rows["datenstand"].max())
    rows = rows[rows["datenstand"] == day].drop_duplicates("area", keep="last").set_index("area")
    known = rows["value"].reindex(neighbours.unique_ids).dropna().astype("float64")
    missing = len(neighbours.unique_ids) - len(known)
    total = number(len(neighbours.unique_ids))
    if missing > MOST_MISSING * len(neighbours.unique_ids):
        raise CoverageError(say("space.missing", missing=number(missing), areas=total))
    if len(known) < FEWEST:
        raise CoverageError(say("space.too_few", n=number(len(known)), fewest=FEWEST))
    if (known < 0).any():
        raise CoverageError(say("separation.negative", title=definition.title))
    if float(np.ptp(known.to_numpy())) == 0:
        raise CoverageError(say("space.constant"))
    gini = require("inequality.gini", extra="space")
    with seeded(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = _number_neighbours(neighbours, known.index)
        found = gini.Gini_Spatial(known.to_numpy(), weights, permutations=permutations)
    p = min(1.0, 2 * float(found.p_sim))
    verdict = "apart" if found.wcg > found.e_wcg else "mixed"
    verdict = verdict if p <= ALPHA else "no_pattern"
    text = say("space.no_pattern") if verdict == "no_pattern" else say(f"separation.{verdict}")
    return pd.Series(
        {
            "areas": len(known),
            "missing": missing,
            "gini": float(found.g),
            "between_neighbours": float(found.wg / found.den),
            "between_others": float(found.wcg / found.den),
            "p": p,
            "verdict": verdict,
            "verdict_text": text,
        },
        name=definition.id,
    )


def _number_neighbours(neighbours: Any, ids: pd.Index) -> Any:
    """Give weights by position, as inequality wants them: both ways, without areas left out."""
    from libpysal.weights import W

    pairs = neighbours.adjacency[neighbours.adjacency > 0].index
    one = ids.get_indexer(pairs.get_level_values(0))
    other = ids.get_indexer(pairs.get_level_values(1))
    there = (one >= 0) & (other >= 0) & (one != other)
    both = np.concatenate(
        [np.column_stack([one, other])[there], np.column_stack([other, one])[there]]
    )
    both = np.unique(both, axis=0)
    lists = np.split(both[:, 1], np.searchsorted(both[:, 0], np.arange(1, len(ids))))
    return W({i: part.tolist() for i, part in enumerate(lists)}, silence_warnings=True)
