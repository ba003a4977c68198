"""Round counts of persons to multiples of a base instead of withholding the small ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from sozialraum.errors import SecrecyError
from sozialraum.model.areas import Level
from sozialraum.model.indicator import QUOTIENTS, Indicator
from sozialraum.model.steps import add_step
from sozialraum.secrecy.amounts import complete_parts
from sozialraum.secrecy.attack import Attacker, pose
from sozialraum.secrecy.indices import list_days, withhold_indices
from sozialraum.secrecy.loosen import naming_places
from sozialraum.secrecy.multiples import round_cells
from sozialraum.secrecy.publication import Publication, build_publication
from sozialraum.secrecy.rules import BASES
from sozialraum.secrecy.solver import ROUND, Problem, Program
from sozialraum.secrecy.system import Bools, Floats, Ints
from sozialraum.texts import say

ROUNDED = "rounded"
# A quotient whose denominator was rounded to nothing.
_NO_QUOTIENT = "/"
_TRIALS, _FEW = 24, 6


def round_values(
    values: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    *,
    base: int = 5,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Round every count of persons to a multiple of the base so that all sums still hold.

    Parameters
    ----------
    values : DataFrame
        All rows that are to be published.
    areas : GeoDataFrame
        Smallest areas with all levels.
    levels : sequence of Level
    indicators : mapping of str to Indicator
        Those that protect persons are rounded; offers and places are not.
    base : {3, 5, 10}

    Returns
    -------
    rounded : DataFrame
        The same rows. Numerators and denominators are rounded, quotients formed again from them; where
        a denominator became 0 there is none (sign "/"). All these rows carry the step ``rounded_to``,
        also those that were multiples before, which nobody shall know; where the sums left no adjacent
        multiple the step is ``rounded_beyond`` and names how far. The quality is ``rounded`` where it
        was ``exact``. Indices are as they were.
    protocol : DataFrame
        ``level, area, indicator, datenstand, reason``: "beyond" for rows further away than the
        adjacent multiple.

    Raises
    ------
    SecrecyError
        Another base, or no multiples fulfil the sums.

    Notes
    -----
    Controlled rounding of the one system of equations of all levels, hierarchies, parts, ages and
    shared years (`build_publication`, `round_cells`).

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"gesamt": ["gesamt"] * 3, "quartier": ["1", "2", "3"]})
    >>> levels = [Level("gesamt", "Stadt", "Stadt"), Level("quartier", "Quartier", "Quartiere",
    ...           "gesamt")]
    >>> values = pd.DataFrame({"level": ["gesamt"] + 3 * ["quartier"], "area": ["gesamt", "1", "2", "3"],
    ...     "indicator": "n", "datenstand": "2024", "value": [21.0, 3.0, 4.0, 14.0],
    ...     "numerator": [21.0, 3.0, 4.0, 14.0], "denominator": np.nan, "quality": "exact",
    ...     "sign": "", "steps": ""})
    >>> rounded, _ = round_values(values, areas, levels, {"n": Indicator(id="n", title="Fälle")})
    >>> rounded["value"].tolist(), rounded["steps"].iloc[0]
    ([20.0, 0.0, 5.0, 15.0], 'rounded_to:5')
    """
    if base not in BASES:
        raise SecrecyError(say("secrecy.no_base", base=base, bases=", ".join(map(str, BASES))))
    table = _complete(values, indicators)
    publication = build_publication(table, areas, levels, indicators)
    chosen = _list_chosen(table, publication, indicators)
    known = ~np.isnan(publication.system.value)
    depth = publication.system.labels["level"].map({x.id: i for i, x in enumerate(levels)})
    cells, beyond = round_cells(
        publication.system, chosen, base, depth.fillna(len(levels) - 1).to_numpy(np.int64)
    )
    at = {"numerator": publication.numerator, "denominator": publication.denominator}
    shown = {name: (n >= 0) & (chosen & known)[n] for name, n in at.items()}
    counts = ~table["indicator"].map({k: i.kind in QUOTIENTS for k, i in indicators.items()})
    counts = counts.to_numpy(dtype=bool)
    rounded = table.copy()
    for name, rows in shown.items():
        rows = rows & table[name].notna().to_numpy()
        rounded.loc[rows, name] = cells[at[name][rows]]
    touched = shown["numerator"] | shown["denominator"]
    plain = counts & shown["numerator"]
    rounded.loc[plain, "value"] = cells[at["numerator"][plain]]
    ratio = ~counts & touched
    per = table["indicator"].map({k: i.per for k, i in indicators.items()}).to_numpy(float)
    below = rounded["denominator"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        formed = per * rounded["numerator"].to_numpy() / np.where(below == 0, np.nan, below)
    rounded.loc[ratio, "value"] = formed[ratio]
    # Whether nobody or nearly nobody is meant must not be told by another sign.
    empty = ratio & (below == 0)
    rounded.loc[empty, "sign"] = _NO_QUOTIENT
    # One part alone gives the other away together with the exact quotient.
    lone = ratio & np.isnan(formed) & table["value"].notna().to_numpy() & ~empty
    rounded.loc[lone, ["numerator", "denominator"]] = np.nan
    rounded.loc[lone, "sign"] = "."
    far = np.zeros(len(table), np.int64)
    for name, rows in shown.items():
        far[rows] = np.maximum(far[rows], beyond[at[name][rows]])
    detail = np.where(far > 0, [f"{base}, {base * (n + 1)}" for n in far.tolist()], str(base))
    step = np.where(far > 0, "rounded_beyond", "rounded_to")
    if "steps" in rounded:
        rounded.loc[touched, "steps"] = add_step(
            rounded.loc[touched, "steps"],
            pd.Series(step, dtype="str").loc[touched],
            pd.Series(detail, dtype="str").loc[touched],
        )
    if "quality" in rounded:
        rounded.loc[touched & (rounded["quality"] == "exact").to_numpy(), "quality"] = ROUNDED
    protocol = table.loc[touched & (far > 0), ["level", "area", "indicator", "datenstand"]]
    return rounded, protocol.assign(reason="beyond").reset_index(drop=True)


def round_together(
    values: pd.DataFrame,
    gaps: gpd.GeoDataFrame | None,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    *,
    base: int,
    minimum: int,
    earlier: Sequence[pd.DataFrame] = (),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Round values and gaps; where indices made of rounded figures told too much, withhold them.

    Parameters
    ----------
    values, areas, levels, indicators, base
        As of `round_values`.
    gaps : GeoDataFrame, optional
    minimum, earlier
        As of `attack_rounded`.

    Returns
    -------
    values, gaps, protocol : DataFrame
    """
    rounded, protocol = round_values(values, areas, levels, indicators, base=base)
    shown = pd.DataFrame() if gaps is None else round_gaps(gaps, base=base)
    scores = rounded["indicator"].isin({k for k, i in indicators.items() if i.made_of})
    scores &= rounded["value"].notna()
    if scores.any():
        table = _complete(values, indicators)
        gone = _find_small_rows(table, indicators, minimum)
        withhold_indices(table, gone, indicators)
        gone &= scores.to_numpy()
        rounded, open_rows = _withhold(rounded, gone), rounded
        rules: dict[str, Any] = {
            "base": base, "minimum": minimum, "gaps": gaps, "earlier": earlier
        }  # fmt: skip
        if len(attack_rounded(values, rounded, areas, levels, indicators, **rules)):
            gone = scores.to_numpy()
            rounded = _withhold(open_rows, gone)
        parts = rounded.loc[gone, list(protocol.columns[:-1])].assign(reason="part")
        protocol = pd.concat([protocol, parts], ignore_index=True)
    return rounded, shown, protocol


def _find_small_rows(
    table: pd.DataFrame, indicators: Mapping[str, Indicator], minimum: int
) -> Bools:
    """Find rows of persons of which Z, N or N − Z is small."""
    persons = table["indicator"].map({k: i.protects == "persons" for k, i in indicators.items()})
    left = table["denominator"] - table["numerator"]
    amounts = np.column_stack([table["numerator"], table["denominator"], left])
    small = ((amounts != 0) & (np.abs(amounts) < minimum)).any(axis=1)
    return np.asarray(small & persons.astype("boolean").fillna(True).to_numpy(dtype=bool))


def _withhold(rows: pd.DataFrame, gone: Bools) -> pd.DataFrame:
    table = rows.copy()
    table.loc[gone, ["value", "numerator", "denominator"]] = np.nan
    table.loc[gone, "sign"] = "."
    return table


def attack_rounded(
    values: pd.DataFrame,
    rounded: pd.DataFrame,
    areas: gpd.GeoDataFrame,
    levels: Sequence[Level],
    indicators: Mapping[str, Indicator],
    *,
    base: int,
    minimum: int,
    gaps: pd.DataFrame | None = None,
    earlier: Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Attack a rounded values table with everything it says.

    Parameters
    ----------
    values : DataFrame
        The rows before rounding.
    rounded : DataFrame
        The same rows as `round_values` gives them, with indices withheld or not.
    areas : GeoDataFrame
    levels : sequence of Level
    indicators : mapping of str to Indicator
    base, minimum : int
    gaps : DataFrame, optional
        All gaps before rounding; `round_gaps` rounds them.
    earlier : sequence of DataFrame
        Values tables as they were published before.

    Returns
    -------
    DataFrame
        One row per small count of which fewer than ``minimum`` values are possible: ``what, level,
        area, datenstand, attacker, lower, upper``. Empty: it is safe.

    Notes
    -----
    The reader knows that a rounded count r stands for a whole number v ≥ 0 with |v − r| < base (the
    named distance where no adjacent multiple was left), and that the true counts fulfil the sums. He
    is also taken to know exactly the parts of every index that is published. A count 0 < v < minimum is
    safe if at least ``minimum`` whole numbers remain possible for it: upper − lower + 1 ≥ minimum,
    both by linear programming. A 0 of base 5 stands for 0, 1, 2, 3 or 4, which are five.
    """
    columns = ["what", "level", "area", "datenstand", "attacker", "lower", "upper"]
    table = _complete(values, indicators)
    publication = build_publication(
        table, areas, levels, indicators, gaps=gaps, earlier=earlier, agreeing=False
    )
    system = publication.system
    chosen = _list_chosen(table, publication, indicators)
    amount = np.abs(np.nan_to_num(system.value))
    small = chosen & (amount > 0) & (amount < minimum)
    if not small.any():
        return pd.DataFrame({c: [] for c in columns})
    shown, reach = _read_rounded(rounded, publication, base)
    if gaps is not None and len(gaps):
        # What is withheld lies between 0 and the base, as a 0 does.
        people = round_gaps(gaps, base=base)["people"].fillna(0).to_numpy(float)
        shown[publication.numerator[len(table) :]] = people
    told = np.zeros(len(publication.numerator), bool)
    told[: len(table)] = _find_index_parts(table, rounded, indicators)
    shows = np.zeros(system.size, bool)
    for cells in (publication.numerator[: len(table)], publication.denominator[: len(table)]):
        shows[cells[cells >= 0]] = True
    known = publication.known(~told) | (shows & ~chosen & ~np.isnan(system.value))
    room = np.where(system.whole, reach - 1.0, reach)
    floor = np.where(np.isnan(shown), system.floor, np.maximum(shown - room, system.floor))
    ceiling = np.where(np.isnan(shown), np.inf, shown + room)
    attacker = Attacker("reader", floor, ceiling)
    with naming_places(system):
        lower, upper = _bound_small(pose(system, known, attacker), small, minimum, system.value)
    width = upper - lower + system.whole
    breached = small & (known | (width < minimum - ROUND))
    lower[known] = upper[known] = system.value[known]
    found = np.flatnonzero(breached)
    return system.labels.iloc[found].assign(
        attacker=attacker.name, lower=lower[found] + 0.0, upper=upper[found]
    )[columns].reset_index(drop=True)  # fmt: skip


def _complete(values: pd.DataFrame, indicators: Mapping[str, Indicator]) -> pd.DataFrame:
    """Add parts that the definitions tell, and take "–" for the 0 it means.

    Beside a rounded 0 the sign would tell more.
    """
    values = complete_parts(values.reset_index(drop=True), indicators)
    rounds = {k for k, i in indicators.items() if i.protects == "persons" and i.kind == "count"}
    nothing = values["indicator"].isin(rounds) & (values["sign"] == "–")
    table = values.copy()
    table.loc[nothing, ["value", "numerator"]] = 0.0
    table.loc[nothing, "sign"] = ""
    return table


def _list_chosen(
    table: pd.DataFrame, publication: Publication, indicators: Mapping[str, Indicator]
) -> Bools:
    """Find the cells that count persons."""
    persons = table["indicator"].map({k: i.protects == "persons" for k, i in indicators.items()})
    rows = persons.astype("boolean").fillna(True).to_numpy(dtype=bool)
    chosen = np.zeros(publication.system.size, bool)
    for cells in (publication.numerator, publication.denominator, publication.rest):
        of_table = cells[: len(table)]
        chosen[of_table[rows & (of_table >= 0)]] = True
    return chosen


def round_gaps(gaps: gpd.GeoDataFrame, *, base: int = 5) -> gpd.GeoDataFrame:
    """Round the people of gaps to the nearest multiple of the base; the polygons stay.

    Parameters
    ----------
    gaps : GeoDataFrame
        As `find_gaps` gives it.
    base : int

    Returns
    -------
    GeoDataFrame
        With a column ``sign``: "." where fewer than a base remain.

    Examples
    --------
    >>> gaps = gpd.GeoDataFrame({"people": [3.0, 52.0]})
    >>> round_gaps(gaps)["people"].tolist(), round_gaps(gaps)["sign"].tolist()
    ([nan, 50.0], ['.', ''])
    """
    few = gaps["people"] < base
    near = base * np.floor(gaps["people"] / base + 0.5)
    return gaps.assign(
        people=near.where(~few), sign=np.where(few & gaps["people"].notna(), ".", "").astype("str")
    )


def _read_rounded(
    rounded: pd.DataFrame, publication: Publication, base: int
) -> tuple[Floats, Floats]:
    """Read from the rounded rows what every cell is said to be, and how far off it may be."""
    shown = np.full(publication.system.size, np.nan)
    reach = np.full(publication.system.size, float(base))
    far = rounded["steps"].str.extract(r"rounded_beyond:\d+, (\d+)")[0].astype(float)
    far = far.fillna(base).to_numpy()
    for name in ("numerator", "denominator"):
        cells = getattr(publication, name)[: len(rounded)]
        amount = rounded[name].to_numpy(float)
        if name == "numerator":
            count = np.isnan(amount) & (publication.denominator[: len(rounded)] < 0)
            amount = np.where(count, rounded["value"].to_numpy(float), amount)
        rows = (cells >= 0) & ~np.isnan(amount)
        shown[cells[rows]] = amount[rows]
        np.maximum.at(reach, cells[rows], far[rows])
    return shown, reach


def _find_index_parts(
    table: pd.DataFrame, rounded: pd.DataFrame, indicators: Mapping[str, Indicator]
) -> Bools:
    """Find the rows of which an index is published."""
    made = {k: i for k, i in indicators.items() if i.made_of}
    rows = rounded[rounded["indicator"].isin(made) & rounded["value"].notna()]
    key = ["level", "area", "indicator", "datenstand"]
    wanted = {
        (level, area, part, day)
        for level, area, name, stand in rows[key].itertuples(index=False)
        for part in made[name].made_of
        for day in list_days(made[name], stand)
    }
    keys = zip(*(table[c] for c in key), strict=True)
    return np.fromiter((key in wanted for key in keys), bool, len(table))


def _bound_small(
    problem: Problem, small: Bools, minimum: int, truth: Floats
) -> tuple[Floats, Floats]:
    """Bound small cells: as far apart as two tables show, or exactly where that is not enough."""
    size = len(truth)
    lower, upper = np.zeros(size), np.full(size, np.inf)
    least, most = problem.tighten()
    lower[problem.cells], upper[problem.cells] = least, most
    for part in problem.narrow(least, most).components(small):
        if not part.tree:
            wanted = np.flatnonzero(small[part.cells])
            ends = _bound_in(part, wanted, truth[part.cells], minimum)
            lower[part.cells[wanted]], upper[part.cells[wanted]] = ends
    return lower, upper


def _bound_in(part: Problem, wanted: Ints, truth: Floats, minimum: int) -> tuple[Floats, Floats]:
    program = Program(part)
    known = np.where(np.isnan(truth), program.solve(np.zeros(len(truth))).point, truth)[wanted]
    low, high = known.copy(), known.copy()
    whole = part.whole[wanted]
    enough = np.where(whole, minimum - 1.0, minimum) - ROUND
    random = np.random.default_rng(5)
    # Tables that agree with everything said and lie far apart in many cells at once.
    for _ in range(_TRIALS):
        lacking = high - low < enough
        if lacking.sum() < _FEW:
            break
        goal = np.zeros(len(part.cells))
        goal[wanted[lacking]] = random.choice([-1.0, 1.0], int(lacking.sum()))
        point = program.solve(goal).point[wanted]
        low, high = np.minimum(low, point), np.maximum(high, point)
    for i in np.flatnonzero(high - low < enough).tolist():
        ends = [solution.value for solution in program.bound(int(wanted[i]))]
        low[i] = np.ceil(ends[0] - ROUND) if whole[i] else ends[0]
        high[i] = np.floor(ends[1] + ROUND) if whole[i] else ends[1]
    return low, high
