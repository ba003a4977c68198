"""The needs register as tables: what was said, on how many voices it rests, where to act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.model.schema import NEEDS
from sozialraum.planning.action import ACTION_COLUMNS
from sozialraum.planning.evidence import EVIDENCE_COLUMNS
from sozialraum.planning.needs import COUNTS
from sozialraum.planning.report import NeedsPlan, report_needs
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.office import name_areas, show_sign
from sozialraum.present.tables import guard, write_csv
from sozialraum.texts import date, say

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

SUMMARY, STATEMENTS, ACTION = "bedarfe.csv", "bedarfe_aussagen.csv", "handlungsbedarf.csv"
_EVIDENCE = tuple(name for name in EVIDENCE_COLUMNS if name != "sign")
_SUMMARY = ("level", "area", "name", "topic", "sample", *COUNTS, *_EVIDENCE)
_STATEMENTS = (
    "date", "source", "level", "area", "name", "topic", "target_group", "offer", "traeger",
    "statement",
)  # fmt: skip
_NUMBERS = ("value", "parent_value", "whole_value", "limit")


def write_needs(
    edition: Edition,
    needs: pd.DataFrame,
    folder: str | Path,
    *,
    plan: NeedsPlan | None = None,
    measures: pd.DataFrame | None = None,
) -> list[Path]:
    """Write what an edition's readers see of a needs register as tables for offices.

    Parameters
    ----------
    edition : Edition
    needs : DataFrame
        As `settle_needs` gives it.
    folder : path
        Made if it does not exist; the files appear together.
    plan : NeedsPlan, optional
        Topics, rules, and who may read single statements.
    measures : DataFrame, optional
        A list of measures as `settle_measures` gives it: beside each topic stands which of them its
        readers know to answer it.

    Returns
    -------
    list of Path
        ``bedarfe.csv``; for readers of single statements ``bedarfe_aussagen.csv``; with rules
        ``handlungsbedarf.csv``. The format is that of ``werte_buero.csv``, see `write_tables`.

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.
    UnknownNameError
        There is no such audience or level.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt, build_needs
    >>> from sozialraum.planning.needs import settle_needs
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> said = settle_needs(build_needs(), atlas.areas, atlas.offers).table
    >>> [path.name for path in write_needs(build_edition(atlas), said, tempfile.mkdtemp())]
    ['bedarfe.csv']
    """
    plan = plan or NeedsPlan()
    report = report_needs(needs, edition, plan, measures=measures)
    answers = ("measures",) if "measures" in report.summary else ()
    tables: dict[str, tuple[pd.DataFrame, Sequence[str]]] = {
        SUMMARY: (report.summary, (*_SUMMARY, *answers))
    }
    if len(report.statements):
        tables[STATEMENTS] = (report.statements, _STATEMENTS)
    if plan.rules:
        tables[ACTION] = (report.action, (*ACTION_COLUMNS, *answers))
    targets = {name: mark_name(Path(folder) / name, edition.audience) for name in tables}
    with ExitStack() as together:
        for name, (table, columns) in tables.items():
            path = together.enter_context(replacing(targets[name]))
            headings = [say(f"needs.column.{column}") for column in columns]
            write_csv(path, headings, _say_columns(table, columns, edition), office=True)
    return list(targets.values())


def _say_columns(table: pd.DataFrame, columns: Sequence[str], edition: Edition) -> list[list[str]]:
    """Write a table's columns in an office's words."""
    names = name_areas(edition)["name"]
    titles = {level.id: level.title for level in edition.levels}
    parents = {level.id: level.parent for level in edition.levels}
    known = edition.indicators
    column = NEEDS.column("source")
    voices = column.words if column else {}
    rows = table.to_dict("records")
    written: list[list[str]] = []
    for name in columns:
        cells: list[object] = [row.get(name) for row in rows]
        if name in _NUMBERS:
            written.append([_number(row, name, known) for row in rows])
            continue
        if name == "level":
            cells = [titles[str(x)] for x in cells]
        elif name == "name":
            cells = [names.get((row["level"], row["area"])) for row in rows]
        elif name == "parent":
            cells = [names.get((parents[str(row["level"])], row["parent"])) for row in rows]
        elif name == "indicator":
            cells = [known[str(x)].title if x else "" for x in cells]
        elif name in ("date", "datenstand"):
            cells = [date(str(x)) if x else "" for x in cells]
        elif name == "source":
            cells = [voices.get(str(x), x) for x in cells]
        elif name in COUNTS:
            # Withheld, or nobody has said anything.
            gap = "." if name == "without_traeger" else say("tables.missing")
            cells = [gap if x is None else x for x in cells]
        written.append([guard(x) for x in cells])
    return written


def _number(row: Mapping[str, object], name: str, known: Mapping[str, Indicator]) -> str:
    """Write a figure with a decimal comma, or the sign that stands in its place."""
    if not row.get("indicator"):
        return ""
    definition = known[str(row["indicator"])]
    value = float(str(row[name]))
    if value == value:
        if definition.classes:
            return guard(definition.write(value))
        return f"{value:.{definition.digits}f}".replace(".", ",")
    return show_sign(value, str(row.get("sign", ""))) or "" if name == "value" else ""
