"""An edition as tables: CSV for programs, CSV for offices, one Excel workbook."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.model.schema import VALUE_COLUMNS
from sozialraum.model.steps import say_steps
from sozialraum.present.classes import round_shown
from sozialraum.present.files import mark_name, replacing
from sozialraum.present.office import (
    clean,
    count_digits,
    explain_sign,
    list_measures,
    name_areas,
    show_sign,
)
from sozialraum.present.workbook import fill_workbook
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import date, say, words

if TYPE_CHECKING:
    import pandas as pd

    from sozialraum.model.indicator import Indicator
    from sozialraum.secrecy.edition import Edition

MACHINE, OFFICE, WORKBOOK = "werte.csv", "werte_buero.csv", "tabellen.xlsx"
_NUMBERS = ("value", "numerator", "denominator")
# What a spreadsheet takes for a formula; the full-width twins count in some of them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
OFFICE_COLUMNS = (
    "level",
    "area",
    "name",
    "indicator",
    "unit",
    "datenstand",
    "gebietsstand",
    "value",
    "meaning",
    "numerator",
    "denominator",
    "quality",
    "steps",
    "source",
    "licence",
)


def write_tables(
    edition: Edition, folder: str | Path, *, measures: pd.DataFrame | None = None
) -> list[Path]:
    """Write an edition as tables for programs and for offices.

    Parameters
    ----------
    edition : Edition
    folder : path
        Made if it does not exist; the three files appear together.
    measures : DataFrame, optional
        A list of measures as `settle_measures` gives it: what the edition's readers see of it is a
        sheet of the workbook.

    Returns
    -------
    list of Path
        ``werte.csv``, ``werte_buero.csv``, ``tabellen.xlsx``.

    Raises
    ------
    InputError
        The list of measures names areas that the edition does not have.
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Notes
    -----
    ``werte.csv`` holds the values table as it is: UTF-8, comma, decimal point, full precision, a
    missing or withheld number is an empty cell beside its sign. Text stands as it is, quoted where
    it holds a comma, a quote or a line end.

    ``werte_buero.csv`` is for spreadsheets in German: UTF-8 with BOM, semicolon, decimal comma,
    numbers as they are shown everywhere, the signs of official statistics in place of withheld
    ones. A text that a spreadsheet would take for a formula begins with an apostrophe, and so does a
    text that began with one; taking one leading apostrophe away gives the text back.

    In the workbook every text is a text, whatever it begins with. Control signs no file can hold
    appear as their pictures (see `sozialraum.present.office.clean`). The same edition gives the same
    bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.secrecy.build import build_edition
    >>> edition = build_edition(build_musterstadt().atlas)
    >>> [path.name for path in write_tables(edition, tempfile.mkdtemp())]
    ['werte.csv', 'werte_buero.csv', 'tabellen.xlsx']
    """
    verify_edition(edition)
    listed = None if measures is None else list_measures(edition, measures)
    names = (MACHINE, OFFICE, WORKBOOK)
    targets = [mark_name(Path(folder) / name, edition.audience) for name in names]
    with ExitStack() as together:
        machine, office, workbook = (together.enter_context(replacing(path)) for path in targets)
        write_csv(machine, VALUE_COLUMNS, _machine_columns(edition.values))
        headings = [say(f"tables.column.{name}") for name in OFFICE_COLUMNS]
        write_csv(office, headings, office_columns(edition, edition.values), office=True)
        fill_workbook(edition, workbook, listed)
    return targets


def guard(text: object) -> str:
    """Keep a spreadsheet from reading a text as a formula.

    Parameters
    ----------
    text : object

    Returns
    -------
    str
        With a leading apostrophe if it begins like a formula or with an apostrophe.

    Examples
    --------
    >>> guard("=SUM(A1)"), guard("Kita"), guard("'s Haus")
    ("'=SUM(A1)", 'Kita', "''s Haus")
    """
    known = clean(text)
    return f"'{known}" if known.startswith(_FORMULA) else known


def write_csv(
    path: Path, headings: Sequence[str], columns: Iterable[list[str]], *, office: bool = False
) -> None:
    """Write columns of text as CSV: for programs, or for German spreadsheets."""
    with path.open("w", encoding="utf-8-sig" if office else "utf-8", newline="") as file:
        writer = csv.writer(
            file, delimiter=";" if office else ",", lineterminator="\r\n" if office else "\n"
        )
        writer.writerow(headings)
        writer.writerows(zip(*columns, strict=True))


def _machine_columns(values: pd.DataFrame) -> list[list[str]]:
    return [
        [_exact(x) for x in values[name].to_numpy(float).tolist()]
        if name in _NUMBERS
        else [clean(text) for text in values[name]]
        for name in VALUE_COLUMNS
    ]


def _exact(value: float) -> str:
    """Write a number so that reading it gives the same number."""
    if value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def office_columns(edition: Edition, values: pd.DataFrame) -> list[list[str]]:
    """Write rows of an edition as columns of ``OFFICE_COLUMNS``."""
    shown = {name: np.full(len(values), "", dtype=object) for name in _NUMBERS}
    for indicator, rows in values.groupby("indicator", sort=False):
        definition = edition.indicators[indicator]
        at = values.index.get_indexer(rows.index)
        digits = (definition.digits, *[count_digits(rows, definition)] * 2)
        for name, places in zip(_NUMBERS, digits, strict=True):
            shown[name][at] = _german(rows[name], places)
        if definition.classes:
            known = rows["value"].notna().to_numpy()
            shown["value"][at[known]] = [
                guard(definition.write(x)) for x in rows["value"].to_numpy()[known].tolist()
            ]
    signs = [show_sign(v, s) for v, s in zip(values["value"], values["sign"], strict=True)]
    numbers: dict[str, list[str]] = {}
    for name in _NUMBERS:
        # The parts of a withheld number are withheld too; other signs concern the number alone.
        stands = [sign if name == "value" or sign == "." else None for sign in signs]
        numbers[name] = [s or n for s, n in zip(stands, shown[name], strict=True)]
    names = name_areas(edition)["name"]
    titles = {level.id: level.title for level in edition.levels}
    known = edition.indicators
    quality = words("quality")
    pairs = list(zip(values["level"], values["area"], strict=True))
    text: dict[str, Iterable[Any]] = {
        "level": [titles[level] for level in values["level"]],
        "area": values["area"],
        "name": names.reindex(pairs),
        "indicator": [known[i].title for i in values["indicator"]],
        "unit": [known[i].unit for i in values["indicator"]],
        "datenstand": values["datenstand"].map(date),
        "gebietsstand": values["gebietsstand"].map(date),
        "meaning": [
            explain_sign(v, s) for v, s in zip(values["value"], values["sign"], strict=True)
        ],
        "quality": [quality.get(q, q) for q in values["quality"]],
        "steps": ["; ".join(say_steps(steps)) for steps in values["steps"]],
        "source": [known[i].source for i in values["indicator"]],
        "licence": [_licence(known[i]) for i in values["indicator"]],
    }
    return [
        numbers[name] if name in _NUMBERS else [guard(cell) for cell in text[name]]
        for name in OFFICE_COLUMNS
    ]


def _licence(definition: Indicator) -> str:
    return ", ".join(filter(None, (definition.licence, definition.licence_url, definition.changed)))


def _german(values: pd.Series, digits: int) -> list[str]:
    """Write numbers with a decimal comma and no grouping, rounded as they are shown."""
    return [
        "" if x != x else f"{x:.{digits}f}".replace(".", ",")
        for x in round_shown(values.to_numpy(float), digits).tolist()
    ]
