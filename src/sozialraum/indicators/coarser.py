"""Put classes together whose single counts would be too small to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from sozialraum.indicators.ages import say_ages
from sozialraum.indicators.form import form_rates
from sozialraum.model.check import CheckReport, Finding, find
from sozialraum.model.indicator import Indicator, pick


@dataclass(frozen=True, slots=True, kw_only=True)
class Coarser:
    """Classes that are to be put together.

    Attributes
    ----------
    indicator : str
        Id of the coarser class; one that is defined, or a new one.
    classes : tuple of str
        Ids of the counts that together are the coarser class: age groups that follow each other, or
        parts of one total.
    title : str
        Of a new one; the span of ages, or the titles of the classes, unless given.
    """

    indicator: str
    classes: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Coarsened:
    """Values and definitions with coarser classes, and what was done."""

    values: pd.DataFrame
    indicators: dict[str, Indicator]
    findings: tuple[Finding, ...] = field(default=())


def coarsen_classes(
    values: pd.DataFrame,
    indicators: Mapping[str, Indicator],
    steps: Sequence[Coarser],
    *,
    minimum: int = 5,
) -> Coarsened:
    """Put classes together, one step after the other, as long as one of them is small somewhere.

    Parameters
    ----------
    values : DataFrame
        Rows of the values table, all levels.
    indicators : mapping of str to Indicator
    steps : sequence of Coarser
        In the order in which they are to be tried; a later one may be made of an earlier one.
    minimum : int
        A count n with 0 < n < minimum, in any area of any level, is small.

    Returns
    -------
    Coarsened
        ``values`` with the sums; ``indicators`` in which the finer classes, and shares of them, are
        for inside alone, so that no edition for others holds them. Where they stood among the parts of
        a total or sum, the coarser class does. A step without small classes is left out, which the
        findings say as they say what was put together.

    Raises
    ------
    UnknownNameError
        A class has no definition.
    InputError
        Classes that are not counts, that are age groups and do not follow each other, or that stand
        beside ages of another base.

    Examples
    --------
    >>> ages = {"e": Indicator(id="e", title="Menschen", parts=("u3", "k", "alt")),
    ...     "u3": Indicator(id="u3", title="0–2", base="e", ages=(0, 3)),
    ...     "k": Indicator(id="k", title="3–5", base="e", ages=(3, 6)),
    ...     "alt": Indicator(id="alt", title="ab 6", base="e", ages=(6,))}
    >>> values = pd.DataFrame({"level": "q", "area": "1", "datenstand": "2024", "gebietsstand": "2024",
    ...     "indicator": ["e", "u3", "k", "alt"], "value": [50.0, 2.0, 7.0, 41.0], "quality": "exact"})
    >>> made = coarsen_classes(values, ages, [Coarser(indicator="u6", classes=("u3", "k"))])
    >>> made.values.loc[made.values["indicator"] == "u6", "value"].tolist()
    [9.0]
    >>> made.indicators["e"].parts, made.indicators["u6"].ages, made.indicators["u3"].audience
    (('u6', 'alt'), (0, 6), 'intern')
    """
    defined = dict(indicators)
    found: list[Finding] = []
    for step in steps:
        parts = [pick(defined, name) for name in step.classes]
        CheckReport(tuple(_check(step, parts, defined))).raise_for_errors()
        titles = ", ".join(part.title for part in parts)
        small = values["indicator"].isin(step.classes)
        small &= (values["value"] > 0) & (values["value"] < minimum)
        if not small.any():
            found.append(find("note", "classes_kept", step.indicator, titles=titles))
            continue
        made = _define(step, parts, defined)
        defined[made.id] = made
        values = form_rates(values, {made.id: replace(made, numerator_of=step.classes)})
        gone = _replace_parts(defined, step)
        found.append(
            find("note", "classes_joined", made.title, titles=titles, count=int(small.sum()))
        )
        more = [defined[name].title for name in gone if name not in step.classes]
        if more:
            found.append(find("note", "classes_inside", made.title, titles=", ".join(more)))
    return Coarsened(values, defined, tuple(found))


def _check(
    step: Coarser, parts: Sequence[Indicator], defined: Mapping[str, Indicator]
) -> list[Finding]:
    spans = [part.ages for part in parts]
    counts = all(part.kind == "count" for part in parts) and len(parts) > 1
    one_base = len({part.base for part in parts}) == 1 and all(spans)
    follows = all(len(a) == 2 and a[1] == b[0] for a, b in pairwise(sorted(spans)) if a)
    if counts and (not any(spans) or (one_base and follows)):
        known = defined.get(step.indicator)
        whole = (min(spans)[0], *max(spans)[1:]) if all(spans) else ()
        if known is None or (known.kind == "count" and (not known.ages or known.ages == whole)):
            return []
    return [
        find("error", "classes_unfit", step.indicator, classes=", ".join(step.classes))
    ]  # fmt: skip


def _define(
    step: Coarser, parts: Sequence[Indicator], defined: Mapping[str, Indicator]
) -> Indicator:
    if step.indicator in defined:
        return defined[step.indicator]
    spans = sorted(part.ages for part in parts)
    ages = (spans[0][0], *spans[-1][1:]) if all(spans) else ()
    title = step.title or (say_ages(ages) if ages else ", ".join(part.title for part in parts))
    return replace(
        parts[0], id=step.indicator, title=title, numerator=title, ages=ages, parts=(),
        numerator_of=(), note="",
    )  # fmt: skip


def _replace_parts(defined: dict[str, Indicator], step: Coarser) -> list[str]:
    """Put the coarser class in place of the finer ones; keep inside what needs one of them."""
    fine = set(step.classes)
    spans = {(defined[name].base, defined[name].ages) for name in fine if defined[name].ages}
    gone = list(step.classes)
    for name, known in defined.items():
        changes: dict[str, Any] = {}
        for key in ("parts", "numerator_of", "denominator_of"):
            ids = getattr(known, key)
            if fine <= set(ids):
                at = min(ids.index(part) for part in fine)
                kept = [(i, part) for i, part in enumerate(ids) if part not in fine]
                ordered = sorted([*kept, (at, step.indicator)])
                changes[key] = tuple(part for _, part in ordered)
            elif fine & {part.removeprefix("-") for part in ids} and name not in gone:
                if key == "parts":
                    changes[key] = ()  # an incomplete list adds up to nothing
                else:
                    gone.append(name)
        is_share = (known.base, known.ages) in spans or (
            known.base,
            known.denominator_ages,
        ) in spans
        if is_share and name not in gone:
            gone.append(name)
        if name == step.indicator:
            changes = {"parts": ()}
        if changes:
            defined[name] = replace(known, **changes)
    for name in gone:
        defined[name] = replace(defined[name], audience="intern")
    return gone
