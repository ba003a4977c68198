"""Findings and the one report that lists them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import pandas as pd

from sozialraum.errors import InputError
from sozialraum.model.overview import Overview, Showing
from sozialraum.texts import say

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong ("error") or worth knowing ("note").

    Attributes
    ----------
    severity : {"error", "note"}
    code : str
        Stable short name of the kind of finding, such as ``"missing_column"``.
    table : str
        The table as the planner knows it, usually the file's name.
    text : str
        German: what was expected, what came, what to do.
    row : int, optional
        Row as a spreadsheet counts: the heading is row 1.
    column : str, optional
    """

    severity: Severity
    code: str
    table: str
    text: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        place = [self.table]
        if self.row is not None:
            place.append(say("report.row", row=self.row))
        if self.column:
            place.append(say("report.column", column=self.column))
        return f"{say('report.' + self.severity)} – {', '.join(place)}: {self.text}"


def find(severity: Severity, code: str, table: str, /, **values: object) -> Finding:
    """Make a finding whose text is the sentence ``finding.<code>``.

    ``row`` and ``column`` among the values also say where it is.
    """
    row = values.get("row")
    column = values.get("column")
    return Finding(
        severity=severity,
        code=code,
        table=table,
        text=say(f"finding.{code}", **values),
        row=int(str(row)) if row is not None else None,
        column=str(column) if column is not None else None,
    )


@dataclass(frozen=True, slots=True, repr=False)
class CheckReport(Showing):
    """All findings of one check, errors first, in the order of tables and rows.

    Examples
    --------
    >>> report = CheckReport((Finding("error", "demo", "orte.csv", "Id fehlt.", row=3),))
    >>> report.ok
    False
    >>> print(report)
    1 Fehler, 0 Hinweise
    Fehler – orte.csv, Zeile 3: Id fehlt.
    """

    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that make the data unusable."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """Findings that are kept and shown."""
        return tuple(f for f in self.findings if f.severity == "note")

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors

    @property
    def headline(self) -> str:
        """How many errors and notes there are."""
        key = "report.head_one" if len(self.notes) == 1 else "report.head"
        return say(key, errors=len(self.errors), notes=len(self.notes))

    def to_frame(self) -> pd.DataFrame:
        """Give the findings as a table: severity, table, row, column, code, text."""
        columns = ["severity", "table", "row", "column", "code", "text"]
        rows = [[getattr(f, c) for c in columns] for f in (*self.errors, *self.notes)]
        return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})

    def raise_for_errors(self) -> None:
        """Raise ``InputError`` with this report if it holds an error."""
        if not self.ok:
            raise InputError(self)

    def __add__(self, other: CheckReport) -> CheckReport:
        return CheckReport((*self.findings, *other.findings))

    def __str__(self) -> str:
        return "\n".join([self.headline, *map(str, self.errors), *map(str, self.notes)])

    def _overview(self) -> Overview:
        heads = ("severity", "table", "row", "column", "text")
        rows = (
            (
                say("report." + f.severity),
                f.table,
                "" if f.row is None else str(f.row),
                f.column or "",
                f.text,
            )
            for f in (*self.errors, *self.notes)
        )
        return Overview(
            self.headline, tuple(say("report.heading_" + name) for name in heads), tuple(rows)
        )


class Reading(NamedTuple):
    """A table and what was found while reading it."""

    table: Any
    findings: tuple[Finding, ...]

    def settle(self) -> Any:
        """Give the table, or raise ``InputError`` if a finding is an error."""
        CheckReport(self.findings).raise_for_errors()
        return self.table
