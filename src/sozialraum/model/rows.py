"""Findings row by row: where a cell stands, what it says, in the words of its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from sozialraum.model.check import Finding, Severity, find
from sozialraum.texts import number, say

_SHOWN = 20
_SPANS = 40
_LONGEST = 80


def spans(rows: list[int]) -> str:
    """Write row numbers compactly.

    Examples
    --------
    >>> spans([2, 3, 4, 9])
    '2–4, 9'
    """
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    said = [str(a) if a == b else f"{a}–{b}" for a, b in parts[:_SPANS]]
    return ", ".join(said) + (" …" if len(parts) > _SPANS else "")


def show(value: object) -> object:
    r"""Write a cell as one short line of German, whatever is in it.

    Examples
    --------
    >>> show(-5.0), show(0.5), show("zwei\nZeilen")
    ('-5', '0,5', 'zwei Zeilen')
    """
    if isinstance(value, float):
        return f"{value:.10g}".replace(".", ",")
    if not isinstance(value, str):
        return value
    text = re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", "�", re.sub(r"\s+", " ", value).strip())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def say_heading(table: pd.DataFrame, file: str, column: str | None) -> str | None:
    """Give the heading a column has in its file.

    Readers leave in ``attrs["headings"]``, per file, the headings they translated; where nothing
    stands there the column has kept its name.
    """
    headings: dict[str, str] = table.attrs.get("headings", {}).get(file, {})
    return column if column is None else headings.get(column, column)


def join_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables of several files below each other; each keeps its own headings for messages."""
    joined = pd.concat(tables, ignore_index=True)
    known = [table.attrs.get("headings", {}) for table in tables]
    joined.attrs["headings"] = {file: names for part in known for file, names in part.items()}
    return joined


def find_rows(
    severity: Severity,
    code: str,
    label: str,
    table: pd.DataFrame,
    where: pd.Series,
    *,
    column: str | None = None,
    most: int = _SHOWN,
    **values: object,
) -> list[Finding]:
    """Make findings where ``where`` holds: rows of which the same is said are named together.

    ``values`` that are Series give each row its own value. Of more than ``most`` findings the rest of a
    file is one.
    """
    there = where.to_numpy()
    files = [file or label for file in table["file"].loc[there].astype("str")]
    told = pd.DataFrame(
        {
            key: list(map(show, value.loc[there]))
            for key, value in values.items()
            if isinstance(value, pd.Series)
        },
        index=pd.RangeIndex(len(files)),
        dtype=object,
    )
    alike: dict[tuple[object, ...], list[int]] = {}
    numbers = table["row"].loc[there].astype(int)
    for row, *key in zip(numbers, files, *(told[name] for name in told), strict=True):
        alike.setdefault(tuple(key), []).append(row)
    findings: list[Finding] = []
    beyond: dict[str, list[int]] = {}
    for (file, *cells), rows in alike.items():
        name = str(file)
        if len(findings) == most:
            beyond.setdefault(name, []).extend(rows)
            continue
        found = find(
            severity, code, name, row=rows[0], column=say_heading(table, name, column),
            **{**values, **dict(zip(told, cells, strict=True))},
        )  # fmt: skip
        findings.append(
            replace(found, text=f"{found.text} {_say_more(rows[1:])}") if rows[1:] else found
        )
    for name, rows in beyond.items():
        heading = say_heading(table, name, column)
        findings.append(Finding(severity, code, name, _say_more(rows), column=heading))
    return findings


def _say_more(rows: list[int]) -> str:
    key = "finding.more_row" if len(rows) == 1 else "finding.more_rows"
    return say(key, count=number(len(rows)), rows=spans(rows))


def find_twins(
    table: pd.DataFrame, key: Sequence[str], label: str, *, across: bool = False
) -> list[Finding]:
    """Find keys that occur more than once; ``across`` only those in several files."""
    known = table.dropna(subset=list(key))
    if across:
        known = known.drop_duplicates([*key, "file"])
    twins = known[known.duplicated(list(key), keep=False)]
    if twins.empty:
        return []
    ids = twins[list(key)].astype("str").agg(", ".join, axis=1)
    found = []
    groups = twins.groupby(ids, sort=True)
    shown = [(text, groups.get_group(text)) for text in sorted(groups.groups)[:_SHOWN]]
    for text, group in shown:
        rows = group["row"].astype(int).tolist()
        column = key[-1] if len(key) == 1 else None
        place = {"row": rows[1], "column": say_heading(table, str(group["file"].iloc[1]), column)}
        if across:
            files = ", ".join(
                f"{file} ({say('report.row', row=row)})"
                for file, row in zip(group["file"], rows, strict=True)
            )
            label = str(group["file"].iloc[1])
            found.append(find("error", "duplicate_across", label, id=text, files=files, **place))
        else:
            found.append(find("error", "duplicate", label, id=text, rows=spans(rows), **place))
    if groups.ngroups > _SHOWN:
        rest = twins.loc[~ids.isin([text for text, _ in shown]), "row"].astype(int).tolist()
        found.append(replace(found[-1], text=_say_more(rest), row=None))
    return found


def add_origin(table: pd.DataFrame, label: str) -> None:
    """Give a table made in code the file and rows a spreadsheet of it would have."""
    if "row" not in table:
        table["row"] = np.arange(2, len(table) + 2)
    if "file" not in table:
        table["file"] = pd.Series(label, index=table.index, dtype="str")
