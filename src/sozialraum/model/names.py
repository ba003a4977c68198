"""Areas from lists of names: who is meant, whatever a footnote or a scanner made of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from sozialraum.model.check import Finding, Reading, find
from sozialraum.model.spelling import plain_name, street_words
from sozialraum.texts import say

Names = str | Sequence[str]

_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_HINTS = 2


def match_names(names: Names, areas: pd.DataFrame, *, table: str = "names") -> Reading:
    """Find the areas that a list of names means, one area for each name.

    Parameters
    ----------
    names : str or sequence of str
        A text is split at commas, semicolons, line ends and a last "und". A name may be an area's id.
    areas : DataFrame
        Indexed by ``area`` (or with that column), with ``name``.
    table : str
        What the list is called in findings, such as its file.

    Returns
    -------
    Reading
        ``table``: one row per name in the order given: ``stated``, ``area`` and ``name`` (missing where
        nobody is found), ``quality`` (``exact``, ``similar``, ``none``). ``findings``: a note for each
        name that was read differently, an error with suggestions for each that means no area, several
        areas, or one that was named before. No name is dropped.

    Notes
    -----
    Names are compared without case, blanks, hyphens and accents. First equal names find each other. Of
    the rest, a name and an area belong together if each is nearest to the other, no other is as near,
    and they differ by one letter in five at most and by three in all (Damerau-Levenshtein, restricted).
    Numbers must agree; digits inside a word count as the letters a scanner took them for
    (``Grol3er`` = ``Großer``).

    Examples
    --------
    >>> areas = pd.DataFrame({"name": ["Sülzegrund", "Rothensee", "Neustädter See"]}, index=list("123"))
    >>> reading = match_names("Neustadter See, Stlzegrund, Hafen", areas)
    >>> reading.table["area"].tolist()
    ['3', '1', nan]
    >>> print(reading.findings[-1].text)
    „Hafen“ ist keines der Gebiete. Ähnlich heißen: Rothensee, Sülzegrund.
    """
    stated = split_names(names)
    ids = areas["area"] if "area" in areas else pd.Series(areas.index, index=areas.index)
    ids, titles = ids.astype("str").tolist(), areas["name"].astype("str").tolist()
    chosen: list[int | None] = [None] * len(stated)
    findings: list[Finding] = []
    keys = [plain_name(title) for title in titles]
    times = Counter(keys)
    quality = ["none"] * len(stated)
    taken: set[int] = set()
    open_names: list[int] = []
    for i, name in enumerate(stated):
        key = plain_name(name)
        equal = [j for j, known in enumerate(keys) if key and known == key]
        equal = [j for j, area in enumerate(ids) if area == name] or equal
        if len(equal) == 1 and equal[0] not in taken:
            chosen[i], quality[i] = equal[0], "exact"
            taken.add(equal[0])
        elif len(equal) == 1:
            findings.append(find("error", "name_twice", table, stated=name, found=titles[equal[0]]))
        elif equal:
            several = ", ".join(ids[j] for j in equal)
            findings.append(find("error", "name_several", table, stated=name, ids=several))
        else:
            open_names.append(i)
    free = [j for j in range(len(ids)) if j not in taken and times[keys[j]] == 1]
    pairs = _pair([_forms(stated[i]) for i in open_names], [_forms(titles[j]) for j in free])
    for i, found in zip(open_names, pairs, strict=True):
        if found is None:
            hint = _suggest(stated[i], titles)
            findings.append(find("error", "name_unknown", table, stated=stated[i], hint=hint))
            continue
        chosen[i], quality[i] = free[found], "similar"
        given = titles[free[found]]
        findings.append(find("note", "name_similar", table, stated=stated[i], found=given))
    result = pd.DataFrame(
        {
            "stated": stated,
            "area": [None if j is None else ids[j] for j in chosen],
            "name": [None if j is None else titles[j] for j in chosen],
            "quality": quality,
        },
        dtype="str",
    )
    return Reading(result, tuple(sorted(findings, key=lambda f: f.severity == "error")))


def group_areas(
    areas: gpd.GeoDataFrame, groups: Mapping[str, Names], *, level: str, table: str = "names"
) -> Reading:
    """Give areas an upper level that is written down as lists of names.

    Parameters
    ----------
    areas : GeoDataFrame
        Smallest areas with ``area`` (column or index) and ``name``.
    groups : mapping of str to names
        Name of each upper area → its parts, as for `match_names`.
    level : str
        The new level's id.
    table : str
        What the lists are called in findings.

    Returns
    -------
    Reading
        ``table``: the areas with ``<level>`` and ``<level>_name`` (both the group's name). ``findings``:
        those of every list, and an error for each area that stands in several lists or in none.

    Examples
    --------
    >>> areas = gpd.GeoDataFrame({"name": ["Nord", "Ost", "Süd"]}, index=["1", "2", "3"])
    >>> groups = {"Oben": "Nord, Ost", "Unten": ["Sud"]}
    >>> group_areas(areas, groups, level="region").table["region"].tolist()
    ['Oben', 'Oben', 'Unten']
    """
    ids = pd.Series(areas.get("area", areas.index), index=areas.index)
    where: dict[str, list[str]] = {}
    findings: list[Finding] = []
    for group, names in groups.items():
        read = match_names(names, areas, table=say("read.list", table=table, name=group))
        findings += read.findings
        for area in read.table["area"].dropna().unique():
            where.setdefault(area, []).append(group)
    titles = dict(zip(ids, areas["name"], strict=True))
    for area, lists in where.items():
        if len(lists) > 1:
            several = ", ".join(lists)
            findings.append(
                find("error", "in_several_lists", table, id=area, name=titles[area], lists=several)
            )
    for area in [area for area in ids if area not in where]:
        findings.append(find("error", "in_no_list", table, id=area, name=titles[area]))
    found = ids.map({area: lists[0] for area, lists in where.items()}).astype("str")
    return Reading(areas.assign(**{level: found, f"{level}_name": found}), tuple(findings))


def split_names(names: Names) -> list[str]:
    """Split a footnote into its names.

    Examples
    --------
    >>> split_names("Rothensee, Barleber See ; Kannenstieg und Neustädter Feld.")
    ['Rothensee', 'Barleber See', 'Kannenstieg', 'Neustädter Feld']
    """
    parts = re.split(r"[,;\n\r]|\s+und\s+(?=[^,;]*$)", names) if isinstance(names, str) else names
    clean = (" ".join(str(part).split()).rstrip(".") for part in parts)
    return [part for part in clean if part]


def _forms(name: str) -> tuple[str, str]:
    """Reduce a name in both ways umlauts are lost: ``ü`` to ``ue`` and ``ü`` to ``u``."""
    bare = name.casefold().translate(_UMLAUTS)
    return "".join(street_words(name)) or plain_name(name), "".join(street_words(bare))


def _pair(wanted: list[tuple[str, str]], known: list[tuple[str, str]]) -> list[int | None]:
    """Pair names that are nearest to each other, again and again, until no pair is left."""
    result: list[int | None] = [None] * len(wanted)
    if not wanted or not known:
        return result
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    errors: npt.NDArray[Any] = np.minimum.reduce(
        [
            cdist([w[form] for w in wanted], [k[form] for k in known], scorer=OSA.distance)
            for form in (0, 1)
        ]
    ).astype(float)
    digits = [[re.sub(r"\D", "", form[0]) for form in forms] for forms in (wanted, known)]
    errors[np.array(digits[0])[:, None] != np.array(digits[1])[None, :]] = np.inf
    limits = np.array([min(3, max(len(form) for form in w) // 5) for w in wanted])
    while True:
        least_here, least_there = errors.min(axis=1), errors.min(axis=0)
        mutual = (errors == least_here[:, None]) & (errors == least_there[None, :])
        mutual &= errors <= limits[:, None]
        alone = ((errors == least_here[:, None]).sum(axis=1) == 1)[:, None]
        alone = alone & ((errors == least_there[None, :]).sum(axis=0) == 1)[None, :]
        pairs = np.argwhere(mutual & alone & np.isfinite(errors))
        if not len(pairs):
            return result
        for i, j in pairs.tolist():
            result[i] = j
            errors[i, :] = errors[:, j] = np.inf


def _suggest(name: str, titles: list[str]) -> str:
    from rapidfuzz.fuzz import WRatio
    from rapidfuzz.process import extract

    forms = [_forms(title)[0] for title in titles]
    near = extract(_forms(name)[0], forms, scorer=WRatio, limit=_HINTS)
    return ", ".join(titles[at] for _, _, at in near) or say("atlas.nothing_alike")
