"""Which areas lie beside each other, and whether similar figures do.

The statistics are those of esda and libpysal. What stands here is what comes before and after: which
areas can be asked, whether there are enough of them, and what may be said about the answer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.errors import CoverageError, UnknownNameError, require
from sozialraum.model.areas import require_metric
from sozialraum.model.indicator import Indicator, pick
from sozialraum.texts import number, say

Method = Literal["queen", "rook", "distance", "nearest"]
_METHODS = ("queen", "rook", "distance", "nearest")

FEWEST = 15
"""With fewer areas nothing is said: an area with four neighbours has C(13, 4) = 715 arrangements of
the other 13, too few for a probability corrected for as many tests."""
FEW = 30
"""Up to here only strong patterns can be seen, and the words say so."""
MOST_MISSING = 0.25
ALPHA = 0.05
EXPECTED = 5.0
_SEED = 20_240_101
_QUADRANTS = {1: "high", 2: "low_among_high", 3: "low", 4: "high_among_low"}


def build_neighbours(
    areas: gpd.GeoDataFrame,
    *,
    method: Method = "queen",
    limit_m: float | None = None,
    k: int = 4,
    tolerance_m: float = 0.0,
) -> Any:
    """Tell which areas are neighbours.

    Parameters
    ----------
    areas : GeoDataFrame
        Polygons by area id: ``atlas.areas`` or, of a level above, `dissolve_areas`.
    method : {"queen", "rook", "distance", "nearest"}
        A common point; a common border; centres at most ``limit_m`` apart; the ``k`` nearest centres.
    limit_m : float, optional
        Metres, inclusive; needed for "distance".
    k : int, default 4
    tolerance_m : float, default 0
        For "queen": outlines up to so many metres apart still touch, such as across a river or where
        borders were drawn twice.

    Returns
    -------
    libpysal.graph.Graph
        Binary weights; ``.isolates`` are the islands, areas without a neighbour.

    Raises
    ------
    UnknownNameError
        There is no such method.
    CrsError
        Degrees, or no system.
    CoverageError
        No areas, "distance" without a limit, or not more areas than ``k``.

    Notes
    -----
    A neighbourhood is a decision, and results hang on it: ask with two methods before you speak.

    Examples
    --------
    >>> from shapely import box
    >>> areas = gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1), box(1, 1, 2, 2)],
    ...                          index=["1", "2", "3"], crs=25833)
    >>> {m: build_neighbours(areas, method=m)["1"].index.tolist() for m in ("queen", "rook")}
    {'queen': ['2', '3'], 'rook': ['2']}
    """
    if method not in _METHODS:
        raise UnknownNameError("method", method, _METHODS)
    require_metric(areas, "areas")
    if areas.empty:
        raise CoverageError(say("space.no_areas"))
    if method == "distance" and limit_m is None:
        raise CoverageError(say("space.no_limit"))
    if method == "nearest" and k >= len(areas):
        raise CoverageError(say("space.too_many_nearest", k=k, n=len(areas)))
    from libpysal.graph import Graph

    with _quiet():
        if method == "distance":
            return Graph.build_distance_band(areas.centroid, limit_m, binary=True)
        if method == "nearest":
            return Graph.build_knn(areas.centroid, k)
        shapes = areas.geometry
        if method == "queen" and tolerance_m > 0:
            return Graph.build_fuzzy_contiguity(shapes, buffer=tolerance_m / 2)
        return Graph.build_contiguity(shapes, rook=method == "rook", strict=True)


class Sample(NamedTuple):
    """The areas that can be asked, after the checks."""

    rows: pd.DataFrame
    graph: Any
    bayes: bool
    missing: int
    islands: int
    small: int
    problem: str

    @property
    def scores(self) -> npt.NDArray[np.float64]:
        """Their values as they are."""
        return np.asarray(self.rows["value"], dtype=np.float64)

    def write(self, verdict: str) -> str:
        """Say a verdict, and what holds it back."""
        n = len(self.rows)
        values = {"n": number(n), "fewest": FEWEST, "missing": number(self.missing)}
        said = [say(f"space.{verdict}", areas=number(n + self.missing + self.islands), **values)]
        if not self.problem and n < FEW:
            said.append(say("space.few", n=number(n)))
        if not self.problem and self.small:
            said.append(say("space.small", small=number(self.small)))
        return " ".join(said)


def take_sample(
    values: pd.DataFrame, neighbours: Any, definition: Indicator, level: str, day: str
) -> Sample:
    """Choose the areas that can be asked, and find what forbids an answer.

    Areas without a figure and islands are left out. A count says above all how large areas are, and a
    class is no number to reckon with.
    """
    known_ids = neighbours.unique_ids
    rows = values[
        (values["indicator"] == definition.id)
        & (values["level"] == level)
        & (values["datenstand"] == day)
    ]
    rows = rows.drop_duplicates("area", keep="last").set_index("area").reindex(known_ids)
    there = rows["value"].notna()
    graph: Any = neighbours.subgraph(known_ids[there.to_numpy()]) if there.any() else None
    islands = [] if graph is None else list(graph.isolates)
    kept = rows[there].drop(index=islands)
    if islands and len(kept):
        graph = graph.subgraph(kept.index)
    missing = int((~there).sum())
    size = kept["denominator"].astype("float64")
    parts = definition.kind in ("rate", "ratio") and len(kept) > 0
    bayes = bool(parts and kept["numerator"].notna().all() and (size > 0).all())
    small = 0
    if bayes:
        cases = float(kept["numerator"].sum() / size.sum()) * size
        small = int((cases < EXPECTED).sum())
    problem = ""
    if definition.kind == "count":
        problem = "count"
    elif definition.classes:
        problem = "classes"
    elif missing > MOST_MISSING * len(known_ids):
        problem = "missing"
    elif len(kept) < FEWEST:
        problem = "too_few"
    elif np.ptp(kept["value"].to_numpy(dtype="float64")) == 0:
        problem = "constant"
    return Sample(kept, graph, bayes, missing, len(islands), small, problem)


def measure_moran(
    values: pd.DataFrame,
    neighbours: Any,
    indicators: Mapping[str, Indicator],
    *,
    level: str,
    permutations: int = 999,
) -> pd.DataFrame:
    """Measure whether similar figures lie beside each other: Moran's I, by esda.

    I = n/Σw · Σ_ij w_ij z_i z_j / Σ z_i², with weights of every area adding up to 1.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; what is to be published is measured on ``edition.values``.
    neighbours : libpysal.graph.Graph
        As `build_neighbours` gives it for the areas of the level.
    indicators : mapping of str to Indicator
    level : str
    permutations : int, default 999

    Returns
    -------
    DataFrame
        One row per indicator and Datenstand: ``indicator, datenstand, areas`` (those asked),
        ``missing, islands`` (left out), ``method`` ("empirical_bayes" or "values"), ``moran,
        expected`` (without a pattern: −1/(n − 1)), ``p`` (two-sided), ``verdict``: "alike", "unlike",
        "no_pattern", or the reason why nothing is said: "count", "classes", "missing", "too_few",
        "constant"; ``verdict_text`` is German.

    Raises
    ------
    UnknownNameError
        An indicator has no definition.
    MissingPackageError
        esda is not installed.

    Notes
    -----
    Rates and ratios with Z and N are standardised by Empirical Bayes first (Assunção, R., Reis, E. A.
    1999: A new proposal to adjust Moran's I for population density. Statistics in Medicine 18), for
    small areas scatter by chance. p is twice esda's one-sided pseudo p value of permutations with a
    fixed seed. A pattern is no cause: it may come from who builds, lets or moves, or from borders.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> atlas = build_musterstadt().atlas
    >>> beside = build_neighbours(atlas.areas)
    >>> found = measure_moran(atlas.values, beside, atlas.indicators, level="quartier")
    >>> found.query("indicator == 'leistungsbezug'")["verdict"].unique().tolist()
    ['alike']
    """
    chosen = values[(values["level"] == level) & values["area"].isin(neighbours.unique_ids)]
    made = []
    for name in dict.fromkeys(chosen["indicator"]):
        definition = pick(indicators, name)
        days = chosen.loc[chosen["indicator"] == name, "datenstand"].dropna().unique()
        for day in sorted(days):
            sample = take_sample(chosen, neighbours, definition, level, day)
            made.append({"indicator": name, "datenstand": day, **_ask(sample, permutations)})
    columns = [
        "indicator", "datenstand", "areas", "missing", "islands", "method", "moran", "expected", "p",
        "verdict", "verdict_text",
    ]  # fmt: skip
    return pd.DataFrame(made, columns=columns)


def _ask(sample: Sample, permutations: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "areas": len(sample.rows),
        "missing": sample.missing,
        "islands": sample.islands,
        "method": "empirical_bayes" if sample.bayes else "values",
    }
    verdict = sample.problem
    if not verdict:
        esda = require("esda", extra="space")
        with seeded(), _quiet():
            if sample.bayes:
                cases, size = parts_of(sample)
                found = esda.Moran_Rate(cases, size, sample.graph, permutations=permutations)
            else:
                found = esda.Moran(sample.scores, sample.graph, permutations=permutations)
        p = min(1.0, 2 * float(found.p_sim))
        row |= {"moran": float(found.I), "expected": float(found.EI), "p": p}
        verdict = "alike" if found.I > found.EI else "unlike"
        verdict = verdict if p <= ALPHA else "no_pattern"
    return row | {"verdict": verdict, "verdict_text": sample.write(verdict)}


def measure_local_moran(
    values: pd.DataFrame,
    neighbours: Any,
    definition: Indicator,
    *,
    level: str,
    datenstand: str | None = None,
    permutations: int = 9_999,
) -> pd.DataFrame:
    """Find where similar figures lie beside each other: local Moran's I, by esda.

    I_i = (n − 1) z_i Σ_j w_ij z_j / Σ z², with weights of every area adding up to 1.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table; what is to be published is measured on ``edition.values``.
    neighbours : libpysal.graph.Graph
        As `build_neighbours` gives it for the areas of the level.
    definition : Indicator
        A rate, ratio, mean or index.
    level : str
    datenstand : str, optional
        The newest by default.
    permutations : int, default 9999
        With n areas and one cluster of one area, p can only pass the correction if
        2/(permutations + 1) < 0.05/n.

    Returns
    -------
    DataFrame
        Index ``area``, as in ``neighbours``: ``value, score`` (z, of rates the standardised one),
        ``lag`` (mean score of the neighbours), ``moran, p`` (two-sided), ``p_limit``, ``cluster``:
        "high" (high among high), "low", "high_among_low", "low_among_high", "none", "island",
        "missing"; ``cluster_text`` is German.

    Raises
    ------
    CoverageError
        The figures allow no answer; the message says why.
    MissingPackageError
        esda is not installed.

    Notes
    -----
    Anselin, L. (1995): Local indicators of spatial association. Geographical Analysis 27. Conditional
    permutations with a fixed seed; p is twice esda's one-sided value. As many tests are made as
    there are areas, so ``p_limit`` is the bound that keeps the false discovery rate at 5 % (Benjamini
    and Hochberg; Castro and Singer 2006), by esda. Rates as in `measure_moran`.

    Examples
    --------
    >>> from sozialraum.demo import build_musterstadt
    >>> atlas = build_musterstadt().atlas
    >>> found = measure_local_moran(atlas.values, build_neighbours(atlas.areas),
    ...     atlas.indicators["leistungsbezug"], level="quartier")
    >>> found["cluster"].value_counts().to_dict()
    {'none': 14, 'low': 1, 'high': 1}
    """
    days = values.loc[
        (values["indicator"] == definition.id) & (values["level"] == level), "datenstand"
    ]
    if days.dropna().empty:
        raise CoverageError(say("space.no_values", title=definition.title))
    day = datenstand or str(days.max())
    sample = take_sample(values, neighbours, definition, level, day)
    if sample.problem:
        raise CoverageError(sample.write(sample.problem))
    esda = require("esda", extra="space")
    with _quiet():
        if sample.bayes:
            cases, size = parts_of(sample)
            found = esda.Moran_Local_Rate(
                cases, size, sample.graph, permutations=permutations, seed=_SEED
            )
        else:
            found = esda.Moran_Local(
                sample.scores, sample.graph, permutations=permutations, seed=_SEED
            )
    p = np.minimum(1.0, 2 * np.asarray(found.p_sim, dtype=np.float64))
    limit = float(esda.fdr(p, ALPHA))
    quadrant = pd.Series(found.q).map(_QUADRANTS)
    made = pd.DataFrame(
        {
            "value": sample.scores,
            "score": found.z,
            "lag": sample.graph.transform("r").lag(found.z),
            "moran": found.Is,
            "p": p,
            "p_limit": limit,
            "cluster": quadrant.where(p <= limit, "none").to_numpy(),
        },
        index=sample.rows.index,
    ).reindex(neighbours.unique_ids)
    rows = values[(values["indicator"] == definition.id) & (values["level"] == level)]
    rows = rows[rows["datenstand"] == day].drop_duplicates("area", keep="last")
    made["value"] = rows.set_index("area")["value"].reindex(made.index)
    left = made["value"].notna().map({True: "island", False: "missing"})
    made["cluster"] = made["cluster"].where(made["cluster"].notna(), left).astype("str")
    texts = {name: say(f"space.cluster.{name}") for name in (*_QUADRANTS.values(), *_OTHERS)}
    made["cluster_text"] = made["cluster"].map(texts).astype("str")
    made.index.name = "area"
    return made


_OTHERS = ("none", "island", "missing")


def parts_of(sample: Sample) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give Z and N of the areas asked."""
    parts = sample.rows[["numerator", "denominator"]].to_numpy(dtype="float64")
    return parts[:, 0], parts[:, 1]


@contextmanager
def seeded() -> Iterator[None]:
    """Let a package that draws from numpy's common generator draw the same each time.

    The generator is left as it was found.
    """
    before = np.random.get_state()  # noqa: NPY002 - it is what the packages use
    np.random.seed(_SEED)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep warnings about islands back: they are counted and named in the results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
