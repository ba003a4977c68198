"""Single cells of a file corrected on purpose, each of them listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sozialraum.model.cells import plain
from sozialraum.model.check import Finding, find
from sozialraum.model.rows import say_heading, show
from sozialraum.read.sheets import Raw

Correction = Mapping[str, Any]


def correct_cells(raw: Raw, corrections: Sequence[Correction], name: str) -> Raw:
    """Replace cells of a freshly read table.

    Parameters
    ----------
    raw : Raw
        With our column names.
    corrections : sequence of mapping
        ``row`` (as a spreadsheet counts: the heading is row 1), ``column`` (ours or the heading in the
        file), ``value``; with ``old`` the cell must hold that, or the file is another one by now.
    name : str
        The file's name.

    Returns
    -------
    Raw
        With a note for every corrected cell and an error for one that is not there.
    """
    if raw.table is None or not corrections:
        return raw
    table = raw.table.copy()
    table.attrs = raw.table.attrs
    headings = {plain(str(say_heading(table, name, c))): c for c in reversed(table.columns)}
    found: list[Finding] = []
    for entry in corrections:
        row, said = entry["row"], str(entry["column"])
        column = said if said in table else headings.get(plain(said))
        here = table["row"] == row
        if column is None or not here.any():
            found.append(find("error", "correction_nowhere", name, row=row, column=said))
            continue
        cell = table.loc[here, column].iloc[0]
        if "old" in entry and str(cell) != str(entry["old"]):
            found.append(
                find(
                    "error", "correction_outdated", name, row=row, column=said, cell=show(cell),
                    old=entry["old"],
                )
            )  # fmt: skip
            continue
        table[column] = table[column].astype("str").mask(here, str(entry["value"]))
        found.append(
            find(
                "note", "corrected", name, row=row, column=said, cell=show(cell),
                value=entry["value"],
            )
        )  # fmt: skip
    return raw._replace(table=table, findings=(*raw.findings, *found))
