"""Why two figures cannot be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sozialraum.model.indicator import Indicator, say_differences
from sozialraum.secrecy.published import Published
from sozialraum.texts import say, words

# Estimated on other boundaries: part of a change may come of that.
_ESTIMATED = ("key", "dasymetric", "areal")
_DAY = re.compile(r"\b\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\b|\b\d{4}-\d{2}-\d{2}\b")
_BEYOND = "rounded_beyond"


def list_differing() -> tuple[str, ...]:
    """List the reasons that are worth a row though both figures are the same."""
    return (
        "only_new", "only_old", "definition", "measured", "area_only_new", "area_only_old",
        "gebietsstand", "outline", "row_only_new", "row_only_old", "source", "quality",
    )  # fmt: skip


def find_hindrances(
    rows: pd.DataFrame, old: Published, new: Published, redrawn: pd.MultiIndex
) -> pd.DataFrame:
    """Say for every pair of figures whether they can be compared.

    Parameters
    ----------
    rows : DataFrame
        ``level, area, indicator`` and, with ``_old`` and ``_new``, what both editions say.
    old, new : Published
    redrawn : MultiIndex
        Levels and areas whose outline is another.

    Returns
    -------
    DataFrame
        ``comparable`` ("yes", "limited", "no"), ``code`` of the first reason, ``reason`` in German.
    """
    names = rows["indicator"]
    places = pd.MultiIndex.from_frame(rows[["level", "area"]])
    missing = {
        side: places.map(_list_places(edition).get).isna() & (rows["area"] != "nicht_zuzuordnen")
        for side, edition in (("old", old), ("new", new))
    }
    secret = {s: rows[f"value_{s}"].isna() & (rows[f"sign_{s}"] == ".") for s in ("old", "new")}
    empty = {s: rows[f"value_{s}"].isna() for s in ("old", "new")}
    stand = rows["gebietsstand_old"], rows["gebietsstand_new"]
    stands = [s.where(s != "", say("number.missing")) for s in stand]
    quality = rows[["quality_old", "quality_new"]]
    estimated = quality.isin(_ESTIMATED).any(axis=1)
    changed = {name: _say_definition(name, old, new) for name in names.unique()}
    sources = {name: _say_sources(name, old, new) for name in names.unique()}
    definition, source = names.map(changed), names.map(sources)
    measured = names.map(
        {
            n: any(old.measured.get(x) != new.measured.get(x) for x in _list_parts(n, old, new))
            for n in names.unique()
        }
    )
    perturbed = names.map(
        {n: not all(i.adds_up for i in _list(n, old, new)) for n in names.unique()}
    )
    index = names.map(
        {n: any(i.kind == "index" for i in _list(n, old, new)) for n in names.unique()}
    )
    both_known = (rows["low_old"].notna() & rows["low_new"].notna()).to_numpy(bool)
    overlap = (rows["low_old"] <= rows["high_new"]) & (rows["low_new"] <= rows["high_old"])
    beside = {"before": "{0}", "after": "{1}"}
    said = words("quality")
    told = [quality[c].map(lambda q: said.get(q, q or say("number.missing"))) for c in quality]
    # In this order: the first that holds is told.
    reasons: list[tuple[str, Any, Any]] = [
        ("only_new", ~names.isin(list(old.indicators)), say("changes.why.only_new")),
        ("only_old", ~names.isin(list(new.indicators)), say("changes.why.only_old")),
        ("definition", definition != "", definition),
        ("measured", measured, say("changes.why.measured")),
        ("area_only_new", missing["old"], say("changes.why.area_only_new")),
        ("area_only_old", missing["new"], say("changes.why.area_only_old")),
        ("row_only_new", ~rows["there_old"], say("changes.why.row_only_new")),
        ("row_only_old", ~rows["there_new"], say("changes.why.row_only_old")),
        ("gebietsstand", stand[0] != stand[1],
         _fill(say("compare.gebietsstand", **beside), *stands)),
        ("outline", places.isin(redrawn), say("changes.why.outline")),
        ("secret", secret["old"] & secret["new"], say("changes.why.secret")),
        ("secret_old", secret["old"], say("changes.why.secret_old")),
        ("secret_new", secret["new"], say("changes.why.secret_new")),
        ("missing", empty["old"] & empty["new"], say("changes.why.missing")),
        ("missing_old", empty["old"], say("changes.why.missing_old")),
        ("missing_new", empty["new"], say("changes.why.missing_new")),
        ("source", source != "", source),
        ("partial", (quality == "partial").any(axis=1), say("compare.partial")),
        ("quality", (quality["quality_old"] != quality["quality_new"]) & ~estimated,
         _fill(say("changes.why.quality", **beside), *told)),
        ("perturbed", perturbed, say("changes.why.perturbed")),
        ("rounded", _hide_in_rounding(rows, old, new), say("changes.why.rounded")),
        ("overlap", both_known & overlap, say("changes.why.overlap")),
    ]  # fmt: skip
    limits: list[tuple[str, Any, Any]] = [
        ("estimated", estimated, say("compare.estimated")),
        ("index", index, say("changes.why.index")),
        ("sign", (rows[["sign_old", "sign_new"]] == "()").any(axis=1), say("changes.why.sign")),
        ("rounding", bool(old.rounding or new.rounding), say("changes.why.rounding")),
    ]
    code = pd.Series("", rows.index, dtype="str")
    reason = pd.Series("", rows.index, dtype="str")
    for name, where, text in [*reasons, *limits][::-1]:
        here = pd.Series(where, index=rows.index).astype(bool)
        code, reason = code.mask(here, name), reason.mask(here, text)
    hindered = code.isin([name for name, _, _ in reasons])
    state = np.select([hindered, code != ""], ["no", "limited"], default="yes")
    return pd.DataFrame(
        {"comparable": pd.Series(state, rows.index, dtype="str"), "code": code, "reason": reason}
    )


def _list_places(edition: Published) -> dict[tuple[str, str], bool]:
    return {(level, area): True for level, t in edition.tables.items() for area in t.index}


def _list(name: str, old: Published, new: Published) -> list[Indicator]:
    """List the definitions that an indicator has in either edition."""
    return [e.indicators[name] for e in (old, new) if name in e.indicators]


def _list_parts(name: str, old: Published, new: Published) -> set[str]:
    """List an indicator and all that it is made of in either edition."""
    found: set[str] = set()
    left = [name]
    while left:
        here = left.pop()
        if here not in found:
            found.add(here)
            left += [part for i in _list(here, old, new) for part in i.made_of]
    return found


def _say_definition(name: str, old: Published, new: Published) -> str:
    if name not in old.indicators or name not in new.indicators:
        return ""
    return say_differences(old.indicators[name], new.indicators[name])


def _say_sources(name: str, old: Published, new: Published) -> str:
    if name not in old.indicators or name not in new.indicators:
        return ""
    one, other = old.indicators[name], new.indicators[name]
    if one.practice != other.practice or one.derived != other.derived:
        return say("changes.why.invented")
    # "Stand 31.12.2024" in a name is the day, not another source.
    plain = [" ".join(_DAY.sub("", i.source).split()) for i in (one, other)]
    if plain[0] == plain[1]:
        return ""
    missing = say("number.missing")
    return say("changes.why.source", before=one.source or missing, after=other.source or missing)


def _fill(sentence: str, one: pd.Series, other: pd.Series) -> pd.Series:
    """Fill a sentence for every row; what is filled in is not interpreted again."""
    head, middle = sentence.split("{0}")
    middle, tail = middle.split("{1}")
    return head + one.astype("str") + middle + other.astype("str") + tail


def _hide_in_rounding(rows: pd.DataFrame, old: Published, new: Published) -> pd.Series:
    """Tell where rounding alone can explain a difference, or nobody can tell."""
    beyond = rows[["steps_old", "steps_new"]].apply(lambda c: c.str.contains(_BEYOND)).any(axis=1)
    base = old.rounding + new.rounding
    persons: Mapping[str, bool] = {
        n: any(i.protects == "persons" for i in _list(n, old, new))
        for n in rows["indicator"].unique()
    }
    if not base:
        return beyond
    counts = rows["numerator_old"].isna() & rows["denominator_old"].isna()
    cases = [rows[f"numerator_{s}"].where(~counts, rows[f"value_{s}"]) for s in ("old", "new")]
    # Each lies less than its base away from the true number.
    near = ~((cases[1] - cases[0]).abs() >= base)
    return beyond | (near & rows["indicator"].map(persons).astype(bool))
