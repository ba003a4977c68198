"""What a register means: the areas, offers and topics its rows speak of."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sozialraum.indicators.joint_areas import BETWEEN
from sozialraum.model.check import CheckReport, Finding
from sozialraum.model.near import list_near
from sozialraum.model.rows import add_origin, find_rows
from sozialraum.model.schema import Table
from sozialraum.model.spelling import plain_name


def complete(register: pd.DataFrame, schema: Table) -> pd.DataFrame:
    """Give all columns of the schema, empty where the register has none, and where each row stands.

    Examples
    --------
    >>> from sozialraum.model.schema import NEEDS
    >>> complete(pd.DataFrame({"area": ["12"]}), NEEDS)[["area", "topic", "row"]].values.tolist()
    [['12', nan, 2]]
    """
    table = register.copy()
    add_origin(table, schema.name)
    for column in schema.columns:
        if column.name not in table:
            kind = "float64" if column.kind == "number" else "str"
            table[column.name] = pd.Series(pd.NA, index=table.index, dtype="str").astype(kind)
    table = table[[c.name for c in schema.columns]].reset_index(drop=True)
    table.attrs = dict(register.attrs)
    return table


def settle_again(register: pd.DataFrame, schema: Table, areas: pd.DataFrame) -> pd.DataFrame:
    """Give a settled register with the areas there are, a joint one for its parts.

    Raises
    ------
    InputError
        It names areas that do not exist.
    """
    table = complete(register, schema)
    CheckReport(tuple(settle_areas(table, areas, schema.name))).raise_for_errors()
    return table


def settle_topics(table: pd.DataFrame, topics: Sequence[str], label: str) -> list[Finding]:
    """Write topics as they are known, and find those that are not; any are known where none is given."""
    if not topics:
        return []
    meant = {plain_name(topic): topic for topic in topics}
    said = [x if pd.isna(x) else meant.get(plain_name(x), x) for x in table["topic"]]
    table["topic"] = pd.Series(said, index=table.index, dtype="str")
    return find_strangers(table, "topic", "need_topic", list(topics), label)


def settle_areas(table: pd.DataFrame, areas: pd.DataFrame, label: str) -> list[Finding]:
    """Replace what stands under ``area`` by level and id; find what means none or several."""
    ids, names, shown = _list_areas(areas)
    levels = sorted({level for places in ids.values() for level, _ in places})
    stated, level = table["area"], table["level"]
    places = []
    for text, wanted in zip(stated, level, strict=True):
        said = "" if pd.isna(text) else str(text)
        choice = ids.get(said) or names.get(plain_name(said), set())
        places.append(sorted(p for p in choice if pd.isna(wanted) or p[0] == wanted))
    count = pd.Series([len(p) for p in places], index=table.index)
    near = _suggest(stated.where(count == 0), shown)
    several = pd.Series([", ".join(f"{a} ({x})" for x, a in p) for p in places], index=table.index)
    odd = level.notna() & ~level.isin(levels)
    found = find_rows(
        "error", "unknown_level", label, table, odd, column="level", cell=level,
        known=", ".join(levels),
    )  # fmt: skip
    found += find_rows(
        "error", "need_area", label, table, stated.notna() & (count == 0) & ~odd, column="area",
        cell=stated, hint=near,
    )  # fmt: skip
    found += find_rows(
        "error", "need_area_several", label, table, count > 1, column="area", cell=stated,
        several=several,
    )  # fmt: skip
    table["level"] = pd.Series([p[0][0] if p else pd.NA for p in places], dtype="str")
    table["area"] = pd.Series(
        [p[0][1] if p else text for p, text in zip(places, stated, strict=True)], dtype="str"
    )
    return found


Places = dict[str, set[tuple[str, str]]]


def _list_areas(areas: pd.DataFrame) -> tuple[Places, Places, list[str]]:
    """Give the (level, area) of every id and every name, and all of them as people write them."""
    ids: Places = {}
    names: Places = {}
    shown: dict[str, None] = {}
    levels = [c.removesuffix("_name") for c in areas.columns if c.endswith("_name")]
    for level in levels:
        for area, name in areas[[level, f"{level}_name"]].dropna().drop_duplicates().to_numpy():
            # The parts of a joint area are in no output; what is said of one is said of the whole.
            for part in {area, *area.split(BETWEEN)}:
                ids.setdefault(part, set()).add((level, area))
            for part in {name, *name.split(BETWEEN)}:
                names.setdefault(plain_name(part), set()).add((level, area))
            shown |= dict.fromkeys((name, area))
    return ids, names, list(shown)


def find_strangers(
    table: pd.DataFrame, column: str, code: str, known: Sequence[str], label: str
) -> list[Finding]:
    """Find what stands in a column and is not known, with the nearest spellings."""
    unknown = table[column].notna() & ~table[column].isin(list(known))
    near = _suggest(table[column].where(unknown), known)
    return find_rows(
        "error", code, label, table, unknown, column=column, cell=table[column], hint=near
    )


def _suggest(stated: pd.Series, known: Sequence[str]) -> pd.Series:
    """Give the nearest spellings of each cell that has something."""
    return stated.map(lambda x: list_near(str(x), known), na_action="ignore").astype("str")
