"""Counts as unknowns, and every equation between them that the files state or betray."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .facts import UNASSIGNED, Address, Folder, Span
from .gaps import overlaps

# what is counted, level, area, date
Cell = tuple[str, str, str, str]
Place = tuple[str, str, str]
_FEWEST_EQUAL, _FEWEST_DISTINCT = 10, 5
_SPARE_ROWS = 10


@dataclass
class Equation:
    """low ≤ Σ factor · cell ≤ high, and where it comes from."""

    factors: dict[Cell, float]
    low: float
    high: float
    kind: str


@dataclass
class System:
    """All cells with what is known of them, and all equations."""

    spans: dict[Cell, Span] = field(default_factory=dict)
    hidden: dict[Cell, list[Address]] = field(default_factory=dict)
    equations: list[Equation] = field(default_factory=list)
    cell_of: dict[Address, Cell] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    whole: dict[str, bool] = field(default_factory=dict)
    equal: list[str] = field(default_factory=list)

    def known(self, cell: Cell) -> float | None:
        """Give a cell's exact value."""
        span = self.spans.get(cell)
        if span and span[1] - span[0] <= 1e-9 * max(1.0, abs(span[0])):
            return (span[0] + span[1]) / 2
        return None


def build(folder: Folder) -> System:
    """Make the system of a folder."""
    system = System()
    _place(folder, system)
    _merge_equal(system)
    series = _by_series(system)
    _note_whole(system)
    system.equations += _areas(folder, system, series)
    system.equations += _definitions(folder, system)
    system.equations += _found(folder, system)
    system.equations += _rests(folder, system)
    system.equations += in_gaps(folder, system)
    for factors, (low, high), kind in folder.sums:
        cells: dict[Cell, float] = defaultdict(float)
        for address, factor in factors.items():
            cells[system.cell_of[address]] += factor
        system.equations.append(Equation(dict(cells), low, high, kind))
    return system


def counted(folder: Folder, indicator: str) -> tuple[str, str]:
    """Name what numerator and denominator of an indicator count, by its definition."""
    known = folder.indicators[indicator]

    def of(name: str) -> str:
        other = folder.indicators.get(name)
        return counted(folder, name)[0] if other and other["kind"] == "count" else name

    def ages(span: list[float]) -> str:
        end = float(span[1]) if len(span) > 1 and span[1] is not None else float("inf")
        return f"{known['base']}|{float(span[0])}|{end}"

    quotient = known["kind"] != "count"
    top, below = (f"{indicator}/Z", f"{indicator}/N") if quotient else (indicator, "")
    single = [p for p in known["numerator_of"] if not p.startswith("-")]
    if len(known["numerator_of"]) == len(single) == 1 and quotient:
        top = of(single[0])
    elif known["base"] and known["ages"]:
        top = ages(known["ages"])
    parts = known["denominator_of"]
    if quotient and len(parts) == 1 and not parts[0].startswith("-"):
        below = of(parts[0])
    elif quotient and known["base"]:
        if known["denominator_ages"]:
            below = ages(known["denominator_ages"])
        elif known["ages"]:
            below = of(known["base"])
    return top, below


def _place(folder: Folder, system: System) -> None:
    names = {name: counted(folder, name) for name in folder.indicators}
    for name, known in folder.indicators.items():
        if any(p.startswith("-") for p in known["numerator_of"]):
            system.signed.add(names[name][0])
    for address in folder.told:
        level, area, indicator, day, role = address
        known = folder.indicators[indicator]
        if role == "value" or known["kind"] == "index":
            continue
        what = names[indicator][0 if role == "Z" else 1]
        cell = (what, level, area, day)
        # An indicator that names the same count may have another source: then the numbers differ.
        span = folder.span(address)
        before = system.spans.get(cell)
        if span and before and (span[0] > before[1] + 1e-6 or span[1] < before[0] - 1e-6):
            cell = (f"{indicator}/{role}", level, area, day)
        elif span and before:
            span = (max(span[0], before[0]), min(span[1], before[1]))
        system.cell_of[address] = cell
        if span:
            system.spans[cell] = span
            if span[1] < 0:
                system.signed.add(cell[0])
        else:
            system.hidden.setdefault(cell, []).append(address)
    for cell in [c for c in system.hidden if c in system.spans]:
        del system.hidden[cell]


def _by_series(system: System) -> dict[tuple[str, str], dict[tuple[str, str], Cell]]:
    series: dict[tuple[str, str], dict[tuple[str, str], Cell]] = defaultdict(dict)
    for cell in {*system.spans, *system.hidden}:
        series[cell[0], cell[3]][cell[1], cell[2]] = cell
    return series


def _merge_equal(system: System) -> None:
    """Take two series for one that agree wherever both are told, at many places."""
    series = _by_series(system)
    keys = sorted(series)
    places = sorted({p for rows in series.values() for p in rows})
    number = {p: i for i, p in enumerate(places)}
    table = np.full((len(keys), len(places)), np.nan)
    for i, key in enumerate(keys):
        for place, cell in series[key].items():
            value = system.known(cell)
            if value is not None:
                table[i, number[place]] = value
    lead: dict[tuple[str, str], tuple[str, str]] = {}
    for i in range(len(keys)):
        for j in range(i):
            if keys[j] in lead:
                continue
            both = ~np.isnan(table[i]) & ~np.isnan(table[j])
            if both.sum() < _FEWEST_EQUAL or not (table[i][both] == table[j][both]).all():
                continue
            common = table[i][both]
            if len(np.unique(common[common != 0])) >= _FEWEST_DISTINCT:
                lead[keys[i]] = keys[j]
                system.equal.append(f"{keys[i]} = {keys[j]}")
                break
    if not lead:
        return

    def one(cell: Cell) -> Cell:
        key = (cell[0], cell[3])
        while key in lead:
            key = lead[key]
        return (key[0], cell[1], cell[2], key[1])

    for cell, span in list(system.spans.items()):
        if one(cell) != cell:
            system.spans.setdefault(one(cell), span)
            del system.spans[cell]
    for cell, addresses in list(system.hidden.items()):
        if one(cell) != cell:
            system.hidden.setdefault(one(cell), []).extend(addresses)
            del system.hidden[cell]
    for address, cell in system.cell_of.items():
        system.cell_of[address] = one(cell)


def _note_whole(system: System) -> None:
    for cell in system.spans:
        value = system.known(cell)
        if value is not None:
            whole = abs(value - round(value)) < 1e-6
            system.whole[cell[0]] = system.whole.get(cell[0], True) and whole


def _areas(folder: Folder, system: System, series: Mapping[Any, Any]) -> list[Equation]:
    """An area is the sum of its parts, wherever this does not contradict what is told."""
    found = []
    for (what, day), rows in series.items():
        for level, uppers in folder.parents.items():
            for upper, above in uppers.items():
                equations = []
                children: dict[str, list[Cell]] = defaultdict(list)
                for area, parent in above.items():
                    cell = rows.get((level, area))
                    children[parent].append(cell or (what, level, area, day))
                nowhere = rows.get((level, UNASSIGNED))
                if nowhere is not None:
                    root = (upper, UNASSIGNED) if (upper, UNASSIGNED) in rows else None
                    tops = [p for p in children if p not in folder.parents.get(upper, {})]
                    top = root[1] if root else tops[0] if len(set(above.values())) == 1 else ""
                    children[top].append(nowhere)
                wrong = False
                for parent, cells in children.items():
                    total = rows.get((upper, parent))
                    if total is None or not any(
                        c in system.spans or c in system.hidden for c in cells
                    ):
                        continue
                    # A part that stands nowhere counts nothing, if the others show that.
                    there = [c for c in cells if c in system.spans or c in system.hidden]
                    factors = {**dict.fromkeys(there, 1.0), total: -1.0}
                    rest = _rest(system, factors)
                    if rest is not None and abs(rest) > 1e-6 * max(
                        1.0, abs(system.known(total) or 0)
                    ):
                        wrong = True
                        break
                    if rest is None:
                        equations.append(Equation(factors, 0.0, 0.0, f"{level} in {upper}"))
                if not wrong:
                    found += equations
    return found


def _rest(system: System, factors: Mapping[Cell, float]) -> float | None:
    total = 0.0
    for cell, factor in factors.items():
        value = system.known(cell)
        if value is None:
            return None
        total += factor * value
    return total


def _definitions(folder: Folder, system: System) -> list[Equation]:
    """What definitions say of sums: parts, numerators, denominators, spans of ages."""
    formulas: list[dict[str, float]] = []
    for name, known in folder.indicators.items():
        if known["kind"] == "index":
            continue
        top, below = counted(folder, name)
        for total, parts in (
            (top, known["parts"]),
            (top, known["numerator_of"]),
            (below, known["denominator_of"]),
        ):
            formula: dict[str, float] = {total: -1.0}
            for part in parts:
                inner = part.removeprefix("-")
                what = counted(folder, inner)[0] if inner in folder.indicators else inner
                formula[what] = formula.get(what, 0.0) + (-1.0 if part.startswith("-") else 1.0)
            if len(parts) > 1:
                formulas.append({w: f for w, f in formula.items() if f})
    formulas += _ages({c[0] for c in {*system.spans, *system.hidden}})
    return _apply(system, formulas, "definition")


def _ages(whats: Iterable[str]) -> list[dict[str, float]]:
    """A span of ages is the sum of shorter ones that join to it."""
    spans: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    whats = set(whats)
    for what in whats:
        if what.count("|") == 2:
            base, low, high = what.split("|")
            spans[base].append((float(low), float(high), what))
    formulas = []
    for base, known in spans.items():
        if base in whats:
            known.append((0.0, float("inf"), base))
        for low, high, what in known:
            reached: dict[float, list[str]] = {low: []}
            queue = [low]
            for at in queue:
                for a, b, part in sorted(known, key=lambda s: s[1]):
                    if a == at and b <= high and part != what and b not in reached:
                        reached[b] = [*reached[at], part]
                        queue.append(b)
            if reached.get(high):
                formulas.append({what: -1.0, **dict.fromkeys(reached[high], 1.0)})
    return formulas


def _apply(system: System, formulas: list[dict[str, float]], kind: str) -> list[Equation]:
    by_place: dict[Place, dict[str, Cell]] = defaultdict(dict)
    for cell in {*system.spans, *system.hidden}:
        by_place[cell[1:]][cell[0]] = cell
    found = []
    for formula in formulas:
        equations, wrong = [], False
        for cells in by_place.values():
            if not all(what in cells for what in formula):
                continue
            factors = {cells[what]: factor for what, factor in formula.items()}
            rest = _rest(system, factors)
            wrong |= rest is not None and abs(rest) > 1e-6 * (
                1 + max(abs(system.known(c) or 0) for c in factors)
            )
            if rest is None:
                equations.append(Equation(factors, 0.0, 0.0, kind))
        if not wrong:
            found += equations
    return found


def _found(folder: Folder, system: System) -> list[Equation]:
    """Sums that no definition states but that hold wherever everything is told."""
    by_place: dict[Place, dict[str, Cell]] = defaultdict(dict)
    for cell in {*system.spans, *system.hidden}:
        by_place[cell[1:]][cell[0]] = cell
    groups: dict[frozenset[str], list[Place]] = defaultdict(list)
    for place, cells in by_place.items():
        groups[frozenset(cells)].append(place)
    formulas: list[dict[str, float]] = []
    rounded: list[dict[str, float]] = []
    for names, places in groups.items():
        whats = [w for w in sorted(names) if w not in system.signed]
        table = np.array(
            [[_value(system, by_place[p].get(w)) for w in whats] for p in places], dtype=float
        )
        while len(whats) > 1:
            full = ~np.isnan(table).any(axis=1)
            if full.sum() >= len(whats) + _SPARE_ROWS:
                break
            worst = int(np.isnan(table).sum(axis=0).argmax())
            whats.pop(worst)
            table = np.delete(table, worst, axis=1)
        full = ~np.isnan(table).any(axis=1)
        if len(whats) < 3 or full.sum() < len(whats) + _SPARE_ROWS:
            continue
        formulas += _relations(whats, table[full])
    for name, known in folder.indicators.items():
        if known["kind"] == "mean":
            rounded += _rounded_relation(system, by_place, counted(folder, name)[0])
    unique = list({tuple(sorted(f.items())): f for f in formulas}.values())
    equations = _apply(system, unique, "found")
    lowest = folder.levels[-1]["id"]
    for formula in rounded:
        for cells in by_place.values():
            if all(what in cells for what in formula):
                factors = {cells[what]: factor for what, factor in formula.items()}
                rest = _rest(system, factors)
                if rest is None and cells[next(iter(formula))][1] == lowest:
                    equations.append(Equation(factors, -0.5, 0.5, "found, rounded"))
    return equations


def _value(system: System, cell: Cell | None) -> float:
    value = system.known(cell) if cell else None
    return float("nan") if value is None else value


def _relations(whats: list[str], table: np.ndarray) -> list[dict[str, float]]:
    """Express columns by smaller ones, with whole factors."""
    order = np.argsort(table.sum(axis=0), kind="stable")
    formulas: list[dict[str, float]] = []
    free: list[int] = []
    for j in order:
        column = table[:, j]
        if not column.any():
            continue
        if free:
            factors, *_ = np.linalg.lstsq(table[:, free], column, rcond=None)
            near = np.round(factors)
            if np.abs(table[:, free] @ near - column).max() < 1e-6 and near.any():
                formula = {whats[i]: float(f) for i, f in zip(free, near, strict=True) if f}
                formulas.append({whats[j]: -1.0, **formula})
                continue
        free.append(int(j))
    return formulas


def _rounded_relation(
    system: System, by_place: Mapping[Place, dict[str, Cell]], mean: str
) -> list[dict[str, float]]:
    """Find middles of age groups: a sum of years of life, rounded to whole years."""
    best: list[str] = []
    for cells in by_place.values():
        ages = [w for w in sorted(cells) if w.count("|") == 2]
        if mean in cells and len(ages) > len(best):
            best = ages
    # Spans that others join to say nothing of their own.
    spans = {w: tuple(map(float, w.split("|")[1:])) for w in best}
    bases = {w.split("|")[0] for w in best}
    parts = [
        w for w in best
        if not any(
            o != w and o.split("|")[0] == w.split("|")[0]
            and spans[w][0] <= spans[o][0] and spans[o][1] <= spans[w][1]
            for o in best
        )
    ]  # fmt: skip
    found = []
    for group in ([w for w in parts if w.split("|")[0] in some] for some in _choices(bases)):
        table = np.array(
            [
                [_value(system, cells[w]) for w in (*group, mean)]
                for cells in by_place.values()
                if mean in cells and all(w in cells for w in group)
            ]
        )
        table = table[~np.isnan(table).any(axis=1)] if len(table) else table
        if len(group) < 2 or len(table) < len(group) + _SPARE_ROWS:
            continue
        factors, *_ = np.linalg.lstsq(table[:, :-1], table[:, -1], rcond=None)
        near = np.round(factors * 2) / 2
        apart = np.abs(table[:, :-1] @ near - table[:, -1])
        # Sums of rounded sums lie a little further apart.
        if (apart <= 0.5 + 1e-6).mean() > 0.6 and apart.max() < 0.5 * len(table):
            found.append({mean: -1.0, **dict(zip(group, near.tolist(), strict=True))})
    return found


def _choices(bases: set[str]) -> list[set[str]]:
    """One base alone, or two that share out everybody, such as women and men."""
    names = sorted(bases)
    return [{a} for a in names] + [{a, b} for i, a in enumerate(names) for b in names[:i]]


def _rests(folder: Folder, system: System) -> list[Equation]:
    """Numerator and rest of a rate are together its denominator; the rest counts people, too."""
    equations = []
    for address, top in list(system.cell_of.items()):
        level, area, indicator, day, role = address
        below = system.cell_of.get((level, area, indicator, day, "N"))
        if role != "Z" or below is None or folder.indicators[indicator]["kind"] != "rate":
            continue
        rest = (f"{top[0]}∖{below[0]}", level, area, day)
        if system.known(top) is not None and system.known(below) is not None:
            continue
        system.cell_of[level, area, indicator, day, "rest"] = rest
        system.hidden.setdefault(rest, []).append((level, area, indicator, day, "rest"))
        system.whole[rest[0]] = system.whole.get(top[0], True) and system.whole.get(below[0], True)
        equations.append(Equation({top: 1.0, rest: 1.0, below: -1.0}, 0.0, 0.0, "rest"))
    return equations


def in_gaps(folder: Folder, system: System) -> list[Equation]:
    """People of gaps live in areas and are among those whom the rate of the area leaves out."""
    equations = []
    lowest = folder.levels[-1]["id"]
    by_rest: dict[Cell, dict[Cell, float]] = defaultdict(dict)
    for gap in folder.gaps:
        if not gap.get("shape") or gap.get("people") is None:
            continue
        indicator, people = gap["measure"], float(gap["people"])
        day = folder.newest(lowest, indicator)
        pieces: dict[Cell, float] = {}
        for area in overlaps(folder, gap["shape"], lowest):
            piece = (f"gap {gap['gap']}", lowest, area, day)
            pieces[piece] = 1.0
            system.whole[piece[0]] = people == round(people)
            if area:
                by_rest[indicator, lowest, area, day][piece] = 1.0
        equations.append(Equation(pieces, people, people, "gap"))
    for (indicator, level, area, day), pieces in by_rest.items():
        top = system.cell_of.get((level, area, indicator, day, "Z"))
        below = system.cell_of.get((level, area, indicator, day, "N"))
        if top is None or below is None:
            continue
        # Pieces together are no more than N - Z.
        left = {**pieces, top: 1.0, below: -1.0}
        equations.append(Equation(left, -float("inf"), 0.0, "gap in rest"))
    return equations
