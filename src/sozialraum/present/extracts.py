"""The tables of a report as files, made of what an edition publishes."""

from __future__ import annotations

import datetime as dt
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.indicators.offer_counts import list_offers_by
from sozialraum.model.areas import WHOLE
from sozialraum.present.files import mark_name, replacing, safe_name
from sozialraum.present.office import clean, head_indicator, list_passports, name_areas
from sozialraum.present.spreadsheet import Pen, save_settled
from sozialraum.present.tables import OFFICE_COLUMNS, guard, office_columns, write_csv
from sozialraum.present.workbook import write_figure, write_plain, write_readme
from sozialraum.secrecy.edition import verify_edition
from sozialraum.texts import date, number, say, words

if TYPE_CHECKING:
    from sozialraum.indicators.extract import Extract
    from sozialraum.secrecy.edition import Edition

_WIDTHS = (16, 14, 30)
_NAMED = 12


def write_extract(extract: Extract, edition: Edition, folder: str | Path) -> list[Path]:
    """Write the tables of a report as a workbook and as CSV, from an edition's protected figures.

    Parameters
    ----------
    extract : Extract
        As `build_demography` or `build_plan` makes it; says which figures stand in which table.
    edition : Edition
        Made with the report's rows (``build_edition(…, values=[extract.values],
        indicators=extract.indicators)``). Every figure is taken from it.
    folder : path
        Made if it does not exist; both files appear together.

    Returns
    -------
    list of Path
        ``<id>.xlsx``, ``<id>.csv``.

    Raises
    ------
    SecrecyError
        The edition was not made by `build_edition` or was changed.

    Notes
    -----
    The workbook: "Lies mich"; one sheet per table with the areas of all levels in rows; offers by Träger
    and by legal basis; what was not delivered; definitions. The CSV (UTF-8 with BOM, semicolon, decimal
    comma) has one row per figure with numerator, denominator, day, quality, steps and source, and
    names its table in the first column. A table for which nothing was delivered has its headings and no
    rows. The same edition gives the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from sozialraum.demo import build_musterstadt
    >>> from sozialraum.indicators.demography import build_demography
    >>> from sozialraum.read.definitions import read_catalogue
    >>> from sozialraum.secrecy.build import build_edition
    >>> atlas = build_musterstadt().atlas
    >>> report = build_demography(atlas.values, atlas.areas, read_catalogue())
    >>> edition = build_edition(atlas, values=[report.values], indicators=report.indicators)
    >>> [path.name for path in write_extract(report, edition, tempfile.mkdtemp())]
    ['demografie.xlsx', 'demografie.csv']
    """
    verify_edition(edition)
    name = safe_name(extract.id)
    targets = [
        mark_name(Path(folder) / f"{name}{end}", edition.audience) for end in (".xlsx", ".csv")
    ]
    tables = extract.arrange(edition.values)
    with ExitStack() as together:
        workbook, office = (together.enter_context(replacing(path)) for path in targets)
        _fill(extract, edition, tables, workbook)
        joined = pd.concat(tables.values(), ignore_index=True)
        titles = [guard(title) for title, rows in tables.items() for _ in range(len(rows))]
        headings = ["table", *OFFICE_COLUMNS]
        write_csv(
            office, [say(f"tables.column.{h}") for h in headings],
            [titles, *office_columns(edition, joined)], office=True,
        )  # fmt: skip
    return targets


def _fill(extract: Extract, edition: Edition, tables: dict[str, pd.DataFrame], path: Path) -> None:
    import openpyxl  # heavy

    book = openpyxl.Workbook(write_only=True)
    pen = Pen(book, notice=clean(edition.head.notice))
    readme = pen.reserve(say("tables.readme"))
    sheets = {title: pen.reserve(title) for title in tables}
    others = {
        say(f"extract.{key}"): table
        for key, table in {
            "by_traeger": list_offers(extract, edition, "traeger"),
            "by_law": list_offers(extract, edition, "law"),
            "missing": list_undelivered(extract, edition),
        }.items()
        if len(table)
    }
    contents = [
        extract.title,
        *(
            say("extract.note" if len(rows) else "extract.note_empty", sheet=sheets[title])
            for title, rows in tables.items()
        ),
    ]
    write_readme(pen, readme, edition, contents)
    for title, rows in tables.items():
        _write_figures(pen, sheets[title], rows, extract, edition)
    for title, table in others.items():
        write_plain(pen, pen.reserve(title), table)
    known = list_passports(edition)
    known = known[known[say("tables.column.indicator_id")].isin(extract.indicators)]
    write_plain(pen, pen.reserve(say("tables.passports")), known)
    book.properties.title = clean(extract.title)
    book.properties.creator = clean(edition.head.office) or "sozialraum"
    book.properties.language = "de-DE"
    save_settled(book, path, dt.datetime.fromisoformat(edition.created or "1980-01-01"))


def _write_figures(
    pen: Pen, name: str, rows: pd.DataFrame, extract: Extract, edition: Edition
) -> None:
    """Write one table: areas of all levels in rows, figures by day in columns."""
    columns = list(dict.fromkeys(zip(rows["indicator"], rows["datenstand"], strict=True)))
    places = list(dict.fromkeys(zip(rows["level"], rows["area"], strict=True)))
    known = {level.id: i for i, level in enumerate(edition.levels)}
    places.sort(key=lambda place: (known[place[0]], place[1]))
    cells = {
        (level, area, indicator, day): (value, sign)
        for level, area, indicator, day, value, sign in zip(
            *(rows[c] for c in ("level", "area", "indicator", "datenstand", "value", "sign")),
            strict=True,
        )
    }
    names = name_areas(edition)["name"].to_dict()
    titles = {level.id: level.title for level in edition.levels}
    widths = [*_WIDTHS, *[20] * len(columns)]
    sheet = pen.sheet(name, widths, frozen="D2", rows=len(places))
    headings = [say(f"tables.column.{c}") for c in ("level", "area", "name")]
    headings += [head_indicator(extract.indicators[i], day, "\n") for i, day in columns]
    pen.headings(sheet, headings, widths, range(len(_WIDTHS), len(widths)))
    for place in places:
        fixed = [titles[place[0]], "" if place[0] == WHOLE else place[1], names[place]]
        row = [pen.text(sheet, text) for text in fixed]
        for column in columns:
            value, sign = cells.get((*place, *column), (float("nan"), None))
            row.append(write_figure(pen, sheet, value, sign, extract.indicators[column[0]]))
        sheet.append(row)


def list_offers(extract: Extract, edition: Edition, by: str) -> pd.DataFrame:
    """Sum up the published offers of a report by Träger or law, under German headings.

    Parameters
    ----------
    extract : Extract
    edition : Edition
    by : {"traeger", "law"}

    Returns
    -------
    DataFrame
        Empty if the report counts no offers. Each sum stands beside the number of offers without one.
    """
    chosen = edition.offers[edition.offers.index.isin(extract.offers)]
    if chosen.empty:
        return pd.DataFrame()
    table = list_offers_by(chosen, by).reset_index()
    headings = words("tables.offer")
    lacking = "_ohne_angabe"
    return table.rename(
        columns=lambda c: say("extract.count") if c == "offers"
        else say("extract.without", what=headings[c.removesuffix(lacking)]) if c.endswith(lacking)
        else headings[c]
    )  # fmt: skip


def list_undelivered(extract: Extract, edition: Edition) -> pd.DataFrame:
    """List what a report lacks, under German headings: whom to ask, for which areas."""
    smallest = edition.levels[-1].id
    names = edition.areas.drop_duplicates(smallest).set_index(smallest)[f"{smallest}_name"]

    def say_areas(areas: tuple[str, ...], delivered: int) -> str:
        if not delivered:
            return say("extract.all_areas")
        rest = len(areas) - _NAMED
        named = ", ".join(f"{area} {names.get(area, '')}".strip() for area in areas[:_NAMED])
        return named + (say("extract.more_areas", count=number(rest)) if rest > 0 else "")

    absent = extract.missing
    return pd.DataFrame(
        {
            say("tables.column.indicator"): absent["title"],
            say("extract.supplier"): absent["supplier"],
            say("tables.column.datenstand"): [date(d) if d else "" for d in absent["datenstand"]],
            say("extract.expected"): absent["expected"],
            say("extract.delivered"): absent["delivered"],
            say("extract.lacking"): [
                say_areas(areas, delivered)
                for areas, delivered in zip(absent["missing"], absent["delivered"], strict=True)
            ],
        }
    )
